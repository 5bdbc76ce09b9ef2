//! Pages made to hurt: nothing panics, and cost grows with size and not with its square.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

use creel_extract::{Extractor, PageInput, tape};
use creel_types::Country;
use proptest::prelude::*;
use url::Url;

fn read(html: &str) -> creel_extract::PageReading {
    let url = Url::parse("https://shop.example/p/blue-hose-4711?variant=2").unwrap();
    EXTRACTOR.with_borrow_mut(|extractor| {
        extractor.read(&PageInput {
            url: &url,
            html,
            country: "DE".parse().unwrap_or(Country::US),
            program: None,
            status: 200,
        })
    })
}

thread_local! {
    static EXTRACTOR: RefCell<Extractor> = RefCell::new(Extractor::new());
}

/// Pieces of pages that sources look for; put together at random they make pages that no shop would.
const PIECES: [&str; 64] = [
    "<h1>",
    "</h1>",
    "Blue hose",
    "<div class=price>",
    "<span class='old-price'>",
    "€ 12,99",
    "$",
    "19",
    "99",
    "元",
    "</span>",
    "</div>",
    "<del>",
    "</del>",
    "<sup>",
    "</sup>",
    "1.299,00 kr",
    "SKU:",
    " A-17 ",
    "<meta itemprop=price content='12'>",
    "<div itemscope itemtype='http://schema.org/Product' id=x itemref='x y'>",
    "<div itemprop=offers itemscope itemtype=http://schema.org/Offer>",
    "<span itemprop=name>",
    "<script type=application/ld+json>",
    "{\"@type\":\"Product\",\"name\":\"Blue hose\",\"offers\":{\"price\":\"9",
    "\"}}",
    "{\"@graph\":[",
    "{\"@id\":\"#a\"},",
    "]}",
    "</script>",
    "<script>var p = {\"id\":1,\"name\":\"Blue hose\",\"price\":",
    "9.99,\"variants\":[{\"sku\":\"a\",\"price\":1,\"option1\":\"",
    "\"}]}",
    "JSON.parse(\"",
    "{",
    "[",
    "}",
    "]",
    "\\",
    "\"",
    "<form data-product_variations='[{\"display_price\":1}]'>",
    "<select name=size>",
    "<option value=1>S",
    "</select>",
    "<button disabled>",
    "Add to cart",
    "</button>",
    "<a href=?page=2>",
    "<a href='//[::1'>",
    "</a>",
    "<img src=/a.jpg srcset='/b.jpg 2w, /c.jpg 3w'>",
    "<nav class=breadcrumb>",
    "<table class=spec><tr><td>",
    "</td><td>",
    "<dl><dt>",
    "<dd>",
    "<link rel=canonical href=/x>",
    "<base href='http://[bad'>",
    "<title>",
    "</title>",
    "<meta property=og:type content=product>",
    "<meta property=product:price:amount content='1.299'>",
    "\u{661}\u{662}\u{663}",
    "品番：",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn pieces_in_any_order(pieces in proptest::collection::vec(0..PIECES.len(), 0..60)) {
        let html: String = pieces.iter().map(|at| PIECES[*at]).collect();
        let reading = read(&html);
        if let Some(draft) = &reading.draft {
            prop_assert!((0.0..=1.0).contains(&draft.completeness));
            let text = serde_json::to_string(draft).unwrap();
            prop_assert!(serde_json::from_str::<creel_types::Product>(&text).is_ok(), "{}", text);
        }
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read(&tape::decode(&bytes, None).text);
    }

    #[test]
    fn any_price_text(text in any::<String>()) {
        let context = creel_extract::prices::PriceContext::default();
        let _ = creel_extract::prices::parse(&text, &context);
        let _ = creel_extract::prices::machine_amount(&text, &context);
        let _ = creel_extract::prices::find_all(&format!("€ {text} 1,99 $ {text}"), &context);
    }
}

/// The time for a text repeated; the best of three, so that a busy machine does not fail it.
fn time(html: &str) -> Duration {
    (0..3)
        .map(|_| {
            let start = Instant::now();
            read(html);
            start.elapsed()
        })
        .min()
        .unwrap()
}

#[test]
fn cost_grows_with_size() {
    let head = "<title>Blue hose</title><h1>Blue hose</h1>";
    for piece in [
        "<div class=price>",
        "<span class=price>$9</span>",
        "<div itemscope itemtype=http://schema.org/Product><div itemprop=offers itemscope>",
        "<div itemscope itemprop=offers id=a itemref=a>",
        "<i itemprop=price>1",
        "<a href=/x>",
        "<a href='/x",
        "<b>SKU:",
        "<h1>Blue hose",
        "<script type=application/ld+json>{\"@type\":\"Product\",",
        "<script type=application/ld+json>[{\"@id\":\"a\"},",
        "<script>x={\"price\":1,\"id\":[",
        "<script>({\"price\":\"id\"",
        "<script>f({\"price\":1,\"id\":2,\"name\":\"Blue hose\",'",
        "<select class=size><option value=1>a",
        "<label for=size>Size",
        "<ul class=swatch><li title=a>",
        "<td>a</td>",
        "<table class=spec><tr><td>a<td>b",
        "<img class=gallery src=/a.jpg>",
        "<nav class=breadcrumb>",
        "<div class='breadcrumb'><a>",
        "in stock ",
        "<p>out of stock</p>",
        "\"",
        "{",
        "<meta property=og:title content=a>",
        "<button>Buy now",
        "<link rel=next href=?page=2>",
        "1.",
        "1,1 ",
        "$1 ",
    ] {
        // In a debug build, small pages already tell a square from a line.
        let small = time(&format!("{head}{}", piece.repeat(400)));
        let large = time(&format!("{head}{}", piece.repeat(3_200)));
        let bound = small.max(Duration::from_millis(12)) * 24;
        eprintln!("{small:?} {large:?} {piece:.60}");
        assert!(large < bound, "{piece:?}: {small:?} for 400, {large:?} for 3,200");
    }
}
