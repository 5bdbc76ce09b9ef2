//! `cargo xtask score --enrich`, categories: how often titles that were labelled by hand get their category.
//!
//! Half of the labelled titles, picked by a hash of the title, are for developing and for learning the weights; the other
//! half only says how well that went. Both are shown.

use std::{collections::BTreeMap, fs};

use creel_item::{Reading, category};
use creel_types::Product;
use serde::Deserialize;

use crate::sh;

/// Titles with the label of each of two passes and the one that was agreed on.
const LABELLED: &str = "crates/item/tests/data/categories.jsonl";
/// Published for classifiers that were trained on titles of the taxonomy they are measured on.
const PUBLISHED: &str = "fine-tuned classifiers, published: about 0.89 weighted F1";
const BINS: [f64; 6] = [0.0, 0.5, 0.7, 0.8, 0.9, 0.95];

#[derive(Deserialize)]
pub struct Labelled {
    title: String,
    breadcrumbs: Vec<String>,
    language: String,
    pub label: String,
    /// Set for titles that were added for developing, whatever their hash.
    #[serde(default)]
    half: Option<String>,
}

impl Labelled {
    pub fn product(&self) -> Product {
        Product {
            title: self.title.clone(),
            breadcrumbs: self.breadcrumbs.clone(),
            language: Some(self.language.clone()),
            ..Product::default()
        }
    }

    /// FNV-1a of the title: an even one is for developing, as is one that says so.
    pub fn is_for_developing(&self) -> bool {
        if let Some(half) = &self.half {
            return half == "developing";
        }
        let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        self.title.bytes().fold(0xcbf2_9ce4_8422_2325, hash) & 1 == 0
    }
}

pub fn labelled() -> Result<Vec<Labelled>, String> {
    let text = fs::read_to_string(sh::root().join(LABELLED)).map_err(|error| format!("{LABELLED}: {error}"))?;
    text.lines().map(|line| serde_json::from_str(line).map_err(|error| format!("{LABELLED}: {error}: {line}"))).collect()
}

/// How an answer stands to the label.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Exact,
    /// An ancestor of the label below the vertical at the top.
    Parent,
    /// The label's vertical and nothing more.
    Vertical,
    /// Below the label: more than the title says.
    TooDeep,
    Wrong,
    Nothing,
}

pub fn judge(label: &str, answer: Option<&str>) -> Verdict {
    match answer {
        None => Verdict::Nothing,
        Some(id) if id == label => Verdict::Exact,
        Some(id) if category::descends(label, id) => {
            if id.contains('-') {
                Verdict::Parent
            } else {
                Verdict::Vertical
            }
        }
        Some(id) if category::descends(id, label) => Verdict::TooDeep,
        Some(_) => Verdict::Wrong,
    }
}

#[derive(Default)]
struct Tally {
    verdicts: Vec<Verdict>,
}

impl Tally {
    fn share(&self, wanted: &[Verdict]) -> f64 {
        let count = self.verdicts.iter().filter(|verdict| wanted.contains(verdict)).count();
        ratio(count, self.verdicts.len())
    }

    fn line(&self, name: &str) -> String {
        use Verdict::{Exact, Nothing, Parent, TooDeep, Vertical, Wrong};
        format!(
            "  {name:<12} {:>4}  {:>6.3}  {:>15.3}  {:>8.3}  {:>8.3}  {:>6.3}  {:>7.3}",
            self.verdicts.len(),
            self.share(&[Exact]),
            self.share(&[Exact, Parent]),
            self.share(&[Vertical]),
            self.share(&[TooDeep]),
            self.share(&[Wrong]),
            self.share(&[Nothing]),
        )
    }
}

pub fn score() -> Result<(), String> {
    let rows = labelled()?;
    println!("\nCategories        n   exact  exact or parent  vertical  too deep   wrong  nothing");
    for (name, developing) in [("developing", true), ("held out", false)] {
        let half: Vec<&Labelled> = rows.iter().filter(|row| row.is_for_developing() == developing).collect();
        show(name, &half);
    }
    println!("  ({PUBLISHED})");
    Ok(())
}

fn show(name: &str, half: &[&Labelled]) {
    let mut all = Tally::default();
    let mut languages: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut bins: Vec<(f64, Tally)> = BINS.iter().map(|_| (0.0, Tally::default())).collect();
    for row in half {
        let product = row.product();
        let answer = category::classify(&Reading::of(&product, None));
        let verdict = judge(&row.label, answer.as_ref().map(|answer| answer.id.as_str()));
        all.verdicts.push(verdict);
        languages.entry(&row.language).or_default().verdicts.push(verdict);
        if let Some(answer) = answer {
            let bin = BINS.iter().rposition(|from| answer.confidence >= *from).unwrap_or(0);
            bins[bin].0 += answer.confidence;
            bins[bin].1.verdicts.push(verdict);
        }
        if std::env::var_os("CREEL_SHOW").is_some() && name == "developing" {
            explain(row, verdict);
        }
    }
    println!("{}", all.line(name));
    for (language, tally) in &languages {
        println!("{}", tally.line(&format!("  {language}")));
    }
    println!("    confidence        n   said   right (the category or one below it)");
    for (from, (sum, tally)) in BINS.iter().zip(&bins) {
        let right = tally.share(&[Verdict::Exact, Verdict::Parent, Verdict::Vertical]);
        println!(
            "    from {from:<4.2}     {:>6}  {:>5.3}   {right:>5.3}",
            tally.verdicts.len(),
            sum / few(tally.verdicts.len())
        );
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    few(part) / few(whole)
}

fn few(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn explain(row: &Labelled, verdict: Verdict) {
    if verdict == Verdict::Exact {
        return;
    }
    let product = row.product();
    let answer = category::classify(&Reading::of(&product, None));
    let named = category::get(&row.label).map(|node| node.path()).unwrap_or_default();
    println!("{} | {:?} | {}\n    want {} {named}", row.title, row.breadcrumbs, row.language, row.label);
    if let Some(answer) = answer {
        println!("    got  {} {} {} [{}]", answer.id, answer.path, answer.confidence, answer.evidence.text);
    }
}
