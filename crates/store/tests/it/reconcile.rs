//! Tasks that recur: what they find, that doing them twice changes nothing, and what is written down about them.

use creel_store::{
    Judge,
    reconcile::{Backlog, Pass, QueueName, ReconcilerName, STUCK_AFTER_MS, Tally},
};
use creel_types::Time;
use uuid::Uuid;

use crate::shop::{Shop, on_both, stored};

const MINUTE: i64 = 60_000;

async fn waiting(shop: &Shop, queue: QueueName) -> (i64, Option<Time>) {
    let backlogs: Vec<Backlog> = shop.store.backlogs().await.unwrap();
    assert_eq!(backlogs.len(), QueueName::ALL.len());
    let backlog = backlogs.into_iter().find(|backlog| backlog.queue == queue).unwrap();
    (backlog.waiting, backlog.oldest_at)
}

on_both! {
async fn a_run_that_does_no_page_for_half_an_hour_goes_to_somebody_else(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (busy, stuck) = (shop.run(None).await, shop.run(None).await);
    let began = shop.store.clock.now();
    let pages = shop.lease(busy.id, 2).await;
    shop.lease(stuck.id, 2).await;
    shop.store.clock.advance_ms(STUCK_AFTER_MS - MINUTE);
    assert_eq!(shop.store.free_stuck_runs().await.unwrap(), Pass::default());
    assert_eq!(stored(&shop.settle_all(busy.id, &pages[..1]).await), 1);
    shop.store.clock.advance_ms(MINUTE);
    // Both hearts beat all the while.
    assert!(shop.store.heartbeat(stuck.id, shop.owner).await.unwrap());
    assert_eq!(waiting(&shop, QueueName::RunsStuck).await, (1, Some(began)));
    assert_eq!(shop.store.free_stuck_runs().await.unwrap().changed, 1);
    assert_eq!(shop.store.free_stuck_runs().await.unwrap().changed, 0);
    assert_eq!(waiting(&shop, QueueName::RunsStuck).await, (0, None));
    assert!(!shop.store.heartbeat(stuck.id, shop.owner).await.unwrap(), "whoever held it learns of it");
    assert!(shop.store.heartbeat(busy.id, shop.owner).await.unwrap());
    let another: Uuid = shop.store.random.id(began);
    let taken = shop.store.claim_run(stuck.id, another, &Judge::LeaseOnly).await.unwrap().unwrap();
    assert_eq!(taken.id, stuck.id);
    assert_eq!(shop.store.lease_pages(stuck.id, another, 10).await.unwrap().len(), 2, "its pages are free too");
}
}

on_both! {
async fn a_run_whose_pages_wait_for_their_time_is_not_stuck(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await;
    let pages = shop.lease(run.id, 1).await;
    let later = shop.store.clock.now().plus_ms(2 * STUCK_AFTER_MS);
    shop.store.retry_page(run.id, shop.owner, &pages[0], later).await.unwrap();
    shop.store.clock.advance_ms(STUCK_AFTER_MS + MINUTE);
    assert_eq!(shop.store.free_stuck_runs().await.unwrap(), Pass::default());
    shop.store.clock.advance_ms(2 * STUCK_AFTER_MS);
    assert_eq!(shop.store.free_stuck_runs().await.unwrap().changed, 1);
}
}

on_both! {
async fn a_queue_says_how_much_waits_and_since_when(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let began = shop.store.clock.now();
    assert_eq!(waiting(&shop, QueueName::CapturesUnlisted).await, (0, None));
    let run = shop.run(None).await;
    let pages = shop.lease(run.id, 3).await;
    assert_eq!(stored(&shop.settle_all(run.id, &pages[..1]).await), 1);
    shop.store.clock.advance_ms(MINUTE);
    assert_eq!(stored(&shop.settle_all(run.id, &pages[1..]).await), 2);
    assert_eq!(waiting(&shop, QueueName::CapturesUnlisted).await, (3, Some(began)));
    assert_eq!(shop.store.follow_captures().await.unwrap().changed, 3);
    assert_eq!(waiting(&shop, QueueName::CapturesUnlisted).await, (0, None));

    let ends_at = shop.store.clock.now().plus_ms(MINUTE);
    shop.grant(50, Some(ends_at)).await;
    assert_eq!(waiting(&shop, QueueName::CreditsEnded).await, (0, None));
    shop.store.clock.advance_ms(5 * MINUTE);
    assert_eq!(waiting(&shop, QueueName::CreditsEnded).await, (1, Some(ends_at)));
    assert_eq!(shop.store.sweep_due().await.unwrap().changed, 1);
    assert_eq!(waiting(&shop, QueueName::CreditsEnded).await, (0, None));

    let new = shop.new_run().await;
    shop.store.create_run(shop.organization, new, None).await.unwrap();
    assert_eq!(waiting(&shop, QueueName::RunsPending).await.0, 1);
}
}

on_both! {
async fn every_ledger_is_recomputed_once_a_day_by_whoever_comes_first(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let other = shop.database.store(shop.store.clock.clone(), shop.store.random.clone()).await;
    assert_eq!(shop.store.check_ledgers().await.unwrap(), Pass::default(), "one that is young is not due");
    shop.store.clock.advance_ms(24 * 60 * MINUTE);
    assert_eq!(waiting(&shop, QueueName::LedgersUnchecked).await.0, 1);
    assert!(shop.store.check_ledgers().await.unwrap().more);
    assert_eq!(other.check_ledgers().await.unwrap(), Pass::default());
    // A broken one is found at the next turn, and closed.
    let spoil = "UPDATE organizations SET available = available + 1 WHERE id = $1";
    shop.store.database.execute(spoil, vec![shop.organization.into()]).await.unwrap();
    shop.store.clock.advance_ms(24 * 60 * MINUTE);
    assert_eq!(other.check_ledgers().await.unwrap().changed, 1);
    let frozen = shop.store.frozen_ledgers().await.unwrap();
    assert_eq!((frozen.len(), frozen[0].organization_id), (1, shop.organization));
    assert!(frozen[0].fault.contains("101"), "{}", frozen[0].fault);
}
}

on_both! {
async fn what_processes_write_down_adds_up(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let good = |passes, at| Tally { passes, changed: 2, passed_at: Some(Time(at)), ..Tally::default() };
    let bad = |at, text: &str| Tally { passes: 1, failures: 1, failed: Some((Time(at), text.to_owned())), ..Tally::default() };
    let note = async |tally: Tally| {
        shop.store.note_reconcilers(vec![(ReconcilerName::Captures, tally), (ReconcilerName::Mail, good(1, 1))]).await.unwrap();
        shop.store.list_reconcilers().await.unwrap().into_iter().find(|row| row.name == ReconcilerName::Captures).unwrap()
    };
    assert!(shop.store.list_reconcilers().await.unwrap().is_empty());
    assert!(!note(good(5, 1000)).await.is_failing());
    let failing = note(bad(2000, &"x".repeat(5000))).await;
    assert!(failing.is_failing() && failing.error.as_ref().unwrap().len() == 500);
    // What a slower process writes of an older failure is not the last word.
    let after = note(bad(1500, "older")).await;
    assert_eq!((after.failed_at, after.error.as_deref().map(str::len)), (Some(Time(2000)), Some(500)));
    let well = note(good(3, 3000)).await;
    assert!(!well.is_failing());
    assert_eq!((well.passes, well.failures, well.changed, well.passed_at), (10, 2, 4, Some(Time(3000))));
    assert_eq!(shop.store.list_reconcilers().await.unwrap().len(), 2);
}
}
