//! What the words of an element's class and id say about its role on the page: a closed list of word stems (`stems.rs`), as bits, with a
//! memo, since a page repeats its classes. Refuses to weigh the bits: "price" in a carousel is for the reader of the marks to judge.

use super::stems::{Fit, STEMS};
use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, PatternID};
use std::ops::Range;

pub use super::stems::Mark;

/// Different class and id values remembered at a time; a power of two. A page has some hundreds.
const MEMO_SLOTS: usize = 1024;

/// Bytes of one class or id that are looked at; generated classes can be long, words that tell a role come early.
const VALUE_BYTES_MAX: usize = 1_024;

/// A set of [`Mark`]s.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(u64);

impl Marks {
    pub const NONE: Marks = Marks(0);

    pub const fn of(marks: &[Mark]) -> Marks {
        let (mut bits, mut i) = (0, 0);
        while i < marks.len() {
            bits |= 1 << marks[i] as u8;
            i += 1;
        }
        Marks(bits)
    }

    pub const fn has(self, mark: Mark) -> bool {
        self.0 >> mark as u8 & 1 == 1
    }

    /// Whether the two sets share a mark.
    pub const fn any(self, marks: Marks) -> bool {
        self.0 & marks.0 != 0
    }

    /// The marks of this set that the other lacks.
    pub const fn without(self, other: Marks) -> Marks {
        Marks(self.0 & !other.0)
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Mark> {
        Mark::ALL.iter().copied().filter(move |&mark| self.has(mark))
    }
}

impl std::ops::BitOr for Marks {
    type Output = Marks;

    fn bitor(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }
}

impl std::fmt::Debug for Marks {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

/// An element's own marks, and those of all its ancestors together.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct MarkBits {
    pub own: Marks,
    pub inherited: Marks,
}

#[derive(Clone, Copy, Default, Debug)]
struct Slot {
    start: u32,
    /// 0: empty.
    len: u32,
    marks: Marks,
}

/// Looks class and id values up, and remembers those of the page at hand.
#[derive(Debug)]
pub(super) struct WordMemo {
    stems: Stems,
    slots: Vec<Slot>,
    /// Values that were not in the memo; tests ask for it.
    pub(super) misses: usize,
}

impl Default for WordMemo {
    fn default() -> Self {
        WordMemo { stems: Stems::new(), slots: vec![Slot::default(); MEMO_SLOTS], misses: 0 }
    }
}

impl WordMemo {
    /// Forgets the page: slots are positions in its source.
    pub fn clear(&mut self) {
        self.slots.fill(Slot::default());
        self.misses = 0;
    }

    #[inline]
    pub fn marks(&mut self, source: &[u8], value: Range<usize>) -> Marks {
        let text = &source[value.start..value.end.min(value.start + VALUE_BYTES_MAX)];
        if text.is_empty() {
            return Marks::NONE;
        }
        let slot = &mut self.slots[hash(text) as usize % MEMO_SLOTS];
        let known = slot.start as usize..(slot.start + slot.len) as usize;
        if slot.len as usize == text.len() && &source[known] == text {
            return slot.marks;
        }
        self.misses += 1;
        let marks = self.stems.marks(text);
        *slot = Slot { start: value.start as u32, len: text.len() as u32, marks };
        marks
    }
}

#[inline]
fn hash(text: &[u8]) -> u64 {
    const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut state = text.len() as u64;
    let (chunks, rest) = text.as_chunks::<8>();
    for chunk in chunks {
        state = (state.rotate_left(29) ^ u64::from_le_bytes(*chunk)).wrapping_mul(SEED);
    }
    for &byte in rest {
        state = (state.rotate_left(9) ^ byte as u64).wrapping_mul(SEED);
    }
    state >> 40
}

/// The automaton of all stems.
#[derive(Debug)]
struct Stems {
    automaton: Option<DFA>,
    rules: Vec<(Fit, Mark)>,
}

impl Stems {
    fn new() -> Stems {
        let (mut patterns, mut rules) = (Vec::new(), Vec::new());
        for &(stem, fit, mark) in STEMS {
            // "add-to-cart" stands for `addtocart`, `addToCart`, `add-to-cart` and `add_to_cart`.
            let spellings = if stem.contains('-') { &["", "-", "_"][..] } else { &[""] };
            for separator in spellings {
                patterns.push(stem.replace('-', separator));
                rules.push((fit, mark));
            }
        }
        let built = DFA::builder().ascii_case_insensitive(true).build(&patterns);
        // Building fails only above limits that the closed list is far from; a test sees that it does not.
        Stems { automaton: built.ok(), rules }
    }

    /// Steps the automaton by hand: an iterator over overlapping finds costs more than the finding.
    fn marks(&self, text: &[u8]) -> Marks {
        let Some(automaton) = &self.automaton else {
            return Marks::NONE;
        };
        let Ok(mut state) = automaton.start_state(Anchored::No) else {
            return Marks::NONE;
        };
        let mut bits = 0;
        for (at, &byte) in text.iter().enumerate() {
            state = automaton.next_state(Anchored::No, state, byte);
            if automaton.is_special(state) && automaton.is_match(state) {
                for found in 0..automaton.match_len(state) {
                    bits |= self.mark_of(automaton.match_pattern(state, found), automaton, text, at + 1);
                }
            }
        }
        Marks(bits)
    }

    /// The bit of a stem found up to `end`, if it fits the word it stands in.
    fn mark_of(&self, pattern: PatternID, automaton: &DFA, text: &[u8], end: usize) -> u64 {
        let start = end - automaton.pattern_len(pattern);
        let (fit, mark) = self.rules[pattern.as_usize()];
        let fits = match fit {
            Fit::Anywhere => true,
            Fit::Start => starts_word(text, start),
            Fit::Word => starts_word(text, start) && ends_word(text, end),
        };
        u64::from(fits) << mark as u8
    }
}

/// Whether a word begins at `at`: after anything but a letter, or where camel case puts a capital.
fn starts_word(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map_or(b' ', |before| text[before]);
    !before.is_ascii_alphabetic() || before.is_ascii_lowercase() && text[at].is_ascii_uppercase()
}

/// Whether a word ends before `at`; a plural's `s` counts as part of it.
fn ends_word(text: &[u8], at: usize) -> bool {
    let ends = |at: usize| match text.get(at) {
        None => true,
        Some(next) => !next.is_ascii_alphabetic() || text[at - 1].is_ascii_lowercase() && next.is_ascii_uppercase(),
    };
    ends(at) || matches!(text[at], b's' | b'S') && ends(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> Vec<Mark> {
        let mut memo = WordMemo::default();
        memo.marks(text.as_bytes(), 0..text.len()).iter().collect()
    }

    #[test]
    fn words_and_what_only_looks_like_them() {
        use Mark::*;
        let cases: [(&str, &[Mark]); 21] = [
            ("price", &[Price]),
            ("ProductPrice--old", &[Price, Old, Product]),
            ("bold gold folder holder", &[]),
            ("wash-wasp", &[]),
            ("was-price wasPrice", &[Price, Was]),
            ("btn addToCart", &[AddToCart, Cart]),
            ("btn add_to_cart", &[AddToCart, Cart]),
            ("unavailable", &[Availability, OutOfStock]),
            ("sold-out-badge", &[OutOfStock]),
            ("main-nav navbar", &[Nav, Main]),
            ("special-price", &[Price, Special]),
            ("specs tech-spec specification", &[Spec]),
            ("crumbs breadcrumb_list", &[Breadcrumb]),
            ("you-may-also-like", &[Recommend]),
            ("crossSell upsell", &[Upsell, CrossSell]),
            ("discarded cartoon", &[]),
            ("resize fontsize", &[]),
            ("size-selector shoeSize", &[Size]),
            ("rrp uvp MSRP", &[Msrp]),
            ("", &[]),
            ("\u{e9}price\u{e9}", &[Price]),
        ];
        for (text, expected) in cases {
            assert_eq!(marks(text), expected, "{text}");
        }
    }

    #[test]
    fn the_memo_answers_repeated_values_and_forgets_the_page() {
        let page = b"price old-price price old-price";
        let mut memo = WordMemo::default();
        let first = memo.marks(page, 0..5);
        assert_eq!(memo.marks(page, 16..21), first);
        assert_ne!(memo.marks(page, 6..15), first);
        assert_eq!(memo.misses, 2);
        memo.clear();
        assert_eq!(memo.marks(b"xxxxx", 0..5), Marks::NONE);
    }
}
