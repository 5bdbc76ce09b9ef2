//! The built-in shop: a whole crawl of it, held field by field against what the shop knows of itself.

use std::{collections::BTreeMap, net::SocketAddr};

use creel_testkit::shop::{Expected, Reason, RunningShop, Shop, ShopProduct, Template};
use serde_json::Value;

use crate::command::Creel;

/// The shop with a runtime of its own, so that tests can stay plain functions.
pub struct DemoShop {
    runtime: tokio::runtime::Runtime,
    running: Option<RunningShop>,
    url: String,
}

impl DemoShop {
    pub fn start() -> DemoShop {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let running = runtime.block_on(Shop::demo().start(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
        DemoShop { url: running.base_url().to_string(), runtime, running: Some(running) }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn shop(&self) -> &Shop {
        self.running.as_ref().unwrap().shop()
    }

    /// What a crawl from the home page must capture, each once.
    pub fn expected(&self) -> Vec<ShopProduct> {
        self.shop().expected_captures().into_iter().cloned().collect()
    }

    pub fn address_of(&self, path: &str) -> String {
        format!("{}{path}", self.url.trim_end_matches('/'))
    }
}

impl Drop for DemoShop {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            let _ = self.runtime.block_on(running.stop());
        }
    }
}

#[test]
fn every_product_is_captured_once_field_by_field() {
    let shop = DemoShop::start();
    let creel = Creel::new();
    let (captures, finished) = creel.crawl(shop.url(), &[], 0);
    let expected = shop.expected();
    let by_path: BTreeMap<String, &Value> = captures.iter().map(|capture| (path_of(capture), capture)).collect();
    let wanted: Vec<&str> = expected.iter().map(|product| product.path.as_str()).collect();
    let mut faults: Vec<String> = Vec::new();
    faults.extend(by_path.keys().filter(|path| !wanted.contains(&path.as_str())).map(|path| format!("{path} is captured")));
    for product in &expected {
        match by_path.get(&product.path) {
            Some(capture) => faults.extend(differences(product, capture, &shop)),
            None => faults.push(format!("{} ({:?}) is missing", product.path, product.template)),
        }
    }
    // `CREEL_FAULTS_MAX=1000` shows them all.
    let faults_max = std::env::var("CREEL_FAULTS_MAX").ok().and_then(|max| max.parse().ok()).unwrap_or(60);
    let shown: Vec<&String> = faults.iter().take(faults_max).collect();
    assert!(faults.is_empty(), "{} faults, for example {shown:#?}\n{}", faults.len(), finished.err);
    assert_eq!(captures.len(), expected.len(), "each once");
    assert_eq!(creel.verified_balance(), 5_000 - 2 * captures.len() as i64);
    let forbidden = Expected::Nothing(Reason::RobotsTxtForbids);
    for product in shop.shop().products().iter().filter(|product| product.expected == forbidden) {
        assert_eq!(shop.shop().hits(&product.path), 0, "robots.txt forbids {}", product.path);
    }
}

#[test]
fn facets_and_calendars_do_not_multiply_pages() {
    let shop = DemoShop::start();
    Creel::new().crawl(shop.url(), &[], 0);
    let requests: u64 = shop.shop().requests().values().sum();
    let products = shop.shop().products().len() as u64;
    assert!(requests < 3 * products, "{requests} requests for {products} products");
    assert!(shop.shop().hits_under("/events/") < 60, "{} calendar pages", shop.shop().hits_under("/events/"));
}

fn path_of(capture: &Value) -> String {
    let url = url::Url::parse(capture["canonical_url"].as_str().unwrap()).unwrap();
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// Every field that the shop knows, as text on both sides.
fn differences(product: &ShopProduct, capture: &Value, shop: &DemoShop) -> Vec<String> {
    let mut faults = Vec::new();
    let mut compare = |field: &str, expected: String, found: String| {
        if expected != found {
            faults.push(format!("{} ({:?}) {field}: expected {expected}, found {found}", product.path, product.template));
        }
    };
    let text = |value: &Value| value.as_str().unwrap_or("null").to_owned();
    compare("title", product.title.clone(), text(&capture["title"]));
    compare("brand", product.brand.clone(), text(&capture["brand"]));
    compare("currency", product.currency.to_string(), text(&capture["currency"]));
    compare("available", product.available.to_string(), capture["available"].to_string());
    let chosen = capture["skus"].as_array().unwrap().iter().find(|sku| sku["selected"] == true);
    let price = chosen.map_or(&Value::Null, |sku| &sku["offers"][0]["price"]);
    compare("price", decimal(product.price.map(|price| price.to_string())), decimal(number(&price["amount"])));
    compare(
        "full price",
        decimal(product.full_price.map(|price| price.to_string())),
        decimal(number(&price["full_amount"])),
    );
    let options = |capture: &Value| {
        let map = capture["options"].as_object().unwrap();
        map.values().map(|option| option["values"].to_string()).collect::<Vec<_>>().join("; ")
    };
    // The values alone: markup may name an axis in English where the page's picker says "Farbe", and both are right.
    let expected_options: Vec<String> =
        product.options.iter().map(|option| serde_json::to_string(&option.values).unwrap()).collect();
    compare("options", expected_options.join("; "), options(capture));
    compare("skus", expected_skus(product), found_skus(capture, product.options.len()));
    let images: Vec<String> = product.images.iter().map(|path| shop.address_of(path)).collect();
    compare("images", serde_json::to_string(&images).unwrap(), capture["images"].to_string());
    if product.template != Template::Bare {
        compare("breadcrumbs", serde_json::to_string(&product.breadcrumbs).unwrap(), capture["breadcrumbs"].to_string());
    }
    faults
}

fn expected_skus(product: &ShopProduct) -> String {
    let mut skus: Vec<String> = product
        .skus
        .iter()
        .map(|sku| {
            let price = decimal(sku.price.map(|price| price.to_string()));
            format!("{} [{}] {price} {}", sku.sku, sku.options.join(","), if sku.in_stock { "in" } else { "out" })
        })
        .collect();
    skus.sort();
    skus.join(" | ")
}

fn found_skus(capture: &Value, options: usize) -> String {
    let mut skus: Vec<String> = capture["skus"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sku| {
            let values: Vec<&str> = (1..=options).filter_map(|at| sku[format!("opt{at}")].as_str()).collect();
            let offer = &sku["offers"][0];
            let stock = if offer["availability"]["in_stock"] == true { "in" } else { "out" };
            let price = decimal(number(&offer["price"]["amount"]));
            format!("{} [{}] {price} {stock}", sku["sku"].as_str().unwrap_or("null"), values.join(","))
        })
        .collect();
    skus.sort();
    skus.join(" | ")
}

fn number(value: &Value) -> Option<String> {
    (!value.is_null()).then(|| value.to_string())
}

/// 41.90 and 41.9 are one price.
fn decimal(text: Option<String>) -> String {
    text.map_or("none".to_owned(), |text| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    })
}
