//! PostgreSQL dies under load, again and again, with every commit on its disk: what was acknowledged is there after each
//! start, what was not is settled or told, and in the end the balance is spent to the last credit.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use creel_store::{
    Store,
    organizations::Start,
    settle::{Committer, Verdict},
};
use creel_testkit::postgres::{Cluster, Durability};
use creel_types::{Clock, Credits, EndReason, Random, RunId, Time};
use futures::future::join_all;

use crate::{
    durable,
    shop::{Shop, TestDatabase},
};

const PRODUCERS: usize = 64;
/// Ends of the server, half of them without its knowledge; each comes after some more pages were settled.
const DEATHS: usize = 4;
const PAGES_BETWEEN: u64 = 120;

/// What producers were told.
#[derive(Default)]
struct Told {
    next: AtomicUsize,
    /// Captures with their pages.
    stored: Mutex<BTreeMap<String, String>>,
    /// Pages that a lost try had settled already, and those that came too late for the balance.
    settled_before: AtomicUsize,
    refused: AtomicUsize,
    errors: AtomicUsize,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_dies_under_sixty_four_producers() {
    dies_under_load(DEATHS, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prove_the_server_dies_under_load() {
    let Ok(crashes) = std::env::var("CREEL_PROVE_CRASHES") else { return };
    let seed = std::env::var("CREEL_PROVE_SEED").map_or(2, |seed| seed.parse().unwrap());
    // One takes as long as twenty deaths of a process.
    let deaths = crashes.parse::<usize>().unwrap().div_ceil(20);
    let errors = dies_under_load(deaths, seed).await;
    println!("proved: a server that dies under load server-deaths={deaths} errors-told={errors} seed={seed}");
}

/// Answers how often a producer was told of the trouble.
async fn dies_under_load(deaths: usize, seed: u64) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start(folder.path(), Durability::Durable).unwrap();
    let shop = shop_on(&cluster, 0).await;
    // Twice what the deaths leave time for, and one page and one credit that do not fit.
    let pages = (deaths + 1) * PAGES_BETWEEN as usize * 2;
    shop.grant(2 * pages as i64 - 1, None).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, pages).await;
    let told = Arc::new(Told::default());
    let producers = (0..PRODUCERS).map(|_| produce(&shop, run.id, &urls, &told));
    let (_, cluster) = tokio::join!(join_all(producers), end_again_and_again(&mut cluster, &told, deaths, seed));
    cluster.unwrap();
    let captures = durable::captures(&shop.store).await;
    let stored = told.stored.lock().unwrap().clone();
    for (capture, url) in &stored {
        assert_eq!(captures.get(capture), Some(url), "acknowledged and not stored");
    }
    assert_eq!(durable::check(&shop.store, shop.organization).await, pages - 1);
    let settled_before = told.settled_before.load(Ordering::SeqCst);
    assert_eq!(stored.len() + settled_before + told.refused.load(Ordering::SeqCst), pages, "every page has its verdict");
    assert_eq!(shop.store.balance(shop.organization).await.unwrap().available, Credits(1));
    let run = shop.store.get_run(shop.organization, run.id).await.unwrap();
    assert_eq!((run.end_reason, run.extracted), (Some(EndReason::InsufficientCredits), pages as i64 - 1));
    told.errors.load(Ordering::SeqCst)
}

async fn shop_on(cluster: &Cluster, credits: i64) -> Shop {
    let random = Random::seeded(42);
    let store = Store::connect(&cluster.url(), Clock::fixed(Time(1_000_000)), random.clone()).await.unwrap();
    let organization = store.default_organization(Start::Credits(Credits(credits))).await.unwrap().id;
    let (committer, _task) = Committer::start(store.clone());
    let database = TestDatabase::Postgres(cluster.url());
    Shop { database, store, organization, owner: random.id(Time(0)), committer }
}

/// Settles one page after the other; one whose fate is unknown is settled again.
async fn produce(shop: &Shop, run: RunId, urls: &[String], told: &Told) {
    while let Some(url) = urls.get(told.next.fetch_add(1, Ordering::SeqCst)) {
        let mut errors = 0;
        loop {
            match shop.committer.settle(shop.finished(run, url)).await {
                Ok(Verdict::Stored(capture)) => {
                    told.stored.lock().unwrap().insert(capture.to_string(), url.clone());
                }
                // Only where it was told that nobody knows.
                Ok(Verdict::LeaseLost) if errors > 0 => {
                    told.settled_before.fetch_add(1, Ordering::SeqCst);
                }
                Ok(Verdict::InsufficientCredits | Verdict::RunEnded) => {
                    told.refused.fetch_add(1, Ordering::SeqCst);
                }
                Ok(other) => panic!("{url}: {other:?}"),
                Err(error) => {
                    assert!(error.is_transient(), "{url}: {error}");
                    errors += 1;
                    told.errors.fetch_add(1, Ordering::SeqCst);
                    continue;
                }
            }
            break;
        }
    }
}

/// Ends the server while pages are on their way, and starts it again.
async fn end_again_and_again(cluster: &mut Cluster, told: &Told, deaths: usize, seed: u64) -> Result<(), String> {
    let random = Random::seeded(seed);
    for death in 0..deaths {
        let settled = || told.stored.lock().unwrap().len() as u64;
        let until = settled() + 1 + random.below(PAGES_BETWEEN);
        while settled() < until {
            tokio::task::yield_now().await;
        }
        tokio::task::block_in_place(|| {
            if death % 2 == 0 {
                cluster.kill()?
            } else {
                cluster.kill_hard()?
            }
            cluster.start_again()
        })?;
    }
    Ok(())
}
