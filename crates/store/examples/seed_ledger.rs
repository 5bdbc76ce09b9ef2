//! `seed_ledger sqlite FOLDER ENTRIES [RUNS]` or `seed_ledger postgres URL ENTRIES [RUNS]`: an organization with a key and a ledger
//! of so many entries, all but the first of them debits of stored captures, which one run made or several, each shop with its robot.
//! Prints one line of JSON: the key, and for PostgreSQL the address of the schema that was made for it. `cargo xtask bench balance`
//! and `bench pages` serve it.

#![allow(clippy::print_stdout, reason = "the line is the program's result")]
#![allow(clippy::print_stderr, reason = "what takes minutes says how far it is")]

#[allow(dead_code, reason = "the other program writes its captures past the ledger")]
#[path = "list_latency/generate.rs"]
mod generate;

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
use generate::{ADJECTIVES, Dice, NOUNS, brand_name, content, currency_of, store_name};
use url::Url;
use uuid::Uuid;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Pages that are handed over together.
const BATCH: usize = 250;
/// Shops, each with its robot; runs take turns at them.
const SHOPS: usize = 8;
/// After so many pages it says how far it is.
const SAID_EVERY: usize = 100_000;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let ([engine, at, entries] | [engine, at, entries, _]) = words.as_slice() else {
        return Err("usage: seed_ledger sqlite FOLDER ENTRIES [RUNS] | seed_ledger postgres URL ENTRIES [RUNS]".into());
    };
    let runs = words.get(3).map_or(Ok(1), |runs| runs.parse::<usize>())?.max(1);
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
    seed(&store, organization, debits, runs).await?;
    // As a server does behind the crawl, so that it begins with nothing left to do.
    while store.follow_captures().await?.more {}
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

async fn seed(store: &Store, organization: OrganizationId, debits: usize, runs: usize) -> Result<(), Failure> {
    let owner: Uuid = store.random.id(store.clock.now());
    let (committer, _task) = Committer::start(store.clone());
    let mut dice = Dice::new(1);
    let of_run = debits.div_ceil(runs).max(1);
    for (number, first) in (0..debits).step_by(of_run).enumerate() {
        let shop = number % SHOPS;
        let run = make_run(store, organization, owner, shop).await?;
        let last = debits.min(first + of_run);
        for first in (first..last).step_by(BATCH) {
            let pages: Vec<NewPage> = (first..last.min(first + BATCH)).map(|number| new_page(shop, number)).collect();
            store.queue_pages(run, &pages).await?;
            let leased = store.lease_pages(run, owner, i64::try_from(pages.len())?).await?;
            let captures = leased.into_iter().map(|page| new_capture(&mut dice, shop, page.url));
            let finished = captures.collect::<Result<Vec<_>, Failure>>()?.into_iter();
            let settling = finished.map(|new| committer.settle(finished_page(organization, run, owner, new)));
            for verdict in try_join_all(settling).await? {
                if !matches!(verdict, Verdict::Stored(_)) {
                    return Err(format!("a page was not stored: {verdict:?}").into());
                }
            }
            if first % SAID_EVERY == 0 && first > 0 {
                eprintln!("{first} captures");
            }
        }
        store.stop_run(organization, run, &By::system()).await?;
    }
    Ok(())
}

fn address_of(shop: usize) -> String {
    format!("https://{}/", store_name(shop))
}

async fn make_run(store: &Store, organization: OrganizationId, owner: Uuid, shop: usize) -> Result<RunId, Failure> {
    let url = Url::parse(&address_of(shop))?;
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
        start_urls: vec![url.to_string()],
        settings: RunSettings::default(),
        budget: None,
    };
    let run = store.create_run(organization, new, None).await?;
    store.claim_run(run, owner, &Judge::LeaseOnly).await?.ok_or("somebody else has the run")?;
    Ok(run)
}

fn new_page(shop: usize, number: usize) -> NewPage {
    let url = format!("{}p/{number}", address_of(shop));
    NewPage { url, role: PageRole::Page, priority: 0, depth: 0, shape: "/p/#".into() }
}

/// A product as a shop has it: `P7` where its page is `…/p/7`.
fn new_capture(dice: &mut Dice, shop: usize, url: String) -> Result<NewCapture, Failure> {
    let number: usize = url.rsplit('/').next().unwrap_or_default().parse()?;
    let brand = brand_name(dice.below(60) * 7 + shop * 11);
    let title = format!("{brand} {} {} {}", dice.one(&ADJECTIVES), dice.one(&NOUNS), dice.below(5_000));
    let (currency, unit) = currency_of(shop);
    let price = unit * i64::try_from(5 + dice.skewed(400))? - unit / 100;
    let product: Product = serde_json::from_str(&content(&title, &brand, &url, number, price, currency))?;
    Ok(NewCapture { store: store_name(shop), url: url.clone(), page_url: url, stated_canonical: None, product })
}

fn finished_page(organization: OrganizationId, run: RunId, owner: Uuid, new: NewCapture) -> FinishedPage {
    FinishedPage {
        organization,
        run,
        url: new.page_url.clone(),
        owner,
        kind: PageKind::Product,
        status_code: Some(200),
        result: PageResult::Capture(Box::new(new)),
    }
}
