//! `creel demo`: a built-in shop on loopback, a run against it, its captures made into items, and what came of it.

mod billing;
mod enrich;

use std::{collections::BTreeMap, io::Write, path::Path};

use creel_crawl::Crawler;
use creel_store::{
    Store,
    enrichments::EnrichmentView,
    organizations::Organization,
    runs::{NewRun, RunSettings, RunView},
};
use creel_testkit::shop::Shop;
use creel_types::{Capture, Country};
use url::Url;

use super::{
    report,
    run::{crawl_with_progress, exit_of},
};
use crate::{
    cli::{Common, DemoArgs},
    commands::admin::operator,
    exit::{Exit, Failure},
    interrupt,
    open::Opened,
    print::{self, column, money},
};

/// Captures that the table shows: some of each section.
const ROWS_MAX: usize = 24;

pub async fn demo(common: &Common, args: DemoArgs) -> Result<Exit, Failure> {
    if args.billing {
        return billing::demo(common, args.listen).await;
    }
    if args.stripe_only {
        return billing::serve_stripe(args.listen, args.webhook_url.as_ref()).await;
    }
    let shop = Shop::demo()
        .start(args.listen)
        .await
        .map_err(|error| Failure::usage(format!("--listen {}: {error}", args.listen)))?;
    if args.shop_only {
        print::say(&format!("The demo shop listens on {} until interrupted.", shop.base_url()));
        interrupt::on_signal().cancelled().await;
        shop.stop().await?;
        return Ok(Exit::Done);
    }
    // Without --data the demo leaves nothing behind.
    let temporary = tempfile::tempdir()?;
    let folder = common.data.clone().unwrap_or_else(|| temporary.path().to_owned());
    let opened = Opened::open_folder(common, &folder).await?;
    let mut settings = opened.crawl_settings(false);
    settings.fetch.allow_private_networks.push(shop.address().to_string());
    let (crawler, committing) = opened.crawler(settings).await?;
    let organization = opened.organization(None).await?;
    print::say(&format!("A shop with {} products listens on {}.", shop.shop().products().len(), shop.base_url()));
    let result = crawl_and_show(common, &crawler, &organization, shop.base_url(), shop.shop()).await;
    drop(crawler);
    let _ = committing.await;
    opened.store.database.close().await;
    shop.stop().await?;
    if matches!(result, Ok(Exit::Done)) && !common.json {
        what_next(common.data.as_deref());
    }
    result
}

async fn crawl_and_show(
    common: &Common,
    crawler: &Crawler,
    organization: &Organization,
    base: &Url,
    shop: &Shop,
) -> Result<Exit, Failure> {
    let store = crawler.store();
    let (robot, _) = crawler.find_or_build_robot(organization.id, base, Country::US).await?;
    let new = NewRun {
        by: operator(),
        robot,
        api_key: None,
        schedule: None,
        name: Some("Demo".to_owned()),
        start_urls: vec![base.to_string()],
        settings: RunSettings::default(),
        budget: None,
    };
    let id = store.create_run(organization.id, new, Some(crawler.owner())).await?;
    let claimed = crawler.claim(id).await?.ok_or_else(|| Failure::failed("the run was taken by another process"))?;
    let stop = interrupt::on_signal();
    let view = crawl_with_progress(crawler, claimed, &stop).await?;
    let enriched = enrich::enrich(crawler, organization.id, view.id, &stop).await?;
    show(common, store, organization, (&view, &enriched), shop).await
}

async fn show(
    common: &Common,
    store: &Store,
    organization: &Organization,
    (view, enriched): (&RunView, &EnrichmentView),
    shop: &Shop,
) -> Result<Exit, Failure> {
    let captures = all_captures(store, view).await?;
    let items = enrich::some_items(store, organization.id, enriched).await?;
    let counts = store.outcome_counts(view.id).await?;
    let balance = store.spendable(organization.id).await?;
    let verified = store.verify_ledger(organization.id).await?;
    let mut out = std::io::stdout().lock();
    if common.json {
        let json = serde_json::json!({"run": view, "enrichment": enriched, "balance": balance, "captures": captures});
        writeln!(out, "{json}")?;
    } else {
        table(&mut out, &captures)?;
        writeln!(out, "{}", report::as_text(view, balance.0, &counts, None))?;
        let expected = shop.expected_captures().len();
        enrich::table(&mut out, enriched, &items)?;
        writeln!(out, "\nThe shop has {expected} products that a crawl must capture; {} were.", captures.len())?;
        if let Ok(verified) = &verified {
            writeln!(out, "The ledger's {} entries were recomputed from zero and agree.", verified.entries)?;
        }
    }
    match verified {
        Ok(_) => Ok(exit_of(view)),
        Err(fault) => Err(Failure::failed(format!("the ledger is wrong: {fault}"))),
    }
}

async fn all_captures(store: &Store, view: &RunView) -> Result<Vec<Capture>, Failure> {
    let mut all = Vec::new();
    loop {
        let more = store.list_captures_of_run(view.id, all.last().map(|capture: &Capture| capture.id), 200).await?;
        if more.is_empty() {
            return Ok(all);
        }
        all.extend(more);
    }
}

/// Some captures of each section of the shop.
fn table(out: &mut impl Write, captures: &[Capture]) -> Result<(), Failure> {
    let mut sections: BTreeMap<&str, Vec<&Capture>> = BTreeMap::new();
    for capture in captures {
        sections.entry(capture.product.breadcrumbs.first().map_or("", String::as_str)).or_default().push(capture);
    }
    let each = (ROWS_MAX / sections.len().max(1)).max(1);
    writeln!(out, "\n{:<44} {:<16} {:>14} {:>12} {:>5}  Stock", "Title", "Brand", "Price", "was", "SKUs")?;
    for capture in sections.values().flat_map(|section| section.iter().take(each)) {
        let product = &capture.product;
        let offer = product.skus.iter().find(|sku| sku.selected).or(product.skus.first()).and_then(|sku| sku.offers.first());
        let price = offer.and_then(|offer| offer.price.as_ref());
        let currency = product.currency.map(|currency| currency.to_string()).unwrap_or_default();
        writeln!(
            out,
            "{} {} {:>14} {:>12} {:>5}  {}",
            column(&product.title, 44),
            column(product.brand.as_deref().unwrap_or("—"), 16),
            price.map_or(String::new(), |price| format!("{} {currency}", money(price.amount, product.currency))),
            price.and_then(|price| price.full_amount).map_or(String::new(), |full| money(full, product.currency)),
            product.sku_count,
            if product.available { "in stock" } else { "out of stock" },
        )?;
    }
    let rest = captures.len().saturating_sub(sections.values().map(|section| section.len().min(each)).sum());
    if rest > 0 {
        writeln!(out, "… and {rest} more")?;
    }
    Ok(())
}

fn what_next(data: Option<&Path>) {
    print::say("\nWhat to try next:");
    match data {
        Some(folder) => {
            print::say(&format!("  creel ledger show --data {}           the credits, entry by entry", folder.display()))
        }
        None => print::say("  creel demo --data demo               the same, kept in a folder to look around in"),
    }
    print::say("  creel run https://your-shop.example --budget 20 --output products.jsonl");
    print::say("  creel extract page.html --url https://your-shop.example/p/1");
    print::say("  creel serve                          the API, with a key printed at first start");
}
