//! `cargo xtask train`: the weights of the reader of titles, learned from the labelled titles of the corpus.
//!
//! What is shipped are weights of hashed features; no title and no value of the corpus is in them.

use std::fs;

use creel_item::attributes::tagger::{train::Trained, weights};

use crate::{
    corpus,
    score::titles::{self, SETS},
    sh,
};

const WEIGHTS: &str = "crates/item/data/title-weights.bin";

pub fn train() -> Result<(), String> {
    let folder = corpus::folder()?.join("attributes");
    let mut all = Vec::new();
    for set in SETS {
        all.push(titles::read(&folder.join(format!("{set}.train.jsonl.gz")))?);
    }
    let questions: Vec<_> =
        SETS.iter().zip(&all).flat_map(|(set, rows)| titles::general_questions(rows, *set == "oa-mine")).collect();
    println!("{} questions", questions.len());
    let trained = Trained::on(&questions);
    let titles: Vec<&str> = all.iter().flatten().map(|row| row.title.as_str()).collect();
    let bytes = weights::encode(&trained, &titles);
    fs::write(sh::root().join(WEIGHTS), &bytes).map_err(|error| format!("{WEIGHTS}: {error}"))?;
    println!("wrote {WEIGHTS}, {} bytes", bytes.len());
    Ok(())
}
