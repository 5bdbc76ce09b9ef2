//! Credits at the command line: exactly what was captured, never below zero, and a run that goes on debits nothing twice.

use crate::{
    command::{Creel, finish},
    demo_shop::DemoShop,
};

#[test]
fn seven_credits_are_three_captures_and_one_credit_left() {
    let shop = DemoShop::start();
    let creel = Creel::new();
    creel.run(&["admin", "adjust", "--credits", "-4993", "--reason", "test"]);
    assert_eq!(creel.verified_balance(), 7);
    let (captures, finished) = creel.crawl(shop.url(), &[], 3);
    assert_eq!(captures.len(), 3, "{}", finished.err);
    assert!(finished.err.contains("insufficient credits"), "{}", finished.err);
    assert_eq!(creel.verified_balance(), 1);
    // Nothing can be paid: the next try is refused before anything is fetched.
    let refused = creel.run(&["run", shop.url(), "--allow-private"]);
    assert_eq!(refused.code, 3);
    assert!(refused.err.contains("creel admin grant"), "{}", refused.err);
    // New credits let the same run go on where it stopped.
    creel.run(&["admin", "grant", "--credits", "5", "--reason", "test"]);
    let (captures, finished) = creel.crawl(shop.url(), &[], 3);
    assert!(finished.err.contains("goes on"), "{}", finished.err);
    assert_eq!(captures.len(), 6);
    assert_eq!(creel.verified_balance(), 0);
}

#[test]
fn a_budget_is_kept_to_the_capture() {
    let shop = DemoShop::start();
    let creel = Creel::new();
    let (captures, finished) = creel.crawl(shop.url(), &["--budget", "3"], 0);
    assert_eq!(captures.len(), 3, "{}", finished.err);
    assert!(finished.err.contains("budget reached"), "{}", finished.err);
    assert_eq!(creel.verified_balance(), 5_000 - 6);
    // A completed run is not gone on with: the same words make a new run, debited anew.
    let (again, _) = creel.crawl(shop.url(), &["--budget", "3"], 0);
    assert_eq!(again.len(), 3);
    assert_eq!(creel.verified_balance(), 5_000 - 12);
}

#[test]
fn the_ledger_is_shown_and_exported() {
    let shop = DemoShop::start();
    let creel = Creel::new();
    creel.crawl(shop.url(), &["--budget", "2"], 0);
    let shown = creel.run(&["ledger", "show"]);
    assert!(shown.out.contains("4,996 credits available") && shown.out.contains("debit"), "{}", shown.out);
    let entries = creel.run(&["ledger", "export"]).lines();
    let kinds: Vec<&str> = entries.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["grant", "debit", "debit"]);
    assert_eq!(entries[2]["reference"]["type"], "capture");
    assert_eq!(entries[2]["balance_after"], 4_996);
}

#[test]
fn a_tampered_ledger_is_noticed() {
    let creel = Creel::new();
    creel.run(&["admin", "grant", "--credits", "10", "--reason", "test"]);
    let database = creel.folder().join("data/creel.db");
    let tampered = std::process::Command::new("python3")
        .arg("-c")
        .arg("import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute('UPDATE organizations SET available=available+1'); d.commit()")
        .arg(&database)
        .status()
        .unwrap();
    assert!(tampered.success());
    let verified = creel.run(&["ledger", "verify"]);
    assert_eq!(verified.code, 1);
    assert!(verified.err.contains("the balance row says 5011, the ledger sums to 5010"), "{}", verified.err);
}

#[test]
fn where_runs_take_turns_the_second_waits() {
    let shop = DemoShop::start();
    let creel = Creel::new();
    creel.run(&["migrate"]);
    let start = |budget| {
        let mut command = creel.command(&["run", shop.url(), "--allow-private", "--budget", budget]);
        command.env("CREEL_LEDGER_CONCURRENT_RUNS", "1").spawn().unwrap()
    };
    let both = [start("120"), start("121")].map(|child| finish(child.wait_with_output().unwrap()));
    let waited = both.iter().filter(|finished| finished.err.contains("waits for its turn")).count();
    assert_eq!((waited, both[0].code, both[1].code), (1, 0, 0), "{}\n{}", both[0].err, both[1].err);
    assert_eq!(creel.verified_balance(), 5_000 - 2 * 241);
}
