//! The shipped weights: `data/title-weights.bin`, made by `cargo xtask train`.
//!
//! Layout, little endian: scale (f32), number of rows (u32), then per row its feature (u32), number of weights (u8), and per
//! weight its label (u8) and value (i8, in units of the scale). Rows are sorted by feature.

use rustc_hash::FxHashMap;

use super::{
    features::Features,
    labels::LABELS,
    tokens::{self, hash},
    train::Trained,
};

/// Weights that are shipped: the largest ones.
const WEIGHTS_MAX: usize = 180_000;

/// Weights by feature, one row of labels each.
#[derive(Default)]
pub struct Weights {
    rows: FxHashMap<u32, (u32, u8)>,
    cells: Vec<(u8, i8)>,
    scale: f32,
}

impl Weights {
    /// What cannot be read ends the table: a truncated file knows less, and does not fail.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Weights {
        Weights::parse(bytes).unwrap_or_default()
    }

    fn parse(bytes: &[u8]) -> Option<Weights> {
        let mut rest = bytes;
        let mut take = |count: usize| {
            let (head, tail) = rest.split_at_checked(count)?;
            rest = tail;
            Some(head)
        };
        let scale = f32::from_le_bytes(take(4)?.try_into().ok()?);
        let count = u32::from_le_bytes(take(4)?.try_into().ok()?) as usize;
        let mut weights = Weights { scale, ..Weights::default() };
        weights.rows.reserve(count.min(bytes.len()));
        for _ in 0..count {
            let feature = u32::from_le_bytes(take(4)?.try_into().ok()?);
            let cells = take(1)?[0];
            weights.rows.insert(feature, (u32::try_from(weights.cells.len()).ok()?, cells));
            for cell in take(2 * usize::from(cells))?.chunks_exact(2) {
                weights.cells.push((cell[0], i8::from_le_bytes([cell[1]])));
            }
        }
        Some(weights)
    }

    /// Adds the weights of `features` to the labels' `scores`.
    pub fn add(&self, features: &[u32], scores: &mut [f32; LABELS.len()]) {
        for feature in features {
            let Some(&(start, count)) = self.rows.get(feature) else { continue };
            for &(label, weight) in &self.cells[start as usize..start as usize + usize::from(count)] {
                if let Some(score) = scores.get_mut(usize::from(label)) {
                    *score += f32::from(weight) * self.scale;
                }
            }
        }
    }
}

/// What `trained` learned from `titles`, as it is shipped.
#[must_use]
pub fn encode(trained: &Trained, titles: &[&str]) -> Vec<u8> {
    let mut features: Vec<u32> = titles.iter().flat_map(|title| features_of(title)).collect();
    features.sort_unstable();
    features.dedup();
    let hashes: Vec<u32> = LABELS.iter().map(|(name, _)| hash(name)).collect();
    let mut all: Vec<(u32, u8, f32)> = Vec::new();
    for feature in features {
        for (label, hash) in (0_u8..).zip(&hashes) {
            all.push((feature, label, trained.weight(feature, *hash)));
        }
    }
    all.retain(|(_, _, weight)| weight.abs() > 1e-3);
    all.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()).then(a.0.cmp(&b.0)));
    let scale = all.first().map_or(1.0, |largest| largest.2.abs() / 127.0);
    all.truncate(WEIGHTS_MAX);
    all.retain(|(_, _, weight)| (weight / scale).abs() >= 0.5);
    all.sort_by_key(|(feature, label, _)| (*feature, *label));
    let rows: Vec<&[(u32, u8, f32)]> = all.chunk_by(|a, b| a.0 == b.0).collect();
    let mut bytes = scale.to_le_bytes().to_vec();
    bytes.extend(u32::try_from(rows.len()).unwrap_or(0).to_le_bytes());
    for row in rows {
        bytes.extend(row[0].0.to_le_bytes());
        bytes.push(u8::try_from(row.len()).unwrap_or(0));
        for (_, label, weight) in row {
            #[expect(clippy::cast_possible_truncation, reason = "at most 127 by the scale")]
            let value = (weight / scale).round() as i8;
            bytes.extend([*label, value.to_le_bytes()[0]]);
        }
    }
    bytes
}

/// Every feature of a title, those of its spans too.
fn features_of(title: &str) -> Vec<u32> {
    let tokens = tokens::split(title);
    let features = Features::of(&tokens);
    let mut all = features.absent.clone();
    all.extend(features.starts.iter().chain(&features.insides).chain(&features.ends).flatten());
    let mut whole = Vec::new();
    for (first, after) in features.spans() {
        features.span(first, after, &mut whole);
        all.extend(&whole);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::tagger::train::Question;

    #[test]
    fn weights_survive_the_file_and_a_torn_file_does_no_harm() {
        let titles = ["Acme Lamp 40 cm", "Borel Chair 20 cm"];
        let questions: Vec<Question<'_>> = titles
            .iter()
            .map(|title| Question { title, labels: vec![hash("brand")], values: vec![&title[..title.find(' ').unwrap()]] })
            .collect();
        let bytes = encode(&Trained::on(&questions), &titles);
        let weights = Weights::read(&bytes);
        assert!(weights.rows.len() > 20 && weights.scale > 0.0);
        let mut scores = [0.0; LABELS.len()];
        weights.add(&features_of(titles[0]), &mut scores);
        assert!(scores[0] != 0.0 && scores[1] == 0.0);
        for cut in [0, 3, 9, bytes.len() - 1] {
            let _ = Weights::read(&bytes[..cut]);
        }
    }
}
