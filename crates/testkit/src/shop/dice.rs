//! Numbers that look random and never change: a hash of what they are for. Refuses to keep any state, so that adding a
//! product or asking in another order changes no other number.

/// The seed of the demo shop. Another seed would be another shop.
const SEED: u64 = 0x0C4E_E100_D340;

/// A stream of numbers for one subject, for example one product.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn of(subject: &str, index: usize) -> Dice {
        // FNV-1a over the subject, then the index mixed in; both are only spread, nothing here is secret.
        let hash = subject
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325 ^ SEED, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Dice(mix(hash ^ mix(index as u64)))
    }

    /// The number for one purpose, from 0 to `sides` - 1.
    pub(crate) fn roll(self, purpose: u64, sides: u64) -> u64 {
        mix(self.0 ^ mix(purpose)) % sides.max(1)
    }

    /// The same as a position in a list.
    pub(crate) fn pick(self, purpose: u64, length: usize) -> usize {
        usize::try_from(self.roll(purpose, length as u64)).unwrap_or(0)
    }

    pub(crate) fn chance(self, purpose: u64, percent: u64) -> bool {
        self.roll(purpose, 100) < percent
    }
}

/// The finalizer of splitmix64.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rolls_repeat_and_differ_by_subject_index_and_purpose() {
        let dice = Dice::of("outdoor", 3);
        assert_eq!(dice.roll(1, 1_000_000), Dice::of("outdoor", 3).roll(1, 1_000_000));
        assert_ne!(dice.roll(1, 1_000_000), dice.roll(2, 1_000_000));
        assert_ne!(dice.roll(1, 1_000_000), Dice::of("outdoor", 4).roll(1, 1_000_000));
        assert_ne!(dice.roll(1, 1_000_000), Dice::of("audio", 3).roll(1, 1_000_000));
    }
}
