//! Weighing what speaks for each category, and answering the deepest one that is likely enough.

use std::sync::LazyLock;

use creel_types::{Category, Evidence};

use super::{
    evidence::{self, Text},
    features::{self, COUNT, Candidate},
    phrases::{Phrases, phrases},
};
use crate::Reading;

/// Names of the features, in the order of [`examined`] and [`WEIGHTS`].
pub const FEATURES: [&str; COUNT] = features::NAMES;

/// Made by `cargo xtask gen category-weights`.
const FILE: &str = include_str!("../../data/category-weights.txt");

/// What each feature weighs.
pub static WEIGHTS: LazyLock<[f32; COUNT]> = LazyLock::new(|| {
    let mut weights = [0.0; COUNT];
    for (weight, name) in weights.iter_mut().zip(FEATURES) {
        *weight = setting(name);
    }
    weights
});
/// How much must speak for a category before it is more likely than none at all.
static NOTHING: LazyLock<f32> = LazyLock::new(|| setting("nothing"));
/// Share of what a category has that a child must have to be answered instead.
static CHILD: LazyLock<f32> = LazyLock::new(|| setting("child"));
/// Shape of the curve from shares to how often they are right: slope and middle, in log odds.
static SURENESS: LazyLock<(f32, f32)> = LazyLock::new(|| (setting("slope"), setting("middle")));

fn setting(name: &str) -> f32 {
    let mut lines = FILE.lines().filter_map(|line| line.split_once(' '));
    lines.find(|(known, _)| *known == name).and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(0.0)
}

pub fn decide(reading: &Reading<'_>) -> Option<Category> {
    let phrases = phrases();
    let languages = evidence::languages(reading);
    let texts = evidence::gather(reading, phrases);
    let candidates = features::candidates(&texts, &languages, phrases);
    let shares = shares(&candidates, &WEIGHTS, *NOTHING);
    let (at, share) = deepest(&candidates, &shares, phrases, *CHILD)?;
    let because =
        candidates.iter().zip(&shares).filter(|(candidate, _)| phrases.tree.below(at).contains(&candidate.category));
    let (because, _) = because.max_by(|a, b| a.1.total_cmp(b.1))?;
    let node = phrases.tree.node(at);
    Some(Category {
        id: node.id.to_owned(),
        path: node.path(),
        confidence: confidence(share),
        google_id: node.google_id(),
        evidence: shown(because, &texts),
    })
}

/// Candidates and what speaks for them, for learning the weights.
#[must_use]
pub fn examined(reading: &Reading<'_>) -> Vec<(&'static str, [f32; COUNT])> {
    let phrases = phrases();
    let texts = evidence::gather(reading, phrases);
    let candidates = features::candidates(&texts, &evidence::languages(reading), phrases);
    candidates.iter().map(|candidate| (phrases.tree.node(candidate.category).id, candidate.features)).collect()
}

/// The answer and its share under other weights, for learning.
#[must_use]
pub fn weighted(reading: &Reading<'_>, weights: &[f32; COUNT], nothing: f32, child: f32) -> Option<(&'static str, f32)> {
    let phrases = phrases();
    let texts = evidence::gather(reading, phrases);
    let candidates = features::candidates(&texts, &evidence::languages(reading), phrases);
    let (at, share) = deepest(&candidates, &shares(&candidates, weights, nothing), phrases, child)?;
    Some((phrases.tree.node(at).id, share))
}

/// How likely each candidate is; what is missing to 1 is that none is right.
fn shares(candidates: &[Candidate], weights: &[f32; COUNT], nothing: f32) -> Vec<f32> {
    let score =
        |candidate: &Candidate| candidate.features.iter().zip(weights).map(|(feature, weight)| feature * weight).sum();
    let scores: Vec<f32> = candidates.iter().map(score).collect();
    let most = scores.iter().copied().fold(nothing, f32::max);
    let odds: Vec<f32> = scores.iter().map(|score| (score - most).exp()).collect();
    let all = odds.iter().sum::<f32>() + (nothing - most).exp();
    odds.iter().map(|odds| odds / all).collect()
}

/// Walks down from the likeliest vertical as long as one child has most of what its parent has.
fn deepest(candidates: &[Candidate], shares: &[f32], phrases: &Phrases, child: f32) -> Option<(u16, f32)> {
    let tree = phrases.tree;
    let sum = |at: u16| -> f32 {
        let below = candidates.iter().zip(shares).filter(|(candidate, _)| tree.below(at).contains(&candidate.category));
        below.map(|(_, share)| share).sum()
    };
    let step = |above: Option<u16>| -> Option<(u16, f32)> {
        // Every candidate is below exactly one child; a child without candidates has no share.
        let depth = above.map_or(0, |above| tree.depth(above) + 1);
        let inside = candidates.iter().map(|candidate| candidate.category);
        let inside = inside.filter(|at| above.is_none_or(|above| tree.below(above).contains(at)));
        let mut children: Vec<u16> =
            inside.filter_map(|at| std::iter::once(at).chain(tree.above(at)).find(|at| tree.depth(*at) == depth)).collect();
        children.sort_unstable();
        children.dedup();
        children.into_iter().map(|at| (at, sum(at))).max_by(|a, b| a.1.total_cmp(&b.1))
    };
    let (mut at, mut share) = step(None)?;
    let none = 1.0 - shares.iter().sum::<f32>();
    if share <= none {
        return None;
    }
    while let Some((below, its)) = step(Some(at)).filter(|(_, its)| *its >= child * share) {
        (at, share) = (below, its);
    }
    Some((at, share))
}

/// A share as the chance to be right, learned from the developing half of the labelled titles.
fn confidence(share: f32) -> f64 {
    let (slope, middle) = *SURENESS;
    let share = f64::from(share).clamp(1e-4, 1.0 - 1e-4);
    let odds = f64::from(slope) * (share / (1.0 - share)).ln() + f64::from(middle);
    (1.0 / (1.0 + (-odds).exp()) * 1000.0).round() / 1000.0
}

fn shown(candidate: &Candidate, texts: &[Text]) -> Evidence {
    let (at, from, to) = candidate.because;
    let text = &texts[at];
    let words = &text.words.words;
    let span = words[from].start as usize..words[to - 1].end as usize;
    Evidence { source: text.source, text: text.shown.get(span).unwrap_or(&text.shown).to_owned() }
}
