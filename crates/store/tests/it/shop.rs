//! What a shop needs to be tested with: an organization with credits on a database of its own, runs with leased pages, a
//! committer.

use creel_ledger::{Grant, LotSource, Reference, ReferenceType};
use creel_store::{
    Judge, Store,
    access::keys::NewApiKey,
    builds::BuildAnswer,
    captures::NewCapture,
    database::Engine,
    listing::{CaptureFilter, CaptureQuery},
    organizations::Start,
    pages::{NewPage, PageRole},
    runs::{NewRun, Run, RunSettings},
    settle::{Committer, FinishedPage, PageResult, Verdict},
};
use creel_types::{
    Actor, ApiKeyId, By, Clock, Country, Credits, Host, OrganizationId, PageKind, Product, Random, RobotId, RobotProgram,
    Role, RunId, Time,
};
use url::Url;
use uuid::Uuid;

pub use crate::both_engines::TestDatabase;
pub(crate) use crate::both_engines::on_both;

/// Whoever works at the machine.
pub fn operator() -> By {
    By { actor: Actor::CommandLine, name: "operator".to_owned(), address: None }
}

/// A key that may do everything.
pub async fn owners_key(store: &Store, organization: OrganizationId, name: &str) -> (ApiKeyId, String) {
    let new = NewApiKey { name: name.to_owned(), role: Role::Owner, expires_at: None };
    let (key, secret) = store.create_api_key(organization, new, &operator()).await.unwrap();
    (key.id, secret)
}

/// A lot without an end.
pub fn grant(store: &Store, amount: i64) -> Grant {
    Grant {
        lot: store.random.id(store.clock.now()),
        source: LotSource::Purchase,
        amount: Credits(amount),
        expires_at: None,
        reference: Reference::new(ReferenceType::Person, "test"),
        description: "test".into(),
        actor: "test".into(),
    }
}

pub struct Shop {
    pub database: TestDatabase,
    pub store: Store,
    pub organization: OrganizationId,
    pub owner: Uuid,
    pub committer: Committer,
}

impl Shop {
    pub async fn with_credits(engine: Engine, credits: i64) -> Shop {
        let random = Random::seeded(42);
        let database = TestDatabase::new(engine).await;
        let store = database.store(Clock::fixed(Time(1_000_000)), random.clone()).await;
        let organization = store.default_organization(Start::Credits(Credits(credits))).await.unwrap().id;
        let (committer, _task) = Committer::start(store.clone());
        Shop { database, store, organization, owner: random.id(Time(0)), committer }
    }

    pub async fn robot(&self) -> RobotId {
        let url = Url::parse("https://shop.example/").unwrap();
        let program = RobotProgram::general(Host::of(&url).unwrap(), Country::US, url.to_string());
        match self.store.create_robot_build(self.organization, url.as_str(), &program, false).await.unwrap() {
            BuildAnswer::Robot(robot) => robot,
            BuildAnswer::Build(build) => {
                self.store.get_robot_build(self.organization, build).await.unwrap().robot_id.unwrap()
            }
        }
    }

    pub async fn new_run(&self) -> NewRun {
        NewRun {
            by: creel_types::By::system(),
            robot: self.robot().await,
            api_key: None,
            schedule: None,
            name: None,
            start_urls: vec!["https://shop.example/".to_owned()],
            settings: RunSettings::default(),
            budget: None,
        }
    }

    pub async fn start(&self, new: NewRun) -> Run {
        let id = self.store.create_run(self.organization, new, None).await.unwrap();
        self.store.claim_run(id, self.owner, &Judge::LeaseOnly).await.unwrap().unwrap()
    }

    pub async fn run(&self, budget: Option<i64>) -> Run {
        self.start(NewRun { budget, ..self.new_run().await }).await
    }

    pub async fn grant(&self, amount: i64, expires_at: Option<Time>) -> creel_types::LotId {
        let grant = Grant {
            source: if expires_at.is_some() { LotSource::Cycle } else { LotSource::Purchase },
            expires_at,
            ..grant(&self.store, amount)
        };
        let lot = grant.lot;
        self.store.grant(self.organization, grant).await.unwrap();
        lot
    }

    pub async fn lease(&self, run: RunId, count: usize) -> Vec<String> {
        self.lease_to(run, self.owner, count).await
    }

    pub async fn lease_to(&self, run: RunId, owner: Uuid, count: usize) -> Vec<String> {
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
        let leased = self.store.lease_pages(run, owner, count as i64).await.unwrap();
        leased.into_iter().map(|page| page.url).collect()
    }

    pub fn finished(&self, run: RunId, url: &str) -> FinishedPage {
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

    pub async fn settle_all(&self, run: RunId, urls: &[String]) -> Vec<Verdict> {
        let settled = urls.iter().map(|url| self.committer.settle(self.finished(run, url)));
        futures::future::join_all(settled).await.into_iter().map(Result::unwrap).collect()
    }

    /// Everything that must hold after anything: the ledger verifies, and credits = starting − 2 × captures.
    pub async fn check(&self, started_with: i64) -> i64 {
        let verified = self.store.verify_ledger(self.organization).await.unwrap().unwrap();
        let all = CaptureQuery::newest(CaptureFilter::default(), 500);
        let captures = self.store.list_captures(self.organization, &all).await.unwrap().rows.len() as i64;
        assert_eq!(verified.balance, Credits(started_with - 2 * captures));
        captures
    }
}

pub fn stored(verdicts: &[Verdict]) -> usize {
    verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Stored(_))).count()
}
