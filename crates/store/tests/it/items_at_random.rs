//! Enrichments, runs, grants, holds and deletions in any order, from a seed: at every step the ledger verifies, the balance is what
//! was granted without 2 a capture and 1 an item, and what cannot be paid is not there.

use creel_ledger::{NewHold, Reference, ReferenceType};
use creel_store::{
    Judge,
    database::Engine,
    enrichments::{NewEnrichment, Scope},
    settle::ItemsVerdict,
};
use creel_types::{CaptureId, Credits, EnrichmentId, HoldId, RunId};

use crate::{
    enrichments::{asked, make},
    shop::{Shop, on_both, operator},
};

/// A small generator, so that a seed says everything.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

#[derive(Default)]
struct Life {
    granted: i64,
    runs: Vec<RunId>,
    captures: Vec<CaptureId>,
    enrichments: Vec<EnrichmentId>,
    holds: Vec<HoldId>,
}

async fn live(engine: Engine, seed: u64) {
    let mut dice = Dice(seed);
    let start = i64::try_from(dice.below(40)).unwrap() + 4;
    let shop = Shop::with_credits(engine, start).await;
    let mut life = Life { granted: start, ..Life::default() };
    for step in 0..24 {
        let what = dice.below(9);
        act(&shop, &mut life, &mut dice, what).await;
        check(&shop, &life, &format!("seed {seed}, step {step}, action {what}")).await;
    }
}

async fn act(shop: &Shop, life: &mut Life, dice: &mut Dice, what: u64) {
    let pick = |dice: &mut Dice, len: usize| usize::try_from(dice.below(len as u64)).unwrap();
    match what {
        0 | 1 => {
            let run = shop.run(None).await;
            let urls = shop.lease(run.id, pick(dice, 6) + 1).await;
            shop.settle_all(run.id, &urls).await;
            let _ = shop.store.complete_run(run.id, shop.owner, None).await.unwrap();
            let made = shop.store.list_captures_of_run(run.id, None, 500).await.unwrap();
            life.captures.extend(made.iter().map(|capture| capture.id));
            life.runs.push(run.id);
        }
        2 if !life.runs.is_empty() => {
            let scope = Scope::Run(life.runs[pick(dice, life.runs.len())]);
            let new = NewEnrichment { scope, again: dice.below(3) == 0, ..asked() };
            if let Ok(creel_store::idempotency::Once::Now(id)) =
                shop.store.create_enrichment(shop.organization, new, None).await
            {
                life.enrichments.push(id);
            }
        }
        3..=5 if !life.enrichments.is_empty() => {
            let id = life.enrichments[pick(dice, life.enrichments.len())];
            if shop.store.claim_enrichment(id, shop.owner, &Judge::LeaseOnly).await.unwrap().is_some() {
                while !shop.store.gather_captures(id, shop.owner).await.unwrap() {}
                shop.store.mark_enrichment_running(id, shop.owner).await.unwrap();
                let made = make(&shop.store, id, i64::try_from(dice.below(5)).unwrap() + 1).await;
                if made.is_empty() {
                    shop.store.complete_enrichment(id, shop.owner).await.unwrap();
                } else {
                    // Now and then the answer is lost and it is settled twice.
                    for _ in 0..=dice.below(2) {
                        let verdict = shop.store.settle_items(shop.organization, id, shop.owner, &made).await.unwrap();
                        assert_ne!(verdict, ItemsVerdict::LeaseLost);
                    }
                }
            }
        }
        6 => {
            let amount = i64::try_from(dice.below(7)).unwrap() + 1;
            shop.grant(amount, None).await;
            life.granted += amount;
            if let Some(id) = life.enrichments.last() {
                let _ = shop.store.restart_enrichment(shop.organization, *id, &operator()).await;
            }
        }
        7 => match life.holds.pop() {
            Some(hold) => drop(shop.store.release_hold(shop.organization, hold, String::new()).await.unwrap()),
            None => {
                let hold: HoldId = shop.store.random.id(shop.store.clock.now());
                let reference = Reference::new(ReferenceType::Message, "a message");
                let amount = Credits(i64::try_from(dice.below(5)).unwrap() + 1);
                let new = NewHold { hold, amount, live_ms: 60_000, reference, description: String::new() };
                if shop.store.place_hold(shop.organization, new).await.is_ok() {
                    life.holds.push(hold);
                }
            }
        },
        8 if !life.captures.is_empty() => {
            let capture = life.captures.swap_remove(pick(dice, life.captures.len()));
            shop.store.delete_capture(shop.organization, capture, &operator()).await.unwrap();
        }
        _ => {}
    }
}

async fn check(shop: &Shop, life: &Life, at: &str) {
    let verified = shop.store.verify_ledger(shop.organization).await.unwrap();
    assert!(verified.is_ok(), "{at}: {verified:?}");
    let count = async |sql: &str| shop.store.database.rows(sql, vec![]).await.unwrap()[0].int("many").unwrap();
    let captures = count("SELECT COUNT(*) AS many FROM captures").await;
    let items = count("SELECT COUNT(*) AS many FROM items").await;
    let balance = shop.store.balance(shop.organization).await.unwrap();
    let spendable = balance.available + balance.held;
    assert_eq!(spendable, Credits(life.granted - 2 * captures - items), "{at}");
    let unpaid = count(
        "SELECT COUNT(*) AS many FROM enrichments n WHERE n.ended_at IS NULL AND n.status IN ('starting', 'running')
         AND (n.gathered_at IS NULL OR EXISTS (SELECT 1 FROM enrichment_captures w WHERE w.enrichment_id = n.id AND w.outcome IS NULL))
         AND (SELECT available + held FROM organizations LIMIT 1) < 1",
    )
    .await;
    // One that was claimed while nothing was left learns it with its next batch; no commit that took the last credit left it on.
    if spendable == Credits(0) && unpaid > 0 {
        let claimed_since = "SELECT COUNT(*) AS many FROM enrichments WHERE ended_at IS NULL AND processed > 0";
        assert_eq!(count(claimed_since).await, 0, "{at}: an enrichment goes on without a credit");
    }
    let twice =
        "SELECT COUNT(*) AS many FROM (SELECT capture_id FROM items WHERE generation = '' GROUP BY capture_id, version
        HAVING COUNT(*) > 1) t";
    assert_eq!(count(twice).await, 0, "{at}");
    let current = "SELECT COUNT(*) AS many FROM (SELECT capture_id FROM items WHERE is_current = 1 GROUP BY capture_id
        HAVING COUNT(*) > 1) t";
    assert_eq!(count(current).await, 0, "{at}");
}

on_both! {
async fn every_life_of_enrichments_keeps_the_ledger_whole(engine) {
    let seeds = if engine == Engine::Sqlite { 60 } else { 20 };
    for seed in 0..seeds {
        live(engine, seed).await;
    }
}
}
