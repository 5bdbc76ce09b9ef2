//! Many at once: a balance is drained to its last whole capture and not beyond, budgets are met exactly, and processes
//! that touch the same organizations in opposite order never wait for each other in a circle.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use creel_store::{
    FailPoints, Store,
    database::Engine,
    organizations::Start,
    runs::NewRun,
    settle::{Committer, Verdict},
};
use creel_types::{Credits, EndReason, OrganizationId, RunId};
use futures::{StreamExt, future::join_all, stream};

use crate::{
    random::{proved, wanted},
    shop::{Shop, on_both, stored},
};

/// Processes on one database.
const PROCESSES: usize = 4;
const PRODUCERS: usize = 64;

/// Further stores with a committer each, as other processes have them.
async fn processes(shop: &Shop, count: usize) -> Vec<Committer> {
    let mut committers = vec![shop.committer.clone()];
    while committers.len() < count {
        let store = shop.database.store(shop.store.clock.clone(), shop.store.random.clone()).await;
        committers.push(Committer::start(store).0);
    }
    committers
}

on_both! {
async fn many_producers_drain_a_balance_to_its_last_capture(engine) {
    for balance in [1, 2, 3, 301] {
        let shop = Shop::with_credits(engine, balance).await;
        let committers = processes(&shop, PROCESSES).await;
        let mut pages = Vec::new();
        for _ in 0..PROCESSES {
            let run = shop.run(None).await.id;
            pages.extend(shop.lease(run, PRODUCERS).await.into_iter().map(|url| shop.finished(run, &url)));
        }
        // Each producer has a page of every run, and each run's pages go to every process.
        let producers = (0..PRODUCERS).map(|producer| {
            let own: Vec<_> = pages.iter().skip(producer).step_by(PRODUCERS).cloned().collect();
            let committers = committers.clone();
            tokio::spawn(async move {
                let mut verdicts = Vec::new();
                for (at, page) in own.into_iter().enumerate() {
                    verdicts.push(committers[(producer + at) % PROCESSES].settle(page).await.unwrap());
                }
                verdicts
            })
        });
        let verdicts: Vec<Verdict> = join_all(producers).await.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!(stored(&verdicts) as i64, balance / 2);
        assert_eq!(shop.check(balance).await, balance / 2);
        let left = shop.store.balance(shop.organization).await.unwrap().available;
        assert_eq!(left, Credits(balance % 2));
    }
}
}

const RUNS: usize = 8;
const BUDGET: i64 = 500;

on_both! {
async fn eight_runs_of_a_budget_of_500_make_4000_captures(engine) {
    let starting = 10_000;
    let shop = Shop::with_credits(engine, starting).await;
    let committers = processes(&shop, PROCESSES).await;
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let run = shop.run(Some(BUDGET)).await.id;
        let urls = shop.lease(run, BUDGET as usize + 40).await;
        runs.push((run, urls));
    }
    // 64 pages of each run in flight: their budgets end in the middle of batches of all of them.
    let (shop, committers) = (&shop, &committers);
    let settled = runs.iter().map(|(run, urls)| {
        let settle = |(at, url): (usize, &String)| {
            let (page, at) = (shop.finished(*run, url), at % PROCESSES);
            async move { committers[at].settle(page).await.unwrap() }
        };
        stream::iter(urls.iter().enumerate().map(settle).collect::<Vec<_>>()).buffer_unordered(64).collect::<Vec<_>>()
    });
    let verdicts = join_all(settled).await;
    for ((run, _), verdicts) in runs.iter().zip(verdicts) {
        assert_eq!(stored(&verdicts) as i64, BUDGET);
        let run = shop.store.get_run(shop.organization, *run).await.unwrap();
        assert_eq!((run.extracted, run.end_reason), (BUDGET, Some(EndReason::BudgetReached)));
    }
    let verified = shop.store.verify_ledger(shop.organization).await.unwrap().unwrap();
    assert_eq!(verified.balance, Credits(starting - 2 * BUDGET * RUNS as i64));
}
}

const ORGANIZATIONS: usize = 5;

/// Tries that began and those that were committed: where a circle was broken, a try is missing.
#[derive(Default)]
struct Tries {
    begun: AtomicU64,
    committed: AtomicU64,
}

impl Tries {
    fn watch(self: &Arc<Tries>, store: &mut Store) {
        let tries = Arc::clone(self);
        store.fail_points = FailPoints::new(move |place| match place {
            "settle.begun" => drop(tries.begun.fetch_add(1, Ordering::Relaxed)),
            "settle.committed" => drop(tries.committed.fetch_add(1, Ordering::Relaxed)),
            _ => {}
        });
    }
}

async fn deadlocks(store: &Store) -> i64 {
    if store.database.engine() == Engine::Sqlite {
        return 0;
    }
    let sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    store.database.row(sql, vec![]).await.unwrap().unwrap().int("deadlocks").unwrap()
}

/// Organizations of one shop with a run each, and so many pages in hand.
async fn organizations(shop: &mut Shop, pages: usize) -> Vec<(OrganizationId, RunId, Vec<String>)> {
    let mut made = Vec::new();
    for _ in 0..ORGANIZATIONS {
        let start = Start::Credits(Credits(1_000_000));
        shop.organization = shop.store.create_organization("one of many", start).await.unwrap().id;
        let new = NewRun { budget: None, ..shop.new_run().await };
        let run = shop.start(new).await.id;
        made.push((shop.organization, run, shop.lease(run, pages).await));
    }
    made
}

on_both! {
async fn prove_that_organizations_in_opposite_order_never_wait_in_a_circle(engine) {
    // Each round is a batch of each process. More than two: when one commits, several that wait for rows of different
    // organizations go on at the same moment, and only then does it matter in which order they take the rest.
    let rounds = wanted("CREEL_PROVE_OPERATIONS_STORE", 1_500).div_ceil(20) as usize;
    let mut shop = Shop::with_credits(engine, 1).await;
    let made = organizations(&mut shop, PROCESSES * rounds).await;
    let tries = Arc::new(Tries::default());
    let before = deadlocks(&shop.store).await;
    let process = async |process: usize| {
        let mut store = shop.database.store(shop.store.clock.clone(), shop.store.random.clone()).await;
        tries.watch(&mut store);
        let (committer, task) = Committer::start(store);
        for round in 0..rounds {
            let at = process * rounds + round;
            let mut pages: Vec<_> = made
                .iter()
                .map(|(organization, run, urls)| {
                    let mut page = shop.finished(*run, &urls[at]);
                    page.organization = *organization;
                    page
                })
                .collect();
            if process % 2 == 1 {
                pages.reverse();
            }
            let verdicts = join_all(pages.into_iter().map(|page| committer.settle(page))).await;
            assert_eq!(stored(&verdicts.into_iter().map(Result::unwrap).collect::<Vec<_>>()), ORGANIZATIONS);
        }
        drop(committer);
        task.await.unwrap();
    };
    join_all((0..PROCESSES).map(process)).await;
    let (begun, committed) = (tries.begun.load(Ordering::Relaxed), tries.committed.load(Ordering::Relaxed));
    assert_eq!(begun, committed, "no batch was tried twice");
    assert_eq!(deadlocks(&shop.store).await, before);
    for (organization, _, _) in &made {
        let verified = shop.store.verify_ledger(*organization).await.unwrap().unwrap();
        assert_eq!(verified.balance, Credits(1_000_000 - (2 * PROCESSES * rounds) as i64));
    }
    proved(&format!("no circle of locks on {engine:?} batches={committed} captures={}", PROCESSES * rounds * ORGANIZATIONS));
}
}
