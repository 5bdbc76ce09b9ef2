//! `extract_dir DIR URLS.tsv [--bench N]`: what `creel extract` prints for a folder of saved pages, for scoring while rules are made.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::{collections::BTreeMap, io::Read, time::Instant};

use creel_extract::{Extractor, PageInput, tape};
use creel_types::Country;
use url::Url;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let urls: BTreeMap<String, String> = match arguments.get(2).filter(|path| path.ends_with(".tsv")) {
        Some(path) => std::fs::read_to_string(path)
            .unwrap()
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(file, url)| (file.to_owned(), url.to_owned()))
            .collect(),
        None => BTreeMap::new(),
    };
    let mut files: Vec<_> = std::fs::read_dir(&arguments[1])
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".html.gz"))
        .collect();
    files.sort();
    let mut pages = Vec::new();
    for path in &files {
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let url = urls.get(&name).cloned().unwrap_or_else(|| format!("https://www.example.com/{name}"));
        pages.push((name, Url::parse(&url).unwrap(), bytes));
    }
    if let Some(at) = arguments.iter().position(|argument| argument == "--debug") {
        for (name, url, bytes) in pages.iter().filter(|page| page.0.starts_with(&arguments[at + 1])) {
            let text = tape::decode(bytes, None).text;
            let mut parser = tape::Parser::new();
            let document = parser.parse(&text);
            let facts = creel_extract::sources::facts::Facts::of(document, url, creel_extract::country_of(url), None);
            let readings = creel_extract::extractor::read_sources(document, &facts).readings;
            println!(
                "{name} {url}\ncountry {} headings {:?}",
                facts.country,
                facts.headings.iter().take(4).collect::<Vec<_>>()
            );
            for reading in &readings.stated {
                println!(
                    "{:?}: title {:?} brand {:?} id {:?} sku {:?} gtin {:?} mpn {:?} skus {} offer {:?}",
                    reading.source,
                    reading.title,
                    reading.brand,
                    reading.product_id,
                    reading.sku,
                    reading.gtin,
                    reading.mpn,
                    reading.skus.len(),
                    reading.offer
                );
            }
            let dom = &readings.dom;
            println!(
                "dom title {:?} brand {:?} codes {:?} stock {:?} can_buy {} unit {:?}",
                dom.reading.title, dom.reading.brand, dom.codes, dom.stock, dom.can_buy, dom.reading.offer.unit_price
            );
            println!(
                "crumbs {:?}\nimages {:?}\noptions {:?}\nproperties {:?}",
                dom.reading.breadcrumbs,
                dom.reading.images.iter().take(4).collect::<Vec<_>>(),
                dom.reading.options,
                dom.reading.properties.iter().take(8).collect::<Vec<_>>()
            );
            for price in dom.prices.iter().take(14) {
                println!(
                    "  {} {:?} old {} score {:.2} high {:?}",
                    price.amount, price.currency, price.old, price.score, price.high
                );
            }
        }
        return;
    }
    let mut extractor = Extractor::new();
    if let Some(at) = arguments.iter().position(|argument| argument == "--bench") {
        let rounds: usize = arguments[at + 1].parse().unwrap();
        let total: usize = pages.iter().map(|page| page.2.len()).sum();
        for _ in 0..rounds {
            let start = Instant::now();
            let mut captures = 0;
            for (_, url, bytes) in &pages {
                let text = tape::decode(bytes, None).text;
                let reading = extractor.read(&PageInput {
                    url,
                    html: &text,
                    country: creel_extract::country_of(url),
                    program: None,
                    status: 200,
                });
                captures += usize::from(reading.is_capture());
            }
            let seconds = start.elapsed().as_secs_f64();
            let start = Instant::now();
            let mut parser = tape::Parser::new();
            for (_, _, bytes) in &pages {
                parser.parse(&tape::decode(bytes, None).text);
            }
            let tape_seconds = start.elapsed().as_secs_f64();
            eprint!("tape {:.0} MB/s, all / tape {:.2}; ", total as f64 / 1e6 / tape_seconds, seconds / tape_seconds);
            eprintln!(
                "{captures} captures, {:.0} MB/s, {:.0} pages/s",
                total as f64 / 1e6 / seconds,
                pages.len() as f64 / seconds
            );
        }
        if arguments.iter().any(|argument| argument == "--each") {
            for (name, url, bytes) in &pages {
                let text = tape::decode(bytes, None).text;
                let mut parser = tape::Parser::new();
                parser.parse(&text);
                let start = Instant::now();
                for _ in 0..5 {
                    parser.parse(&text);
                }
                let parse = start.elapsed().as_secs_f64() / 5.0;
                let start = Instant::now();
                for _ in 0..5 {
                    extractor.read(&PageInput { url, html: &text, country: Country::US, program: None, status: 200 });
                }
                let all = start.elapsed().as_secs_f64() / 5.0;
                eprintln!(
                    "{name} {:7} bytes, {:6.0} us ({:4.0} MB/s), tape {:5.0} us",
                    bytes.len(),
                    all * 1e6,
                    bytes.len() as f64 / 1e6 / all,
                    parse * 1e6
                );
            }
        }
        return;
    }
    for (name, url, bytes) in &pages {
        let text = tape::decode(bytes, None).text;
        let reading = extractor.read(&PageInput {
            url,
            html: &text,
            country: creel_extract::country_of(url),
            program: None,
            status: 200,
        });
        let mut reading = reading;
        if arguments.iter().any(|argument| argument == "--dom-only") {
            use creel_extract::{sources::*, *};
            let mut parser = tape::Parser::new();
            let document = parser.parse(&text);
            let facts = facts::Facts::of(document, url, country_of(url), None);
            let mut readings = merge::Readings::default();
            readings.stated.push(sources::url::read(url));
            readings.dom = dom::read(document, &facts, &[]);
            reading.draft = merge::merge(&readings, &facts);
        }
        let capture = reading.is_capture();
        let line = serde_json::json!({
            "file": name, "url": url.as_str(), "kind": reading.kind.as_str(),
            "capture": if capture { serde_json::to_value(&reading.draft).unwrap() } else { serde_json::Value::Null },
            "draft": if capture { serde_json::Value::Null } else { serde_json::to_value(&reading.draft).unwrap() },
            "reasons": reading.reasons, "links": reading.links.len(),
        });
        println!("{line}");
    }
}
