//! Heads and tails of the linked lists by known name: the links themselves stand in the records. Refuses to own the records.

use super::record::NONE;

/// Room for every [`super::Tag`] and every [`super::Attr`].
const NAMES_MAX: usize = 160;

#[derive(Debug)]
pub(super) struct Chains {
    pub heads: [u32; NAMES_MAX],
    pub tails: [u32; NAMES_MAX],
}

const _: () = assert!(super::Tag::COUNT <= NAMES_MAX && super::Attr::COUNT <= NAMES_MAX);

impl Default for Chains {
    fn default() -> Self {
        Chains { heads: [NONE; NAMES_MAX], tails: [NONE; NAMES_MAX] }
    }
}

impl Chains {
    pub fn clear(&mut self) {
        *self = Chains::default();
    }

    /// Makes `record` the last of the list of `name`; answers the record that was last, whose link must now point to it.
    #[inline(always)]
    pub fn push(&mut self, name: u8, record: u32) -> u32 {
        let before = std::mem::replace(&mut self.tails[name as usize], record);
        if before == NONE {
            self.heads[name as usize] = record;
        }
        before
    }
}
