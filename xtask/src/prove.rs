//! `cargo xtask prove`: the proofs in their long form, and what they amounted to.
//!
//! A proof is a test that reads how much to do from the environment and prints one line,
//! `proved: WHAT figure=N figure=N …`; the summary is made of these lines, so it claims nothing that did not happen.

use std::{
    collections::BTreeMap,
    time::{Instant, SystemTime},
};

use clap::Args;

use crate::{mutants, need, postgres, sh};

#[derive(Args)]
pub struct Prove {
    /// Breaks the program in known ways instead, one after the other, and sees that a test notices each: all of them, or
    /// those that are named.
    #[arg(long, value_name = "NAME", num_args = 0.., conflicts_with_all = ["operations", "store_operations", "crashes", "interleavings", "conversations", "seed"])]
    mutants: Option<Vec<String>>,
    /// Random operations on the pure rules of the ledger, at least.
    #[arg(long, default_value_t = 10_000_000)]
    operations: u32,
    /// Random operations on the databases, at least.
    #[arg(long, default_value_t = 100_000)]
    store_operations: u32,
    /// Crashes that the store must recover from.
    #[arg(long, default_value_t = 200)]
    crashes: u32,
    /// Orders of operations on credits and schedules.
    #[arg(long, default_value_t = 1_000_000)]
    interleavings: u32,
    /// Conversations with the assistant, on each database.
    #[arg(long, default_value_t = 10_000)]
    conversations: u32,
    /// Where all random numbers come from; the clock where none is given.
    #[arg(long)]
    seed: Option<u32>,
}

/// One line of a proof: what was proved, and its figures.
struct Proof {
    what: String,
    figures: Vec<(String, u64)>,
}

pub fn prove(wanted: &Prove) -> Result<(), String> {
    need::nextest()?;
    if let Some(names) = &wanted.mutants {
        return mutants::prove(names);
    }
    let begin = Instant::now();
    let seed = wanted.seed.unwrap_or_else(seed_of_the_clock);
    let Prove { operations, store_operations, crashes, interleavings, conversations, .. } = wanted;
    let again = format!(
        "cargo xtask prove --seed {seed} --operations {operations} --store-operations {store_operations} --crashes {crashes} \
         --interleavings {interleavings} --conversations {conversations}"
    );
    println!("seed {seed}; the same again: {again}");
    let rules = rules(*operations, seed)?;
    if rules.is_empty() {
        return Err("the ledger's rules were run and no test said what it proved".to_owned());
    }
    let store = store(wanted, seed)?;
    println!("\nProved in {} s from seed {seed}:", begin.elapsed().as_secs());
    rules.iter().chain(&store).for_each(show);
    if store.is_empty() {
        println!("  nothing about the store: it has no test named prove_");
    }
    let totals = totals(rules.iter().chain(&store));
    println!("In total: {}", totals.iter().map(|(name, number)| figure(name, *number)).collect::<Vec<_>>().join(", "));
    Ok(())
}

/// The pure rules, optimized: a debug build needs fifteen times as long.
fn rules(operations: u32, seed: u32) -> Result<Vec<Proof>, String> {
    let mut nextest = nextest();
    nextest.args(["--cargo-profile", "prove", "-p", "creel-ledger", "-E", "test(/^random::/)"]);
    nextest.env("CREEL_PROVE_OPERATIONS", operations.to_string()).env("CREEL_PROVE_SEED", seed.to_string());
    sh::follow(&mut nextest).map(|lines| proofs(&lines))
}

/// What touches a database, as a debug build, because it waits for disks more than it computes.
fn store(wanted: &Prove, seed: u32) -> Result<Vec<Proof>, String> {
    let postgres = postgres::start("prove")?;
    let mut nextest = nextest();
    nextest.args([
        "-p",
        "creel-store",
        "-p",
        "creel-crawl",
        "-p",
        "creel-assistant",
        "-E",
        "test(prove_)",
        "--no-tests=pass",
    ]);
    nextest
        .env(postgres::VARIABLE, postgres.url())
        .env("CREEL_PROVE_OPERATIONS_STORE", wanted.store_operations.to_string())
        .env("CREEL_PROVE_CRASHES", wanted.crashes.to_string())
        .env("CREEL_PROVE_INTERLEAVINGS", wanted.interleavings.to_string())
        .env("CREEL_PROVE_CONVERSATIONS", wanted.conversations.to_string())
        .env("CREEL_PROVE_SEED", seed.to_string());
    sh::follow(&mut nextest).map(|lines| proofs(&lines))
}

fn nextest() -> std::process::Command {
    let mut command = sh::cargo();
    command.args(["nextest", "run", "--profile", "prove", "--locked"]);
    command
}

fn seed_of_the_clock() -> u32 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    // A bit of every microsecond, so that two runs of one second differ.
    (since.as_micros() & u128::from(u32::MAX)) as u32
}

fn proofs(lines: &[String]) -> Vec<Proof> {
    lines.iter().filter_map(|line| line.trim().strip_prefix("proved: ")).map(proof).collect()
}

fn proof(line: &str) -> Proof {
    let read = |word: &str| word.split_once('=').and_then(|(name, number)| Some((name.to_owned(), number.parse().ok()?)));
    let what: Vec<&str> = line.split_whitespace().filter(|word| read(word).is_none()).collect();
    Proof { what: what.join(" "), figures: line.split_whitespace().filter_map(read).collect() }
}

fn show(proof: &Proof) {
    let figures: Vec<String> = proof.figures.iter().map(|(name, number)| figure(name, *number)).collect();
    println!("  {}: {}", proof.what, figures.join(", "));
}

/// Sums of everything that can be summed.
fn totals<'a>(proofs: impl Iterator<Item = &'a Proof>) -> BTreeMap<&'a str, u64> {
    let mut totals = BTreeMap::new();
    for (name, number) in proofs.flat_map(|proof| &proof.figures).filter(|(name, _)| name != "seed") {
        *totals.entry(name.as_str()).or_default() += number;
    }
    totals
}

fn figure(name: &str, number: u64) -> String {
    if name == "seed" { format!("seed {number}") } else { format!("{} {name}", grouped(number)) }
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_proof_is_words_and_figures() {
        let lines = ["    proved: rules agree operations=1234567 seed=17".to_owned(), "PASS proved: nothing".to_owned()];
        let found = proofs(&lines);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].what, "rules agree");
        let shown: Vec<String> = found[0].figures.iter().map(|(name, number)| figure(name, *number)).collect();
        assert_eq!(shown, ["1,234,567 operations", "seed 17"]);
        assert_eq!(totals(found.iter()), BTreeMap::from([("operations", 1_234_567)]));
    }
}
