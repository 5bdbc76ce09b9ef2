//! A database in trouble that is not death: full, read-only, too slow, locked. Every waiting page is told so, nothing is stored
//! and nothing debited; when the trouble is over, the same pages are settled.

use creel_store::{
    Store, StoreError,
    database::Engine,
    settle::{Committer, PageResult, Verdict},
};
use creel_types::{Clock, Random};
use futures::future::join_all;

use crate::shop::{Shop, on_both, stored};

const PAGES: usize = 12;
/// Larger than what may be free inside a database file.
const CONTENT_BYTES: usize = 64 * 1024;
/// Connections of a store to PostgreSQL that may write.
const WRITERS: usize = 10;

/// What is done to the database, and what undoes it, as statements on each connection; and a word of the error.
struct Trouble {
    begin: &'static [&'static str],
    end: &'static [&'static str],
    says: &'static str,
}

async fn run_in_trouble(engine: Engine, trouble: Trouble) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, PAGES).await;
    everywhere(&shop.store, trouble.begin).await;
    assert_told(&shop, settle(&shop, run.id, &urls).await, trouble.says).await;
    everywhere(&shop.store, trouble.end).await;
    assert_settled_now(&shop, run.id, &urls).await;
}

/// On every connection that may write, so that it is also on the one that settles.
async fn everywhere(store: &Store, statements: &[&str]) {
    let connections = if store.database.engine() == Engine::Sqlite { 1 } else { WRITERS };
    let mut transactions = Vec::new();
    for _ in 0..connections {
        transactions.push(store.database.begin().await.unwrap());
    }
    for mut transaction in transactions {
        for sql in statements {
            transaction.execute(sql, vec![]).await.unwrap();
        }
        transaction.commit().await.unwrap();
    }
}

async fn settle(shop: &Shop, run: creel_types::RunId, urls: &[String]) -> Vec<Result<Verdict, StoreError>> {
    let finished = urls.iter().map(|url| {
        let mut page = shop.finished(run, url);
        if let PageResult::Capture(new) = &mut page.result {
            // Larger than what may be free inside a file.
            new.product.description = Some("x".repeat(CONTENT_BYTES));
        }
        shop.committer.settle(page)
    });
    join_all(finished).await
}

async fn assert_told(shop: &Shop, answers: Vec<Result<Verdict, StoreError>>, says: &str) {
    assert_eq!(answers.len(), PAGES);
    for answer in answers {
        let error = answer.unwrap_err();
        assert!(error.is_transient() && error.to_string().contains(says), "{error}");
    }
    assert_eq!(shop.check(100).await, 0, "nothing is stored and nothing debited");
}

async fn assert_settled_now(shop: &Shop, run: creel_types::RunId, urls: &[String]) {
    assert_eq!(stored(&shop.settle_all(run, urls).await), PAGES, "the pages are still in hand");
    assert_eq!(shop.check(100).await, PAGES as i64);
}

/// The file may not grow any more: as far as SQLite can tell, a full disk.
#[tokio::test(flavor = "multi_thread")]
async fn the_disk_is_full_on_sqlite() {
    let trouble = Trouble {
        // The smallest that is allowed: the size that the file has. The pages need more than what is free inside.
        begin: &["PRAGMA max_page_count = 1"],
        end: &["PRAGMA max_page_count = 1000000"],
        says: "full",
    };
    run_in_trouble(Engine::Sqlite, trouble).await;
}

/// Simulated: a trigger reports what PostgreSQL reports when a file cannot grow.
#[tokio::test(flavor = "multi_thread")]
async fn the_disk_is_full_on_postgres() {
    let trouble = Trouble {
        begin: &[
            "CREATE OR REPLACE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE 'No space left on device' USING ERRCODE = '53100'; END $$",
            "CREATE OR REPLACE TRIGGER no_space BEFORE INSERT ON ledger_entries EXECUTE FUNCTION no_space()",
        ],
        end: &["DROP TRIGGER IF EXISTS no_space ON ledger_entries"],
        says: "No space left",
    };
    run_in_trouble(Engine::Postgres, trouble).await;
}

/// `query_only` and not the file's mode, which does not stop a process that runs as root.
#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_read_only_on_sqlite() {
    let mut shop = Shop::with_credits(Engine::Sqlite, 100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, PAGES).await;
    let mut undone = shop.store.database.begin().await.unwrap();
    undone.execute("PRAGMA query_only = 1", vec![]).await.unwrap();
    drop(undone);
    assert_told(&shop, settle(&shop, run.id, &urls).await, "readonly").await;
    // Such a connection begins no transaction in which it could be told otherwise, so another one goes on.
    shop.store = shop.database.store(shop.store.clock.clone(), shop.store.random.clone()).await;
    shop.committer = Committer::start(shop.store.clone()).0;
    assert_settled_now(&shop, run.id, &urls).await;
}

/// What `ALTER DATABASE … SET default_transaction_read_only`, or a standby, does to a session, done in the session.
#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_read_only_on_postgres() {
    let trouble = Trouble {
        begin: &["SET default_transaction_read_only = on"],
        end: &["SET default_transaction_read_only = off"],
        says: "read-only",
    };
    run_in_trouble(Engine::Postgres, trouble).await;
}

on_both! {
async fn somebody_else_holds_the_locks(engine) {
    let (patience, says) = match engine {
        Engine::Sqlite => ("PRAGMA busy_timeout = 20", "locked"),
        Engine::Postgres => ("SET lock_timeout = 20", "lock timeout"),
    };
    waits_for_locks(engine, patience, says).await;
}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_takes_too_long_on_postgres() {
    waits_for_locks(Engine::Postgres, "SET statement_timeout = 20", "statement timeout").await;
}

/// Another process has the organization's row, or the whole file, for longer than one waits.
async fn waits_for_locks(engine: Engine, patience: &str, says: &str) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, PAGES).await;
    everywhere(&shop.store, &[patience]).await;
    let other: Store = shop.database.store(Clock::system(), Random::system()).await;
    let mut holding = other.database.begin().await.unwrap();
    holding.execute("UPDATE organizations SET name = name", vec![]).await.unwrap();
    assert_told(&shop, settle(&shop, run.id, &urls).await, says).await;
    drop(holding);
    assert_settled_now(&shop, run.id, &urls).await;
}
