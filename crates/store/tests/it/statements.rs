//! Runs the statements in `tests/statements/*.txt` through both databases: one operation a line, after the bar what must be true
//! behind it. `tests/statements/README.md` lists operations and expectations.

mod expect;
mod operate;
#[path = "../../../ledger/tests/it/table.rs"]
mod table;

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use creel_store::{database::Engine, organizations::Start};
use creel_types::{ApiKeyId, Credits, EventId, HoldId, LotId, RobotId, RunId, ScheduleId};
use table::Line;

use crate::{model::MONTH_ENDS, pair::refusal, shop::Shop};

const SITUATIONS_MIN: usize = 40;
/// Millisecond 0 of every situation: a second before a month ends.
const BEGIN: i64 = MONTH_ENDS - 1_000;
/// The title of the product that the database of these tests refuses to store.
const POISON: &str = "poison";

/// One organization, and what its lines gave names to.
struct Situation<'a> {
    shop: &'a Shop,
    robot: RobotId,
    key: ApiKeyId,
    lots: HashMap<String, LotId>,
    holds: HashMap<String, HoldId>,
    runs: HashMap<String, RunId>,
    schedules: HashMap<String, ScheduleId>,
    /// What of the statement and of the outbox was seen before the line at hand.
    entries: i64,
    told: HashSet<EventId>,
    is_broken: bool,
}

impl Situation<'_> {
    async fn run(&mut self, line: &Line) -> Vec<String> {
        self.shop.store.clock.advance_ms(BEGIN + line.now - self.shop.store.clock.now().0);
        let answer = self.operate(&line.words()).await.map_err(refusal);
        self.expect(line, &answer).await
    }
}

/// On one thread: what is handed over together is one transaction.
async fn hold(engine: Engine) {
    let mut shop = Shop::with_credits(engine, 1).await;
    poison(&shop, engine).await;
    let situations = table::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/statements"));
    let mut faults = Vec::new();
    for described in &situations {
        shop.store.clock.advance_ms(BEGIN - shop.store.clock.now().0);
        shop.organization =
            shop.store.create_organization(&described.title, Start::Credits(Credits::ZERO)).await.unwrap().id;
        let robot = shop.robot().await;
        let (key, _) = crate::shop::owners_key(&shop.store, shop.organization, "key").await;
        let (lots, holds, runs, schedules) = (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
        let shop = &shop;
        let mut situation =
            Situation { shop, robot, key, lots, holds, runs, schedules, entries: 0, told: HashSet::new(), is_broken: false };
        for line in &described.lines {
            let found = situation.run(line).await;
            faults.extend(found.into_iter().map(|fault| format!("{fault}\n    {}", line.at)));
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(situations.len() >= SITUATIONS_MIN, "{} situations", situations.len());
}

/// The database itself refuses one title, as it would refuse a text that it cannot keep.
async fn poison(shop: &Shop, engine: Engine) {
    let sql = match engine {
        Engine::Sqlite => format!(
            "CREATE TRIGGER no_poison BEFORE INSERT ON captures WHEN NEW.title = '{POISON}'
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        ),
        Engine::Postgres => format!("ALTER TABLE captures ADD CONSTRAINT no_poison CHECK (title <> '{POISON}')"),
    };
    shop.store.database.execute(&sql, vec![]).await.unwrap();
}

#[tokio::test]
async fn every_statement_holds_on_sqlite() {
    hold(Engine::Sqlite).await;
}

#[tokio::test]
async fn every_statement_holds_on_postgres() {
    hold(Engine::Postgres).await;
}
