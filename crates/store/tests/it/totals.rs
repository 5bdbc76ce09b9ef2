//! What was granted and spent in all: filled in for ledgers that are older than these sums, kept right under many debits, and
//! verified.

use creel_ledger::{NewHold, Reference, ReferenceType};
use creel_store::{args, ledger::Cycle};
use creel_types::{Credits, HoldId};

use crate::shop::{Shop, on_both, stored};

const ADDED: &str = include_str!("../../migrations/0006_totals.sql");

async fn cycle(shop: &Shop) -> Cycle {
    shop.store.balance(shop.organization).await.unwrap().cycle
}

async fn set(shop: &Shop, what: &str) {
    let sql = format!("UPDATE organizations SET {what} WHERE id = $1");
    shop.store.database.execute(&sql, args![shop.organization]).await.unwrap();
}

on_both! {
async fn a_ledger_that_is_older_than_its_totals_gets_them(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 9).await;
    assert_eq!(stored(&shop.settle_all(run.id, &urls[..5]).await), 5);
    let hold: HoldId = shop.store.random.id(shop.store.clock.now());
    let reference = Reference::new(ReferenceType::Message, hold);
    let new = NewHold { hold, amount: Credits(9), live_ms: 60_000, reference, description: String::new() };
    shop.store.place_hold(shop.organization, new).await.unwrap();
    shop.store.settle_hold(shop.organization, hold, Credits(7), String::new()).await.unwrap();
    shop.store.clock.advance_ms(10);
    shop.store.begin_cycle(shop.organization, shop.store.clock.now(), None).await.unwrap();
    shop.grant(40, None).await;
    assert_eq!(stored(&shop.settle_all(run.id, &urls[5..]).await), 4);
    let before = cycle(&shop).await;
    assert_eq!((before.granted, before.spent), (Credits(40), Credits(8)));

    set(&shop, "granted_total = 0, spent_total = 0, cycle_granted_base = 0, cycle_spent_base = 0").await;
    let fault = shop.store.verify_ledger(shop.organization).await.unwrap().unwrap_err();
    assert_eq!(fault.to_string(), "the balance row counts 0 credits granted, the ledger sums to 140");
    let filled = &ADDED[ADDED.find("UPDATE organizations").unwrap()..];
    let mut tx = shop.store.database.begin().await.unwrap();
    tx.script(filled.to_owned()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(cycle(&shop).await, before);
    shop.store.verify_ledger(shop.organization).await.unwrap().unwrap();
}
}

on_both! {
async fn a_total_that_was_tampered_with_is_found(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 3).await;
    assert_eq!(stored(&shop.settle_all(run.id, &urls).await), 3);
    for (column, says) in [
        ("granted_total", "counts 101 credits granted, the ledger sums to 100"),
        ("spent_total", "counts 7 credits spent, the ledger sums to 6"),
        ("cycle_granted_base", "counts 1 credits granted before the cycle, the ledger sums to 0"),
        ("cycle_spent_base", "counts 1 credits spent before the cycle, the ledger sums to 0"),
    ] {
        set(&shop, &format!("{column} = {column} + 1")).await;
        let fault = shop.store.verify_ledger(shop.organization).await.unwrap().unwrap_err();
        assert!(fault.to_string().contains(says), "{column}: {fault}");
        set(&shop, &format!("{column} = {column} - 1")).await;
        shop.store.verify_ledger(shop.organization).await.unwrap().unwrap();
    }
}
}
