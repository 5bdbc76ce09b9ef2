//! `cargo xtask score`: what extraction gets right on the corpus, one table.

pub mod attributes;
mod categories;
mod category_weights;
pub mod tables;
pub mod titles;

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::Value;

use crate::{corpus, sh};

pub use category_weights::learn as learn_category_weights;

/// Published scores of others on the whole benchmark behind the product pages (F1).
const PUBLISHED: [(&str, [&str; 4]); 3] = [
    ("Zyte", ["0.918", "0.841", "0.957", "0.625"]),
    ("Diffbot", ["0.824", "0.765", "0.943", "0.429"]),
    ("extruct", ["0.685", "0.537", "0.626", "0.333"]),
];

/// What makes captures into items: sizes and units on tables, attributes in titles.
pub fn enrich(tests: Option<&Path>) -> Result<(), String> {
    tables::score()?;
    categories::score()?;
    attributes::score(tests)
}

pub fn score() -> Result<(), String> {
    let corpus = corpus::folder()?;
    sh::run(sh::cargo().args(["build", "--release", "-p", "creel"]))?;
    let scores = product_pages(&corpus)?;
    let score = |name: &str| scores.get(name).map_or("", String::as_str);
    println!("\nProduct pages (F1)      price    sku  avail.  out of stock   brand");
    println!(
        "  Creel                 {:>5}  {:>5}   {:>5}         {:>5}   {:>5}",
        score("price"),
        score("sku"),
        score("availability"),
        score("OutOfStock"),
        score("brand")
    );
    for (name, [price, sku, availability, out_of_stock]) in PUBLISHED {
        println!(
            "  {name:<20}  {price:>5}  {sku:>5}   {availability:>5}         {out_of_stock:>5}   (published, whole benchmark)"
        );
    }
    println!("  gtin {}, mpn {}", score("gtin"), score("mpn"));
    let (right, labelled) = more_product_pages(&corpus)?;
    println!("More product pages: {right} of {labelled} prices right");
    let (captured, pages) = articles(&corpus)?;
    println!("Articles: {captured} of {pages} became captures");
    Ok(())
}

/// `creel extract` on a folder, line by line.
fn extract(folder: &Path, urls: Option<&Path>) -> Result<String, String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| sh::root().join("target"), Into::into);
    let mut command = Command::new(target.join("release/creel"));
    command.arg("extract").arg(folder);
    if let Some(urls) = urls {
        command.arg("--urls").arg(urls);
    }
    sh::output(&mut command)
}

/// Runs the benchmark's own scorer and reads its table.
fn product_pages(corpus: &Path) -> Result<BTreeMap<String, String>, String> {
    let pages = corpus.join("product-pages");
    let lines = extract(&pages.join("html"), Some(&pages.join("urls.tsv")))?;
    let out = sh::work_folder("score")?.join("product-pages.jsonl");
    fs::write(&out, lines).map_err(|error| format!("{}: {error}", out.display()))?;
    let table =
        sh::output(Command::new("python3").arg(corpus.join("score-pages.py")).arg(pages.join("truth.json")).arg(&out))?;
    Ok(table
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.nth(1)?.to_owned()))
        })
        .collect())
}

fn more_product_pages(corpus: &Path) -> Result<(usize, usize), String> {
    let folder = corpus.join("more-product-pages");
    let truth = read_json(&folder.join("truth.json"))?;
    let lines = extract(&folder, None)?;
    let mut right = 0;
    let mut labelled = 0;
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let file = row["file"].as_str().unwrap_or_default();
        let Some(price) = stated_price(&truth, file) else { continue };
        labelled += 1;
        let product = if row["capture"].is_null() { &row["draft"] } else { &row["capture"] };
        let amount = product["skus"][0]["offers"][0]["price"]["amount"].to_string();
        let equal =
            |a: &str, b: &str| a.parse::<f64>().ok().zip(b.parse::<f64>().ok()).is_some_and(|(a, b)| (a - b).abs() < 0.001);
        right += usize::from(equal(&amount, &price));
    }
    Ok((right, labelled))
}

/// The labelled price of a file, digits only.
fn stated_price(truth: &Value, file: &str) -> Option<String> {
    let name = file.trim_end_matches(".gz").trim_end_matches(".html");
    let row = truth.as_object()?.iter().find(|(key, _)| key.trim_end_matches(".gz").trim_end_matches(".html") == name)?.1;
    let price = row.get("price").unwrap_or(row);
    let text = price.as_str().map_or_else(|| price.to_string(), str::to_owned);
    let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    (!digits.is_empty()).then_some(digits)
}

fn articles(corpus: &Path) -> Result<(usize, usize), String> {
    let lines = extract(&corpus.join("not-product-pages/articles"), None)?;
    let mut captured = 0;
    let mut pages = 0;
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        pages += 1;
        captured += usize::from(!row["capture"].is_null());
    }
    Ok((captured, pages))
}

fn read_json(path: &Path) -> Result<Value, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}
