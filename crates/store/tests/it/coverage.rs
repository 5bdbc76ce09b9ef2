//! What the pages of robots and the list of runs lean on: how many captures have a field, which run was a robot's last, and lists of
//! runs by what somebody looks for.

use creel_store::{
    coverage::Coverage,
    runs::NewRun,
    settle::{PageResult, Verdict},
};
use creel_types::{By, Field, RunStatus, Source};

use crate::shop::{Shop, on_both};

/// Captures three pages: all with a title, two with a price, one with a brand.
async fn captured(shop: &Shop, new: NewRun) -> creel_types::RunId {
    let run = shop.start(new).await.id;
    let found: [&[Field]; 3] = [&[Field::Title, Field::Price, Field::Brand], &[Field::Title, Field::Price], &[Field::Title]];
    for (url, fields) in shop.lease(run, 3).await.iter().zip(found) {
        let mut page = shop.finished(run, url);
        if let PageResult::Capture(capture) = &mut page.result {
            capture.product.sources = fields.iter().map(|field| (*field, Source::JsonLd)).collect();
        }
        assert!(matches!(shop.committer.settle(page).await.unwrap(), Verdict::Stored(_)));
    }
    run
}

fn of(coverage: &Coverage, field: Field) -> i64 {
    coverage.fields.iter().find(|(known, _)| *known == field).unwrap().1
}

on_both! {
async fn fields_are_counted_over_the_last_run_that_has_ended(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (store, organization) = (&shop.store, shop.organization);
    let new = shop.new_run().await;
    assert_eq!(store.robot_coverage(organization, new.robot).await.unwrap(), Coverage::default());
    let run = captured(&shop, new.clone()).await;
    assert_eq!(store.robot_coverage(organization, new.robot).await.unwrap().run, None, "it goes on");
    store.stop_run(organization, run, &By::system()).await.unwrap();
    // One that found nothing says nothing about fields.
    let empty = shop.start(new.clone()).await.id;
    store.stop_run(organization, empty, &By::system()).await.unwrap();
    let coverage = store.robot_coverage(organization, new.robot).await.unwrap();
    assert_eq!((coverage.run, coverage.captures, coverage.fields.len()), (Some(run), 3, Field::ALL.len()));
    let counts = [Field::Title, Field::Price, Field::Brand, Field::Gtin].map(|field| of(&coverage, field));
    assert_eq!(counts, [3, 2, 1, 0]);
    store.delete_run(organization, run, &By::system()).await.unwrap();
    assert_eq!(store.robot_coverage(organization, new.robot).await.unwrap().run, None);
}
}

on_both! {
async fn runs_are_found_by_robot_and_status_and_the_last_of_each_robot(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (store, organization) = (&shop.store, shop.organization);
    let new = shop.new_run().await;
    assert!(store.list_last_runs(organization, None, 10).await.unwrap().is_empty());
    let first = shop.start(new.clone()).await.id;
    store.stop_run(organization, first, &By::system()).await.unwrap();
    store.clock.advance_ms(1_000);
    let second = shop.start(new.clone()).await.id;
    let ids = |runs: Vec<creel_store::runs::RunView>| runs.into_iter().map(|run| run.id).collect::<Vec<_>>();
    assert_eq!(ids(store.list_last_runs(organization, None, 10).await.unwrap()), [second]);
    for (status, robot, found) in [
        (None, None, vec![second, first]),
        (Some(RunStatus::Stopped), None, vec![first]),
        (Some(RunStatus::Stopped), Some(new.robot), vec![first]),
        (None, Some(new.robot), vec![second, first]),
        (Some(RunStatus::Failed), Some(new.robot), vec![]),
    ] {
        assert_eq!(ids(store.list_runs(organization, status, robot, None, None, 10).await.unwrap()), found);
    }
    assert_eq!(ids(store.list_runs(organization, None, Some(new.robot), None, Some(second), 10).await.unwrap()), [first]);
    store.stop_run(organization, second, &By::system()).await.unwrap();
    store.delete_run(organization, second, &By::system()).await.unwrap();
    assert_eq!(ids(store.list_last_runs(organization, None, 10).await.unwrap()), [first], "a deleted one is none");
}
}
