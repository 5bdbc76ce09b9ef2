//! Runs take turns: no more at once than the organization may have, first in first out, whoever asks at the same moment.

use creel_store::{
    Concurrency, Judge, Store,
    billing::{Bought, PaidLine, Reading},
    database::Engine,
};
use creel_types::{Credits, Plan, RunId, RunStatus, Time, time::DAY_MS};

use crate::shop::{Shop, on_both, operator};

async fn waiting(shop: &Shop, count: usize) -> Vec<RunId> {
    let mut runs = Vec::new();
    for _ in 0..count {
        runs.push(shop.store.create_run(shop.organization, shop.new_run().await, None).await.unwrap());
        shop.store.clock.advance_ms(1);
    }
    runs
}

async fn take(store: &Store, shop: &Shop, run: RunId) -> bool {
    store.claim_run(run, shop.owner, &Judge::LeaseOnly).await.unwrap().is_some()
}

async fn shop(engine: Engine, concurrency: Concurrency) -> Shop {
    let mut shop = Shop::with_credits(engine, 1_000).await;
    shop.store.concurrency = concurrency;
    shop
}

on_both! {
async fn beyond_the_limit_runs_wait_first_in_first_out(engine) {
    let shop = shop(engine, Concurrency::Fixed(2)).await;
    let runs = waiting(&shop, 4).await;
    assert_eq!(shop.store.list_claimable_runs().await.unwrap(), runs[..2]);
    assert!(!take(&shop.store, &shop, runs[2]).await, "not before those that came earlier");
    assert!(take(&shop.store, &shop, runs[1]).await && take(&shop.store, &shop, runs[0]).await);
    assert!(!take(&shop.store, &shop, runs[2]).await, "two go on");
    assert_eq!(shop.store.list_claimable_runs().await.unwrap(), runs[..2], "those that have begun may be taken over");
    let view = shop.store.get_run_view(shop.organization, runs[2]).await.unwrap();
    assert_eq!(view.status, RunStatus::Pending);
    // One that is stopped and started again waits behind those that waited.
    shop.store.stop_run(shop.organization, runs[0], &operator()).await.unwrap();
    shop.store.restart_run(shop.organization, runs[0], None, None, &operator()).await.unwrap();
    assert_eq!(shop.store.list_claimable_runs().await.unwrap(), [runs[1], runs[2]]);
    assert!(take(&shop.store, &shop, runs[2]).await);
    assert!(!take(&shop.store, &shop, runs[3]).await);
}
}

on_both! {
async fn two_processes_at_once_take_no_more_than_there_are_turns(engine) {
    let shop = shop(engine, Concurrency::Fixed(1)).await;
    let mut other = shop.database.store(shop.store.clock.clone(), creel_types::Random::seeded(9)).await;
    other.concurrency = Concurrency::Fixed(1);
    for _ in 0..20 {
        let runs = waiting(&shop, 2).await;
        let (a, b) = tokio::join!(take(&shop.store, &shop, runs[0]), take(&other, &shop, runs[1]));
        assert_eq!((a, b), (true, false));
        for run in runs {
            shop.store.stop_run(shop.organization, run, &operator()).await.unwrap();
        }
    }
}
}

on_both! {
async fn the_limit_is_that_of_the_plan_that_is_paid(engine) {
    let shop = shop(engine, Concurrency::ByPlan).await;
    assert_eq!(shop.store.concurrent_runs(shop.organization).await.unwrap(), Some(1), "without a plan");
    let runs = waiting(&shop, 4).await;
    assert!(take(&shop.store, &shop, runs[0]).await && !take(&shop.store, &shop, runs[1]).await);
    let now = shop.store.clock.now();
    let scale = PaidLine {
        invoice: "in_1".into(),
        line: "il_1".into(),
        bought: Bought::Plan { plan: Plan::Scale, subscription: "sub_1".into(), starts_at: now, ends_at: now.plus_ms(30 * DAY_MS) },
        quantity: 1,
        credits: Credits(100_000),
        paid_at: now,
        ends_at: Some(now.plus_ms(30 * DAY_MS)),
        refunded: None,
        disputed: false,
    };
    shop.store.add_stripe_customer(shop.organization, "cus_1").await.unwrap();
    let lease = shop.store.claim_stripe_customer(None).await.unwrap().unwrap();
    shop.store.settle_stripe_customer(&lease, &Reading { lines: vec![scale], ..Reading::default() }).await.unwrap();
    assert_eq!(shop.store.concurrent_runs(shop.organization).await.unwrap(), None);
    assert_eq!(shop.store.list_claimable_runs().await.unwrap(), runs);
    assert!(take(&shop.store, &shop, runs[1]).await && take(&shop.store, &shop, runs[2]).await);
    // The plan is over: what goes on goes on, and the next waits.
    shop.store.clock.advance_ms(31 * DAY_MS);
    assert_eq!(shop.store.concurrent_runs(shop.organization).await.unwrap(), Some(1));
    assert!(!take(&shop.store, &shop, runs[3]).await);
    assert_eq!(shop.store.list_claimable_runs().await.unwrap(), runs[..3]);
    assert!(shop.store.clock.now() > Time(0));
}
}

on_both! {
async fn an_organization_at_its_limit_keeps_nobody_else_waiting(engine) {
    let mut shop = shop(engine, Concurrency::Fixed(1)).await;
    let many = waiting(&shop, 250).await;
    shop.organization =
        shop.store.create_organization("other", creel_store::organizations::Start::Credits(Credits(10))).await.unwrap().id;
    let other = waiting(&shop, 1).await;
    assert_eq!(shop.store.list_claimable_runs().await.unwrap(), [many[0], other[0]]);
}
}
