//! Credits beside the crawl: usage, forecast, past balances, entries that explain themselves, changes by hand, and what is
//! refused.

use serde_json::Value;

use crate::{
    command::{Creel, finish},
    demo_shop::DemoShop,
};

#[test]
fn a_credit_explains_itself_back_to_its_run() {
    let shop = DemoShop::start();
    let creel = Creel::new();
    let (captures, _) = creel.crawl(shop.url(), &["--budget", "2"], 0);
    let explained = &creel.run(&["ledger", "show", "--entry", "3", "--json"]).lines()[0];
    let capture = captures.iter().find(|capture| capture["id"] == explained["capture"]["id"]).unwrap();
    assert_eq!(explained["capture"]["title"], capture["title"]);
    assert_eq!(explained["run"]["id"], capture["run_id"]);
    assert_eq!(explained["robot"]["id"], capture["robot_id"]);
    assert_eq!(explained["amount"], -2);
    assert_eq!(explained["api_key"], Value::Null, "it was started at the command line");
    let shown = creel.run(&["ledger", "show", "--entry", "3"]);
    assert!(shown.out.contains("none: it was started at the command line"), "{}", shown.out);
    let missing = creel.run(&["ledger", "show", "--entry", "99"]);
    assert_eq!((missing.code, missing.err.trim()), (1, "creel: ledger entry 99 does not exist"));
}

#[test]
fn any_past_instant_has_its_balance() {
    let creel = Creel::new();
    creel.run(&["admin", "grant", "--credits", "10", "--reason", "first"]);
    let entries = creel.run(&["ledger", "export"]).lines();
    let at = |entry: &Value| entry["at"].as_str().unwrap().to_owned();
    let past = |when: &str| creel.run(&["ledger", "show", "--at", when, "--json"]).lines()[0].clone();
    assert_eq!(past("2020-01-01")["available"], 0);
    assert_eq!(past(&at(&entries[0]))["available"], 5_000);
    creel.run(&["admin", "adjust", "--credits", "-10", "--reason", "back"]);
    assert_eq!(past(&at(&entries[1]))["available"], 5_010);
    assert_eq!(past("2999-01-01")["available"], 5_000);
    assert_eq!(creel.run(&["ledger", "show", "--at", "yesterday"]).code, 2);
}

#[test]
fn a_lot_is_taken_back_and_its_spent_part_is_not() {
    let creel = Creel::new();
    creel.run(&["admin", "grant", "--credits", "100", "--expires", "2999-01-01", "--reason", "pilot", "--actor", "Ops"]);
    let entries = creel.run(&["ledger", "export"]);
    assert_eq!(entries.lines()[1]["actor"], "Ops");
    let lot = entries.lines()[1]["lots"][0]["lot"].as_str().unwrap().to_owned();
    creel.run(&["admin", "adjust", "--credits", "-30", "--reason", "spent elsewhere"]);
    let revoked = creel.run(&["admin", "revoke", "--lot", &lot, "--reason", "the pilot is over", "--actor", "Ops"]);
    assert!(revoked.out.contains("70 credits are taken back"), "{}{}", revoked.out, revoked.err);
    assert_eq!(creel.verified_balance(), 5_000);
    let last = creel.run(&["ledger", "export"]).lines().pop().unwrap();
    assert_eq!((last["kind"].as_str(), last["actor"].as_str()), (Some("revoke"), Some("Ops")));
    assert_eq!(last["description"], "the pilot is over");
    // Doing it again finds nothing to take.
    let again = creel.run(&["admin", "revoke", "--lot", &lot, "--reason", "again"]);
    assert!(again.out.contains("0 credits are taken back"), "{}{}", again.out, again.err);
    assert_eq!(creel.verified_balance(), 5_000);
}

#[test]
fn what_is_refused_writes_nothing() {
    let creel = Creel::new();
    assert_eq!(creel.find_verified_balance(), None);
    creel.run(&["ledger", "show"]);
    let nobody = "0190a8c0-0000-7000-8000-000000000000";
    let cases: [(&[&str], i32, &str); 12] = [
        (&["admin", "grant", "--credits", "0", "--reason", "x"], 2, "--credits"),
        (&["admin", "grant", "--credits", "-5", "--reason", "x"], 2, "--credits"),
        (&["admin", "grant", "--credits", "1000000000000001", "--reason", "x"], 2, "--credits"),
        (&["admin", "grant", "--credits", "99999999999999999999", "--reason", "x"], 2, "--credits"),
        (&["admin", "grant", "--credits", "5"], 2, "--reason"),
        (&["admin", "grant", "--credits", "5", "--reason", "  "], 2, "--reason"),
        (&["admin", "grant", "--credits", "5", "--reason", "x", "--expires", "2020-01-01"], 1, "not in the future"),
        (&["admin", "grant", "--credits", "5", "--reason", "x", "--organization", nobody], 1, "organization"),
        (&["admin", "adjust", "--credits", "-5001", "--reason", "x"], 1, "5000 are available"),
        (&["admin", "adjust", "--credits", "0", "--reason", "x"], 2, "changes nothing"),
        (&["admin", "revoke", "--lot", nobody, "--reason", "x"], 1, "not among the organization's lots"),
        (&["admin", "limit", "--on", "robot", "--id", nobody, "--credits", "5"], 1, "robot"),
    ];
    for (words, code, named) in cases {
        let finished = creel.run(words);
        assert_eq!(finished.code, code, "{words:?}: {}", finished.err);
        assert!(finished.err.contains(named), "{words:?}: {}", finished.err);
        assert!(!finished.err.contains("panicked"), "{words:?}: {}", finished.err);
    }
    assert_eq!(creel.run(&["ledger", "export"]).lines().len(), 1, "the starting credits and nothing else");
}

#[test]
fn a_limit_ends_the_run_and_nothing_else() {
    let shop = DemoShop::start();
    let creel = Creel::new();
    let (captures, _) = creel.crawl(shop.url(), &["--budget", "1"], 0);
    let robot = captures[0]["robot_id"].as_str().unwrap();
    creel.run(&["admin", "limit", "--on", "robot", "--id", robot, "--credits", "7", "--period", "month"]);
    // Two credits of the seven are spent already: two more captures fit.
    let (captures, finished) = creel.crawl(shop.url(), &["--new"], 0);
    assert_eq!(captures.len(), 2, "{}", finished.err);
    assert!(finished.err.contains("limit reached"), "{}", finished.err);
    assert_eq!(creel.verified_balance(), 5_000 - 6);
    let shown = creel.run(&["admin", "limit", "--on", "robot", "--id", robot]);
    assert!(shown.out.contains("no credit limits"), "{}{}", shown.out, shown.err);
}

#[test]
fn an_installation_that_does_not_bill_writes_everything_down_all_the_same() {
    let shop = DemoShop::start();
    let creel = Creel::new();
    let config = creel.folder().join("off.toml");
    std::fs::write(&config, "billing_mode = \"off\"").unwrap();
    let off = ["--config", config.to_str().unwrap()];
    creel.crawl(shop.url(), &[&["--budget", "2"][..], &off].concat(), 0);
    let show = |more: &[&str]| creel.run(&[&["ledger", "show", "--json"][..], more].concat()).lines()[0].clone();
    assert_eq!(show(&off)["balance"]["available"], 1_000_000_000_000_000_i64 - 4);
    // Back to billing: that lot goes and nothing else comes.
    assert_eq!(show(&[])["balance"]["available"], 0);
    assert_eq!(show(&off)["balance"]["available"], 1_000_000_000_000_000_i64);
    let kinds: Vec<String> = creel
        .run(&[&["ledger", "export"][..], &off].concat())
        .lines()
        .iter()
        .map(|entry| entry["kind"].to_string())
        .collect();
    assert_eq!(kinds, ["\"adjust\"", "\"debit\"", "\"debit\"", "\"revoke\"", "\"adjust\""]);
    std::fs::write(&config, "billing_mode = \"stripes\"").unwrap();
    let refused = creel.run(&[&["ledger", "show"][..], &off].concat());
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("billing_mode"), "{}", refused.err);
}

#[test]
fn a_broken_ledger_is_closed_until_it_verifies() {
    let shop = DemoShop::start();
    let creel = Creel::new();
    creel.crawl(shop.url(), &["--budget", "1"], 0);
    let tamper = |by: &str| {
        let sql = format!(
            "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute('UPDATE organizations SET available=available{by}'); d.commit()"
        );
        let database = creel.folder().join("data/creel.db");
        assert!(std::process::Command::new("python3").arg("-c").arg(sql).arg(database).status().unwrap().success());
    };
    tamper("+1");
    let verified = creel.run(&["ledger", "verify"]);
    assert_eq!(verified.code, 1);
    assert!(verified.err.contains("it is closed for debits from now on"), "{}", verified.err);
    let (captures, finished) = creel.crawl(shop.url(), &["--new"], 1);
    assert_eq!(captures.len(), 0);
    assert!(finished.err.contains("ledger_frozen"), "{}", finished.err);
    // Nothing was repaired behind anybody's back.
    assert_eq!(creel.run(&["ledger", "verify"]).code, 1);
    tamper("-1");
    let verified = creel.run(&["ledger", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.err);
    assert!(verified.err.contains("it is open again"), "{}", verified.err);
    let (captures, _) = creel.crawl(shop.url(), &["--new", "--budget", "1"], 0);
    assert_eq!(captures.len(), 1);
}

#[test]
fn the_same_crawl_on_postgresql_goes_on_at_once_after_a_kill() {
    let shop = DemoShop::start();
    let url = crate::command::postgres_schema();
    let (undisturbed, _) = Creel::new().crawl(shop.url(), &[], 0);
    let creel = Creel::new();
    let command = |words: &[&str]| {
        let mut command = creel.command(words);
        command.env("CREEL_DATABASE_URL", &url);
        command
    };
    let run = |words: &[&str]| finish(command(words).output().unwrap());
    assert_eq!(run(&["migrate", "--json"]).lines()[0]["from"], 0);
    let crawl = ["run", shop.url(), "--allow-private"];
    let mut child = command(&crawl).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2_500));
    child.kill().unwrap();
    child.wait().unwrap();
    let so_far = run(&["ledger", "verify", "--json"]);
    assert_eq!(so_far.code, 0, "{}", so_far.err);
    assert!(so_far.lines()[0]["balance"].as_i64().unwrap() < 5_000, "it was killed in the middle");
    let finished = run(&crawl);
    assert_eq!(finished.code, 0, "{}", finished.err);
    assert!(finished.err.contains("goes on"), "{}", finished.err);
    assert_eq!(finished.lines().len(), undisturbed.len());
    let verified = run(&["ledger", "verify", "--json"]);
    assert_eq!(verified.lines()[0]["balance"], 5_000 - 2 * undisturbed.len() as i64);
    assert!(!creel.folder().join("data/creel.db").exists(), "nothing is kept in the folder");
}

#[test]
fn an_address_that_is_no_postgresql_is_refused_without_showing_it() {
    let creel = Creel::new();
    let run = |url: &str| finish(creel.command(&["ledger", "show"]).env("CREEL_DATABASE_URL", url).output().unwrap());
    let wrong = run("mysql://root:secret@127.0.0.1/x");
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("database_url") && !wrong.err.contains("secret"), "{}", wrong.err);
    let nobody = run("postgres://creel:secret@127.0.0.1:1/creel");
    assert_eq!(nobody.code, 1);
    assert!(!nobody.err.contains("secret") && !nobody.err.contains("panicked"), "{}", nobody.err);
}
