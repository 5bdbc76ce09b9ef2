//! A database of its own with one run on the demo shop in it, and what must be true of it whenever its process died.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use creel_crawl::{CrawlSettings, Crawler};
use creel_store::{
    Database, Owner, Store, args,
    builds::BuildAnswer,
    database::Engine,
    listing::{CaptureFilter, CaptureQuery},
    organizations::Start,
    runs::{NewRun, Run, RunSettings},
    settle::Committer,
};
use creel_testkit::shop::RunningShop;
use creel_types::{Clock, Country, Credits, EndReason, Host, OrganizationId, Random, RobotProgram, RunId, Time};
use uuid::Uuid;

/// The sections of the shop that are not crawled, so that a crawl is short. Slow pages and those that fail are among them.
const LEFT_OUT: [&str; 8] = ["audio", "beaute", "hem", "kueche", "ogrod", "products", "outdoor", "taschen"];
/// Enough for every crawl of the shop, so that only crashes disturb it.
const CREDITS: i64 = 5_000;

/// Where a database is; as one word, so that a process can tell another.
#[derive(Clone, Debug)]
pub enum Address {
    Folder(PathBuf),
    Server(String),
}

impl Address {
    pub fn parse(word: &str) -> Address {
        if word.starts_with("postgres:") { Address::Server(word.to_owned()) } else { Address::Folder(word.into()) }
    }

    pub fn word(&self) -> String {
        match self {
            Address::Folder(folder) => folder.display().to_string(),
            Address::Server(url) => url.clone(),
        }
    }

    pub async fn open(&self) -> Store {
        let (clock, random) = (Clock::system(), Random::system());
        match self {
            Address::Folder(folder) => Store::open(folder, clock, random).await.unwrap(),
            Address::Server(url) => Store::connect(url, clock, random).await.unwrap(),
        }
    }

    /// Says that this process is on the database.
    pub async fn register(&self, store: &Store) -> Owner {
        let folder = match self {
            Address::Folder(folder) => folder.clone(),
            Address::Server(_) => PathBuf::new(),
        };
        Owner::register(store, &folder).await.unwrap()
    }

    pub async fn crawler(&self, store: Store) -> Crawler {
        let (committer, _task) = Committer::start(store.clone());
        let owner = self.register(&store).await;
        let mut settings = CrawlSettings::default();
        settings.fetch.allow_private_networks.push("*".to_owned());
        Crawler::new(store, committer, std::sync::Arc::new(owner), settings).unwrap()
    }
}

/// What was captured, without what differs from run to run: address, title, offers.
pub type Contents = BTreeMap<String, String>;

/// The database with its run, as the process that survives sees it.
pub struct Place {
    pub address: Address,
    pub store: Store,
    pub organization: OrganizationId,
    pub run: RunId,
    owner: Owner,
    /// Captures that a process was told to be stored, before it died.
    pub acknowledged: BTreeSet<String>,
    _folder: tempfile::TempDir,
}

impl Place {
    pub async fn new(engine: Engine, shop: &RunningShop) -> Place {
        // A page that fails once fails once again.
        shop.shop().forget_requests();
        let folder = tempfile::tempdir().unwrap();
        let address = match engine {
            Engine::Sqlite => Address::Folder(folder.path().to_owned()),
            Engine::Postgres => Address::Server(schema_of_its_own().await),
        };
        let store = address.open().await;
        let organization = store.default_organization(Start::Credits(Credits(CREDITS))).await.unwrap().id;
        let run = run_on(&store, organization, shop).await;
        let owner = address.register(&store).await;
        Place { address, store, organization, run, owner, acknowledged: BTreeSet::new(), _folder: folder }
    }

    pub async fn run(&self) -> Run {
        self.store.get_run(self.organization, self.run).await.unwrap()
    }

    /// What must be true whenever a process died, wherever it was.
    pub async fn check_after_death(&self, at: &str) {
        self.check_ledger(at).await;
        if self.run().await.status.is_ended() {
            return;
        }
        self.claim(at).await;
        let sql = "SELECT COUNT(*) AS n FROM pages WHERE run_id = $1 AND state = 'leased'";
        assert_eq!(self.count(sql).await, 0, "pages are leased to nobody alive after {at}");
        self.store.release_run(self.run, self.owner.id).await.unwrap();
    }

    /// Acknowledged means stored, stored means debited, debited means stored.
    async fn check_ledger(&self, at: &str) {
        let captures = self.captures().await;
        let lost: Vec<&String> = self.acknowledged.difference(&captures).collect();
        assert!(lost.is_empty(), "after {at}: acknowledged and not stored: {lost:?}");
        let verified = self.store.verify_ledger(self.organization).await.unwrap();
        let verified = verified.unwrap_or_else(|fault| panic!("after {at}: {fault}"));
        assert_eq!(verified.balance, Credits(CREDITS - 2 * captures.len() as i64), "after {at}");
        let debits = self.debits().await;
        assert_eq!(debits, captures, "after {at}: debits are for other captures");
    }

    /// The dead process's run is free at once on a folder, and on a server as soon as that noticed the end of the session.
    async fn claim(&self, at: &str) {
        for _ in 0..1_000 {
            if self.store.claim_run(self.run, self.owner.id, &self.owner.judge()).await.unwrap().is_some() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("after {at} the run is not free: its dead process is taken for alive");
    }

    /// What must be true of a run that was crawled to its end, by however many processes.
    pub async fn check_at_the_end(&self, undisturbed: &Contents) {
        self.check_ledger("the end").await;
        let run = self.run().await;
        assert_eq!(run.end_reason, Some(EndReason::CrawlComplete), "{:?}", run.error);
        assert_eq!(run.extracted, self.captures().await.len() as i64);
        let contents = self.contents().await;
        for (url, content) in undisturbed {
            assert_eq!(contents.get(url), Some(content), "{url} is missing or another");
        }
        assert_eq!(contents.len(), undisturbed.len(), "it has more than an undisturbed crawl");
        assert_eq!(self.count("SELECT COUNT(*) AS n FROM runs WHERE id = $1 OR id <> $1").await, 1, "one run");
        assert_eq!(self.count("SELECT COUNT(*) AS n FROM pages WHERE run_id = $1 AND state <> 'done'").await, 0);
    }

    pub async fn contents(&self) -> Contents {
        let filter = CaptureFilter { run: Some(self.run), ..CaptureFilter::default() };
        let captures = self.store.list_captures(self.organization, &CaptureQuery::newest(filter, 500)).await.unwrap().rows;
        let content = |capture: &creel_types::Capture| {
            let product = serde_json::to_value(&capture.product).unwrap();
            let offers: Vec<String> =
                product["skus"].as_array().unwrap().iter().map(|sku| sku["offers"].to_string()).collect();
            format!("{} {} {}", product["title"], product["options"], offers.join(" "))
        };
        captures.iter().map(|capture| (capture.canonical_url.clone(), content(capture))).collect()
    }

    async fn captures(&self) -> BTreeSet<String> {
        self.texts("SELECT id AS text FROM captures WHERE run_id = $1").await
    }

    async fn debits(&self) -> BTreeSet<String> {
        let sql = "SELECT reference_id AS text FROM ledger_entries WHERE kind = 'debit' AND reference_type = 'capture'
            AND reference_id <> $1";
        self.texts(sql).await
    }

    async fn texts(&self, sql: &str) -> BTreeSet<String> {
        let rows = self.store.database.rows(sql, args![self.run]).await.unwrap();
        let texts: BTreeSet<String> = rows.iter().map(|row| row.text("text").unwrap()).collect();
        assert_eq!(texts.len(), rows.len(), "something is there twice: {sql}");
        texts
    }

    async fn count(&self, sql: &str) -> i64 {
        self.store.database.row(sql, args![self.run]).await.unwrap().unwrap().int("n").unwrap()
    }
}

/// Whether a crawl of the sections that are left has this path.
pub fn is_crawled(path: &str) -> bool {
    !LEFT_OUT.iter().any(|section| path[1..].starts_with(section))
}

async fn run_on(store: &Store, organization: OrganizationId, shop: &RunningShop) -> RunId {
    let url = shop.base_url();
    let program = RobotProgram::general(Host::of(url).unwrap(), Country::US, url.to_string());
    let built = store.create_robot_build(organization, url.as_str(), &program, true).await.unwrap();
    let robot = match built {
        BuildAnswer::Robot(robot) => robot,
        BuildAnswer::Build(build) => store.get_robot_build(organization, build).await.unwrap().robot_id.unwrap(),
    };
    let exclude = LEFT_OUT.iter().map(|section| format!("{}{section}*", shop.base_url())).collect();
    let new = NewRun {
        by: creel_types::By::system(),
        robot,
        api_key: None,
        schedule: None,
        name: None,
        start_urls: vec![url.to_string()],
        settings: RunSettings { exclude, ..RunSettings::default() },
        budget: None,
    };
    store.create_run(organization, new, None).await.unwrap()
}

async fn schema_of_its_own() -> String {
    let server = std::env::var("CREEL_POSTGRES").expect("CREEL_POSTGRES is not set: run `cargo xtask test`");
    let schema = format!("test_{}", Random::system().id::<Uuid>(Time(0)).simple());
    let database = Database::open_postgres(&server).await.unwrap();
    database.execute(&format!("CREATE SCHEMA {schema}"), vec![]).await.unwrap();
    database.close().await;
    format!("{server}?options[search_path]={schema}")
}
