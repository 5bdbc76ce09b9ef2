//! What the words of an element's class and id say about its role on the page: a closed list of word stems, as bits. One table holds the
//! list. Refuses to weigh the bits.

/// One thing that class and id words can say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Mark {
    Price,
}

/// A set of [`Mark`]s.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Marks(pub u64);

impl Marks {
    pub const fn has(self, mark: Mark) -> bool {
        self.0 >> mark as u8 & 1 == 1
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub const fn any(self, marks: Marks) -> bool {
        self.0 & marks.0 != 0
    }

    pub const fn of(marks: &[Mark]) -> Marks {
        let (mut bits, mut i) = (0, 0);
        while i < marks.len() {
            bits |= 1 << marks[i] as u8;
            i += 1;
        }
        Marks(bits)
    }
}

impl std::ops::BitOr for Marks {
    type Output = Marks;

    fn bitor(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }
}

#[derive(Clone, Copy, Default, Debug)]
pub(super) struct MarkBits {
    pub own: Marks,
    pub inherited: Marks,
}

/// What values of class and id have already been looked up on this page.
#[derive(Debug, Default)]
pub(super) struct WordMemo {}

impl WordMemo {
    pub fn clear(&mut self) {}

    pub fn marks(&mut self, _source: &[u8], _value: std::ops::Range<usize>) -> Marks {
        Marks::default()
    }
}
