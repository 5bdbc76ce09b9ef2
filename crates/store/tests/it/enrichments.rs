//! Enrichments: an item is stored if and only if its debit is; what ends them, and what takes them up again.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use creel_ledger::{CreditLimit, LimitPeriod, NewHold, Reference, ReferenceType};
use creel_store::{
    FailPoints, Judge, Store,
    enrichments::{EnrichmentView, NewEnrichment, Scope},
    fail_points::PLACES_OF_ITEMS,
    idempotency::Once,
    ledger::limits::LimitSubject,
    listing::CaptureFilter,
    runs::{NewRun, RunSettings},
    settle::{ItemsVerdict, MadeItem},
};
use creel_types::{
    By, Capture, CaptureId, Credits, EnrichFailure, EnrichOutcome, EnrichmentEnd, EnrichmentId, HoldId, ItemContent, RunId,
    RunStatus,
};
use serde_json::json;
use uuid::Uuid;

use crate::shop::{Shop, on_both, operator, stored};

/// An item that says no more than its capture's title.
pub fn plain(capture: &Capture) -> ItemContent {
    ItemContent { title: capture.product.title.clone(), ..ItemContent::default() }
}

impl Shop {
    /// A run with so many captures, over.
    pub async fn captured(&self, count: usize) -> (RunId, Vec<CaptureId>) {
        let run = self.run(None).await;
        let urls = self.lease(run.id, count).await;
        assert_eq!(stored(&self.settle_all(run.id, &urls).await), count);
        self.store.complete_run(run.id, self.owner, None).await.unwrap();
        let mut ids: Vec<CaptureId> =
            self.store.list_captures_of_run(run.id, None, 500).await.unwrap().iter().map(|capture| capture.id).collect();
        ids.sort();
        (run.id, ids)
    }

    pub async fn enrich(&self, scope: Scope) -> EnrichmentId {
        self.new_enrichment(NewEnrichment { scope, ..asked() }).await
    }

    pub async fn new_enrichment(&self, new: NewEnrichment) -> EnrichmentId {
        match self.store.create_enrichment(self.organization, new, None).await.unwrap() {
            Once::Now(id) | Once::Before(id) => id,
        }
    }

    /// Claims and works, in batches of `batch`, until it ends, waits or stops making progress.
    pub async fn work(&self, id: EnrichmentId, batch: i64) -> EnrichmentView {
        work(&self.store, self.owner, id, batch).await;
        self.store.get_enrichment(self.organization, id).await.unwrap()
    }

    /// The ledger verifies, and what is left is what was there without 2 for each capture and 1 for each item.
    pub async fn check_items(&self, started_with: i64) -> i64 {
        let verified = self.store.verify_ledger(self.organization).await.unwrap().unwrap();
        let count = async |table: &str| {
            let rows = self.store.database.rows(&format!("SELECT COUNT(*) AS many FROM {table}"), vec![]).await.unwrap();
            rows[0].int("many").unwrap()
        };
        let (captures, items) = (count("captures").await, count("items").await);
        assert_eq!(verified.balance, Credits(started_with - 2 * captures - items));
        items
    }
}

pub fn asked() -> NewEnrichment {
    NewEnrichment {
        by: By::system(),
        api_key: None,
        name: None,
        scope: Scope::Captures(vec![]),
        asked: json!({}),
        again: false,
    }
}

/// One process's work on an enrichment; answers the last verdict.
pub async fn work(store: &Store, owner: Uuid, id: EnrichmentId, batch: i64) -> Option<ItemsVerdict> {
    let enrichment = store.claim_enrichment(id, owner, &Judge::LeaseOnly).await.unwrap()?;
    while !store.gather_captures(id, owner).await.unwrap() {}
    store.mark_enrichment_running(id, owner).await.unwrap();
    loop {
        let made = make(store, id, batch).await;
        if made.is_empty() {
            store.complete_enrichment(id, owner).await.unwrap();
            return None;
        }
        let verdict = store.settle_items(enrichment.organization, id, owner, &made).await.unwrap();
        if !matches!(verdict, ItemsVerdict::Settled(_)) {
            store.release_enrichment(id, owner).await.unwrap();
            return Some(verdict);
        }
    }
}

pub async fn make(store: &Store, id: EnrichmentId, batch: i64) -> Vec<MadeItem> {
    let queued = store.list_queued_captures(id, batch).await.unwrap();
    let made = queued.into_iter().map(|one| MadeItem {
        capture: one.id,
        item: store.random.id(store.clock.now()),
        content: one.capture.map(|capture| Box::new(plain(&capture))),
    });
    made.collect()
}

on_both! {
async fn each_capture_of_a_run_becomes_one_item_for_one_credit(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (run, captures) = shop.captured(7).await;
    let id = shop.enrich(Scope::Run(run)).await;
    let ended = shop.work(id, 3).await;
    assert_eq!((ended.status, ended.end_reason), (RunStatus::Completed, Some(EnrichmentEnd::AllProcessed)));
    assert_eq!((ended.total, ended.processed, ended.credits_spent), (Some(7), 7, Credits(7)));
    assert_eq!(ended.progress, Some(1.0));
    assert_eq!(shop.check_items(100).await, 7);
    let rows = shop.store.list_enrichment_captures(shop.organization, id, None, None, 50).await.unwrap();
    assert!(rows.iter().all(|row| row.outcome == Some(EnrichOutcome::Enriched) && row.item_id.is_some()));
    assert_eq!(rows.len(), captures.len());
    // A second one finds nothing to do, and costs nothing.
    let id = shop.enrich(Scope::Run(run)).await;
    let ended = shop.work(id, 100).await;
    assert_eq!((ended.processed, ended.already_enriched, ended.credits_spent), (0, 7, Credits(0)));
    assert_eq!(shop.check_items(100).await, 7);
}
}

on_both! {
async fn again_makes_another_item_and_debits_it(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (_, captures) = shop.captured(2).await;
    let first = shop.enrich(Scope::Captures(captures.clone())).await;
    shop.work(first, 10).await;
    let again = shop.new_enrichment(NewEnrichment { scope: Scope::Captures(captures.clone()), again: true, ..asked() }).await;
    assert_eq!(shop.work(again, 10).await.processed, 2);
    assert_eq!(shop.check_items(100).await, 4);
    let current = "SELECT capture_id FROM items WHERE is_current = 1";
    assert_eq!(shop.store.database.rows(current, vec![]).await.unwrap().len(), 2, "one item of a capture is the newest");
    // What has an item by being enriched again is not enriched once more by one that does not ask for it.
    let third = shop.enrich(Scope::Captures(captures)).await;
    assert_eq!(shop.work(third, 10).await.already_enriched, 2);
}
}

on_both! {
async fn credits_that_run_out_end_it_and_a_restart_goes_on_behind(engine) {
    // Six for three captures, two items of three.
    let shop = Shop::with_credits(engine, 8).await;
    let (run, _) = shop.captured(3).await;
    let id = shop.enrich(Scope::Run(run)).await;
    let ended = shop.work(id, 10).await;
    assert_eq!(ended.end_reason, Some(EnrichmentEnd::InsufficientCredits));
    assert_eq!((ended.processed, ended.status), (2, RunStatus::Completed));
    assert_eq!(shop.check_items(8).await, 2);
    let told = shop.store.list_outbox(shop.organization, None).await.unwrap();
    let of_it = told.iter().filter(|event| event.kind.as_str() == "enrichment.completed");
    let said: Vec<_> = of_it.map(|event| (event.payload["end_reason"].clone(), event.payload["processed"].clone())).collect();
    assert_eq!(said, [(json!("insufficient_credits"), json!(2))]);
    shop.grant(5, None).await;
    let still = shop.store.get_enrichment(shop.organization, id).await.unwrap();
    assert!(still.ended_at.is_some(), "a grant restarts nothing");
    shop.store.restart_enrichment(shop.organization, id, &operator()).await.unwrap();
    let ended = shop.work(id, 10).await;
    assert_eq!((ended.end_reason, ended.processed), (Some(EnrichmentEnd::AllProcessed), 3));
    assert_eq!(shop.check_items(13).await, 3);
    let twice = shop.store.restart_enrichment(shop.organization, id, &operator()).await;
    assert!(twice.is_err(), "one that is whole cannot be restarted");
}
}

on_both! {
async fn credits_that_a_run_takes_end_every_enrichment_with_work_left(engine) {
    let shop = Shop::with_credits(engine, 6).await;
    let (run, _) = shop.captured(2).await;
    let [waiting, started] = [shop.enrich(Scope::Run(run)).await, shop.enrich(Scope::Run(run)).await];
    shop.store.claim_enrichment(started, shop.owner, &Judge::LeaseOnly).await.unwrap().unwrap();
    // The last two credits go to a capture.
    shop.captured(1).await;
    let state = async |id| {
        let one = shop.store.get_enrichment(shop.organization, id).await.unwrap();
        (one.status, one.end_reason)
    };
    assert_eq!(state(started).await, (RunStatus::Completed, Some(EnrichmentEnd::InsufficientCredits)));
    assert_eq!(state(waiting).await, (RunStatus::Pending, None), "what has not begun may be paid when it does");
    assert_eq!(shop.work(waiting, 5).await.end_reason, Some(EnrichmentEnd::InsufficientCredits));
    assert_eq!(shop.check_items(6).await, 0);
}
}

on_both! {
async fn one_that_only_held_credits_can_pay_waits_for_them(engine) {
    let shop = Shop::with_credits(engine, 5).await;
    let (run, _) = shop.captured(2).await;
    let id = shop.enrich(Scope::Run(run)).await;
    let hold: HoldId = shop.store.random.id(shop.store.clock.now());
    let reference = Reference::new(ReferenceType::Message, "a message");
    let new = NewHold { hold, amount: Credits(1), live_ms: 60_000, reference, description: String::new() };
    shop.store.place_hold(shop.organization, new).await.unwrap();
    let verdict = work(&shop.store, shop.owner, id, 10).await;
    assert_eq!(verdict, Some(ItemsVerdict::Wait(shop.store.clock.now().plus_ms(60_000))));
    assert!(shop.store.list_claimable_enrichments().await.unwrap().is_empty(), "nobody asks for it meanwhile");
    shop.store.release_hold(shop.organization, hold, "given back".into()).await.unwrap();
    assert_eq!(shop.store.list_claimable_enrichments().await.unwrap(), [id], "what was held wakes it");
    assert_eq!(shop.work(id, 10).await.end_reason, Some(EnrichmentEnd::InsufficientCredits));
    assert_eq!(shop.check_items(5).await, 1);
}
}

on_both! {
async fn what_cannot_be_read_fails_by_name_and_costs_nothing(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (_, captures) = shop.captured(4).await;
    let id = shop.enrich(Scope::Captures(captures.clone())).await;
    shop.store.delete_capture(shop.organization, captures[1], &operator()).await.unwrap();
    let sql = format!("UPDATE captures SET content = 'torn' WHERE id = '{}'", captures[2]);
    shop.store.database.execute(&sql, vec![]).await.unwrap();
    let ended = shop.work(id, 10).await;
    assert_eq!((ended.processed, ended.failed, ended.credits_spent), (2, 2, Credits(2)));
    let failed = shop.store.list_enrichment_captures(shop.organization, id, Some(EnrichOutcome::Failed), None, 9).await;
    let reasons: Vec<_> = failed.unwrap().iter().map(|row| (row.capture_id, row.reason)).collect();
    assert_eq!(reasons, [(captures[1], Some(EnrichFailure::Deleted)), (captures[2], Some(EnrichFailure::Unreadable))]);
    assert_eq!(shop.check_items(100).await, 2);
}
}

on_both! {
async fn a_capture_that_is_deleted_takes_its_items_along_and_refunds_nothing(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (run, captures) = shop.captured(3).await;
    let id = shop.enrich(Scope::Run(run)).await;
    shop.work(id, 10).await;
    shop.store.delete_capture(shop.organization, captures[0], &operator()).await.unwrap();
    let left = "SELECT content FROM items WHERE deleted_at IS NULL";
    assert_eq!(shop.store.database.rows(left, vec![]).await.unwrap().len(), 2);
    assert_eq!(shop.check_items(100).await, 3, "the marks stay, with their debits");
    shop.store.delete_run(shop.organization, run, &operator()).await.unwrap();
    assert_eq!(shop.store.database.rows(left, vec![]).await.unwrap().len(), 0);
    assert_eq!(shop.store.database.rows("SELECT * FROM item_facets", vec![]).await.unwrap().len(), 0);
    let said = "SELECT content FROM items WHERE content <> '{}'";
    assert_eq!(shop.store.database.rows(said, vec![]).await.unwrap().len(), 0, "nobody can read them again");
    assert_eq!(shop.check_items(100).await, 3);
}
}

on_both! {
async fn a_run_that_asks_for_it_is_enriched_when_it_ends(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let settings = RunSettings { auto_enrich: true, ..RunSettings::default() };
    let run = shop.start(NewRun { settings, ..shop.new_run().await }).await;
    let urls = shop.lease(run.id, 3).await;
    shop.settle_all(run.id, &urls).await;
    assert!(shop.store.list_claimable_enrichments().await.unwrap().is_empty(), "not before it ends");
    shop.store.complete_run(run.id, shop.owner, None).await.unwrap();
    let made = shop.store.list_enrichments(shop.organization, None, Some(run.id), None, 9).await.unwrap();
    assert_eq!(made.len(), 1);
    assert_eq!(shop.work(made[0].id, 10).await.processed, 3);
    assert_eq!(shop.check_items(100).await, 3);
    // A run without captures asks for none.
    let settings = RunSettings { auto_enrich: true, ..RunSettings::default() };
    let empty = shop.start(NewRun { settings, ..shop.new_run().await }).await;
    shop.store.stop_run(shop.organization, empty.id, &operator()).await.unwrap();
    assert!(shop.store.list_enrichments(shop.organization, None, Some(empty.id), None, 9).await.unwrap().is_empty());
}
}

on_both! {
async fn a_stopped_one_stores_nothing_more_until_it_is_restarted(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (run, _) = shop.captured(5).await;
    let id = shop.enrich(Scope::Run(run)).await;
    let claimed = shop.store.claim_enrichment(id, shop.owner, &Judge::LeaseOnly).await.unwrap().unwrap();
    while !shop.store.gather_captures(id, shop.owner).await.unwrap() {}
    let made = make(&shop.store, id, 2).await;
    let settled = shop.store.settle_items(claimed.organization, id, shop.owner, &made).await.unwrap();
    assert_eq!(settled, ItemsVerdict::Settled(2));
    assert!(shop.store.stop_enrichment(shop.organization, id, &operator()).await.unwrap());
    let late = make(&shop.store, id, 2).await;
    let settled = shop.store.settle_items(claimed.organization, id, shop.owner, &late).await.unwrap();
    assert_eq!(settled, ItemsVerdict::Ended);
    assert_eq!(shop.check_items(100).await, 2);
    shop.store.restart_enrichment(shop.organization, id, &operator()).await.unwrap();
    assert_eq!(shop.work(id, 2).await.processed, 5);
    assert_eq!(shop.check_items(100).await, 5);
}
}

on_both! {
async fn one_process_works_on_it_and_a_batch_that_comes_twice_counts_once(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (run, _) = shop.captured(4).await;
    let id = shop.enrich(Scope::Run(run)).await;
    let (one, other) = (shop.owner, shop.store.random.id::<Uuid>(shop.store.clock.now()));
    shop.store.claim_enrichment(id, one, &Judge::LeaseOnly).await.unwrap().unwrap();
    assert!(shop.store.claim_enrichment(id, other, &Judge::LeaseOnly).await.unwrap().is_none(), "a live lease is respected");
    while !shop.store.gather_captures(id, one).await.unwrap() {}
    let made = make(&shop.store, id, 3).await;
    assert_eq!(shop.store.settle_items(shop.organization, id, one, &made).await.unwrap(), ItemsVerdict::Settled(3));
    assert_eq!(shop.store.settle_items(shop.organization, id, one, &made).await.unwrap(), ItemsVerdict::Settled(0));
    let everybody_gone = Judge::Folder("/nowhere".into());
    shop.store.claim_enrichment(id, other, &everybody_gone).await.unwrap().unwrap();
    let rest = make(&shop.store, id, 3).await;
    assert_eq!(shop.store.settle_items(shop.organization, id, one, &rest).await.unwrap(), ItemsVerdict::LeaseLost);
    assert!(!shop.store.beat_enrichment(id, one).await.unwrap());
    assert_eq!(shop.store.settle_items(shop.organization, id, other, &rest).await.unwrap(), ItemsVerdict::Ended);
    assert_eq!(shop.check_items(100).await, 4);
}
}

on_both! {
async fn two_enrichments_of_one_capture_at_once_make_one_item(engine) {
    let shop = Shop::with_credits(engine, 1_000).await;
    let (run, _) = shop.captured(40).await;
    let mut working = Vec::new();
    for seed in 0..4 {
        let id = shop.enrich(Scope::Run(run)).await;
        let store = shop.database.store(shop.store.clock.clone(), creel_types::Random::seeded(700 + seed)).await;
        let owner: Uuid = store.random.id(store.clock.now());
        working.push(tokio::spawn(async move { work(&store, owner, id, 7).await }));
    }
    for one in working {
        one.await.unwrap();
    }
    assert_eq!(shop.check_items(1_000).await, 40);
}
}

on_both! {
async fn whoever_dies_anywhere_each_item_is_stored_with_its_debit_and_once(engine) {
    let shop = Shop::with_credits(engine, 1_000).await;
    let (run, _) = shop.captured(PLACES_OF_ITEMS.len() * 2 + 1).await;
    let id = shop.enrich(Scope::Run(run)).await;
    shop.store.claim_enrichment(id, shop.owner, &Judge::LeaseOnly).await.unwrap().unwrap();
    while !shop.store.gather_captures(id, shop.owner).await.unwrap() {}
    let mut expected = 0;
    for place in PLACES_OF_ITEMS {
        let made = make(&shop.store, id, 2).await;
        let died = Arc::new(AtomicBool::new(false));
        let (mut dying, here) = (shop.store.clone(), Arc::clone(&died));
        dying.fail_points = FailPoints::new(move |passed| {
            if passed == place {
                here.store(true, Ordering::SeqCst);
                panic!("it dies at {place}");
            }
        });
        let (organization, owner, again) = (shop.organization, shop.owner, made.clone());
        let settled = tokio::spawn(async move { dying.settle_items(organization, id, owner, &again).await }).await;
        assert!(settled.is_err() && died.load(Ordering::SeqCst), "{place} is not passed");
        expected += if place == "items.committed" { 2 } else { 0 };
        assert_eq!(shop.check_items(1_000).await, expected, "{place}");
        // Whoever comes next does it, with what was made before or anew.
        let verdict = shop.store.settle_items(organization, id, owner, &made).await.unwrap();
        let stored = if place == "items.committed" { 0 } else { 2 };
        assert_eq!(verdict, ItemsVerdict::Settled(stored), "{place}");
        expected += stored as i64;
        assert_eq!(shop.check_items(1_000).await, expected, "{place}");
    }
    assert_eq!(shop.work(id, 10).await.end_reason, Some(EnrichmentEnd::AllProcessed));
}
}

on_both! {
async fn a_limit_on_its_robot_ends_it_and_counts_items_with_captures(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (run, _) = shop.captured(3).await;
    let robot = shop.robot().await;
    let limit = CreditLimit::new(Credits(8), LimitPeriod::Month).unwrap();
    shop.store.set_credit_limit(shop.organization, LimitSubject::Robot, &robot.to_string(), Some(limit)).await.unwrap();
    let id = shop.enrich(Scope::Run(run)).await;
    let ended = shop.work(id, 10).await;
    assert_eq!((ended.end_reason, ended.processed), (Some(EnrichmentEnd::LimitReached), 2));
    assert_eq!(shop.check_items(100).await, 2);
    let limits = shop.store.list_credit_limits(shop.organization).await.unwrap();
    assert_eq!(limits[0].spent, Some(Credits(8)));
    // A limit that is set afterwards finds in the ledger what items have cost.
    shop.store.set_credit_limit(shop.organization, LimitSubject::Robot, &robot.to_string(), None).await.unwrap();
    shop.store.set_credit_limit(shop.organization, LimitSubject::Robot, &robot.to_string(), Some(limit)).await.unwrap();
    assert_eq!(shop.store.list_credit_limits(shop.organization).await.unwrap()[0].spent, Some(Credits(8)));
    shop.store.verify_ledger(shop.organization).await.unwrap().unwrap();
}
}

on_both! {
async fn a_filter_is_about_what_is_captured_when_it_is_asked_for(engine) {
    let shop = Shop::with_credits(engine, 1_000).await;
    shop.captured(4).await;
    let scope = Scope::Filter(Box::new(CaptureFilter { store: Some("shop.example".into()), ..CaptureFilter::default() }));
    let id = shop.enrich(scope.clone()).await;
    shop.store.clock.advance_ms(1_000);
    shop.captured(3).await;
    assert_eq!(shop.work(id, 10).await.processed, 4);
    let other = Scope::Filter(Box::new(CaptureFilter { store: Some("other.example".into()), ..CaptureFilter::default() }));
    let nothing = shop.enrich(other).await;
    let ended = shop.work(nothing, 10).await;
    assert_eq!((ended.total, ended.end_reason), (Some(0), Some(EnrichmentEnd::AllProcessed)));
    // More than one piece of gathering.
    let all = shop.new_enrichment(NewEnrichment { scope, again: true, ..asked() }).await;
    assert_eq!(shop.work(all, 100).await.processed, 7);
}
}
