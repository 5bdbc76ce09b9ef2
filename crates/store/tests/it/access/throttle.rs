//! Throttling: by account and network, for all processes together, whether the account exists or not.

use creel_store::{
    Store,
    access::throttle::{ACCOUNT_FAILURES_MAX, ADDRESS_FAILURES_MAX, FORGOTTEN_AFTER_MS, WAIT_MS_MAX, account, network},
};

use super::House;
use crate::shop::on_both;

async fn counts(store: &Store, who: &str, from: &str) -> Option<i64> {
    store.count_attempt(&[account(who), network(from.parse().unwrap())]).await.unwrap()
}

on_both! {
async fn an_account_waits_longer_and_longer(engine) {
    let house = House::new(engine).await;
    let neighbour = house.neighbour().await;
    let store = &house.store;
    for at in 0..ACCOUNT_FAILURES_MAX {
        let process = if at % 2 == 0 { store } else { &neighbour };
        assert_eq!(counts(process, "ann", &format!("192.0.2.{at}")).await, None);
    }
    for wait_ms in [30_000, 60_000, 120_000, 240_000, 480_000, WAIT_MS_MAX, WAIT_MS_MAX] {
        assert_eq!(counts(&neighbour, "ann", "192.0.2.200").await, Some(wait_ms));
        house.pass_ms(wait_ms - 1);
        assert_eq!(counts(store, "ann", "192.0.2.200").await, Some(1));
        assert_eq!(counts(store, "bob", "192.0.2.201").await, None, "somebody else is not in the way");
        store.attempt_succeeded(&account("bob"), Some(&network("192.0.2.201".parse().unwrap()))).await.unwrap();
        house.pass_ms(1);
        assert_eq!(counts(store, "ann", "192.0.2.200").await, None);
    }
    store.attempt_succeeded(&account("ann"), None).await.unwrap();
    for _ in 0..ACCOUNT_FAILURES_MAX {
        assert_eq!(counts(store, "ann", "192.0.2.202").await, None, "a success begins anew");
    }
    assert!(counts(store, "ann", "192.0.2.202").await.is_some());
    house.pass_ms(30_000 + FORGOTTEN_AFTER_MS);
    for _ in 0..ACCOUNT_FAILURES_MAX {
        assert_eq!(counts(store, "ann", "192.0.2.203").await, None, "so does a quarter of an hour");
    }
    house.pass_ms(WAIT_MS_MAX + FORGOTTEN_AFTER_MS);
    assert!(store.sweep_access().await.unwrap().changed > 3);
    assert_eq!(store.sweep_access().await.unwrap().changed, 0);
}
}

on_both! {
async fn a_network_waits_whatever_accounts_it_tries(engine) {
    let house = House::new(engine).await;
    let store = &house.store;
    for at in 0..ADDRESS_FAILURES_MAX {
        let from = format!("2001:db8:1:2::{at:x}");
        assert_eq!(counts(store, &format!("guess{at}"), &from).await, None);
    }
    assert_eq!(counts(store, "another", "2001:db8:1:2:ffff::1").await, Some(30_000));
    assert_eq!(counts(store, "another", "2001:db8:1:3::1").await, None);
    // What succeeds does not count: an office signs in from one address.
    for at in 0..2 * ADDRESS_FAILURES_MAX {
        let (who, office) = (format!("worker{at}"), "198.51.100.1");
        assert_eq!(counts(store, &who, office).await, None);
        store.attempt_succeeded(&account(&who), Some(&network(office.parse().unwrap()))).await.unwrap();
    }
}
}

on_both! {
async fn many_at_once_are_not_all_the_first(engine) {
    let house = House::new(engine).await;
    let neighbour = house.neighbour().await;
    let tries = (0..20).map(|at| {
        let store = if at % 2 == 0 { house.store.clone() } else { neighbour.clone() };
        async move { counts(&store, "ann", "192.0.2.1").await.is_none() }
    });
    let let_through = futures::future::join_all(tries).await.into_iter().filter(|through| *through).count();
    assert_eq!(let_through as i64, ACCOUNT_FAILURES_MAX);
}
}
