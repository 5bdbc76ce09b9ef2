//! Training of the tagger: a softmax over the spans of a title and "absent", for one label at a time.
//!
//! Asked this way, a title that has only some of its values labelled teaches only these, and the probability of a span
//! is a confidence. No randomness beyond a fixed seed: the same data make the same weights.

use rustc_hash::FxHashMap;

use super::{
    features::{Features, mix},
    tokens::{self, Token},
};

/// Weights while training: one table of hashes.
const TABLE_BITS: u32 = 22;
/// Spans less likely than this are not worth a step.
const STEP_MIN: f32 = 1e-4;
/// Rounds over all questions.
const EPOCHS: usize = 8;
const RATE: f32 = 0.1;
/// L2: share of a weight that each of its steps takes back.
const DECAY: f32 = 1e-2;
/// Share of features that are hidden in each step, so that words seen once are not learned by heart.
const DROPOUT: f32 = 0.5;

/// A title with what is known of one label in it.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub title: &'a str,
    /// Hashes of the label and of narrower ones (label within a category); their weights add up.
    pub labels: Vec<u32>,
    /// Values that are right; none where the title has none.
    pub values: Vec<&'a str>,
}

/// The most likely value of a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// `None`: the title has none.
    pub value: Option<String>,
    pub probability: f32,
}

/// A trained tagger.
pub struct Trained {
    weights: Vec<f32>,
    /// Sums of squared steps, for `AdaGrad`.
    squares: Vec<f32>,
}

impl Trained {
    #[must_use]
    pub fn on(questions: &[Question<'_>]) -> Trained {
        let size = 1 << TABLE_BITS;
        let mut trained = Trained { weights: vec![0.0; size], squares: vec![1e-2; size] };
        let mut order: Vec<usize> = (0..questions.len()).collect();
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..EPOCHS {
            for at in (1..order.len()).rev() {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                order.swap(at, usize::try_from(seed % (at as u64 + 1)).unwrap_or(0));
            }
            for (step, &at) in order.iter().enumerate() {
                let salt = u32::try_from(seed >> 32).unwrap_or(0).wrapping_add(u32::try_from(step).unwrap_or(0));
                trained.step(&questions[at], salt);
            }
        }
        trained.weights.iter_mut().for_each(|weight| *weight *= 1.0 - DROPOUT);
        trained
    }

    #[must_use]
    pub fn weight(&self, feature: u32, label: u32) -> f32 {
        self.weights[slot(feature, label)]
    }

    /// The likeliest value that the title has; equal texts count together.
    #[must_use]
    pub fn answer(&self, title: &str, labels: &[u32]) -> Answer {
        let tokens = tokens::split(title);
        let (spans, odds) = self.odds(&Features::of(&tokens), labels);
        let mut by_text: FxHashMap<&str, f32> = FxHashMap::default();
        for (&span, odd) in spans.iter().zip(&odds) {
            *by_text.entry(text(title, &tokens, span)).or_default() += odd;
        }
        let absent = odds.last().copied().unwrap_or(1.0);
        let best = by_text.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(a.0)));
        match best {
            Some((text, probability)) if probability > absent => Answer { value: Some(text.to_owned()), probability },
            _ => Answer { value: None, probability: absent },
        }
    }

    /// Spans, and the probability of each; the last is that of "absent".
    fn odds(&self, features: &Features<'_>, labels: &[u32]) -> (Vec<(usize, usize)>, Vec<f32>) {
        let sum = |list: &[u32]| -> f32 {
            list.iter().map(|&feature| labels.iter().map(|&label| self.weights[slot(feature, label)]).sum::<f32>()).sum()
        };
        let starts: Vec<f32> = features.starts.iter().map(|list| sum(list)).collect();
        let insides: Vec<f32> = features.insides.iter().map(|list| sum(list)).collect();
        let ends: Vec<f32> = features.ends.iter().map(|list| sum(list)).collect();
        let spans: Vec<(usize, usize)> = features.spans().collect();
        let mut whole = Vec::new();
        let mut odds = Vec::with_capacity(spans.len() + 1);
        for &(first, after) in &spans {
            features.span(first, after, &mut whole);
            odds.push(starts[first] + insides[first..after].iter().sum::<f32>() + ends[after - 1] + sum(&whole));
        }
        odds.push(sum(&features.absent));
        softmax(&mut odds);
        (spans, odds)
    }

    fn step(&mut self, question: &Question<'_>, salt: u32) {
        let tokens = tokens::split(question.title);
        let mut features = Features::of(&tokens);
        features.hide(DROPOUT, salt);
        let (spans, odds) = self.odds(&features, &question.labels);
        let is_right = |&span: &(usize, usize)| question.values.contains(&text(question.title, &tokens, span));
        let right: Vec<bool> = spans.iter().map(is_right).chain([question.values.is_empty()]).collect();
        // The value does not lie on tokens: nothing to learn.
        if !right.contains(&true) {
            return;
        }
        let mass: f32 = odds.iter().zip(&right).filter(|(_, right)| **right).map(|(odd, _)| odd).sum();
        let mut gradient = Gradient { labels: &question.labels, slots: FxHashMap::default() };
        let mut whole = Vec::new();
        for (at, (&odd, &right)) in odds.iter().zip(&right).enumerate() {
            let step = if right { odd / mass.max(1e-20) - odd } else { -odd };
            if step.abs() < STEP_MIN {
                continue;
            }
            let Some(&(first, after)) = spans.get(at) else {
                gradient.push(&features.absent, step);
                continue;
            };
            features.span(first, after, &mut whole);
            gradient.push(&whole, step);
            gradient.push(&features.starts[first], step);
            gradient.push(&features.ends[after - 1], step);
            features.insides[first..after].iter().for_each(|inside| gradient.push(inside, step));
        }
        for (slot, step) in gradient.slots {
            let step = step - DECAY * self.weights[slot];
            self.squares[slot] += step * step;
            self.weights[slot] += RATE * step / self.squares[slot].sqrt();
        }
    }
}

struct Gradient<'a> {
    labels: &'a [u32],
    slots: FxHashMap<usize, f32>,
}

impl Gradient<'_> {
    fn push(&mut self, features: &[u32], step: f32) {
        for &feature in features {
            for &label in self.labels {
                *self.slots.entry(slot(feature, label)).or_default() += step;
            }
        }
    }
}

/// Scores as probabilities.
pub fn softmax(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    scores.iter_mut().for_each(|score| *score = (*score - most).exp());
    let total: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= total);
}

fn text<'a>(title: &'a str, tokens: &[Token], (first, after): (usize, usize)) -> &'a str {
    &title[tokens[first].start..tokens[after - 1].end]
}

fn slot(feature: u32, label: u32) -> usize {
    (mix(99, feature, label) >> (32 - TABLE_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::tagger::tokens::hash;

    #[test]
    fn a_pattern_of_titles_is_learned_with_its_absence() {
        let titles: Vec<(String, &str)> = ["Acme", "Borel", "Cinto", "Dunda"]
            .iter()
            .flat_map(|brand| ["Lamp", "Chair", "Table"].map(|thing| (format!("{brand} {thing} 40 cm"), *brand)))
            .collect();
        let labels = vec![hash("brand")];
        let mut questions: Vec<Question<'_>> =
            titles.iter().map(|(title, brand)| Question { title, labels: labels.clone(), values: vec![brand] }).collect();
        let nameless = ["plain lamp 40 cm", "plain chair 40 cm", "plain table 20 cm"];
        questions.extend(nameless.map(|title| Question { title, labels: labels.clone(), values: vec![] }));
        let trained = Trained::on(&questions);
        assert_eq!(trained.answer("Fexel Lamp 30 cm", &labels).value.as_deref(), Some("Fexel"));
        assert_eq!(trained.answer("plain lamp 30 cm", &labels).value, None);
        assert_eq!(trained.answer("", &labels).value, None);
    }
}
