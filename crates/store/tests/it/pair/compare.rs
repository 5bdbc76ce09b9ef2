//! Everything one can see, of all organizations, after every step. Read from the rows: a balance that is asked for would end
//! what is due, and then nothing would be seen of what happens where nobody asks.

use std::fmt::Debug;

use creel_ledger::LimitPeriod;
use creel_store::{
    database::{Row, Value},
    ledger::limits::LimitSubject,
};

use super::{Pair, do_on_runs::address};
use crate::model::{Organization, PageState, Period, Schedule, Subject, credits::State};

/// The rows of all organizations, each table in one look.
struct Rows {
    organizations: Vec<Row>,
    lots: Vec<Row>,
    holds: Vec<Row>,
    runs: Vec<Row>,
    pages: Vec<Row>,
    captures: Vec<Row>,
    schedules: Vec<Row>,
    outbox: Vec<Row>,
}

impl Pair<'_> {
    /// Ledgers are verified, and what is worked out is asked for, of those that the step concerns; of the others every row is
    /// as it was.
    pub(super) async fn compare(&self, concerns: impl Fn(usize) -> bool) -> Result<(), String> {
        let rows = self.read().await;
        for who in 0..self.ids.len() {
            let mut checked = self.compare_one(who, &rows);
            if concerns(who) && checked.is_ok() {
                checked = self.ask(who).await;
            }
            checked.map_err(|fault| format!("organization {who}: {fault}"))?;
        }
        Ok(())
    }

    /// Every ledger once more, at the end.
    pub async fn ask_all(&self) -> Result<(), String> {
        for who in 0..self.ids.len() {
            self.ask(who).await?;
        }
        Ok(())
    }

    async fn ask(&self, who: usize) -> Result<(), String> {
        let (id, model) = (self.ids[who].id, &self.world.organizations[who]);
        let payable = self.store.payable(id).await.unwrap();
        same("payable", (payable.available.0, payable.held.0), model.payable(self.world.now))?;
        self.compare_limits(who).await?;
        let verified = self.store.verify_ledger(id).await.unwrap().map_err(|fault| format!("verify: {fault}"))?;
        same("the ledger's balance", verified.balance.0, model.credits.available())
    }

    fn compare_one(&self, who: usize, rows: &Rows) -> Result<(), String> {
        self.compare_credits(who, rows)?;
        self.compare_runs(who, rows)?;
        let model = &self.world.organizations[who];
        let ends = model.runs.iter().flat_map(|run| vec!["run.completed".to_owned(); run.told]);
        same("told", self.told(who, rows), sorted(model.told.iter().cloned().chain(ends).collect()))
    }

    async fn read(&self) -> Rows {
        let all = async |columns: &str, table: &str, of: &str| {
            let places: Vec<String> = (1..=self.ids.len()).map(|at| format!("${at}")).collect();
            let sql = format!("SELECT {of} AS of, {columns} FROM {table} WHERE {of} IN ({})", places.join(", "));
            let ids: Vec<Value> = self.ids.iter().map(|ids| Value::from(ids.id)).collect();
            self.store.database.rows(&sql, ids).await.unwrap()
        };
        let own = "organization_id";
        Rows {
            organizations: all("available, held, last_entry_at, granted_total, spent_total", "organizations", "id").await,
            lots: all("id, remaining, expires_at, frozen, revoke_due", "lots", own).await,
            holds: all("id, state, debited, shortfall", "holds", own).await,
            runs: all("*", "runs", own).await,
            pages: all(
                "p.run_id, p.url, p.state, p.outcome, p.waits_for_hold, p.not_before",
                "runs r JOIN pages p ON p.run_id = r.id",
                "r.organization_id",
            )
            .await,
            captures: all("run_id, page_url, canonical_url, title", "captures", own).await,
            schedules: all("id, status", "schedules", own).await,
            outbox: all("kind, payload", "outbox", own).await,
        }
    }

    /// One organization's.
    fn of<'r>(&self, who: usize, rows: &'r [Row]) -> Vec<&'r Row> {
        let id = self.ids[who].id.to_string();
        rows.iter().filter(|row| row.text("of").unwrap() == id).collect()
    }

    fn compare_credits(&self, who: usize, rows: &Rows) -> Result<(), String> {
        let (ids, model) = (&self.ids[who], &self.world.organizations[who]);
        let credits = &model.credits;
        let row = self.of(who, &rows.organizations)[0];
        let columns = ["available", "held", "last_entry_at", "granted_total", "spent_total"];
        let seen = columns.map(|column| row.int(column).unwrap());
        same("balance", seen, [credits.available(), credits.held(), credits.last, model.granted(), model.debited()])?;
        let lots = self.of(who, &rows.lots).into_iter().map(|row| {
            let at = ids.lots.iter().position(|lot| lot.to_string() == row.text("id").unwrap());
            let number = |column| row.int(column).unwrap();
            (at, number("remaining"), row.opt_int("expires_at").unwrap(), number("frozen") == 1, number("revoke_due"))
        });
        // A lot that is over may lose its mark of a dispute; it pays for nothing either way.
        let model = (0..credits.lots.len()).map(|at| {
            let lot = &credits.lots[at];
            (Some(at), credits.left(at), lot.ends, lot.frozen, lot.owed)
        });
        let over = |end: Option<i64>| end.is_some_and(|end| end <= credits.last);
        let plain =
            |(at, left, ends, frozen, owed): (_, _, Option<i64>, bool, _)| (at, left, ends, frozen && !over(ends), owed);
        same("lots", sorted(lots.map(plain).collect()), sorted(model.map(plain).collect()))?;
        let holds = self.of(who, &rows.holds).into_iter().map(|row| {
            let at = ids.holds.iter().position(|hold| hold.to_string() == row.text("id").unwrap());
            (at, row.text("state").unwrap(), row.int("debited").unwrap(), row.int("shortfall").unwrap())
        });
        let model = credits.holds.iter().enumerate().map(|(at, hold)| {
            let state = match hold.state {
                State::Open => "open",
                State::Settled => "settled",
                State::Released => "released",
                State::Ended => "ended",
            };
            (Some(at), state.to_owned(), hold.debited, hold.short)
        });
        same("holds", sorted(holds.collect()), model.collect())
    }

    fn compare_runs(&self, who: usize, rows: &Rows) -> Result<(), String> {
        let (ids, model) = (&self.ids[who], &self.world.organizations[who]);
        let columns = ["extracted", "credits_spent", "duplicates", "pages_fetched", "pages_failed", "pages_blocked"];
        let runs = self.of(who, &rows.runs).into_iter().map(|row| {
            let at = ids.runs.iter().position(|run| run.to_string() == row.text("id").unwrap());
            let counts = columns.map(|column| row.int(column).unwrap());
            (at, row.text("status").unwrap(), row.opt_text("end_reason").unwrap(), row.opt_int("budget").unwrap(), counts)
        });
        let expected = model.runs.iter().enumerate().map(|(at, run)| {
            let counts = [run.extracted(), run.spent(), run.duplicates, run.fetched, run.failed, run.blocked];
            (Some(at), run.status.to_owned(), run.end_reason.map(str::to_owned), run.budget, counts)
        });
        same("runs", sorted(runs.collect()), expected.collect())?;
        same("pages", self.pages(who, rows), expected_pages(model))?;
        same("captures", self.captures(who, rows), expected_captures(model))?;
        let schedules = self.of(who, &rows.schedules).into_iter().map(|row| {
            let at = ids.schedules.iter().position(|schedule| schedule.to_string() == row.text("id").unwrap());
            (at, row.text("status").unwrap())
        });
        let expected = model.schedules.iter().enumerate().filter_map(|(at, schedule)| {
            let status = match schedule {
                Schedule::Active => "active",
                Schedule::Paused => "paused",
                Schedule::PausedNoCredits => "paused_no_credits",
                Schedule::Deleted => return None,
            };
            Some((Some(at), status.to_owned()))
        });
        same("schedules", sorted(schedules.collect()), expected.collect())
    }

    fn pages(&self, who: usize, rows: &Rows) -> Vec<(usize, String, String)> {
        let pages = self.of(who, &rows.pages).into_iter().map(|row| {
            let state = match row.text("state").unwrap() {
                state if state == "done" => row.text("outcome").unwrap(),
                _ if row.flag("waits_for_hold").unwrap() && row.text("state").unwrap() == "queued" => {
                    format!("waits until {}", row.int("not_before").unwrap())
                }
                state => state,
            };
            (self.run_at(who, row), row.text("url").unwrap(), state)
        });
        sorted(pages.collect())
    }

    fn captures(&self, who: usize, rows: &Rows) -> Vec<(usize, String, String, String)> {
        let text = |row: &Row, column: &str| row.text(column).unwrap();
        let captures = self
            .of(who, &rows.captures)
            .into_iter()
            .map(|row| (self.run_at(who, row), text(row, "page_url"), text(row, "canonical_url"), text(row, "title")));
        sorted(captures.collect())
    }

    fn run_at(&self, who: usize, row: &Row) -> usize {
        let run = row.text("run_id").unwrap();
        self.ids[who].runs.iter().position(|known| known.to_string() == run).unwrap()
    }

    fn told(&self, who: usize, rows: &Rows) -> Vec<String> {
        let told = self.of(who, &rows.outbox).into_iter().map(|row| {
            let (kind, payload): (String, serde_json::Value) = (row.text("kind").unwrap(), row.json("payload").unwrap());
            let number = payload.get("credits").or_else(|| payload.get("threshold_percent"));
            number.map_or_else(|| kind.clone(), |number| format!("{kind} {number}"))
        });
        sorted(told.collect())
    }

    async fn compare_limits(&self, who: usize) -> Result<(), String> {
        let (ids, model) = (&self.ids[who], &self.world.organizations[who]);
        let limits = self.store.list_credit_limits(ids.id).await.unwrap();
        let limits = limits
            .into_iter()
            .map(|limit| (limit.subject, limit.subject_id, limit.amount.0, limit.period, limit.spent.map(|spent| spent.0)));
        let expected = model.limits.iter().map(|limit| {
            let (subject, id) = match limit.subject {
                Subject::Key => (LimitSubject::ApiKey, ids.key.to_string()),
                Subject::Robot => (LimitSubject::Robot, ids.robot.to_string()),
                Subject::Schedule(at) => (LimitSubject::Schedule, ids.schedules[at].to_string()),
            };
            let spent = (limit.period != Period::Run).then(|| model.spent(limit, self.world.now));
            let period = match limit.period {
                Period::Cycle => LimitPeriod::Cycle,
                Period::Month => LimitPeriod::Month,
                Period::Run => LimitPeriod::Run,
            };
            (subject, id, limit.amount, period, spent)
        });
        let by_name = |mut limits: Vec<(LimitSubject, String, i64, LimitPeriod, Option<i64>)>| {
            limits.sort_by(|one, other| one.1.cmp(&other.1));
            limits
        };
        same("limits", by_name(limits.collect()), by_name(expected.collect()))
    }
}

fn expected_pages(model: &Organization) -> Vec<(usize, String, String)> {
    let pages = model.runs.iter().enumerate().flat_map(|(at, run)| run.pages.iter().map(move |page| (at, page)));
    let pages = pages.map(|(at, page)| {
        let state = match page.state {
            PageState::Queued => "queued".to_owned(),
            PageState::Waits(until) => format!("waits until {until}"),
            PageState::Leased => "leased".to_owned(),
            PageState::Done(outcome) => outcome.to_owned(),
        };
        (at, address(page.number), state)
    });
    sorted(pages.collect())
}

fn expected_captures(model: &Organization) -> Vec<(usize, String, String, String)> {
    let captures = model.runs.iter().enumerate().flat_map(|(at, run)| run.captures.iter().map(move |one| (at, one)));
    let captures = captures.map(|(at, one)| (at, address(one.page), address(one.canonical), format!("Title {}", one.title)));
    sorted(captures.collect())
}

fn sorted<T: Ord>(mut rows: Vec<T>) -> Vec<T> {
    rows.sort();
    rows
}

fn same<T: PartialEq + Debug>(what: &str, store: T, model: T) -> Result<(), String> {
    if store == model { Ok(()) } else { Err(format!("{what}: {store:?}, the model says {model:?}")) }
}
