//! How a run behaves towards shops: what it may not fetch, what it must not follow, and how it ends when nothing comes of it.

use serde_json::Value;

use crate::{
    command::Creel,
    small_shop::{SmallShop, links, page, product, redirect, status},
};

fn titles(captures: &[Value]) -> Vec<&str> {
    let mut titles: Vec<&str> = captures.iter().map(|capture| capture["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    titles
}

#[test]
fn an_empty_shop_fails_with_no_products() {
    let shop = SmallShop::start(&[("/", links(&["/about"])), ("/about", page("<h1>About us</h1>"))]);
    let creel = Creel::new();
    let (_, finished) = creel.crawl(&shop.url, &[], 1);
    assert!(finished.err.contains("failed (no_products)"), "{}", finished.err);
    assert_eq!(creel.verified_balance(), 5_000);
}

#[test]
fn a_robots_txt_that_forbids_all_is_obeyed_and_named() {
    let shop = SmallShop::start(&[
        ("/robots.txt", page("User-agent: *\nDisallow: /\n")),
        ("/", links(&["/p/1"])),
        ("/p/1", product("One")),
        ("/sitemap.xml", page("<urlset><url><loc>/p/1</loc></url></urlset>")),
    ]);
    let (_, finished) = Creel::new().crawl(&shop.url, &[], 1);
    assert!(finished.err.contains("failed (robots_txt_forbids)"), "{}", finished.err);
    for path in ["/", "/p/1", "/sitemap.xml"] {
        assert_eq!(shop.asked(path), 0, "{path} was fetched");
    }
}

#[test]
fn a_robots_txt_that_cannot_be_had_forbids_all() {
    let shop = SmallShop::start(&[("/robots.txt", status(503)), ("/", links(&["/p/1"])), ("/p/1", product("One"))]);
    let (_, finished) = Creel::new().crawl(&shop.url, &[], 1);
    assert!(finished.err.contains("failed (robots_txt_unreachable)"), "{}", finished.err);
    assert_eq!(shop.asked("/"), 0);
}

#[test]
fn a_shop_that_blocks_fails_as_blocked() {
    let shop = SmallShop::start(&[("/", status(403))]);
    let (_, finished) = Creel::new().crawl(&shop.url, &[], 1);
    assert!(finished.err.contains("failed (blocked)"), "{}", finished.err);
}

#[test]
fn no_redirect_leads_around_robots_txt() {
    let shop = SmallShop::start(&[
        ("/robots.txt", page("User-agent: *\nDisallow: /private/\n")),
        ("/", links(&["/out/7", "/p/1"])),
        ("/out/7", redirect("/private/x")),
        ("/private/x", links(&["/p/2"])),
        ("/p/1", product("One")),
        ("/p/2", product("Two")),
    ]);
    let (captures, finished) = Creel::new().crawl(&shop.url, &[], 0);
    assert_eq!(titles(&captures), ["One"], "{}", finished.err);
    assert_eq!(shop.asked("/private/x"), 0);
    assert!(finished.err.contains("redirects to where robots.txt forbids it"), "{}", finished.err);
}

#[test]
fn redirects_to_other_hosts_are_not_followed() {
    let elsewhere = SmallShop::start(&[("/p/9", product("Nine"))]);
    let shop = SmallShop::start(&[
        ("/", links(&["/out", "/p/1"])),
        ("/out", redirect(&format!("{}p/9", elsewhere.url))),
        ("/p/1", product("One")),
    ]);
    let (captures, finished) = Creel::new().crawl(&shop.url, &[], 0);
    assert_eq!(titles(&captures), ["One"], "{}", finished.err);
    assert_eq!(elsewhere.asked("/p/9"), 0);
}

#[test]
fn nofollow_is_honoured_on_links_pages_and_headers() {
    let nofollow_page =
        "<html><head><meta name=\"robots\" content=\"nofollow\"></head><body><a href=\"/p/2\">2</a></body></html>";
    let shop = SmallShop::start(&[
        (
            "/",
            page("<a href=\"/p/1\">1</a> <a href=\"/p/4\" rel=\"nofollow\">4</a> <a href=\"/a\">a</a> <a href=\"/b\">b</a>"),
        ),
        ("/a", page(nofollow_page)),
        ("/b", links(&["/p/3"]).with_robots_tag("nofollow")),
        ("/p/1", product("One")),
        ("/p/2", product("Two")),
        ("/p/3", product("Three")),
        ("/p/4", product("Four")),
    ]);
    let (captures, finished) = Creel::new().crawl(&shop.url, &[], 0);
    assert_eq!(titles(&captures), ["One"], "{}", finished.err);
}

#[test]
fn an_output_that_cannot_be_written_costs_nothing() {
    let shop = SmallShop::start(&[("/", links(&["/p/1"])), ("/p/1", product("One"))]);
    let creel = Creel::new();
    let nowhere = creel.folder().join("no/such/folder/out.jsonl");
    let finished = creel.run(&["run", &shop.url, "--allow-private", "--output", nowhere.to_str().unwrap()]);
    assert_eq!(finished.code, 2, "{}", finished.err);
    assert!(finished.err.contains("--output"), "{}", finished.err);
    assert_eq!(shop.asked("/p/1"), 0, "nothing was crawled");
}

#[test]
fn captures_are_written_to_a_file_in_either_format() {
    let shop = SmallShop::start(&[("/", links(&["/p/1", "/p/2"])), ("/p/1", product("One")), ("/p/2", product("Two"))]);
    let creel = Creel::new();
    let file = creel.folder().join("out.csv");
    let words = ["run", &shop.url, "--allow-private", "--format", "csv", "--output", file.to_str().unwrap()];
    let finished = creel.run(&words);
    assert_eq!(finished.code, 0, "{}", finished.err);
    assert!(finished.out.contains("captures               2"), "the statement is on standard output: {}", finished.out);
    let mut reader = csv::Reader::from_path(&file).unwrap();
    let columns = reader.headers().unwrap().clone();
    let at = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let mut rows: Vec<(String, String)> = reader
        .records()
        .map(|row| row.unwrap())
        .map(|row| (row[at("title")].to_owned(), format!("{} {}", &row[at("price")], &row[at("currency")])))
        .collect();
    rows.sort();
    assert_eq!(rows, [("One".to_owned(), "19.90 USD".to_owned()), ("Two".to_owned(), "19.90 USD".to_owned())]);
    let left: Vec<_> = std::fs::read_dir(creel.folder()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".partial")), "{left:?}");
}
