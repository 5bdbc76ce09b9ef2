//! A learned reader of titles: which words are the brand, the model, the kind of thing, the flavor …
//!
//! A log-linear model over the spans of a title, one question a label: how likely is each span, or none, its value. Weights
//! are learned from labelled titles (`cargo xtask train`) and shipped; the titles are not. It knows English best.

mod features;
pub mod labels;
pub mod tokens;
pub mod train;
pub mod weights;

use std::{ops::Range, sync::LazyLock};

use features::Features;
use labels::LABELS;
use weights::Weights;

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| Weights::read(include_bytes!("../../../data/title-weights.bin")));

/// A value that a title has.
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    /// A general label: `brand`, or a name of the vocabulary.
    pub label: &'static str,
    /// In bytes of the title.
    pub range: Range<usize>,
    pub probability: f32,
}

/// For each label the likeliest value, where one is likelier than none; overlapping ones only of the likelier label.
#[must_use]
pub fn read(title: &str) -> Vec<Tag> {
    let tokens = tokens::split(title);
    let features = Features::of(&tokens);
    let spans: Vec<(usize, usize)> = features.spans().collect();
    let scores = scores(&features, &spans);
    let mut tags = Vec::new();
    for (label, (name, _)) in LABELS.iter().enumerate() {
        let mut odds: Vec<f32> = scores.iter().map(|scores| scores[label]).collect();
        train::softmax(&mut odds);
        let absent = odds.pop().unwrap_or(1.0);
        let best = odds.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        if let Some((span, &probability)) = best.filter(|(_, odd)| **odd > absent) {
            let (first, after) = spans[span];
            tags.push(Tag { label: name, range: tokens[first].start..tokens[after - 1].end, probability });
        }
    }
    tags.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let mut kept: Vec<Tag> = Vec::new();
    for tag in tags {
        if kept.iter().all(|other| tag.range.end <= other.range.start || other.range.end <= tag.range.start) {
            kept.push(tag);
        }
    }
    kept
}

type Scores = [f32; LABELS.len()];

/// Scores of each span by label; the last is that of "absent".
fn scores(features: &Features<'_>, spans: &[(usize, usize)]) -> Vec<Scores> {
    let sum = |list: &Vec<u32>| {
        let mut scores = [0.0; LABELS.len()];
        WEIGHTS.add(list, &mut scores);
        scores
    };
    let starts: Vec<Scores> = features.starts.iter().map(sum).collect();
    let insides: Vec<Scores> = features.insides.iter().map(sum).collect();
    let ends: Vec<Scores> = features.ends.iter().map(sum).collect();
    let mut whole = Vec::new();
    let mut all = Vec::with_capacity(spans.len() + 1);
    let mut inside = [0.0; LABELS.len()];
    for &(first, after) in spans {
        if after == first + 1 {
            inside = [0.0; LABELS.len()];
        }
        inside.iter_mut().zip(&insides[after - 1]).for_each(|(sum, one)| *sum += one);
        let mut scores = inside;
        scores.iter_mut().zip(&starts[first]).for_each(|(sum, one)| *sum += one);
        scores.iter_mut().zip(&ends[after - 1]).for_each(|(sum, one)| *sum += one);
        features.span(first, after, &mut whole);
        WEIGHTS.add(&whole, &mut scores);
        all.push(scores);
    }
    all.push(sum(&features.absent));
    all
}
