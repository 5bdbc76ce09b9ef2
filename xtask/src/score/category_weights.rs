//! `cargo xtask gen category-weights`: what each kind of evidence of a category weighs, learned from the developing half.
//!
//! The categories that a title names compete, together with "none of them"; the weights make the labelled one win most
//! often (logistic regression, pulled towards the weights set by hand). How sure an answer is is learned from folds that
//! the weights have not seen.

use std::{collections::BTreeMap, fs};

use creel_item::{Reading, category};
use creel_types::Product;

use super::categories::{self, Verdict};
use crate::sh;

const FILE: &str = "crates/item/data/category-weights.txt";
const FOLDS: usize = 5;
const ROUNDS: usize = 400;
const STEP: f32 = 0.05;
/// Pull towards the weights set by hand.
const PULL: f32 = 0.004;
const COUNT: usize = category::FEATURES.len();
/// The features' weights, then what "none" has.
type Weights = [f32; COUNT + 1];

struct Example {
    product: Product,
    label: String,
    candidates: Vec<(&'static str, [f32; COUNT])>,
    /// The candidates that are right; none when the label is no candidate nor below one.
    right: Vec<usize>,
}

pub fn learn() -> Result<(), String> {
    let rows = categories::labelled()?;
    let examples: Vec<Example> =
        rows.iter().filter(|row| row.is_for_developing()).map(|row| example(row.product(), &row.label)).collect();
    let settings = settings()?;
    let prior = prior(&settings);
    let unseen: Vec<Weights> = (0..FOLDS).map(|fold| fit(&examples, &prior, Some(fold))).collect();
    let (child, shares) = choose_child(&examples, &unseen);
    let (slope, middle) = calibrate(&shares);
    let weights = fit(&examples, &prior, None);
    let mut learned: BTreeMap<&str, f32> = category::FEATURES.into_iter().zip(weights).collect();
    learned.extend([("nothing", weights[COUNT]), ("child", child), ("slope", slope), ("middle", middle)]);
    let lines = settings.iter().map(|(name, old)| format!("{name} {:.3}\n", learned.get(name.as_str()).unwrap_or(old)));
    fs::write(sh::root().join(FILE), lines.collect::<String>()).map_err(|error| format!("{FILE}: {error}"))?;
    println!("wrote {FILE} from {} titles, child {child:.2}, slope {slope:.2}, middle {middle:.2}", examples.len());
    Ok(())
}

fn settings() -> Result<Vec<(String, f32)>, String> {
    let text = fs::read_to_string(sh::root().join(FILE)).map_err(|error| format!("{FILE}: {error}"))?;
    Ok(text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(k, v)| Some((k.to_owned(), v.parse().ok()?)))
        .collect())
}

/// By hand, before anything was learned: what names the thing weighs most.
fn prior(settings: &[(String, f32)]) -> Weights {
    let by_hand = [
        3.0, 1.2, 0.8, 0.3, 0.2, 3.0, 2.0, 1.5, 1.0, 3.0, 1.8, 1.5, 3.2, 1.2, 0.7, -1.0, 1.0, -1.0, 1.0, 1.5, 0.3, -0.5,
        1.5, -1.5, 2.2,
    ];
    debug_assert_eq!(settings.len(), COUNT + 4, "a line a feature and four settings");
    by_hand
}

fn example(product: Product, label: &str) -> Example {
    let candidates = category::examined(&Reading::of(&product, None));
    let mut right: Vec<usize> = (0..candidates.len()).filter(|at| candidates[*at].0 == label).collect();
    if right.is_empty() {
        // The nearest parent that is named is as right as this title can be answered.
        let above = |at: &usize| candidates[*at].0.contains('-') && category::descends(label, candidates[*at].0);
        right.extend((0..candidates.len()).filter(above).max_by_key(|at| candidates[*at].0.len()));
    }
    Example { product, label: label.to_owned(), candidates, right }
}

fn fit(examples: &[Example], prior: &Weights, left_out: Option<usize>) -> Weights {
    let mut weights = *prior;
    let (mut first, mut second) = ([0.0_f32; COUNT + 1], [0.0_f32; COUNT + 1]);
    for round in 1..=ROUNDS {
        let mut slope: Weights = [0.0; COUNT + 1];
        let mut count = 0.0_f32;
        for (_, example) in examples.iter().enumerate().filter(|(at, _)| Some(at % FOLDS) != left_out) {
            add_slope(example, &weights, &mut slope);
            count += 1.0;
        }
        let power = i32::try_from(round).unwrap_or(i32::MAX);
        for at in 0..=COUNT {
            let pulled = slope[at] / count - PULL * (weights[at] - prior[at]);
            // Adam, so that rare features learn too.
            first[at] = 0.9 * first[at] + 0.1 * pulled;
            second[at] = 0.999 * second[at] + 0.001 * pulled * pulled;
            let (mean, spread) = (first[at] / (1.0 - 0.9_f32.powi(power)), second[at] / (1.0 - 0.999_f32.powi(power)));
            weights[at] += STEP * mean / (spread.sqrt() + 1e-6);
        }
    }
    weights
}

/// Adds how the likelihood of what is right changes with each weight.
fn add_slope(example: &Example, weights: &Weights, slope: &mut Weights) {
    let score = |features: &[f32; COUNT]| -> f32 { features.iter().zip(weights).map(|(f, w)| f * w).sum() };
    let scores: Vec<f32> = example.candidates.iter().map(|(_, features)| score(features)).collect();
    let most = scores.iter().copied().fold(weights[COUNT], f32::max);
    let odds: Vec<f32> = scores.iter().map(|score| (score - most).exp()).collect();
    let none = (weights[COUNT] - most).exp();
    let all = odds.iter().sum::<f32>() + none;
    let right: f32 = example.right.iter().map(|at| odds[*at]).sum();
    for (at, (_, features)) in example.candidates.iter().enumerate() {
        let wanted = if example.right.contains(&at) && right > 0.0 { odds[at] / right } else { 0.0 };
        let change = wanted - odds[at] / all;
        for (sum, feature) in slope.iter_mut().zip(features) {
            *sum += change * feature;
        }
    }
    slope[COUNT] += if example.right.is_empty() { 1.0 } else { 0.0 } - none / all;
}

/// The share at which a child is answered instead of its parent: a right parent is worth half of the right category, a
/// wrong one costs as much as a right one gains.
fn choose_child(examples: &[Example], unseen: &[Weights]) -> (f32, Vec<(f32, bool)>) {
    let mut best = (f32::MIN, 0.5, Vec::new());
    for child in [0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7] {
        let mut worth = 0.0;
        let mut shares = Vec::new();
        for (at, example) in examples.iter().enumerate() {
            let weights = &unseen[at % FOLDS];
            let mut features = [0.0; COUNT];
            features.copy_from_slice(&weights[..COUNT]);
            let answer = category::weighted(&Reading::of(&example.product, None), &features, weights[COUNT], child);
            let verdict = categories::judge(&example.label, answer.map(|(id, _)| id));
            worth += match verdict {
                Verdict::Exact => 1.0,
                Verdict::Parent => 0.5,
                Verdict::Vertical => 0.1,
                Verdict::Nothing => 0.0,
                Verdict::TooDeep => -0.3,
                Verdict::Wrong => -0.5,
            };
            let right = matches!(verdict, Verdict::Exact | Verdict::Parent | Verdict::Vertical);
            shares.extend(answer.map(|(_, share)| (share, right)));
        }
        println!("  child {child:.2}: worth {worth:.1} of {}, unseen", examples.len());
        if worth > best.0 {
            best = (worth, child, shares);
        }
    }
    (best.1, best.2)
}

/// Log odds of being right as a line over the log odds of the share.
fn calibrate(shares: &[(f32, bool)]) -> (f32, f32) {
    let (mut slope, mut middle) = (1.0_f32, 0.0_f32);
    for _ in 0..4000 {
        let (mut by_slope, mut by_middle, mut count) = (0.0, 0.0, 0.0_f32);
        for (share, right) in shares {
            let share = share.clamp(1e-4, 1.0 - 1e-4);
            let odds = (share / (1.0 - share)).ln();
            let off = f32::from(u8::from(*right)) - 1.0 / (1.0 + (-(slope * odds + middle)).exp());
            by_slope += off * odds;
            by_middle += off;
            count += 1.0;
        }
        slope += 0.05 * (by_slope / count - 0.01 * (slope - 0.5));
        middle += 0.05 * by_middle / count;
    }
    // Whoever wrote the words had seen these titles, the weights of the folds had not: half of the lead is believed.
    (slope, middle / 2.0)
}
