//! Random operations on the books and on the naive model side by side; after every step everything one can see must agree.
//!
//! `CREEL_PROVE_OPERATIONS` sets how many at least, `CREEL_PROVE_SEED` other sequences of them. What fails is shrunk in at most
//! `CREEL_PROVE_SHRINKS` steps.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    env,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
};

use creel_ledger::EntryKind;
use creel_types::Credits;
use proptest::{
    collection::vec,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::{operations::step, pair::Pair};

const OPERATIONS: u32 = 20_000;
/// Steps of one sequence at most; on average half of it.
const STEPS_MAX: u32 = 200;
/// Long runs are blocks of this many operations, each with its own part of the seed: so all processors work, and what is done
/// depends on the seed alone.
const BLOCK: u32 = 20_000;

fn wanted(name: &str, default: u32) -> u32 {
    env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

/// A runner whose sequences come from the seed and the block's number, so that a failure can be run again.
fn runner(cases: u32, seed: u32, block: u32) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    bytes[4..8].copy_from_slice(&block.to_le_bytes());
    let max_shrink_iters = wanted("CREEL_PROVE_SHRINKS", 20_000);
    let config = Config { cases, failure_persistence: None, max_shrink_iters, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// How often each thing happened, so that a run which went past the hard cases does not pass for a proof.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, u64>);

impl Tally {
    fn count(&mut self, what: &'static str, happened: bool) {
        *self.0.entry(what).or_default() += u64::from(happened);
    }

    fn add(&mut self, other: Tally) {
        for (what, times) in other.0 {
            *self.0.entry(what).or_default() += times;
        }
    }

    fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }

    fn step(&mut self, pair: &Pair, written: usize) {
        let entries = &pair.books.entries[written..];
        self.count("operations", true);
        self.count("operations that changed nothing", entries.is_empty());
        for entry in entries {
            self.count(entry.kind.as_str(), true);
        }
        let follows = |one: EntryKind, other: EntryKind| {
            let after_one = entries.iter().skip_while(|entry| entry.kind != one);
            after_one.skip(1).any(|entry| entry.kind == other)
        };
        self.count("returned and ended", follows(EntryKind::Release, EntryKind::Expire));
        self.count("returned and taken back", follows(EntryKind::Release, EntryKind::Revoke));
        self.count("returned and frozen", follows(EntryKind::Release, EntryKind::Freeze));
        self.count("frozen and ended", follows(EntryKind::Unfreeze, EntryKind::Expire));
        self.count("a debit over two lots", entries.iter().any(|entry| entry.lots.len() > 1));
        self.count("a claim on held credits", pair.books.lots.values().any(|lot| lot.revoke_due > Credits::ZERO));
        self.count("a shortfall", pair.books.holds.values().any(|hold| hold.shortfall > Credits::ZERO));
    }
}

const HARD: [&str; 7] = [
    "returned and ended",
    "returned and taken back",
    "returned and frozen",
    "frozen and ended",
    "a debit over two lots",
    "a claim on held credits",
    "a shortfall",
];

/// Runs one block of sequences and answers what happened in them.
fn run_block(operations: u32, seed: u32, block: u32) -> Result<Tally, String> {
    let tally = RefCell::new(Tally::default());
    // Half of STEPS_MAX on average would do; a fifth more makes sure of it.
    let cases = operations / (STEPS_MAX / 2) * 6 / 5 + 5;
    let result = runner(cases, seed, block).run(&vec(step(), 0..=STEPS_MAX as usize), |steps| {
        let mut pair = Pair::new();
        for step in &steps {
            let written = pair.books.entries.len();
            pair.run(step)?;
            tally.borrow_mut().step(&pair, written);
        }
        tally.borrow_mut().count("sequences", true);
        Ok(())
    });
    result.map(|()| tally.into_inner()).map_err(|error| format!("seed {seed}, block {block}: {error}"))
}

/// Blocks side by side until enough is done, or until one of them fails.
fn run_blocks(operations: u32, seed: u32) -> Result<Tally, String> {
    let (next, failed, tally) = (AtomicU32::new(0), AtomicBool::new(false), Mutex::new(Tally::default()));
    let work = || {
        while !failed.load(Ordering::Relaxed) {
            let block = next.fetch_add(1, Ordering::Relaxed);
            if block > 0 && block >= operations.div_ceil(BLOCK) {
                break;
            }
            let done =
                run_block(operations.min(BLOCK), seed, block).inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
            tally.lock().unwrap().add(done);
        }
        Ok::<(), String>(())
    };
    thread::scope(|scope| {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap())
    })?;
    Ok(tally.into_inner().unwrap())
}

#[test]
fn random_operations_agree_with_the_naive_model() {
    let (operations, seed) = (wanted("CREEL_PROVE_OPERATIONS", OPERATIONS), wanted("CREEL_PROVE_SEED", 1));
    let tally = run_blocks(operations, seed).unwrap_or_else(|error| panic!("{error}"));
    println!("{:#?}", tally.0);
    let done = tally.of("operations");
    // Read by `cargo xtask prove`.
    let sequences = tally.of("sequences");
    println!("proved: the ledger's rules agree with the naive model operations={done} sequences={sequences} seed={seed}");
    assert!(done >= u64::from(operations), "{done} operations");
    for what in EntryKind::ALL.iter().map(|kind| kind.as_str()).chain(HARD) {
        assert!(
            done < u64::from(OPERATIONS) || tally.of(what) >= 20,
            "{what}: only {} in {done} operations",
            tally.of(what)
        );
    }
}
