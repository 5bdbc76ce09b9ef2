//! Real saved pages that nobody on this project wrote: floors for what the rules reach on them. Skipped, and saying so, where the corpus is absent.
//! The corpus is a development half; the floors stand a little below what is reached, so that a change that loses something shows.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashSet},
    io::Read,
    path::{Path, PathBuf},
};

use creel_extract::{Extractor, PageInput, PageReading, country_of, tape};
use creel_types::{Amount, PageKind, Product};
use serde_json::Value;
use url::Url;

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var("CREEL_CORPUS")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no corpus at {}; set CREEL_CORPUS", folder.display());
    None
}

fn unpack(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".html.gz"))
        .collect();
    files.sort();
    files
}

fn read(path: &Path, url: &str) -> PageReading {
    let bytes = unpack(path);
    let text = tape::decode(&bytes, None).text;
    let url = Url::parse(url).unwrap();
    EXTRACTOR.with_borrow_mut(|extractor| {
        extractor.read(&PageInput { url: &url, html: &text, country: country_of(&url), program: None, status: 200 })
    })
}

thread_local! {
    static EXTRACTOR: RefCell<Extractor> = RefCell::new(Extractor::new());
}

fn truth(path: &Path) -> BTreeMap<String, Value> {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn accepted<'t>(truth: &'t Value, key: &str) -> Vec<&'t str> {
    truth[key].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::trim).collect()
}

/// True positives, false positives, false negatives.
#[derive(Default)]
struct Score([u32; 3]);

impl Score {
    fn add<T: PartialEq>(&mut self, right: &[T], guesses: &[T]) {
        let hit = guesses.iter().any(|guess| right.contains(guess));
        self.0[0] += u32::from(hit);
        self.0[1] += u32::from(!hit && !guesses.is_empty());
        self.0[2] += u32::from(!hit && !right.is_empty());
    }

    fn f1(&self) -> f64 {
        let [hits, wrong, missed] = self.0.map(f64::from);
        if hits == 0.0 { 0.0 } else { 2.0 * hits / (2.0 * hits + wrong + missed) }
    }
}

fn shown_price(product: &Product) -> Option<Amount> {
    let sku = product.skus.iter().find(|sku| sku.selected).or(product.skus.first())?;
    sku.offers.first()?.price.as_ref().map(|price| price.amount)
}

#[test]
fn product_pages() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("product-pages");
    let truth = truth(&folder.join("truth.json"));
    let (mut price, mut sku, mut availability, mut gone, mut brand) =
        (Score::default(), Score::default(), Score::default(), Score::default(), Score::default());
    let (mut captures, mut products) = (0, 0);
    for path in pages(&folder.join("html")) {
        let name = path.file_name().unwrap().to_string_lossy().replace(".html.gz", "");
        let expected = &truth[&name];
        let reading = read(&path, expected["url"].as_str().unwrap());
        captures += u32::from(reading.is_capture());
        products += u32::from(reading.kind == PageKind::Product);
        let product = reading.draft.unwrap_or_default();
        let right: Vec<Amount> = accepted(expected, "price").iter().filter_map(|amount| amount.parse().ok()).collect();
        price.add(&right, &shown_price(&product).into_iter().collect::<Vec<_>>());
        let chosen = product.skus.iter().find(|sku| sku.selected).or(product.skus.first());
        let codes: Vec<&str> =
            product.product_id.as_deref().into_iter().chain(chosen.and_then(|sku| sku.sku.as_deref())).collect();
        sku.add(&accepted(expected, "sku"), &codes);
        let said = if product.skus.is_empty() || product.available { "InStock" } else { "OutOfStock" };
        availability.add(&accepted(expected, "availability"), &[said]);
        let only_gone =
            |words: Vec<&'static str>| words.into_iter().filter(|word| *word == "OutOfStock").collect::<Vec<_>>();
        let is_gone = accepted(expected, "availability").contains(&"OutOfStock");
        gone.add(&only_gone(if is_gone { vec!["OutOfStock"] } else { vec![] }), &only_gone(vec![said]));
        let fold = |text: &str| text.trim().to_lowercase();
        brand.add(
            &accepted(expected, "brand").into_iter().map(fold).collect::<Vec<_>>(),
            &product.brand.as_deref().map(fold).into_iter().collect::<Vec<_>>(),
        );
    }
    let figures = [
        ("price", price.f1(), 0.86),
        ("sku", sku.f1(), 0.85),
        ("availability", availability.f1(), 0.95),
        ("out of stock", gone.f1(), 0.66),
        ("brand", brand.f1(), 0.80),
    ];
    eprintln!("{products} product pages, {captures} captures, {:.3?}", figures.map(|(name, f1, _)| (name, f1)));
    for (name, f1, floor) in figures {
        assert!(f1 >= floor, "{name}: F1 {f1:.3} is below {floor}");
    }
    assert!(products >= 65 && captures >= 63, "{products} product pages, {captures} captures");
}

#[test]
fn more_product_pages() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("more-product-pages");
    let truth = truth(&folder.join("truth.json"));
    let (mut right, mut products, mut stated) = (0, 0, 0);
    for path in pages(&folder) {
        let name = path.file_name().unwrap().to_string_lossy().replace(".gz", "");
        let expected = truth.get(&name).cloned().unwrap_or_default();
        let reading = read(&path, expected["url"].as_str().unwrap_or("https://shop.example/item"));
        products += u32::from(reading.kind == PageKind::Product);
        let Some(price) = expected["price"].as_str().and_then(|price| price.parse::<Amount>().ok()) else { continue };
        stated += 1;
        right += u32::from(reading.draft.as_ref().and_then(shown_price) == Some(price));
    }
    eprintln!("{products} product pages, {right} of {stated} prices");
    assert!(products >= 9 && right + 1 >= stated, "{products} product pages, {right} of {stated} prices");
}

#[test]
fn articles_are_never_captures() {
    let Some(corpus) = corpus() else { return };
    let pages = pages(&corpus.join("not-product-pages/articles"));
    assert!(pages.len() > 90);
    for path in pages {
        let reading = read(&path, "https://news.example/2021/05/a-story");
        assert!(!reading.is_capture(), "{}: {:?}", path.display(), reading.reasons);
        assert_ne!(reading.kind, PageKind::Product, "{}: {:?}", path.display(), reading.reasons);
    }
}

/// SKU ids of one product are unique, amounts are positive, images absolute: what every draft must hold.
#[test]
fn drafts_hold_together() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("product-pages");
    let truth = truth(&folder.join("truth.json"));
    for path in pages(&folder.join("html")) {
        let name = path.file_name().unwrap().to_string_lossy().replace(".html.gz", "");
        let reading = read(&path, truth[&name]["url"].as_str().unwrap());
        let Some(product) = reading.draft else { continue };
        let ids: HashSet<_> = product.skus.iter().map(|sku| sku.id).collect();
        assert_eq!(ids.len(), product.skus.len(), "{name}");
        assert_eq!(product.skus.iter().filter(|sku| sku.selected).count(), 1, "{name}");
        assert!(product.images.iter().all(|image| image.starts_with("http")), "{name}");
        assert!((0.0..=1.0).contains(&product.completeness), "{name}");
        for price in product.skus.iter().flat_map(|sku| &sku.offers).filter_map(|offer| offer.price.as_ref()) {
            assert!(price.full_amount.is_none_or(|full| full > price.amount), "{name}: {price:?}");
        }
        assert!(product.description.as_deref().is_none_or(|text| !text.contains("</")), "{name}");
        for sku in &product.skus {
            assert!(
                sku.options.is_empty() || sku.options.len() == product.options.len(),
                "{name}: {:?} for {:?}",
                sku.options,
                product.options
            );
        }
    }
}

/// One example of schema.org in its three syntaxes.
struct Triple {
    name: String,
    microdata: String,
    rdfa: String,
    json: String,
}

fn triples(text: &str) -> Vec<Triple> {
    let mut triples = Vec::new();
    for example in text.split("\nTYPES:").skip(1) {
        let part = |from: &str, to: &str| -> String {
            let Some((_, rest)) = example.split_once(from) else { return String::new() };
            if to.is_empty() { rest.to_owned() } else { rest.split_once(to).map_or(rest, |(part, _)| part).to_owned() }
        };
        let triple = Triple {
            name: example.lines().next().unwrap_or_default().trim().to_owned(),
            microdata: part("\nMICRODATA:", "\nRDFA:"),
            rdfa: part("\nRDFA:", "\nJSON:"),
            json: part("\nJSON:", ""),
        };
        if triple.microdata.contains("itemscope") && triple.rdfa.contains("typeof") && triple.json.contains("@type") {
            triples.push(triple);
        }
    }
    triples
}

/// JSON-LD, microdata and RDFa of the same example give items of the same types and, for products, the same reading.
#[test]
fn syntaxes_agree() {
    use creel_extract::sources::{facts::Facts, json_ld, microdata, rdfa, schema_org};
    let Some(corpus) = corpus() else { return };
    let text = String::from_utf8(unpack(&corpus.join("schema-org-examples.txt.gz"))).unwrap();
    let url = Url::parse("https://shop.example/p/1").unwrap();
    let triples = triples(&text);
    let (mut same_types, mut products, mut same_products) = (0, 0, 0);
    for triple in &triples {
        let read = |syntax: usize| {
            let mut parser = tape::Parser::new();
            let document = parser.parse([&triple.json, &triple.microdata, &triple.rdfa][syntax]);
            let facts = Facts::of(document, &url, creel_types::Country::US, None);
            let items = [json_ld::items, microdata::items, rdfa::items][syntax](document);
            let types: std::collections::BTreeSet<String> = items
                .all()
                .flat_map(|item| item.types().to_vec())
                .filter(|kind| kind != "WebPage" && kind != "Review" && kind != "Person")
                .collect();
            let reading = schema_org::read(&items, &facts, creel_types::Source::JsonLd);
            let product = reading.filter(|reading| reading.title.is_some()).map(|reading| {
                let offer = reading.offer;
                (
                    reading.title,
                    offer.amount,
                    offer.low_amount,
                    offer.currency,
                    offer.availability.map(|said| said.status),
                    reading.sku,
                    reading.gtin,
                    reading.mpn,
                    reading.brand,
                )
            });
            (types, product)
        };
        let (json, microdata, rdfa) = (read(0), read(1), read(2));
        same_types += u32::from(json.0 == microdata.0 && json.0 == rdfa.0);
        if json.1.is_some() {
            products += 1;
            let same = json.1 == microdata.1 && json.1 == rdfa.1;
            same_products += u32::from(same);
            if !same {
                eprintln!("{}\n  {:?}\n  {:?}\n  {:?}", triple.name, json.1, microdata.1, rdfa.1);
            }
        }
    }
    eprintln!(
        "{} triples, {same_types} with the same types, {same_products} of {products} products the same",
        triples.len()
    );
    assert!(
        triples.len() >= 150
            && f64::from(same_types) >= 0.75 * triples.len() as f64
            && f64::from(same_products) >= 0.6 * f64::from(products)
    );
}

/// Samples of structured data, broken ones included, and listing pages: nothing panics, and few listings are taken for products.
#[test]
fn samples_and_listings() {
    let Some(corpus) = corpus() else { return };
    let mut listings = BTreeMap::<&str, u32>::new();
    for (archive, url) in [
        ("structured-data-samples.tar.gz", "https://shop.example/sample"),
        ("listing-pages-pagination.tar.gz", "https://shop.example/category/things"),
    ] {
        for (name, bytes) in untar(&unpack(&corpus.join(archive))) {
            if !name.ends_with(".html") {
                continue;
            }
            let text = tape::decode(&bytes, None).text;
            let url = Url::parse(url).unwrap();
            let reading = EXTRACTOR.with_borrow_mut(|extractor| {
                extractor.read(&PageInput { url: &url, html: &text, country: country_of(&url), program: None, status: 200 })
            });
            if archive.starts_with("listing") {
                *listings.entry(if reading.is_capture() { "capture" } else { reading.kind.as_str() }).or_default() += 1;
                if reading.is_capture() {
                    eprintln!("{name}: {:?} {:?}", reading.reasons, reading.draft.map(|draft| draft.title));
                }
            }
        }
    }
    eprintln!("listing pages: {listings:?}");
    let captures = listings.get("capture").copied().unwrap_or(0);
    assert!(captures <= 6, "{listings:?}");
}

/// The files of a tar archive: blocks of 512 bytes, a header with name and octal size before each file.
fn untar(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut at = 0;
    while at + 512 <= bytes.len() && bytes[at] != 0 {
        let header = &bytes[at..at + 512];
        let text =
            |range: std::ops::Range<usize>| String::from_utf8_lossy(&header[range]).trim_end_matches(['\0', ' ']).to_owned();
        let size = usize::from_str_radix(text(124..136).trim(), 8).unwrap_or(0);
        if matches!(header[156], b'0' | 0) {
            files.push((text(0..100), bytes[at + 512..(at + 512 + size).min(bytes.len())].to_vec()));
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    files
}
