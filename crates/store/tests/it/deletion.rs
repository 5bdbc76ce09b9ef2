//! Deleting captures and runs: what they held is gone from every table, what the ledger needs is left, and nothing is debited
//! twice for it.

use creel_store::{
    StoreError, args,
    listing::{CaptureFilter, CaptureQuery},
    settle::{PageResult, Verdict},
};
use creel_types::{CaptureId, Credits, RunId};

use crate::shop::{Shop, on_both, stored};

async fn listed(shop: &Shop) -> Vec<CaptureId> {
    let all = CaptureQuery::newest(CaptureFilter::default(), 500);
    let page = shop.store.list_captures(shop.organization, &all).await.unwrap();
    page.rows.into_iter().map(|capture| capture.id).collect()
}

/// Everything that the tables say about a run's captures, as one text.
async fn said(shop: &Shop, run: RunId) -> String {
    let columns = ["store", "url", "page_url", "canonical_url", "title", "title_normalized", "content"];
    let sql = "SELECT * FROM captures WHERE run_id = $1";
    let rows = shop.store.database.rows(sql, args![run]).await.unwrap();
    rows.iter().flat_map(|row| columns.map(|column| row.text(column).unwrap())).collect::<Vec<_>>().join("|")
}

async fn verifies(shop: &Shop, balance: i64) {
    let verified = shop.store.verify_ledger(shop.organization).await.unwrap().unwrap();
    assert_eq!(verified.balance, Credits(balance));
}

on_both! {
async fn a_deleted_capture_is_gone_and_is_not_debited_again(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await.id;
    let urls = shop.lease(run, 4).await;
    assert_eq!(stored(&shop.settle_all(run, &urls[..3]).await), 3);
    shop.store.follow_captures().await.unwrap();
    let gone = listed(&shop).await[0];
    shop.store.delete_capture(shop.organization, gone, &creel_types::By::system()).await.unwrap();
    assert!(!listed(&shop).await.contains(&gone) && listed(&shop).await.len() == 2);
    let again = shop.store.delete_capture(shop.organization, gone, &creel_types::By::system()).await.unwrap_err();
    assert!(matches!(again, StoreError::NotFound { .. }), "{again}");
    verifies(&shop, 94).await;
    // The run finds the same three products at another address, and has them already.
    for url in &urls[..3] {
        let mut page = shop.finished(run, &urls[3]);
        let PageResult::Capture(new) = &mut page.result else { unreachable!() };
        new.product.title = format!("Title of {url}");
        new.product.product_id = Some(url.clone());
        let verdict = shop.committer.settle(page).await.unwrap();
        assert!(matches!(verdict, Verdict::Duplicate | Verdict::LeaseLost), "{verdict:?}");
    }
    assert_eq!(shop.store.get_run(shop.organization, run).await.unwrap().extracted, 3);
    verifies(&shop, 94).await;
}
}

on_both! {
async fn a_run_is_deleted_with_all_that_it_had_and_its_debits_stay(engine) {
    let shop = Shop::with_credits(engine, 1_000).await;
    let (run, other) = (shop.run(None).await.id, shop.run(None).await.id);
    let urls = shop.lease(run, 300).await;
    assert_eq!(stored(&shop.settle_all(run, &urls).await), 300);
    let others = shop.lease(other, 2).await;
    assert_eq!(stored(&shop.settle_all(other, &others).await), 2);
    let refused = shop.store.delete_run(shop.organization, run, &creel_types::By::system()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Conflict(_)), "{refused}");
    shop.store.follow_captures().await.unwrap();
    shop.store.delete_capture(shop.organization, listed(&shop).await[250], &creel_types::By::system()).await.unwrap();
    shop.store.stop_run(shop.organization, run, &creel_types::By::system()).await.unwrap();
    shop.store.delete_run(shop.organization, run, &creel_types::By::system()).await.unwrap();
    assert_eq!(listed(&shop).await.len(), 2);
    let said = said(&shop, run).await;
    assert!(!said.contains("shop.example") && !said.to_lowercase().contains("title of"), "{said}");
    for answer in [
        shop.store.get_run(shop.organization, run).await.map(|_| ()),
        shop.store.get_run_view(shop.organization, run).await.map(|_| ()),
        shop.store.stop_run(shop.organization, run, &creel_types::By::system()).await.map(|_| ()),
        shop.store.restart_run(shop.organization, run, None, None, &creel_types::By::system()).await,
        shop.store.delete_run(shop.organization, run, &creel_types::By::system()).await,
    ] {
        assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{answer:?}");
    }
    assert_eq!(shop.store.list_runs(shop.organization, None, None, None, None, 10).await.unwrap().len(), 1);
    assert!(shop.store.list_pages(run, None, None, 10).await.unwrap().is_empty());
    assert_eq!(shop.store.list_pages(other, None, None, 10).await.unwrap().len(), 2);
    verifies(&shop, 1_000 - 604).await;
    let left = "SELECT COUNT(*) AS n FROM listing_words";
    assert_eq!(shop.store.database.row(left, vec![]).await.unwrap().unwrap().int("n").unwrap(), 2);
}
}

on_both! {
async fn a_deletion_that_was_interrupted_is_finished_by_the_reconciler(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await.id;
    let urls = shop.lease(run, 5).await;
    shop.settle_all(run, &urls).await;
    shop.store.stop_run(shop.organization, run, &creel_types::By::system()).await.unwrap();
    // The process died behind its first transaction.
    shop.store.database.execute("UPDATE runs SET deleted_at = 5 WHERE id = $1", args![run]).await.unwrap();
    while shop.store.follow_captures().await.unwrap().more {}
    assert!(listed(&shop).await.is_empty() && !said(&shop, run).await.contains("shop.example"));
    assert_eq!(shop.store.follow_captures().await.unwrap().changed, 0);
    verifies(&shop, 90).await;
}
}
