//! Random operations on a store and on the naive model side by side; after every step everything one can see must agree.
//!
//! `CREEL_PROVE_OPERATIONS_STORE` sets how many at least on each engine, `CREEL_PROVE_SEED` other sequences of them. What fails
//! is shrunk in at most `CREEL_PROVE_SHRINKS` steps.

use std::{cell::RefCell, collections::BTreeMap, env, mem};

use creel_store::{database::Engine, settle::Committer};
use creel_types::{Clock, Random, Time};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use tokio::runtime;

use crate::{
    model::credits::State,
    operations::{Operation, Step, sequence},
    pair::{BEGIN, Pair},
    shop::TestDatabase,
};

const OPERATIONS: u32 = 400;
/// As many operations as reach everything that can happen.
const LONG: u64 = 5_000;
/// Steps of one sequence at most; on average half of it.
const STEPS_MAX: u32 = 80;

pub fn wanted(name: &str, default: u32) -> u32 {
    env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

/// How often each thing happened, so that a run which went past the hard cases does not pass for a proof.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, u64>);

impl Tally {
    fn count(&mut self, what: &'static str, happened: bool) {
        *self.0.entry(what).or_default() += u64::from(happened);
    }

    fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }

    fn step(&mut self, step: &Step, pair: &Pair<'_>) {
        self.count("operations", true);
        self.count("with somebody else's ids", step.who != step.whose);
        self.count("batches", matches!(step.operation, Operation::Finish { .. }));
        for verdict in &pair.verdicts {
            self.count(verdict, true);
        }
    }

    /// What a sequence came to.
    fn sequence(&mut self, pair: &Pair<'_>) {
        self.count("sequences", true);
        for organization in &pair.world.organizations {
            *self.0.entry("captures").or_default() += organization.captures() as u64;
            for told in &organization.told {
                self.count(TOLD.iter().find(|kind| told.starts_with(**kind)).unwrap(), true);
            }
            for reason in organization.runs.iter().filter_map(|run| run.end_reason) {
                self.count(END_REASONS.iter().find(|known| **known == reason).unwrap(), true);
            }
            self.count("a hold that ended", organization.credits.holds.iter().any(|hold| hold.state == State::Ended));
            self.count("a shortfall", organization.credits.holds.iter().any(|hold| hold.short > 0));
        }
    }
}

const TOLD: [&str; 5] = ["credits.granted", "credits.low", "credits.exhausted", "schedule.paused", "schedule.resumed"];
const END_REASONS: [&str; 5] =
    ["crawl_complete", "budget_reached", "insufficient_credits", "limit_reached", "stopped_by_user"];
const VERDICTS: [&str; 9] = [
    "stored",
    "duplicate",
    "wait",
    "insufficient_credits",
    "budget_reached",
    "limit_reached",
    "run_ended",
    "lease_lost",
    "recorded",
];

/// A runner whose sequences come from the seed, so that a failure can be run again.
fn runner(cases: u32, seed: u32) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    let max_shrink_iters = wanted("CREEL_PROVE_SHRINKS", 500);
    let config = Config { cases, failure_persistence: None, max_shrink_iters, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

fn run(engine: Engine, operations: u32, seed: u32) -> Result<Tally, String> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let random = Random::seeded(u64::from(seed));
    // One database for all sequences, which have organizations of their own: another's rows are never in the way.
    let database = runtime.block_on(TestDatabase::new(engine));
    let store = runtime.block_on(database.store(Clock::fixed(Time(BEGIN)), random.clone()));
    let (committer, _task) = runtime.block_on(async { Committer::start(store.clone()) });
    let owner = random.id(Time(BEGIN));
    let tally = RefCell::new(Tally::default());
    let cases = operations / (STEPS_MAX / 2) * 6 / 5 + 3;
    let result = runner(cases, seed).run(&sequence(STEPS_MAX as usize), |(begins, steps)| {
        runtime.block_on(async {
            let mut pair = Pair::new(&store, &committer, owner, &begins).await;
            for (at, step) in steps.iter().enumerate() {
                let fault = |fault| TestCaseError::fail(format!("step {at}: {fault}"));
                pair.run(step).await.map_err(fault)?;
                tally.borrow_mut().step(step, &pair);
            }
            pair.verify_all().await.map_err(TestCaseError::fail)?;
            tally.borrow_mut().sequence(&pair);
            Ok(())
        })
    });
    result.map_err(|error| format!("{engine:?}, seed {seed}: {error}"))?;
    Ok(mem::take(&mut *tally.borrow_mut()))
}

fn prove(engine: Engine, name: &str) {
    let (operations, seed) = (wanted("CREEL_PROVE_OPERATIONS_STORE", OPERATIONS), wanted("CREEL_PROVE_SEED", 1));
    let tally = run(engine, operations, seed).unwrap_or_else(|error| panic!("{error}"));
    println!("{:#?}", tally.0);
    let [done, sequences, captures] = ["operations", "sequences", "captures"].map(|what| tally.of(what));
    // Read by `cargo xtask prove`.
    println!(
        "proved: the store on {name} agrees with the naive model operations={done} sequences={sequences} captures={captures} seed={seed}"
    );
    assert!(done >= u64::from(operations), "{done} operations");
    for what in TOLD.iter().chain(&END_REASONS).chain(&VERDICTS) {
        assert!(done < LONG || tally.of(what) > 0, "no {what} in {done} operations");
    }
}

#[test]
fn prove_random_operations_agree_with_the_model_on_sqlite() {
    prove(Engine::Sqlite, "SQLite");
}

#[test]
fn prove_random_operations_agree_with_the_model_on_postgres() {
    prove(Engine::Postgres, "PostgreSQL");
}
