//! What the tagger sees of a title: features of where a span starts, what is in it, where it ends, and the span as a whole.
//!
//! A feature is a hash. The templates are part of the shipped weights' format: changing one means training anew.

use super::tokens::Token;

/// Tokens of the longest span that may be a value.
pub const SPAN_MAX: usize = 12;
const NONE: u32 = 0;

/// The features of one title that do not depend on a whole span.
pub struct Features<'a> {
    tokens: &'a [Token],
    pub starts: Vec<Vec<u32>>,
    pub insides: Vec<Vec<u32>>,
    pub ends: Vec<Vec<u32>>,
    /// Of the title: what speaks for no value at all.
    pub absent: Vec<u32>,
    /// Salt, and the share of features that are hidden while training.
    hidden: Option<(u32, f32)>,
}

impl Features<'_> {
    #[must_use]
    pub fn of(tokens: &[Token]) -> Features<'_> {
        let all = 0..tokens.len();
        let mut absent = vec![mix(90, 0, 0)];
        absent.extend(tokens.iter().map(|token| mix(91, token.word, 0)));
        Features {
            tokens,
            starts: all.clone().map(|at| starts(tokens, at)).collect(),
            insides: all.clone().map(|at| insides(tokens, at)).collect(),
            ends: all.map(|at| ends(tokens, at)).collect(),
            absent,
            hidden: None,
        }
    }

    /// Hides a share of all features, another for each salt.
    pub fn hide(&mut self, share: f32, salt: u32) {
        let lists = self.starts.iter_mut().chain(&mut self.insides).chain(&mut self.ends).chain([&mut self.absent]);
        lists.for_each(|list| list.retain(|feature| is_kept(*feature, salt, share)));
        self.hidden = Some((salt, share));
    }

    /// Spans as first token and the one after the last, each start's lengths together.
    pub fn spans(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let count = self.tokens.len();
        (0..count).flat_map(move |first| (first + 1..=count.min(first + SPAN_MAX)).map(move |after| (first, after)))
    }

    /// Features of the whole span.
    pub fn span(&self, first: usize, after: usize, into: &mut Vec<u32>) {
        into.clear();
        let span = &self.tokens[first..after];
        let (mut words, mut forms, mut shapes) = (NONE, NONE, NONE);
        for token in span {
            words = mix(1, words, token.word);
            forms = mix(2, forms, token.form);
            shapes = mix(3, shapes, token.shape);
        }
        let length = bucket(span.len());
        let before = word(self.tokens, first.checked_sub(1));
        let next = word(self.tokens, Some(after));
        into.extend([
            mix(40, words, 0),
            mix(41, forms, 0),
            mix(42, shapes, 0),
            mix(43, length, 0),
            mix(44, length, bucket(first)),
            mix(45, span[0].word, span[span.len() - 1].word),
            mix(46, shapes, next),
            mix(47, shapes, before),
            mix(48, length, bucket(self.tokens.len() - after)),
        ]);
        if let Some((salt, share)) = self.hidden {
            into.retain(|feature| is_kept(*feature, salt, share));
        }
    }
}

/// Whether a feature is seen in this step.
fn is_kept(feature: u32, salt: u32, share: f32) -> bool {
    f64::from(mix(7, feature, salt)) >= f64::from(share) * f64::from(u32::MAX)
}

fn starts(tokens: &[Token], at: usize) -> Vec<u32> {
    let token = &tokens[at];
    let (before, second) = (word(tokens, at.checked_sub(1)), word(tokens, at.checked_sub(2)));
    let shape_before = at.checked_sub(1).map_or(NONE, |at| tokens[at].shape);
    vec![
        mix(10, token.word, 0),
        mix(11, before, 0),
        mix(12, token.shape, shape_before),
        mix(13, before, token.word),
        mix(14, token.shape, u32::from(token.glued)),
        mix(15, bucket(at), 0),
        mix(16, token.word, word(tokens, Some(at + 1))),
        mix(17, bucket(at), token.shape),
        mix(18, second, before),
        mix(19, token.suffix, 0),
        mix(20, at.checked_sub(1).map_or(NONE, |at| tokens[at].suffix), token.shape),
    ]
}

fn insides(tokens: &[Token], at: usize) -> Vec<u32> {
    let token = &tokens[at];
    vec![
        mix(60, token.word, 0),
        mix(61, token.form, 0),
        mix(62, token.shape, 0),
        mix(63, token.suffix, 0),
        mix(64, token.prefix, 0),
        mix(65, bucket(at), 0),
        mix(66, word(tokens, at.checked_sub(1)), token.word),
        mix(67, token.word, word(tokens, Some(at + 1))),
        mix(68, bucket(tokens.len() - at), 0),
    ]
}

fn ends(tokens: &[Token], at: usize) -> Vec<u32> {
    let token = &tokens[at];
    let next = tokens.get(at + 1);
    let (after, second) = (word(tokens, Some(at + 1)), word(tokens, Some(at + 2)));
    vec![
        mix(70, token.word, 0),
        mix(71, after, 0),
        mix(72, token.shape, next.map_or(NONE, |next| next.shape)),
        mix(73, token.word, after),
        mix(74, token.shape, next.map_or(2, |next| u32::from(next.glued))),
        mix(75, bucket(tokens.len() - at), 0),
        mix(76, word(tokens, at.checked_sub(1)), token.word),
        mix(77, token.suffix, 0),
        mix(78, after, second),
        mix(79, token.shape, next.map_or(NONE, |next| next.suffix)),
    ]
}

fn word(tokens: &[Token], at: Option<usize>) -> u32 {
    at.and_then(|at| tokens.get(at)).map_or(NONE, |token| token.word)
}

/// A count, coarser the larger.
fn bucket(count: usize) -> u32 {
    match count {
        0..=5 => u32::try_from(count).unwrap_or(5),
        6..=8 => 6,
        9..=12 => 7,
        13..=20 => 8,
        _ => 9,
    }
}

/// One hash of a template and its parts.
#[must_use]
pub fn mix(template: u32, a: u32, b: u32) -> u32 {
    let mut hash = template.wrapping_mul(0x9e37_79b9) ^ a.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0xc2b2_ae35) ^ b.wrapping_mul(0x27d4_eb2f);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0x165_667b1);
    hash ^ (hash >> 16)
}
