//! Two real processes on one organization's credits: the test's own program, started twice to play the part of a process that
//! settles its run's pages. Each has a committer of its own, and nothing between them but the database.

use std::{
    io::{Read, Write},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use creel_store::{Store, database::Engine, settle::Verdict};
use creel_types::{Clock, OrganizationId, Random, RunId};
use futures::{StreamExt, stream};
use uuid::Uuid;

use crate::{
    durable,
    shop::{Shop, TestDatabase, on_both},
};

/// The words that a process is given: database, organization, run, owner of its leases.
const PART: &str = "CREEL_TEST_PROCESS";
/// Pages of each process: more than the balance pays, whichever of them is quicker.
const PAGES: usize = 400;
const CREDITS: i64 = 2 * 350 + 1;
/// Few, so that a process has many small transactions between which the other comes in.
const PRODUCERS: usize = 8;

on_both! {
async fn two_processes_share_one_balance_to_the_last_credit(engine) {
    if is_played().await {
        return;
    }
    let shop = Shop::with_credits(engine, CREDITS).await;
    let test = format!("{}::{}", module_path!().split_once("::").unwrap().1, format!("{engine:?}").to_lowercase());
    let mut children = Vec::new();
    let mut runs = Vec::new();
    for seed in 1..=2 {
        let run = run_of_its_own(&shop, seed).await;
        children.push(start(&test, &shop, run));
        runs.push(run.0);
    }
    children.iter_mut().for_each(await_readiness);
    let mut acknowledged: Vec<String> = Vec::new();
    for child in &mut children {
        child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    for child in children {
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        assert!(status.success(), "{status}\n{out}\n{err}");
        let own: Vec<String> = out.lines().filter_map(|line| Some(line.split_once("stored ")?.1.to_owned())).collect();
        // A server lets those in who waited; on a file the quicker one may have had it all.
        assert!(!own.is_empty() || engine == Engine::Sqlite, "they did not work at once");
        acknowledged.extend(own);
    }
    assert_eq!(durable::check(&shop.store, shop.organization).await as i64, CREDITS / 2);
    acknowledged.sort();
    assert_eq!(acknowledged, durable::captures(&shop.store).await.into_keys().collect::<Vec<_>>());
    assert_eq!(shop.store.balance(shop.organization).await.unwrap().available.0, CREDITS % 2);
    for run in runs {
        let run = shop.store.get_run(shop.organization, run).await.unwrap();
        assert_eq!(run.end_reason, Some(creel_types::EndReason::InsufficientCredits));
    }
}
}

/// A run whose pages are all leased to an owner of its own.
async fn run_of_its_own(shop: &Shop, seed: u64) -> (RunId, Uuid) {
    let owner: Uuid = Random::seeded(seed).id(shop.store.clock.now());
    let new = shop.new_run().await;
    let run = shop.store.create_run(shop.organization, new, Some(owner)).await.unwrap();
    let claimed = shop.store.claim_run(run, owner, &creel_store::Judge::LeaseOnly).await.unwrap();
    assert!(claimed.is_some());
    shop.lease_to(run, owner, PAGES).await;
    (run, owner)
}

fn start(test: &str, shop: &Shop, (run, owner): (RunId, Uuid)) -> Child {
    let database = match &shop.database {
        TestDatabase::Sqlite(folder) => folder.path().display().to_string(),
        TestDatabase::Postgres(url) => url.clone(),
    };
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture"]).env(PART, format!("{database} {} {run} {owner}", shop.organization));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Reads what the child says until it waits for the word to begin.
fn await_readiness(child: &mut Child) {
    let out = child.stdout.as_mut().unwrap();
    let (mut said, mut byte) = (Vec::new(), [0]);
    while !said.ends_with(b"ready\n") {
        assert_eq!(out.read(&mut byte).unwrap(), 1, "it ended: {}", String::from_utf8_lossy(&said));
        said.extend(byte);
    }
}

/// Plays a process's part if this one was started for it.
async fn is_played() -> bool {
    let Ok(part) = std::env::var(PART) else { return false };
    let words: Vec<&str> = part.split(' ').collect();
    let [database, organization, run, owner] = words[..] else { panic!("{part}") };
    let (clock, random) = (Clock::system(), Random::system());
    let store = if database.starts_with("postgres:") {
        Store::connect(database, clock, random).await.unwrap()
    } else {
        Store::open(&PathBuf::from(database), clock, random).await.unwrap()
    };
    let (committer, committing) = creel_store::settle::Committer::start(store.clone());
    let shop = Shop {
        database: TestDatabase::Postgres(String::new()),
        store,
        organization: organization.parse::<OrganizationId>().unwrap(),
        owner: owner.parse().unwrap(),
        committer,
    };
    let run: RunId = run.parse().unwrap();
    println!("\nready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    let pages = (0..PAGES).map(|at| shop.finished(run, &format!("https://shop.example/p/{at}")));
    let settled = pages.map(|page| shop.committer.settle(page));
    stream::iter(settled).buffer_unordered(PRODUCERS).for_each(|verdict| async { say(verdict.unwrap()) }).await;
    drop(shop);
    committing.await.unwrap();
    true
}

fn say(verdict: Verdict) {
    match verdict {
        Verdict::Stored(capture) => println!("\nstored {capture}"),
        Verdict::InsufficientCredits | Verdict::RunEnded => {}
        other => panic!("{other:?}"),
    }
}
