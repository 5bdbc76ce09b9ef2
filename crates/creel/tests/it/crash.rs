//! A crawl that is killed outright, again and again: the same captures as an undisturbed one, each debited once.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;

use crate::{
    command::{Creel, finish},
    demo_shop::DemoShop,
};

/// How often the crawl is killed; the moments come from a fixed sequence that spreads over the whole crawl.
const KILLS: u64 = 20;

/// What was captured, without what differs from run to run: ids, times, the port.
fn contents(captures: &[Value]) -> BTreeSet<String> {
    captures
        .iter()
        .map(|capture| {
            let url = url::Url::parse(capture["canonical_url"].as_str().unwrap()).unwrap();
            let offers: Vec<String> =
                capture["skus"].as_array().unwrap().iter().map(|sku| sku["offers"].to_string()).collect();
            format!("{} {} {} {}", url.path(), capture["title"], capture["options"], offers.join(" "))
        })
        .collect()
}

#[test]
fn killed_at_any_moment_nothing_is_lost_or_debited_twice() {
    let shop = DemoShop::start();
    let (undisturbed, _) = Creel::new().crawl(shop.url(), &[], 0);
    let creel = Creel::new();
    let words = ["run", shop.url(), "--allow-private"];
    let mut killed = 0;
    for kill in 0..KILLS {
        let mut child = creel.start(&words);
        // 60 to 640 ms in, in a scattered order: in start-up, between leases, in the middle of settling.
        std::thread::sleep(Duration::from_millis(60 + (kill * 7 % KILLS) * 30));
        killed += u64::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        let _ = child.wait();
        // Killed before anything was made, there is no ledger yet; once there is one, it agrees at every moment.
        creel.find_verified_balance();
    }
    assert!(
        killed >= KILLS / 2,
        "only {killed} of {KILLS} were still running when killed: the shop is too quick to test with"
    );
    let finished = finish(creel.command(&words).output().unwrap());
    assert_eq!(finished.code, 0, "{}", finished.err);
    let captures = finished.lines();
    assert_eq!(contents(&captures), contents(&undisturbed));
    assert_eq!(captures.len(), undisturbed.len());
    let runs: BTreeSet<&str> = captures.iter().map(|capture| capture["run_id"].as_str().unwrap()).collect();
    assert_eq!(runs.len(), 1, "one run, gone on with after every kill");
    assert_eq!(creel.verified_balance(), 5_000 - 2 * captures.len() as i64);
}

#[test]
fn an_interrupted_crawl_is_stopped_and_goes_on() {
    let shop = DemoShop::start();
    let creel = Creel::new();
    let words = ["run", shop.url(), "--allow-private"];
    let child = creel.start(&words);
    std::thread::sleep(Duration::from_millis(500));
    let _ = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    let interrupted = finish(child.wait_with_output().unwrap());
    assert_eq!(interrupted.code, 130, "{}", interrupted.err);
    assert!(interrupted.err.contains("stopped by user"), "{}", interrupted.err);
    let first = interrupted.lines().len();
    assert_eq!(creel.verified_balance(), 5_000 - 2 * first as i64);
    let (captures, finished) = creel.crawl(shop.url(), &[], 0);
    assert!(finished.err.contains("goes on"), "{}", finished.err);
    assert!(captures.len() > first);
    assert_eq!(creel.verified_balance(), 5_000 - 2 * captures.len() as i64);
}
