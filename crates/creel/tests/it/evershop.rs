//! EverShop: a shop that nobody here wrote, without JSON-LD. `cargo xtask test` starts it and says where it is.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::command::Creel;

const TRUTH: &str = include_str!("../../../../xtask/shops/evershop/truth.json");

fn address() -> Option<String> {
    let address = std::env::var("CREEL_EVERSHOP").ok();
    if address.is_none() {
        println!("skipped: CREEL_EVERSHOP is not set; `cargo xtask test` starts the shop and sets it");
    }
    address
}

#[test]
fn one_right_capture_per_product_page() {
    let Some(address) = address() else { return };
    let creel = Creel::new();
    let (captures, finished) = creel.crawl(&format!("{address}/"), &[], 0);
    let truth: Vec<Value> = serde_json::from_str(TRUTH).unwrap();
    assert_eq!(captures.len(), truth.len(), "{}", finished.err);
    let mut groups = BTreeSet::new();
    for expected in &truth {
        let url = format!("{address}{}", expected["path"].as_str().unwrap());
        let capture = captures.iter().find(|capture| capture["canonical_url"] == url.as_str());
        let capture = capture.unwrap_or_else(|| panic!("no capture of {url}"));
        assert_eq!(capture["title"], expected["title"]);
        assert_eq!(capture["min_price"].as_f64(), expected["price"].as_f64(), "{url}");
        assert_eq!(capture["currency"], "USD", "{url}");
        assert_eq!(capture["available"], true, "{url}");
        let named = |sku: &Value| sku["sku"] == expected["sku"];
        assert!(capture["skus"].as_array().unwrap().iter().any(named), "{url}: {}", capture["skus"]);
        let image = expected["image_path"].as_str().unwrap();
        let shown = percent_decoded(capture["image_url"].as_str().unwrap());
        assert!(shown.contains(image), "{url}: {shown}");
        let option = &capture["options"]["opt1"];
        assert_eq!(option["name"], "Color", "{url}: {}", capture["options"]);
        let values: BTreeSet<&str> = option["values"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let colors: BTreeSet<&str> = expected["colors"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(values, colors, "{url}");
        groups.insert((expected["group"].to_string(), capture["group_id"].to_string()));
        assert!(capture["group_id"].is_string(), "{url}");
    }
    let group_ids: BTreeSet<&String> = groups.iter().map(|(_, id)| id).collect();
    assert_eq!(groups.len(), group_ids.len(), "one group id for each group: {groups:?}");
    assert_eq!(groups.iter().map(|(group, _)| group).collect::<BTreeSet<_>>().len(), groups.len(), "{groups:?}");
    assert_eq!(creel.verified_balance(), 5_000 - 2 * 15);
}

#[test]
fn a_budget_of_three_takes_three_and_leaves_the_rest() {
    let Some(address) = address() else { return };
    let creel = Creel::new();
    let (captures, _) = creel.crawl(&format!("{address}/"), &["--budget", "3"], 0);
    assert_eq!(captures.len(), 3);
    assert_eq!(creel.verified_balance(), 5_000 - 6);
}

fn percent_decoded(text: &str) -> String {
    text.replace("%2F", "/").replace("%2f", "/").replace("%3A", ":")
}
