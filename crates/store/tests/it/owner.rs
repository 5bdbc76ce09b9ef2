//! Which processes are alive: a run in the hands of one that went is free at once.

use creel_store::{Judge, Owner};

use crate::shop::{Shop, on_both};

on_both! {
async fn a_run_is_free_once_its_process_has_gone(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let folder = tempfile::tempdir().unwrap();
    let first = Owner::register(&shop.store, folder.path()).await.unwrap();
    let second = Owner::register(&shop.store, folder.path()).await.unwrap();
    let new = shop.new_run().await;
    let run = shop.store.create_run(shop.organization, new, None).await.unwrap();
    let claim = async |owner: &Owner, judge: &Judge| shop.store.claim_run(run, owner.id, judge).await.unwrap().is_some();
    assert!(claim(&first, &first.judge()).await);
    assert!(!claim(&second, &second.judge()).await, "the first one lives");
    drop(first);
    assert!(!claim(&second, &Judge::LeaseOnly).await, "nobody can know");
    let mut taken = false;
    // A server notices the end of a session a moment after the process.
    for _ in 0..200 {
        taken = claim(&second, &second.judge()).await;
        if taken {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(taken, "the first one has gone");
}
}
