//! Which notices a falling balance raises: each threshold once per cycle. Remembers nothing: what was raised is handed in.
//! Refuses to speak of a balance that rises.

use creel_types::{Action, Credits, words};

/// A threshold in whole percent of the credits granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Threshold(pub u8);

pub const THRESHOLDS_DEFAULT: [Threshold; 3] = [Threshold(20), Threshold(5), Threshold(0)];

words! {
    NoticeKind {
        Low = "credits.low",
        Exhausted = "credits.exhausted",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    pub kind: NoticeKind,
    pub threshold: Threshold,
}

/// What the percents are of: the credits granted since the cycle began, else the last grant.
#[must_use]
pub fn base(granted_in_cycle: Credits, last_grant: Credits) -> Credits {
    if granted_in_cycle > Credits::ZERO { granted_in_cycle } else { last_grant }
}

/// The notices that a change from `before` to `after` raises, highest threshold first. Both are spendable credits, so that a
/// hold, which mostly returns, raises none. Threshold 0 is reached where not one capture can be paid any more: a single credit
/// left over stops every run, and nobody would be told.
#[must_use]
pub fn notices(
    base: Credits,
    before: Credits,
    after: Credits,
    thresholds: &[Threshold],
    raised: &[Threshold],
) -> Vec<Notice> {
    if after >= before {
        return Vec::new();
    }
    let mut reached: Vec<Threshold> = thresholds
        .iter()
        .copied()
        .filter(|threshold| !raised.contains(threshold) && is_reached(base, after, *threshold))
        .collect();
    reached.sort_by(|one, other| other.cmp(one));
    reached.dedup();
    reached
        .into_iter()
        .map(|threshold| Notice {
            kind: if threshold == Threshold(0) { NoticeKind::Exhausted } else { NoticeKind::Low },
            threshold,
        })
        .collect()
}

fn is_reached(base: Credits, after: Credits, Threshold(percent): Threshold) -> bool {
    if percent == 0 {
        return after < Action::Extract.price();
    }
    // In 128 bits: 10^18 credits times 100 leave 64.
    i128::from(after.0) * 100 <= i128::from(base.0) * i128::from(percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raised(base: i64, before: i64, after: i64, raised: &[u8]) -> Vec<u8> {
        let raised: Vec<Threshold> = raised.iter().copied().map(Threshold).collect();
        let notices = notices(Credits(base), Credits(before), Credits(after), &THRESHOLDS_DEFAULT, &raised);
        notices.iter().map(|notice| notice.threshold.0).collect()
    }

    #[test]
    fn each_threshold_once_where_the_balance_falls_to_it() {
        for (base, before, after, already, expected) in [
            (1_000, 202, 201, vec![], vec![]),
            (1_000, 202, 200, vec![], vec![20]),
            (1_000, 200, 198, vec![20], vec![]),
            (1_000, 52, 50, vec![20], vec![5]),
            (1_000, 1_000, 0, vec![], vec![20, 5, 0]),
            (1_000, 3, 1, vec![20, 5], vec![0]),
            (1_000, 4, 2, vec![20, 5], vec![]),
            (1_000, 1, 0, vec![20, 5, 0], vec![]),
            // A cycle that begins below a threshold says so once, when the balance falls.
            (1_000, 30, 28, vec![], vec![20, 5]),
            // A grant is no reason to warn.
            (1_000, 0, 10, vec![], vec![]),
            (1_000, 10, 10, vec![], vec![]),
            // Shares that are no whole credits: 5 % of 30 is 1.5.
            (30, 3, 2, vec![20], vec![]),
            (0, 3, 2, vec![], vec![]),
            (0, 2, 1, vec![], vec![0]),
            (1_000_000_000_000_000_000, 1_000_000_000_000_000_000, 200_000_000_000_000_000, vec![], vec![20]),
            (1_000_000_000_000_000_000, 1_000_000_000_000_000_000, 200_000_000_000_000_001, vec![], vec![]),
        ] {
            assert_eq!(raised(base, before, after, &already), expected, "{before} to {after} of {base}");
        }
    }

    #[test]
    fn the_cycle_counts_before_the_last_grant() {
        assert_eq!(base(Credits(7), Credits(9)), Credits(7));
        assert_eq!(base(Credits(0), Credits(9)), Credits(9));
    }
}
