//! Statements as text: files of situations, one operation a line with what must be true behind it. Knows no operation; the
//! store's statements are read by it too.

use std::{fs, path::Path};

/// What begins with `== title`.
pub struct Situation {
    pub file: String,
    pub title: String,
    pub lines: Vec<Line>,
}

pub struct Line {
    /// Where it stands, and all of it: for people who look for it.
    pub at: String,
    pub now: i64,
    pub operation: Vec<String>,
    /// The clauses behind the bar.
    pub expected: Vec<String>,
}

impl Line {
    pub fn words(&self) -> Vec<&str> {
        self.operation.iter().map(String::as_str).collect()
    }

    /// Takes out the word behind `refused`, where the line expects that; else the operation is to be `done`.
    pub fn outcome(&self) -> &str {
        self.expected.iter().find(|clause| clause.starts_with("refused ")).map_or("done", String::as_str)
    }

    /// What else must be true.
    pub fn clauses(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let clauses = self.expected.iter().filter(|clause| !clause.starts_with("refused "));
        clauses.map(|clause| {
            let (word, rest) = clause.split_once(' ').unwrap_or((clause, ""));
            (word, rest.split_whitespace().collect())
        })
    }
}

/// The situations of every `.txt` in a folder, in the order of the files' names.
pub fn read(folder: &Path) -> Vec<Situation> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files.iter().flat_map(|file| read_file(file)).collect()
}

fn read_file(file: &Path) -> Vec<Situation> {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let mut situations: Vec<Situation> = Vec::new();
    for (at, text) in fs::read_to_string(file).unwrap().lines().enumerate() {
        let text = text.trim();
        if let Some(title) = text.strip_prefix("== ") {
            situations.push(Situation { file: name.clone(), title: title.to_owned(), lines: Vec::new() });
        } else if !text.is_empty() && !text.starts_with('#') {
            let line = line(format!("{name}:{}: {text}", at + 1), text);
            situations.last_mut().unwrap_or_else(|| panic!("{name}: a line before any situation")).lines.push(line);
        }
    }
    situations
}

fn line(at: String, text: &str) -> Line {
    let (operation, expected) = text.split_once('|').unwrap_or((text, ""));
    let mut words = operation.split_whitespace();
    let now = number(words.next().unwrap());
    let clauses = expected.split(',').map(str::trim).filter(|clause| !clause.is_empty());
    Line { at, now, operation: words.map(str::to_owned).collect(), expected: clauses.map(str::to_owned).collect() }
}

pub fn shown(words: &[String]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join(" ") }
}

pub fn until(end: &[&str]) -> Option<i64> {
    match end {
        [] | ["never"] => None,
        ["until", end] => Some(number(end)),
        _ => panic!("no such end: {end:?}"),
    }
}

/// A whole number; `10^15`, `10^15+1` and `max` for the large ones.
pub fn number(text: &str) -> i64 {
    match text {
        "10^15" => 1_000_000_000_000_000,
        "10^15+1" => 1_000_000_000_000_001,
        "max" => i64::MAX,
        "min" => i64::MIN,
        _ => text.replace('_', "").parse().unwrap_or_else(|_| panic!("{text:?} is no number")),
    }
}
