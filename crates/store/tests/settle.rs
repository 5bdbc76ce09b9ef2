//! The committer on a real database: exact debits, budgets, the end of credits, duplicates, leases, many at once.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

use creel_ledger::{Grant, LotSource, Reference, ReferenceType};
use creel_store::{
    Store,
    captures::{CaptureFilter, NewCapture},
    ledger::StatementFilter,
    pages::{NewPage, PageRole},
    robots::BuildAnswer,
    runs::{NewRun, Run, RunSettings},
    settle::{Committer, FinishedPage, PageResult, Verdict},
};
use creel_types::{
    Clock, Country, Credits, EndReason, Host, OrganizationId, PageKind, PageOutcome, Product, Random, RobotProgram, RunId,
    RunStatus, Time,
};
use url::Url;
use uuid::Uuid;

struct Shop {
    _folder: tempfile::TempDir,
    store: Store,
    organization: OrganizationId,
    owner: Uuid,
    committer: Committer,
}

impl Shop {
    async fn with_credits(credits: i64) -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let random = Random::seeded(42);
        let store = Store::open(folder.path(), Clock::fixed(Time(1_000_000)), random.clone()).await.unwrap();
        let organization = store.default_organization(Credits(credits)).await.unwrap().id;
        let (committer, _task) = Committer::start(store.clone());
        Shop { _folder: folder, store, organization, owner: random.id(Time(0)), committer }
    }

    async fn run(&self, budget: Option<i64>) -> Run {
        let url = Url::parse("https://shop.example/").unwrap();
        let program = RobotProgram::general(Host::of(&url).unwrap(), Country::US, url.to_string());
        let robot = match self.store.create_robot_build(self.organization, url.as_str(), &program, false).await.unwrap() {
            BuildAnswer::Robot(robot) => robot,
            BuildAnswer::Build(build) => {
                self.store.get_robot_build(self.organization, build).await.unwrap().robot_id.unwrap()
            }
        };
        let new = NewRun {
            robot,
            api_key: None,
            name: None,
            start_urls: vec![url.to_string()],
            settings: RunSettings::default(),
            budget,
        };
        let id = self.store.create_run(self.organization, new, None).await.unwrap();
        self.store.claim_run(id, self.owner, |_| false).await.unwrap().unwrap()
    }

    async fn lease(&self, run: RunId, count: usize) -> Vec<String> {
        let pages: Vec<NewPage> = (0..count)
            .map(|at| NewPage {
                url: format!("https://shop.example/p/{at}"),
                role: PageRole::Page,
                priority: 0,
                depth: 0,
                shape: "/p/#".into(),
            })
            .collect();
        self.store.queue_pages(run, &pages).await.unwrap();
        let leased = self.store.lease_pages(run, self.owner, count as i64).await.unwrap();
        leased.into_iter().map(|page| page.url).collect()
    }

    fn finished(&self, run: RunId, url: &str) -> FinishedPage {
        let product = Product { title: format!("Title of {url}"), product_id: Some(url.to_owned()), ..Product::default() };
        FinishedPage {
            organization: self.organization,
            run,
            url: url.to_owned(),
            owner: self.owner,
            kind: PageKind::Product,
            status_code: Some(200),
            result: PageResult::Capture(Box::new(NewCapture {
                store: "shop.example".into(),
                url: url.to_owned(),
                page_url: url.to_owned(),
                stated_canonical: None,
                product,
            })),
        }
    }

    async fn settle_all(&self, run: RunId, urls: &[String]) -> Vec<Verdict> {
        let settled = urls.iter().map(|url| self.committer.settle(self.finished(run, url)));
        futures::future::join_all(settled).await.into_iter().map(Result::unwrap).collect()
    }

    /// Everything that must hold after anything: the ledger verifies, and credits = starting − 2 × captures.
    async fn check(&self, started_with: i64) -> i64 {
        let verified = self.store.verify_ledger(self.organization).await.unwrap().unwrap();
        let filter = CaptureFilter { limit: 500, ..CaptureFilter::default() };
        let captures = self.store.list_captures(self.organization, &filter).await.unwrap().len() as i64;
        assert_eq!(verified.balance, Credits(started_with - 2 * captures));
        captures
    }
}

fn stored(verdicts: &[Verdict]) -> usize {
    verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Stored(_))).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_credits_pay_three_captures_and_leave_one() {
    let shop = Shop::with_credits(7).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn the_budget_ends_the_run_and_wins_over_credits() {
    for (credits, budget) in [(100, 3), (6, 3)] {
        let shop = Shop::with_credits(credits).await;
        let run = shop.run(Some(budget)).await;
        let urls = shop.lease(run.id, 10).await;
        assert_eq!(stored(&shop.settle_all(run.id, &urls).await), 3);
        assert_eq!(shop.check(credits).await, 3);
        let run = shop.store.get_run(shop.organization, run.id).await.unwrap();
        assert_eq!(run.end_reason, Some(EndReason::BudgetReached));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_debited_once_per_run_and_again_in_the_next() {
    let shop = Shop::with_credits(100).await;
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
        shop.store.stop_run(shop.organization, run.id).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_lease_went_to_another_process_is_not_settled() {
    let shop = Shop::with_credits(100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 1).await;
    let another = Random::seeded(9).id::<Uuid>(Time(0));
    assert!(shop.store.claim_run(run.id, another, |_| false).await.unwrap().is_none(), "a live lease is respected");
    assert!(shop.store.claim_run(run.id, another, |_| true).await.unwrap().is_some(), "a dead process loses it");
    assert_eq!(shop.committer.settle(shop.finished(run.id, &urls[0])).await.unwrap(), Verdict::LeaseLost);
    assert_eq!(shop.store.lease_pages(run.id, another, 5).await.unwrap().len(), 1, "its pages are open again");
    assert_eq!(shop.check(100).await, 0);
    assert!(!shop.store.heartbeat(run.id, shop.owner).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn settling_the_same_page_twice_debits_once() {
    let shop = Shop::with_credits(100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 1).await;
    assert!(matches!(shop.committer.settle(shop.finished(run.id, &urls[0])).await.unwrap(), Verdict::Stored(_)));
    assert_eq!(shop.committer.settle(shop.finished(run.id, &urls[0])).await.unwrap(), Verdict::LeaseLost);
    assert_eq!(shop.check(100).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_run_takes_no_more_pages_and_goes_on_after_a_restart() {
    let shop = Shop::with_credits(100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 4).await;
    shop.settle_all(run.id, &urls[..2]).await;
    assert!(shop.store.stop_run(shop.organization, run.id).await.unwrap());
    assert_eq!(shop.settle_all(run.id, &urls[2..]).await, [Verdict::RunEnded, Verdict::RunEnded]);
    shop.store.restart_run(shop.organization, run.id, None, None).await.unwrap();
    shop.store.claim_run(run.id, shop.owner, |_| false).await.unwrap().unwrap();
    let rest: Vec<String> =
        shop.store.lease_pages(run.id, shop.owner, 9).await.unwrap().into_iter().map(|page| page.url).collect();
    assert_eq!(rest.len(), 2);
    assert_eq!(stored(&shop.settle_all(run.id, &rest).await), 2);
    assert_eq!(shop.check(100).await, 4);
    assert!(shop.store.complete_run(run.id, shop.owner, None).await.unwrap());
    assert!(
        shop.store.restart_run(shop.organization, run.id, None, None).await.is_err(),
        "a complete crawl is not restarted"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_are_counted_and_listed_with_their_reason() {
    let shop = Shop::with_credits(100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 3).await;
    let outcomes = [PageOutcome::Discovery, PageOutcome::Blocked, PageOutcome::Error];
    for (url, outcome) in urls.iter().zip(outcomes) {
        let mut page = shop.finished(run.id, url);
        page.result = PageResult::Outcome { outcome, reason: Some("why".into()), error_code: None, fetched: true };
        assert_eq!(shop.committer.settle(page).await.unwrap(), Verdict::Recorded);
    }
    let rows = shop.store.list_pages(run.id, None, 10).await.unwrap();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.reason.as_deref() == Some("why") && row.credits == 0));
    let run = shop.store.get_run(shop.organization, run.id).await.unwrap();
    assert_eq!((run.pages_fetched, run.pages_failed, run.pages_blocked), (3, 1, 1));
    assert_eq!(shop.check(100).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_lot_pays_nothing_even_when_nobody_swept() {
    let shop = Shop::with_credits(2).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_share_one_balance_without_overdrawing() {
    let shop = Shop::with_credits(41).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_constant_wrong_canonical_gives_way_when_its_owner_arrives() {
    let shop = Shop::with_credits(100).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn the_database_itself_refuses_to_rewrite_the_ledger() {
    let shop = Shop::with_credits(10).await;
    for sql in ["UPDATE ledger_entries SET amount = 9", "DELETE FROM ledger_entries"] {
        let error = shop.store.database.execute(sql, vec![]).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
    assert!(shop.store.database.execute("UPDATE organizations SET available = -1", vec![]).await.is_err());
    shop.store.database.execute("UPDATE organizations SET available = 11", vec![]).await.unwrap();
    assert!(shop.store.verify_ledger(shop.organization).await.unwrap().is_err(), "a changed balance is noticed");
}

#[tokio::test(flavor = "multi_thread")]
async fn adjustments_never_go_below_zero() {
    let shop = Shop::with_credits(10).await;
    assert!(shop.store.adjust_down(shop.organization, Credits(11), "too much", "test").await.is_err());
    shop.store.adjust_down(shop.organization, Credits(9), "correction", "test").await.unwrap();
    assert_eq!(shop.store.balance(shop.organization).await.unwrap().available, Credits(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_found_by_its_secret_only() {
    let shop = Shop::with_credits(10).await;
    let (id, secret) = shop.store.create_api_key(shop.organization, "first").await.unwrap();
    assert!(secret.starts_with("crl_") && secret.len() == 68);
    assert_eq!(shop.store.find_api_key(&secret).await.unwrap().map(|holder| holder.key), Some(id));
    assert!(shop.store.find_api_key(&secret[..67]).await.unwrap().is_none());
}
