//! What the API's requests lean on: a request that is sent twice is done once, and all processes together let through what the
//! bucket holds.

use creel_store::{
    StoreError,
    idempotency::{IDEMPOTENCY_MS, IdempotencyKey, Once},
    rate_limits::RateLimit,
};
use creel_types::RunId;

use crate::shop::{Shop, on_both};

fn key(request_hash: &str) -> IdempotencyKey {
    IdempotencyKey { key: "one".to_owned(), request_hash: request_hash.to_owned() }
}

async fn runs(shop: &Shop) -> usize {
    shop.store.list_runs(shop.organization, None, None, None, None, 100).await.unwrap().len()
}

on_both! {
async fn the_same_request_makes_one_run_also_when_sent_at_once(engine) {
    let shop = Shop::with_credits(engine, 10).await;
    let new = shop.new_run().await;
    let asked = (0..8).map(|_| {
        let (store, new) = (shop.store.clone(), new.clone());
        let organization = shop.organization;
        tokio::spawn(async move { store.create_run_once(organization, new, &key("a")).await.unwrap() })
    });
    let mut made: Vec<RunId> = Vec::new();
    let mut now = 0;
    for answer in asked.collect::<Vec<_>>() {
        match answer.await.unwrap() {
            Once::Now(id) => {
                now += 1;
                made.push(id);
            }
            Once::Before(id) => made.push(id),
        }
    }
    made.dedup();
    assert_eq!((now, made.len(), runs(&shop).await), (1, 1, 1));
    let other = shop.store.create_run_once(shop.organization, new.clone(), &key("b")).await;
    assert!(matches!(other, Err(StoreError::OtherRequest)), "{other:?}");
    assert!(matches!(shop.store.find_answer(shop.organization, &key("b")).await, Err(StoreError::OtherRequest)));
    assert_eq!(shop.store.find_answer(shop.organization, &key("a")).await.unwrap(), Some(made[0].to_string()));
    // A day later the key is as good as new, before and after the old answer was cleaned away.
    shop.store.clock.advance_ms(IDEMPOTENCY_MS);
    assert_eq!(shop.store.find_answer(shop.organization, &key("b")).await.unwrap(), None);
    assert!(matches!(shop.store.create_run_once(shop.organization, new, &key("b")).await.unwrap(), Once::Now(_)));
    shop.store.clock.advance_ms(IDEMPOTENCY_MS);
    assert_eq!(shop.store.forget_old_answers().await.unwrap().changed, 1);
    assert_eq!(runs(&shop).await, 2);
}
}

on_both! {
async fn what_is_done_elsewhere_is_bound_first_and_answered_later(engine) {
    let shop = Shop::with_credits(engine, 10).await;
    let (store, organization) = (&shop.store, shop.organization);
    let is_bound_to_another = |bound: Result<Option<String>, StoreError>| matches!(bound, Err(StoreError::OtherRequest));
    // Whoever died in between is followed by the same request, and by no other.
    assert_eq!(store.bind_request(organization, &key("a")).await.unwrap(), None);
    assert_eq!(store.bind_request(organization, &key("a")).await.unwrap(), None);
    assert!(is_bound_to_another(store.bind_request(organization, &key("b")).await));
    // A refused one leaves its key free, and nobody frees another's.
    store.free_request(organization, &key("b")).await.unwrap();
    assert!(is_bound_to_another(store.bind_request(organization, &key("b")).await));
    store.free_request(organization, &key("a")).await.unwrap();
    assert_eq!(store.bind_request(organization, &key("b")).await.unwrap(), None);
    // The answer stays, for this request alone.
    store.keep_answer(organization, &key("a"), "another's").await.unwrap();
    store.keep_answer(organization, &key("b"), "{}").await.unwrap();
    store.free_request(organization, &key("b")).await.unwrap();
    assert_eq!(store.bind_request(organization, &key("b")).await.unwrap().as_deref(), Some("{}"));
    assert!(is_bound_to_another(store.bind_request(organization, &key("a")).await));
    store.clock.advance_ms(IDEMPOTENCY_MS);
    assert_eq!(store.bind_request(organization, &key("a")).await.unwrap(), None);
}
}

on_both! {
async fn a_refused_request_leaves_its_key_free(engine) {
    let shop = Shop::with_credits(engine, 10).await;
    let mut new = shop.new_run().await;
    let right = new.robot;
    new.robot = shop.store.random.id(shop.store.clock.now());
    assert!(shop.store.create_run_once(shop.organization, new.clone(), &key("a")).await.is_err());
    assert_eq!(shop.store.find_answer(shop.organization, &key("a")).await.unwrap(), None);
    new.robot = right;
    assert!(matches!(shop.store.create_run_once(shop.organization, new, &key("c")).await.unwrap(), Once::Now(_)));
}
}

on_both! {
async fn no_more_tokens_leave_a_bucket_than_went_in(engine) {
    let shop = Shop::with_credits(engine, 10).await;
    let limit = RateLimit { per_minute: 120, burst: 30 };
    let take = || {
        let (store, organization) = (shop.store.clone(), shop.organization);
        tokio::spawn(async move { store.lease_tokens(organization, limit, 5).await.unwrap().granted })
    };
    let mut taken = 0;
    for lease in (0..12).map(|_| take()).collect::<Vec<_>>() {
        taken += lease.await.unwrap();
    }
    assert_eq!(taken, 30, "the burst, whoever takes it");
    shop.store.clock.advance_ms(1_499);
    assert_eq!(take().await.unwrap(), 2, "two a second, whole ones only");
    shop.store.clock.advance_ms(1);
    assert_eq!(take().await.unwrap(), 1, "what was left of them is not lost");
    // A machine whose clock is behind takes nothing that is not there, and gains nothing.
    shop.store.clock.advance_ms(-60_000);
    assert_eq!(take().await.unwrap(), 0);
    shop.store.clock.advance_ms(60_500);
    assert_eq!(take().await.unwrap(), 1);
    shop.store.clock.advance_ms(3_600_000);
    assert_eq!((take().await.unwrap(), shop.store.lease_tokens(shop.organization, limit, 100).await.unwrap().granted), (5, 25));
}
}

on_both! {
async fn a_robot_that_is_needed_stays(engine) {
    let shop = Shop::with_credits(engine, 10).await;
    let run = shop.run(None).await;
    let deleted = shop.store.delete_robot(shop.organization, run.robot, false, &creel_types::By::system()).await;
    assert!(matches!(&deleted, Err(StoreError::Conflict(why)) if why.contains("stop them")), "{deleted:?}");
    shop.store.stop_run(shop.organization, run.id, &creel_types::By::system()).await.unwrap();
    let renamed = shop.store.rename_robot(shop.organization, run.robot, "new", None, &creel_types::By::system()).await.unwrap();
    assert_eq!(renamed.name, "new");
    shop.store.delete_robot(shop.organization, run.robot, false, &creel_types::By::system()).await.unwrap();
    assert!(matches!(shop.store.get_robot(shop.organization, run.robot).await, Err(StoreError::NotFound { .. })));
    let view = shop.store.get_run_view(shop.organization, run.id).await.unwrap();
    assert_eq!((view.robot_id, view.robot_name), (run.robot, None), "its runs stay");
}
}
