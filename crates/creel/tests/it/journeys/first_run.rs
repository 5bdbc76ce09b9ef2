//! From the link that the server printed to captures and their file.

use serde_json::Value;

use super::path;
use crate::{
    chromium::{Chromium, NARROW},
    demo_shop::DemoShop,
    people::PASSWORD,
    server::Server,
};

/// Presses and fields from the link to captures: what two minutes are enough for.
const ACTS_MAX: usize = 10;

#[test]
fn from_the_set_up_link_to_captures_on_a_phone_at_night() {
    let (shop, server, chromium) = (DemoShop::start(), Server::start(), Chromium::start());
    let tab = chromium.person(&server);
    tab.resize(NARROW);
    tab.prefer("dark");
    tab.open(path(&server.set_up_link));
    tab.fill("Your name", "Ann");
    tab.fill("E-mail address", "ann@shop.example");
    tab.fill("Name of the organization", "Shop");
    tab.fill("Password", PASSWORD);
    tab.press("Create the account");
    tab.see("Begin with one product");
    tab.fill("Address of a product page", &shop.address_of(&shop.expected()[0].path));
    tab.press("Learn this shop");
    tab.under("/robots/builds/");
    // The page follows the build by itself.
    tab.press("Start a run");
    tab.at("/runs/new");
    tab.fill("Budget", "5");
    tab.press("Start run");
    tab.under("/runs/");
    tab.see("Completed");
    assert!(tab.acts() <= ACTS_MAX, "{} acts", tab.acts());
    let id = tab.under("/runs/");
    tab.open(&format!("/runs/{id}"));
    tab.see("All of this run");
    assert_eq!(tab.answer("document.querySelectorAll('ul.rows a[href^=\"/captures/\"]').length"), 5);
    assert_eq!(tab.faults_of_page(), Vec::<String>::new());
    tab.see("4,990");
}

#[test]
fn a_build_leads_to_a_run_whose_captures_are_a_file() {
    let (shop, server, chromium) = (DemoShop::start(), Server::start(), Chromium::start());
    let robot = server.robot(&shop);
    // The key's organization has no people; its owner is made for it.
    let words = ["admin", "create-owner", "--email", "ann@shop.example", "--organization", "default"];
    let made = server.creel.command(&words).env("CREEL_OWNER_PASSWORD", PASSWORD).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let tab = chromium.person(&server);
    tab.open(&format!("/robots/{robot}"));
    super::sign_in(&tab, "ann@shop.example");
    tab.see("Coverage per field");
    tab.press("New run");
    tab.fill("Budget", "7");
    tab.press("Preview");
    tab.see("could be captured");
    tab.press("Start run");
    tab.see("Completed");
    tab.press("CSV");
    let file = chromium.downloaded();
    let rows = csv::Reader::from_reader(file.as_bytes()).into_records().collect::<Result<Vec<_>, _>>().unwrap();
    let captures = server.get("/v1/extract/captures").body;
    let titles: Vec<&str> = captures["rows"].as_array().unwrap().iter().filter_map(|row| row["title"].as_str()).collect();
    assert_eq!(titles.len(), 7);
    for title in titles {
        assert!(rows.iter().any(|row| row.iter().any(|cell| cell == title)), "{title} is not in {file}");
    }
    // What a list shows, it shows of the same captures.
    tab.press("All of this run");
    tab.under("/captures");
    let first: Value = captures["rows"][0]["title"].clone();
    tab.see(first.as_str().unwrap());
}
