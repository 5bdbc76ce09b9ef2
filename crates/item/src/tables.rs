//! Tables of cases as data: how many quantities and sizes are read as a person wrote them down. Tests and scores share them.

use crate::{
    content,
    quantity::{self, Quantity, Role},
};

/// How many rows of a table came out right, and those that did not.
#[derive(Debug, Default)]
pub struct Score {
    pub right: usize,
    pub rows: usize,
    /// Input, expected, what came out.
    pub wrong: Vec<[String; 3]>,
}

impl Score {
    fn of(table: &str, answer: impl Fn(&[&str]) -> String) -> Score {
        let mut score = Score::default();
        for line in table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let mut cells: Vec<&str> = line.split('\t').collect();
            let expected = cells.pop().unwrap_or_default();
            let got = answer(&cells);
            score.rows += 1;
            score.right += usize::from(got == expected);
            if got != expected {
                score.wrong.push([cells.join(" | "), expected.to_owned(), got]);
            }
        }
        score
    }
}

/// Quantities with units in running text (`data/tables/units.tsv`).
#[must_use]
pub fn units() -> Score {
    Score::of(include_str!("../data/tables/units.tsv"), |cells| match cells {
        [text, language] => shown(text, language),
        _ => "not a row of text, language, expected".to_owned(),
    })
}

/// Sizes of things that are worn (`data/tables/sizes.tsv`).
#[must_use]
pub fn sizes() -> Score {
    Score::of(include_str!("../data/tables/sizes.tsv"), |cells| match cells {
        [value, others, words, country] => content::sizes::shown(value, others, words, country),
        _ => "not a row of value, others, words, country, expected".to_owned(),
    })
}

fn shown(text: &str, language: &str) -> String {
    let all = quantity::find(text, Some(language).filter(|language| !language.is_empty()));
    all.map(|one| quantity(&one)).collect::<Vec<_>>().join(", ")
}

/// `[count x ]value unit`; ranges as `from..value`, bases of prices with `/`.
fn quantity(one: &Quantity) -> String {
    let count = if one.count > 1 { format!("{} x ", one.count) } else { String::new() };
    match one.role {
        Role::Amount => format!("{count}{} {}", one.value, one.unit),
        Role::Per => format!("/{count}{} {}", one.value, one.unit),
        Role::Range { from } => format!("{from}..{} {}", one.value, one.unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_units_is_read() {
        let score = units();
        assert!(score.rows >= 150 && score.wrong.is_empty(), "{} of {}: {:#?}", score.right, score.rows, score.wrong);
    }

    #[test]
    fn every_row_of_sizes_is_read() {
        let score = sizes();
        assert!(score.rows >= 150 && score.wrong.is_empty(), "{} of {}: {:#?}", score.right, score.rows, score.wrong);
    }
}
