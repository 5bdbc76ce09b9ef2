//! Settling pages: verdicts, budgets, duplicates, leases, expiry, and what the database itself refuses.

use creel_ledger::{Grant, LotSource, Reference, ReferenceType};
use creel_store::{
    Judge,
    ledger::{StatementFilter, change::ByHand},
    settle::{PageResult, Verdict},
};
use creel_types::{Credits, EndReason, PageOutcome, Product, Random, RunStatus, Time};
use uuid::Uuid;

use crate::shop::{Shop, on_both, stored};

on_both! {
async fn seven_credits_pay_three_captures_and_leave_one(engine) {
    let shop = Shop::with_credits(engine, 7).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 10).await;
    let verdicts = shop.settle_all(run.id, &urls).await;
    assert_eq!(stored(&verdicts), 3);
    assert_eq!(shop.check(7).await, 3);
    let run = shop.store.get_run(shop.organization, run.id).await.unwrap();
    assert_eq!((run.status, run.end_reason), (RunStatus::Completed, Some(EndReason::InsufficientCredits)));
    assert_eq!((run.extracted, run.credits_spent), (3, Credits(6)));
    let (waiting, _) = shop.store.queue_state(run.id).await.unwrap();
    assert_eq!(waiting, 7, "what could not be paid waits for a restart");
}
}

on_both! {
async fn the_budget_ends_the_run_and_wins_over_credits(engine) {
    for (credits, budget) in [(100, 3), (6, 3)] {
        let shop = Shop::with_credits(engine, credits).await;
        let run = shop.run(Some(budget)).await;
        let urls = shop.lease(run.id, 10).await;
        assert_eq!(stored(&shop.settle_all(run.id, &urls).await), 3);
        assert_eq!(shop.check(credits).await, 3);
        let run = shop.store.get_run(shop.organization, run.id).await.unwrap();
        assert_eq!(run.end_reason, Some(EndReason::BudgetReached));
    }
}
}

on_both! {
async fn a_product_is_debited_once_per_run_and_again_in_the_next(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    for round in 1..=2 {
        let run = shop.run(None).await;
        let urls = shop.lease(run.id, 2).await;
        let mut second = shop.finished(run.id, &urls[1]);
        // The same product id and title at another address.
        if let PageResult::Capture(new) = &mut second.result {
            new.product =
                Product { title: format!("TITLE  of {}", urls[0]), product_id: Some(urls[0].clone()), ..Product::default() };
        }
        assert!(matches!(shop.committer.settle(shop.finished(run.id, &urls[0])).await.unwrap(), Verdict::Stored(_)));
        assert_eq!(shop.committer.settle(second).await.unwrap(), Verdict::Duplicate);
        assert_eq!(shop.check(100).await, round);
        let run = shop.store.get_run(shop.organization, run.id).await.unwrap();
        assert_eq!((run.extracted, run.duplicates), (1, 1));
        shop.store.stop_run(shop.organization, run.id, &creel_types::By::system()).await.unwrap();
    }
}
}

on_both! {
async fn a_page_whose_lease_went_to_another_process_is_not_settled(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 1).await;
    let another = Random::seeded(9).id::<Uuid>(Time(0));
    assert!(shop.store.claim_run(run.id, another, &Judge::LeaseOnly).await.unwrap().is_none(), "a live lease is respected");
    let everybody_gone = Judge::Folder("/nowhere".into());
    assert!(shop.store.claim_run(run.id, another, &everybody_gone).await.unwrap().is_some(), "a dead process loses it");
    assert_eq!(shop.committer.settle(shop.finished(run.id, &urls[0])).await.unwrap(), Verdict::LeaseLost);
    assert_eq!(shop.store.lease_pages(run.id, another, 5).await.unwrap().len(), 1, "its pages are open again");
    let late = shop.committer.settle(shop.finished(run.id, &urls[0])).await.unwrap();
    assert_eq!(late, Verdict::LeaseLost, "the page is in the other process's hands now");
    assert_eq!(shop.check(100).await, 0);
    assert!(!shop.store.heartbeat(run.id, shop.owner).await.unwrap());
}
}

on_both! {
async fn settling_the_same_page_twice_debits_once(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 1).await;
    assert!(matches!(shop.committer.settle(shop.finished(run.id, &urls[0])).await.unwrap(), Verdict::Stored(_)));
    assert_eq!(shop.committer.settle(shop.finished(run.id, &urls[0])).await.unwrap(), Verdict::LeaseLost);
    assert_eq!(shop.check(100).await, 1);
}
}

on_both! {
async fn a_stopped_run_takes_no_more_pages_and_goes_on_after_a_restart(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 4).await;
    shop.settle_all(run.id, &urls[..2]).await;
    assert!(shop.store.stop_run(shop.organization, run.id, &creel_types::By::system()).await.unwrap());
    assert_eq!(shop.settle_all(run.id, &urls[2..]).await, [Verdict::RunEnded, Verdict::RunEnded]);
    shop.store.restart_run(shop.organization, run.id, None, None, &creel_types::By::system()).await.unwrap();
    shop.store.claim_run(run.id, shop.owner, &Judge::LeaseOnly).await.unwrap().unwrap();
    let rest: Vec<String> =
        shop.store.lease_pages(run.id, shop.owner, 9).await.unwrap().into_iter().map(|page| page.url).collect();
    assert_eq!(rest.len(), 2);
    assert_eq!(stored(&shop.settle_all(run.id, &rest).await), 2);
    assert_eq!(shop.check(100).await, 4);
    assert!(shop.store.complete_run(run.id, shop.owner, None).await.unwrap());
    assert!(
        shop.store.restart_run(shop.organization, run.id, None, None, &creel_types::By::system()).await.is_err(),
        "a complete crawl is not restarted"
    );
}
}

on_both! {
async fn outcomes_are_counted_and_listed_with_their_reason(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 3).await;
    let outcomes = [PageOutcome::Discovery, PageOutcome::Blocked, PageOutcome::Error];
    for (url, outcome) in urls.iter().zip(outcomes) {
        let mut page = shop.finished(run.id, url);
        page.result = PageResult::Outcome { outcome, reason: Some("why".into()), error_code: None, fetched: true };
        assert_eq!(shop.committer.settle(page).await.unwrap(), Verdict::Recorded);
    }
    let rows = shop.store.list_pages(run.id, None, None, 10).await.unwrap();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.reason.as_deref() == Some("why") && row.credits == 0));
    let run = shop.store.get_run(shop.organization, run.id).await.unwrap();
    assert_eq!((run.pages_fetched, run.pages_failed, run.pages_blocked), (3, 1, 1));
    assert_eq!(shop.check(100).await, 0);
}
}

on_both! {
async fn an_expired_lot_pays_nothing_even_when_nobody_swept(engine) {
    let shop = Shop::with_credits(engine, 2).await;
    let grant = Grant {
        lot: shop.store.random.id(shop.store.clock.now()),
        source: LotSource::Cycle,
        amount: Credits(50),
        expires_at: Some(Time(1_000_500)),
        reference: Reference::new(ReferenceType::Person, "test"),
        description: "cycle".into(),
        actor: "test".into(),
    };
    shop.store.grant(shop.organization, grant).await.unwrap();
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 5).await;
    shop.store.clock.advance_ms(500);
    assert_eq!(stored(&shop.settle_all(run.id, &urls).await), 1, "only the lot without expiry pays");
    let rows =
        shop.store.statement(shop.organization, &StatementFilter { limit: 50, ..StatementFilter::default() }).await.unwrap();
    let kinds: Vec<&str> = rows.iter().rev().map(|row| row.kind.as_str()).collect();
    assert_eq!(kinds, ["grant", "grant", "expire", "debit"]);
    assert_eq!(shop.store.balance(shop.organization).await.unwrap().available, Credits(0));
}
}

on_both! {
async fn two_runs_share_one_balance_without_overdrawing(engine) {
    let shop = Shop::with_credits(engine, 41).await;
    let (first, second) = (shop.run(None).await, shop.run(None).await);
    let (a, b) = (shop.lease(first.id, 30).await, shop.lease(second.id, 30).await);
    let (a, b) = tokio::join!(shop.settle_all(first.id, &a), shop.settle_all(second.id, &b));
    assert_eq!(stored(&a) + stored(&b), 20);
    assert_eq!(shop.check(41).await, 20);
    for run in [first.id, second.id] {
        let run = shop.store.get_run(shop.organization, run).await.unwrap();
        assert_eq!(run.end_reason, Some(EndReason::InsufficientCredits));
    }
}
}

on_both! {
async fn a_constant_wrong_canonical_gives_way_when_its_owner_arrives(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 3).await;
    let claim = |url: &str| {
        let mut page = shop.finished(run.id, url);
        if let PageResult::Capture(new) = &mut page.result {
            new.stated_canonical = Some(urls[0].clone());
        }
        page
    };
    for url in [&urls[1], &urls[2], &urls[0]] {
        assert!(matches!(shop.committer.settle(claim(url)).await.unwrap(), Verdict::Stored(_)), "{url}");
    }
    let mut canonical: Vec<String> = shop
        .store
        .list_captures_of_run(run.id, None, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|capture| capture.canonical_url)
        .collect();
    canonical.sort();
    assert_eq!(canonical, urls, "each product ends under its own address");
    assert_eq!(shop.check(100).await, 3);
}
}

on_both! {
async fn the_database_itself_refuses_to_rewrite_the_ledger(engine) {
    let shop = Shop::with_credits(engine, 10).await;
    for sql in ["UPDATE ledger_entries SET amount = 9", "DELETE FROM ledger_entries"] {
        let error = shop.store.database.execute(sql, vec![]).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
    assert!(shop.store.database.execute("UPDATE organizations SET available = -1", vec![]).await.is_err());
    shop.store.database.execute("UPDATE organizations SET available = 11", vec![]).await.unwrap();
    assert!(shop.store.verify_ledger(shop.organization).await.unwrap().is_err(), "a changed balance is noticed");
}
}

on_both! {
async fn adjustments_never_go_below_zero(engine) {
    let shop = Shop::with_credits(engine, 10).await;
    assert!(shop.store.adjust_down(shop.organization, Credits(11), ByHand { reason: "too much", actor: "test" }).await.is_err());
    shop.store.adjust_down(shop.organization, Credits(9), ByHand { reason: "correction", actor: "test" }).await.unwrap();
    assert_eq!(shop.store.balance(shop.organization).await.unwrap().available, Credits(1));
}
}

on_both! {
async fn a_key_is_found_by_its_secret_only(engine) {
    let shop = Shop::with_credits(engine, 10).await;
    let (id, secret) = crate::shop::owners_key(&shop.store, shop.organization, "first").await;
    assert!(secret.starts_with("crl_") && secret.len() == 68);
    assert_eq!(shop.store.find_api_key(&secret).await.unwrap().map(|holder| holder.key), Some(id));
    assert!(shop.store.find_api_key(&secret[..67]).await.unwrap().is_none());
}
}
