//! The connection is lost at COMMIT, so that nobody knows whether it happened: whichever it was, the page's verdict is the
//! one of the transaction that counts, and it is debited once.

use creel_store::{
    Store,
    database::Engine,
    settle::{Committer, PageResult, Verdict},
};
use creel_types::{CaptureId, PageOutcome};

use crate::{
    durable,
    proxy::{Cut, Proxy},
    shop::{Shop, TestDatabase, stored},
};

/// The shop, whose store reaches its database over the wire.
async fn over_wire(credits: i64) -> (Shop, Proxy) {
    let mut shop = Shop::with_credits(Engine::Postgres, credits).await;
    let TestDatabase::Postgres(url) = &shop.database else { unreachable!("it was made on PostgreSQL") };
    let proxy = Proxy::to(url).await;
    shop.store = Store::connect(proxy.url(), shop.store.clock.clone(), shop.store.random.clone()).await.unwrap();
    let (committer, _task) = Committer::start(shop.store.clone());
    shop.committer = committer;
    (shop, proxy)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_debited_once_whether_the_lost_commit_happened_or_not() {
    for cut in [Cut::BeforeCommit, Cut::AfterCommit] {
        let (shop, proxy) = over_wire(100).await;
        let run = shop.run(None).await;
        let urls = shop.lease(run.id, 1).await;
        proxy.cut_next_commit(cut);
        let verdict = shop.committer.settle(shop.finished(run.id, &urls[0])).await.unwrap();
        assert_eq!(proxy.cuts(), 1, "{cut:?}");
        let Verdict::Stored(capture) = verdict else { panic!("{cut:?}: {verdict:?}") };
        assert_eq!(durable::captures(&shop.store).await, [(capture.to_string(), urls[0].clone())].into(), "{cut:?}");
        assert_eq!(shop.check(100).await, 1, "{cut:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_verdict_of_a_batch_outlives_a_lost_commit() {
    for cut in [Cut::BeforeCommit, Cut::AfterCommit] {
        let (shop, proxy) = over_wire(100).await;
        let run = shop.run(None).await;
        let urls = shop.lease(run.id, 3).await;
        let mut twin = shop.finished(run.id, &urls[1]);
        if let (PageResult::Capture(twin), PageResult::Capture(first)) =
            (&mut twin.result, shop.finished(run.id, &urls[0]).result)
        {
            twin.product = first.product;
        }
        let mut discovery = shop.finished(run.id, &urls[2]);
        discovery.result =
            PageResult::Outcome { outcome: PageOutcome::Discovery, reason: None, error_code: None, fetched: true };
        let first = shop.committer.settle(shop.finished(run.id, &urls[0])).await;
        assert!(matches!(first.unwrap(), Verdict::Stored(_)), "{cut:?}");
        for (page, verdict) in [(twin, Verdict::Duplicate), (discovery, Verdict::Recorded)] {
            proxy.cut_next_commit(cut);
            assert_eq!(shop.committer.settle(page).await.unwrap(), verdict, "{cut:?}");
        }
        assert_eq!(proxy.cuts(), 2);
        assert_eq!(shop.check(100).await, 1);
        let run = shop.store.get_run(shop.organization, run.id).await.unwrap();
        assert_eq!((run.extracted, run.duplicates, run.pages_fetched), (1, 1, 3), "{cut:?}: counted once");
    }
}

/// What ended the run in a commit that was lost ended it: no page is stored after it, and none is debited.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_a_lost_commit_ended_has_ended() {
    for (credits, budget) in [(7, None), (100, Some(3))] {
        for cut in [Cut::BeforeCommit, Cut::AfterCommit] {
            let (shop, proxy) = over_wire(credits).await;
            let run = shop.run(budget).await;
            let urls = shop.lease(run.id, 10).await;
            assert_eq!(stored(&shop.settle_all(run.id, &urls[..2]).await), 2);
            // The next commit has the third page in it, which ends the run.
            proxy.cut_next_commit(cut);
            let verdicts = shop.settle_all(run.id, &urls[2..]).await;
            assert_eq!((stored(&verdicts), proxy.cuts()), (1, 1), "{cut:?}: {verdicts:?}");
            assert_eq!(shop.check(credits).await, 3);
            let run = shop.store.get_run(shop.organization, run.id).await.unwrap();
            assert!(run.status.is_ended() && run.extracted == 3);
        }
    }
}

/// Many at once, and a wire that breaks again and again.
#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_producers_over_a_wire_that_keeps_breaking() {
    const PRODUCERS: usize = 64;
    const ROUNDS: u32 = 8;
    let (shop, proxy) = over_wire(2 * PRODUCERS as i64 * i64::from(ROUNDS) + 1).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, PRODUCERS * ROUNDS as usize).await;
    let mut acknowledged: Vec<CaptureId> = Vec::new();
    for (round, urls) in (0..ROUNDS).zip(urls.chunks(PRODUCERS)) {
        proxy.cut_next_commit(if round % 2 == 0 { Cut::AfterCommit } else { Cut::BeforeCommit });
        for verdict in shop.settle_all(run.id, urls).await {
            let Verdict::Stored(capture) = verdict else { panic!("round {round}: {verdict:?}") };
            acknowledged.push(capture);
        }
    }
    assert_eq!(proxy.cuts(), ROUNDS);
    let captures = durable::captures(&shop.store).await;
    assert!(acknowledged.iter().all(|capture| captures.contains_key(&capture.to_string())));
    assert_eq!(captures.len(), urls.len());
    durable::check(&shop.store, shop.organization).await;
    assert_eq!(shop.store.balance(shop.organization).await.unwrap().available.0, 1);
}
