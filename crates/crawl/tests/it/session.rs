//! Processes that live and lost their sessions with the server, as all do when it is started anew.

use creel_store::{args, database::Engine};
use uuid::Uuid;

use crate::{crash::shop, place::Place};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_stays_with_a_process_whose_session_broke() {
    let shop = shop().await;
    let place = Place::new(Engine::Postgres, &shop).await;
    let (one, other) = (place.address.crawler(place.store.clone()).await, place.address.crawler(place.store.clone()).await);
    for crawler in [&one, &other] {
        end_session(&place, crawler.owner()).await;
    }
    let claimed = one.claim(place.run).await.unwrap();
    assert!(claimed.is_some());
    for _ in 0..3 {
        assert!(other.claim(place.run).await.unwrap().is_none(), "it is taken from a living process");
        assert!(other.claim_next().await.unwrap().is_none());
    }
    assert!(place.store.heartbeat(place.run, one.owner()).await.unwrap());
}

/// Ends the session that is the sign of the process's life, and waits until it is gone.
async fn end_session(place: &Place, owner: Uuid) {
    let of_owner = "FROM pg_locks WHERE locktype = 'advisory' AND CAST(objid AS BIGINT) = $1";
    let key = i64::try_from(owner.as_u128() & 0x7fff_ffff).unwrap();
    let rows = async |sql: String| place.store.database.rows(&sql, args![key]).await.unwrap().len();
    assert_eq!(rows(format!("SELECT pg_terminate_backend(pid) AS ended {of_owner}")).await, 1);
    while rows(format!("SELECT 1 AS one {of_owner}")).await > 0 {
        tokio::task::yield_now().await;
    }
}
