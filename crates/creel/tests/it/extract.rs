//! `creel extract`: files, folders, standard input, addresses.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::{
    command::{Creel, finish},
    demo_shop::DemoShop,
};

const PRODUCT: &str = r#"<html lang="en"><head><title>Oak Chair</title>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Oak Chair","sku":"OC-1",
"image":"https://shop.example/oak.jpg","offers":{"@type":"Offer","price":"129.00","priceCurrency":"EUR",
"availability":"https://schema.org/InStock"}}</script></head><body><h1>Oak Chair</h1><p class="price">129.00 €</p></body></html>"#;
const NO_PRICE: &str = r#"<html lang="en"><head><title>Oak Table</title>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Oak Table","sku":"OT-1",
"image":"https://shop.example/table.jpg"}</script></head><body><h1>Oak Table</h1></body></html>"#;

#[test]
fn a_product_page_is_a_capture_and_one_without_a_price_a_draft_with_reasons() {
    let creel = Creel::new();
    let (product, draft) = (creel.folder().join("a.html"), creel.folder().join("b.html"));
    std::fs::write(&product, PRODUCT).unwrap();
    std::fs::write(&draft, NO_PRICE).unwrap();
    let line = &creel.run(&["extract", product.to_str().unwrap(), "--url", "https://shop.example/p/oc-1"]).lines()[0];
    assert_eq!((line["kind"].as_str(), line["draft"].is_null()), (Some("product"), true), "{line}");
    let capture = &line["capture"];
    assert_eq!(capture["title"], "Oak Chair");
    assert_eq!(capture["skus"][0]["offers"][0]["price"]["amount"].to_string(), "129.00");
    assert_eq!((capture["currency"].as_str(), capture["store"].as_str()), (Some("EUR"), Some("shop.example")));
    let line = &creel.run(&["extract", draft.to_str().unwrap(), "--url", "https://shop.example/p/ot-1"]).lines()[0];
    assert!(line["capture"].is_null(), "{line}");
    assert_eq!(line["draft"]["title"], "Oak Table");
    assert!(line["reasons"].to_string().contains("price"), "{line}");
}

#[test]
fn a_folder_is_read_in_file_name_order_with_its_addresses() {
    let creel = Creel::new();
    let pages = creel.folder().join("pages");
    std::fs::create_dir(&pages).unwrap();
    for at in [3, 1, 2] {
        std::fs::write(pages.join(format!("{at}.html")), PRODUCT.replace("OC-1", &format!("OC-{at}"))).unwrap();
    }
    std::fs::write(pages.join("ignored.txt"), "x").unwrap();
    let urls = creel.folder().join("urls.tsv");
    std::fs::write(&urls, "1.html\thttps://shop.example/1\n2.html\thttps://shop.example/2\n").unwrap();
    let finished = creel.run(&["extract", pages.to_str().unwrap(), "--urls", urls.to_str().unwrap()]);
    let files: Vec<String> = finished.lines().iter().map(|line| line["file"].as_str().unwrap().to_owned()).collect();
    assert_eq!(files, ["1.html", "2.html", "3.html"], "{}", finished.err);
    assert_eq!(finished.lines()[1]["url"], "https://shop.example/2");
    std::fs::write(&urls, "1.html https://shop.example/1\n").unwrap();
    let broken = creel.run(&["extract", pages.to_str().unwrap(), "--urls", urls.to_str().unwrap()]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("line 1"), "{}", broken.err);
}

#[test]
fn standard_input_and_an_address_are_read_too() {
    let creel = Creel::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_creel"))
        .args(["extract", "-", "--url", "https://shop.example/p/1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(PRODUCT.as_bytes()).unwrap();
    let finished = finish(child.wait_with_output().unwrap());
    assert_eq!(finished.lines()[0]["capture"]["title"], "Oak Chair");
    let shop = DemoShop::start();
    let product = shop.expected()[0].clone();
    let line = &creel.run(&["extract", &shop.address_of(&product.path), "--allow-private"]).lines()[0];
    assert_eq!(line["capture"]["title"], product.title.as_str(), "{line}");
}

#[test]
fn bytes_that_are_no_page_are_no_error() {
    let creel = Creel::new();
    let file = creel.folder().join("noise.html");
    for bytes in [&b""[..], b"\xff\xfe\x00", b"<<<<>>>>", &[0; 4096]] {
        std::fs::write(&file, bytes).unwrap();
        let finished = creel.run(&["extract", file.to_str().unwrap()]);
        assert_eq!(finished.code, 0, "{}", finished.err);
        assert!(finished.lines()[0]["capture"].is_null());
    }
}
