//! Labelled product titles, and the questions that they ask of the reader of titles.

use std::{collections::BTreeMap, fs::File, io::Read, path::Path};

use creel_item::attributes::tagger::{
    labels::{self, LABELS},
    tokens::hash,
    train::Question,
};
use serde_json::Value;

pub const SETS: [&str; 2] = ["oa-mine", "ae-110k"];
/// The label of an attribute that the title does not state.
const ABSENT: &str = "n/a";

/// One title with the attributes that were labelled.
pub struct Row {
    pub title: String,
    pub category: String,
    pub labels: Vec<Label>,
}

pub struct Label {
    pub attribute: String,
    /// Each is right; none where the title does not state it.
    pub values: Vec<String>,
}

pub fn read(path: &Path) -> Result<Vec<Row>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut text = String::new();
    let file = File::open(path).map_err(failed)?;
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).map_err(failed)?;
    let row = |line: &str| row(line).ok_or_else(|| format!("{}: not a labelled title: {line}", path.display()));
    text.lines().filter(|line| !line.trim().is_empty()).map(row).collect()
}

fn row(line: &str) -> Option<Row> {
    let json: Value = serde_json::from_str(line).ok()?;
    let label = |(attribute, values): (&String, &Value)| {
        let values = values.as_object()?.keys().filter(|value| *value != ABSENT).map(|value| value.trim().to_owned());
        Some(Label { attribute: attribute.clone(), values: values.collect() })
    };
    Some(Row {
        title: json["input"].as_str()?.to_owned(),
        category: json["category"].as_str()?.to_owned(),
        labels: json["target_scores"].as_object()?.iter().map(label).collect::<Option<_>>()?,
    })
}

/// The label within its category and everywhere: both have weights, and they add up.
pub fn own_labels(category: &str, attribute: &str) -> Vec<u32> {
    vec![hash(attribute), hash(&format!("{category}|{attribute}"))]
}

/// What the set itself asks: each labelled attribute of each title.
pub fn own_questions<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<Question<'a>> {
    let of = |row: &'a Row| {
        row.labels.iter().map(|label| Question {
            title: &row.title,
            labels: own_labels(&row.category, &label.attribute),
            values: label.values.iter().map(String::as_str).collect(),
        })
    };
    rows.flat_map(of).collect()
}

/// The same in general labels. Where a set labels everything that its titles state (`whole`), what it does not label is
/// absent.
pub fn general_questions(rows: &[Row], whole: bool) -> Vec<Question<'_>> {
    rows.iter().flat_map(|row| general_of(row, whole)).collect()
}

fn general_of(row: &Row, whole: bool) -> Vec<Question<'_>> {
    let mut asked: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for label in &row.labels {
        if let Some(general) = labels::general(&label.attribute) {
            asked.entry(general).or_default().extend(label.values.iter().map(String::as_str));
        }
    }
    if whole {
        (0..LABELS.len()).for_each(|label| {
            asked.entry(label).or_default();
        });
    }
    let mut questions = Vec::new();
    for (label, values) in asked {
        questions.push(Question { title: &row.title, labels: vec![hash(LABELS[label].0)], values });
    }
    questions
}
