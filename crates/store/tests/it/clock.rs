//! A clock that jumps, forwards and backwards, as machines' clocks do: the ledger's time does not.

use creel_ledger::{Grant, LotSource, Reference, ReferenceType};
use creel_store::ledger::StatementFilter;
use creel_types::{Credits, Time};

use crate::shop::{Shop, on_both, stored};

const HOUR: i64 = 3_600_000;

async fn instants(shop: &Shop) -> Vec<Time> {
    let filter = StatementFilter { limit: 200, ..StatementFilter::default() };
    let mut rows = shop.store.statement(shop.organization, &filter).await.unwrap();
    rows.reverse();
    assert!(rows.iter().zip(1..).all(|(row, sequence)| row.sequence == sequence), "gapless");
    rows.into_iter().map(|row| row.at).collect()
}

on_both! {
async fn entries_never_go_back_in_time(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 8).await;
    for (url, jump) in urls.iter().zip([HOUR, -HOUR, -3 * HOUR, 1, 10 * HOUR, -HOUR, -20 * HOUR, 0]) {
        shop.store.clock.advance_ms(jump);
        assert_eq!(stored(&shop.settle_all(run.id, std::slice::from_ref(url)).await), 1);
        shop.grant(1, None).await;
    }
    let instants = instants(&shop).await;
    assert_eq!(instants.len(), 17);
    assert!(instants.is_sorted(), "{instants:?}");
    let verified = shop.store.verify_ledger(shop.organization).await.unwrap().unwrap();
    assert_eq!(verified.balance, Credits(100 + 8 - 16));
}
}

on_both! {
async fn a_lot_that_expired_stays_expired_when_the_clock_goes_back(engine) {
    let shop = Shop::with_credits(engine, 3).await;
    let ends_at = shop.store.clock.now().plus_ms(HOUR);
    shop.grant(50, Some(ends_at)).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 4).await;
    assert_eq!(stored(&shop.settle_all(run.id, &urls[..1]).await), 1);
    shop.store.clock.advance_ms(HOUR);
    assert_eq!(shop.store.sweep_due().await.unwrap().changed, 1);
    assert_eq!(shop.store.balance(shop.organization).await.unwrap().available, Credits(3));
    shop.store.clock.advance_ms(-2 * HOUR);
    assert_eq!(shop.store.balance(shop.organization).await.unwrap().available, Credits(3), "what expired is gone");
    assert_eq!(stored(&shop.settle_all(run.id, &urls[1..]).await), 1, "the lot without an end pays one, and no more");
    assert!(instants(&shop).await.is_sorted());
    assert_eq!(shop.store.verify_ledger(shop.organization).await.unwrap().unwrap().balance, Credits(1));
}
}

on_both! {
async fn what_the_ledger_has_seen_to_be_over_is_over_although_the_clock_went_back(engine) {
    let shop = Shop::with_credits(engine, 20).await;
    let ends_at = shop.store.clock.now().plus_ms(HOUR);
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 3).await;
    shop.grant(50, Some(ends_at)).await;
    // Nobody swept, but the ledger has seen the instant at which the lot is over; that no clock shows it now changes nothing.
    shop.store.clock.advance_ms(HOUR);
    assert_eq!(stored(&shop.settle_all(run.id, &urls[..1]).await), 1);
    shop.store.clock.advance_ms(-2 * HOUR);
    assert_eq!(stored(&shop.settle_all(run.id, &urls[1..]).await), 2);
    assert!(instants(&shop).await.is_sorted());
    assert_eq!(shop.store.balance(shop.organization).await.unwrap().available, Credits(20 - 6));
    let grant = Grant {
        lot: shop.store.random.id(shop.store.clock.now()),
        source: LotSource::Cycle,
        amount: Credits(50),
        expires_at: Some(ends_at),
        reference: Reference::new(ReferenceType::Person, "test"),
        description: "over before it begins".into(),
        actor: "test".into(),
    };
    assert!(shop.store.grant(shop.organization, grant).await.is_err(), "a lot that is over by the ledger's time is refused");
    assert!(shop.store.verify_ledger(shop.organization).await.unwrap().is_ok());
}
}
