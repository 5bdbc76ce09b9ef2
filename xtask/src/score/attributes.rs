//! The reader of titles on labelled titles (OA-Mine, AE-110k), scored as `ExtractGPT` does.
//!
//! Each labelled attribute of a title is asked for; a value must be equal to the label's text, but for blanks around it. An
//! attribute that is labelled absent and answered as absent counts nowhere; attributes without a label are not asked.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path, thread};

use creel_item::attributes::tagger::{
    labels::{self, LABELS},
    tokens::hash,
    train::{Answer, Question, Trained},
};

use super::titles::{self, Label, Row, SETS};
use crate::{corpus, sh};

const FOLDS: usize = 5;
const PUBLISHED: &str = "published (ExtractGPT, arXiv 2310.12537): GPT-4, 10 fitting examples in the prompt, 85 to 86";

/// Answers that are right, wrong, given where nothing is, and not given where something is.
#[derive(Clone, Copy, Default)]
struct Tally {
    right: usize,
    wrong: usize,
    invented: usize,
    missed: usize,
}

impl Tally {
    fn count(&mut self, label: &Label, answer: &Answer) {
        match (&answer.value, label.values.is_empty()) {
            (None, true) => {}
            (None, false) => self.missed += 1,
            (Some(_), true) => self.invented += 1,
            (Some(value), false) if label.values.contains(value) => self.right += 1,
            (Some(_), false) => self.wrong += 1,
        }
    }

    fn scores(self) -> [f64; 3] {
        let share = |of: usize| if of == 0 { 0.0 } else { self.right as f64 / of as f64 };
        let precision = share(self.right + self.wrong + self.invented);
        let recall = share(self.right + self.wrong + self.missed);
        let f1 = if self.right == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
        [precision, recall, f1]
    }

    fn line(self) -> String {
        let [precision, recall, f1] = self.scores();
        format!("P {:.1}  R {:.1}  F1 {:.1}", precision * 100.0, recall * 100.0, f1 * 100.0)
    }
}

/// What was answered, by category and attribute, and how sure right and wrong answers were.
#[derive(Default)]
struct Scores {
    by_attribute: BTreeMap<String, Tally>,
    /// Answers and right ones by tenth of probability.
    sure: [(usize, usize); 10],
}

impl Scores {
    fn count(&mut self, row: &Row, label: &Label, answer: &Answer) {
        self.by_attribute.entry(format!("{} / {}", row.category, label.attribute)).or_default().count(label, answer);
        if let Some(value) = &answer.value {
            let tenth = ((f64::from(answer.probability) * 10.0) as usize).min(9);
            self.sure[tenth].0 += 1;
            self.sure[tenth].1 += usize::from(label.values.contains(value));
        }
    }

    fn total(&self) -> Tally {
        self.by_attribute.values().fold(Tally::default(), |sum, one| Tally {
            right: sum.right + one.right,
            wrong: sum.wrong + one.wrong,
            invented: sum.invented + one.invented,
            missed: sum.missed + one.missed,
        })
    }
}

pub fn score(tests: Option<&Path>) -> Result<(), String> {
    let folder = corpus::folder()?.join("attributes");
    let mut sets = Vec::new();
    for set in SETS {
        sets.push(titles::read(&folder.join(format!("{set}.train.jsonl.gz")))?);
    }
    println!("\nAttributes of titles, no model: own log-linear span reader, {FOLDS}-fold cross-validation, micro scores");
    for (set, rows) in SETS.iter().zip(&sets) {
        let scores = cross_validated(rows)?;
        println!("  {set:<8}  {}   ({} titles)", scores.total().line(), rows.len());
        show_details(set, &scores)?;
    }
    println!("  {PUBLISHED}");
    for (from, to) in [(0, 1), (1, 0)] {
        let tally = transferred(&sets[from], SETS[from] == "oa-mine", &sets[to]);
        println!("  learned on {}, asked on {} (labels that meet): {}", SETS[from], SETS[to], tally.line());
    }
    let Some(tests) = tests else { return Ok(()) };
    for (set, rows) in SETS.iter().zip(&sets) {
        let path = tests.join(format!("{set}.test.jsonl.gz"));
        if path.exists() {
            let test = titles::read(&path)?;
            let trained = Trained::on(&titles::own_questions(rows.iter()));
            println!("  {set:<8}  {}   (test, {} titles)", asked(&trained, test.iter()).total().line(), test.len());
        }
    }
    Ok(())
}

fn cross_validated(rows: &[Row]) -> Result<Scores, String> {
    let folds: Vec<Scores> = thread::scope(|scope| {
        let fold = |fold: usize| {
            let held = move |row: &&Row| hash(&row.title) as usize / 128 % FOLDS == fold;
            let trained = Trained::on(&titles::own_questions(rows.iter().filter(|row| !held(row))));
            asked(&trained, rows.iter().filter(held))
        };
        let threads: Vec<_> = (0..FOLDS).map(|at| scope.spawn(move || fold(at))).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| "a fold panicked".to_owned())).collect::<Result<_, _>>()
    })?;
    let mut all = Scores::default();
    for scores in folds {
        for (name, tally) in scores.by_attribute {
            let sum = all.by_attribute.entry(name).or_default();
            sum.right += tally.right;
            sum.wrong += tally.wrong;
            sum.invented += tally.invented;
            sum.missed += tally.missed;
        }
        for (sum, tenth) in all.sure.iter_mut().zip(scores.sure) {
            *sum = (sum.0 + tenth.0, sum.1 + tenth.1);
        }
    }
    Ok(all)
}

fn asked<'a>(trained: &Trained, rows: impl Iterator<Item = &'a Row>) -> Scores {
    let mut scores = Scores::default();
    for row in rows {
        for label in &row.labels {
            let answer = trained.answer(&row.title, &titles::own_labels(&row.category, &label.attribute));
            scores.count(row, label, &answer);
        }
    }
    scores
}

/// One set's reader on the other's titles, in general labels that both have.
fn transferred(from: &[Row], whole: bool, to: &[Row]) -> Tally {
    let questions: Vec<Question<'_>> = titles::general_questions(from, whole);
    let known: Vec<usize> = (0..LABELS.len())
        .filter(|label| from.iter().flat_map(|row| &row.labels).any(|own| labels::general(&own.attribute) == Some(*label)))
        .collect();
    let trained = Trained::on(&questions);
    let mut tally = Tally::default();
    for row in to {
        for label in &row.labels {
            let Some(general) = labels::general(&label.attribute).filter(|label| known.contains(label)) else { continue };
            tally.count(label, &trained.answer(&row.title, &[hash(LABELS[general].0)]));
        }
    }
    tally
}

/// Every attribute into a file; the best and the worst, and what a probability is worth, onto the screen.
fn show_details(set: &str, scores: &Scores) -> Result<(), String> {
    let mut attributes: Vec<(&String, Tally)> = scores.by_attribute.iter().map(|(name, tally)| (name, *tally)).collect();
    attributes.sort_by(|a, b| b.1.scores()[2].total_cmp(&a.1.scores()[2]));
    let mut table = String::from("attribute\tprecision\trecall\tf1\tright\twrong\tinvented\tmissed\n");
    for (name, tally) in &attributes {
        let [precision, recall, f1] = tally.scores();
        let Tally { right, wrong, invented, missed } = tally;
        let _ = writeln!(table, "{name}\t{precision:.3}\t{recall:.3}\t{f1:.3}\t{right}\t{wrong}\t{invented}\t{missed}");
    }
    let path = sh::work_folder("score")?.join(format!("attributes-{set}.tsv"));
    fs::write(&path, table).map_err(|error| format!("{}: {error}", path.display()))?;
    attributes.retain(|(_, tally)| tally.right + tally.wrong + tally.missed >= 20);
    let names = |list: &[(&String, Tally)]| -> String {
        let one = |(name, tally): &(&String, Tally)| format!("{name} {:.0}", tally.scores()[2] * 100.0);
        list.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    println!("            best: {}", names(&attributes[..attributes.len().min(4)]));
    println!("            worst: {}", names(&attributes[attributes.len().saturating_sub(4)..]));
    let sure = scores.sure.iter().enumerate().filter(|(_, (answers, _))| *answers > 0);
    let sure: Vec<String> = sure
        .map(|(tenth, (answers, right))| format!("0.{tenth}: {:.2} of {answers}", *right as f64 / *answers as f64))
        .collect();
    println!("            right by probability: {}", sure.join("; "));
    println!("            each attribute: {}", path.display());
    Ok(())
}
