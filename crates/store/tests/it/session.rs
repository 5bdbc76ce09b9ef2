//! A process that lives and lost its session with the server: others take it for dead, but not for ever.

use creel_store::{Judge, Owner, Store, args, database::Engine};
use creel_types::RunId;

use crate::shop::Shop;

/// Ends the session that is the sign of the process's life, as a restart of the server does, and waits until it is gone.
async fn end_session(store: &Store, owner: &Owner) {
    let of_owner = "FROM pg_locks WHERE locktype = 'advisory' AND CAST(objid AS BIGINT) = $1";
    let key = i64::try_from(owner.id.as_u128() & 0x7fff_ffff).unwrap();
    let end = format!("SELECT pg_terminate_backend(pid) AS ended {of_owner}");
    assert_eq!(store.database.rows(&end, args![key]).await.unwrap().len(), 1, "it has one session");
    while !store.database.rows(&format!("SELECT 1 AS one {of_owner}"), args![key]).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_living_process_that_lost_its_session_gets_another() {
    let shop = Shop::with_credits(Engine::Postgres, 100).await;
    let folder = tempfile::tempdir().unwrap();
    let first = Owner::register(&shop.store, folder.path()).await.unwrap();
    let second = Owner::register(&shop.store, folder.path()).await.unwrap();
    let run = shop.store.create_run(shop.organization, shop.new_run().await, None).await.unwrap();
    assert!(claims(&shop.store, run, &first).await);
    end_session(&shop.store, &first).await;
    assert!(claims(&shop.store, run, &second).await, "nobody can tell it from a dead one");
    end_session(&shop.store, &second).await;
    first.renew(&shop.store).await.unwrap();
    second.renew(&shop.store).await.unwrap();
    second.renew(&shop.store).await.unwrap();
    assert!(!claims(&shop.store, run, &first).await, "the second one shows that it lives");
    assert!(shop.store.heartbeat(run, second.id).await.unwrap());
}

async fn claims(store: &Store, run: RunId, owner: &Owner) -> bool {
    let judge: Judge = owner.judge();
    store.claim_run(run, owner.id, &judge).await.unwrap().is_some()
}
