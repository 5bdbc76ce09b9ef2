//! `seed_ledger sqlite FOLDER ENTRIES` or `seed_ledger postgres URL ENTRIES`: an organization with a key and a ledger of so many
//! entries, all but the first of them debits of stored captures. Prints one line of JSON: the key, and for PostgreSQL the
//! address of the schema that was made for it. `cargo xtask bench balance` serves it.

#![allow(clippy::print_stdout, reason = "the line is the program's result")]

use creel_store::{
    Database, Judge, Store,
    access::keys::NewApiKey,
    builds::BuildAnswer,
    captures::NewCapture,
    organizations::Start,
    pages::{NewPage, PageRole},
    runs::{NewRun, RunSettings},
    settle::{Committer, FinishedPage, PageResult, Verdict},
};
use creel_types::{By, Clock, Country, Credits, Host, OrganizationId, PageKind, Product, Random, RobotProgram, Role, RunId};
use futures::future::try_join_all;
use url::Url;
use uuid::Uuid;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Pages that are handed over together.
const BATCH: usize = 250;
const SHOP: &str = "https://shop.example/";

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [engine, at, entries] = words.as_slice() else {
        return Err("usage: seed_ledger sqlite FOLDER ENTRIES | seed_ledger postgres URL ENTRIES".into());
    };
    let debits = entries.parse::<usize>()?.saturating_sub(1);
    let (store, url) = match engine.as_str() {
        "sqlite" => (Store::open(at.as_ref(), Clock::system(), Random::system()).await?, None),
        "postgres" => {
            let url = make_schema(at).await?;
            (Store::connect(&url, Clock::system(), Random::system()).await?, Some(url))
        }
        other => return Err(format!("{other:?} is neither sqlite nor postgres").into()),
    };
    // What is there pays for the debits and leaves something to show.
    let credits = Credits(i64::try_from(debits)? * 2 + 5_000);
    let organization = store.default_organization(Start::Credits(credits)).await?.id;
    let new_key = NewApiKey { name: "bench".to_owned(), role: Role::Member, expires_at: None };
    let (_, key) = store.create_api_key(organization, new_key, &By::system()).await?;
    seed(&store, organization, debits).await?;
    store.database.close().await;
    println!("{}", serde_json::json!({"key": key, "database_url": url}));
    Ok(())
}

async fn make_schema(server: &str) -> Result<String, Failure> {
    let database = Database::open_postgres(server).await?;
    let schema = format!("balance_{}", std::process::id());
    database.execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"), vec![]).await?;
    database.execute(&format!("CREATE SCHEMA {schema}"), vec![]).await?;
    database.close().await;
    Ok(format!("{server}?options[search_path]={schema}"))
}

async fn seed(store: &Store, organization: OrganizationId, debits: usize) -> Result<(), Failure> {
    let owner: Uuid = store.random.id(store.clock.now());
    let run = make_run(store, organization, owner).await?;
    let (committer, _task) = Committer::start(store.clone());
    for first in (0..debits).step_by(BATCH) {
        let pages: Vec<NewPage> = (first..debits.min(first + BATCH)).map(new_page).collect();
        store.queue_pages(run, &pages).await?;
        let leased = store.lease_pages(run, owner, i64::try_from(pages.len())?).await?;
        let finished = leased.into_iter().map(|page| finished(organization, run, owner, page.url));
        for verdict in try_join_all(finished.map(|page| committer.settle(page))).await? {
            if !matches!(verdict, Verdict::Stored(_)) {
                return Err(format!("a page was not stored: {verdict:?}").into());
            }
        }
    }
    store.stop_run(organization, run, &By::system()).await?;
    Ok(())
}

async fn make_run(store: &Store, organization: OrganizationId, owner: Uuid) -> Result<RunId, Failure> {
    let url = Url::parse(SHOP)?;
    let program = RobotProgram::general(Host::of(&url).ok_or("no host")?, Country::US, url.to_string());
    let robot = match store.create_robot_build(organization, url.as_str(), &program, false).await? {
        BuildAnswer::Robot(robot) => robot,
        BuildAnswer::Build(build) => {
            let build = store.get_robot_build(organization, build).await?;
            build.robot_id.ok_or("the build made no robot")?
        }
    };
    let new = NewRun {
        by: By::system(),
        robot,
        api_key: None,
        schedule: None,
        name: None,
        start_urls: vec![SHOP.to_owned()],
        settings: RunSettings::default(),
        budget: None,
    };
    let run = store.create_run(organization, new, None).await?;
    store.claim_run(run, owner, &Judge::LeaseOnly).await?.ok_or("somebody else has the run")?;
    Ok(run)
}

fn new_page(number: usize) -> NewPage {
    NewPage { url: format!("{SHOP}p/{number}"), role: PageRole::Page, priority: 0, depth: 0, shape: "/p/#".into() }
}

fn finished(organization: OrganizationId, run: RunId, owner: Uuid, url: String) -> FinishedPage {
    let product = Product { title: format!("Product at {url}"), product_id: Some(url.clone()), ..Product::default() };
    let new = NewCapture {
        store: "shop.example".into(),
        url: url.clone(),
        page_url: url.clone(),
        stated_canonical: None,
        product,
    };
    FinishedPage {
        organization,
        run,
        url,
        owner,
        kind: PageKind::Product,
        status_code: Some(200),
        result: PageResult::Capture(Box::new(new)),
    }
}
