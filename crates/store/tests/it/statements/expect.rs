//! What must be true behind a line of a statement. Balances are read from their rows, so that looking ends nothing.

use creel_ledger::Entry;
use creel_store::{args, database::Row};

use super::{
    BEGIN, Situation,
    table::{Line, number, shown},
};

type Answer = Result<String, &'static str>;

impl Situation<'_> {
    pub(super) async fn expect(&mut self, line: &Line, answer: &Answer) -> Vec<String> {
        let found = answer.as_ref().map_or_else(|word| format!("refused {word}"), |_| "done".to_owned());
        let mut faults = Vec::new();
        let mut compare = |what: &str, expected: String, found: String| {
            if expected != found {
                faults.push(format!("{what} is {found}, not {expected}"));
            }
        };
        compare("the outcome", line.outcome().to_owned(), found);
        let (wrote, told) = (self.wrote().await, self.told().await);
        for (word, rest) in line.clauses() {
            let expected = rest.join(" ");
            let found = match (word, &rest[..]) {
                ("available" | "held", [_]) => self.organization().await.int(word).unwrap().to_string(),
                ("granted" | "debits", [_]) => self.in_cycle(word).await,
                ("left", _) => self.left(&rest).await,
                ("run", [name, ..]) => self.run_is(name).await,
                ("waits", [name, _]) => format!("{name} {}", self.waits(name).await),
                ("schedule", [name, _]) => format!("{name} {}", self.schedule_is(name).await),
                ("spent", [name, _]) => format!("{name} {}", self.spent(name).await),
                ("wrote", _) => wrote.clone(),
                ("told", _) => told.clone(),
                _ => {
                    compare("the answer", format!("{word} {expected}").trim_end().to_owned(), answered(word, answer));
                    continue;
                }
            };
            compare(word, spelled(&rest), found);
        }
        let verified = self.shop.store.verify_ledger(self.shop.organization).await.unwrap();
        let verified = verified.map_or_else(|fault| fault.to_string(), |_| "whole".to_owned());
        if !self.is_broken || verified == "whole" {
            compare("the ledger", if self.is_broken { "broken" } else { "whole" }.to_owned(), verified);
        }
        faults
    }

    async fn row(&self, sql: &str, id: &str) -> Row {
        let args = args![self.shop.organization, id];
        self.shop.store.database.row(sql, args).await.unwrap().unwrap()
    }

    async fn organization(&self) -> Row {
        self.row("SELECT available, held FROM organizations WHERE id = $1 AND $2 = ''", "").await
    }

    /// What the row says was granted, or debited, since the cycle began.
    async fn in_cycle(&self, word: &str) -> String {
        let sql = "SELECT granted_total - cycle_granted_base AS granted, spent_total - cycle_spent_base AS debits
            FROM organizations WHERE id = $1 AND $2 = ''";
        self.row(sql, "").await.int(word).unwrap().to_string()
    }

    async fn left(&self, names: &[&str]) -> String {
        let mut left = Vec::new();
        for name in names.iter().step_by(2) {
            let sql = "SELECT remaining FROM lots WHERE organization_id = $1 AND id = $2";
            let row = self.row(sql, &self.lots[*name].to_string()).await;
            left.push(format!("{name} {}", row.int("remaining").unwrap()));
        }
        left.join(" ")
    }

    /// `NAME running 3`, `NAME insufficient_credits 3`, `NAME error:ledger_frozen 3`: why it ended, else its status, and its
    /// captures.
    async fn run_is(&self, name: &str) -> String {
        let run = self.shop.store.get_run(self.shop.organization, self.runs[name]).await.unwrap();
        let mut state = run.end_reason.map_or(run.status.as_str(), |reason| reason.as_str()).to_owned();
        if let Some(error) = run.error {
            state = format!("{state}:{}", error.code);
        }
        format!("{name} {state} {}", run.extracted)
    }

    async fn waits(&self, name: &str) -> i64 {
        let sql = "SELECT COUNT(*) AS count FROM pages p JOIN runs r ON r.id = p.run_id
            WHERE r.organization_id = $1 AND r.id = $2 AND p.state = 'queued' AND p.waits_for_hold = 1";
        self.row(sql, &self.runs[name].to_string()).await.int("count").unwrap()
    }

    async fn schedule_is(&self, name: &str) -> &'static str {
        let schedule = self.shop.store.get_schedule(self.shop.organization, self.schedules[name]).await.unwrap();
        schedule.status.as_str()
    }

    async fn spent(&self, name: &str) -> String {
        let limits = self.shop.store.list_credit_limits(self.shop.organization).await.unwrap();
        let (subject, id) = self.subject(name);
        let limit = limits.iter().find(|limit| limit.subject == subject && limit.subject_id == id).unwrap();
        limit.spent.map_or_else(|| "-".to_owned(), |spent| spent.to_string())
    }

    /// Entries of this line: `KIND:AMOUNT@MS`.
    async fn wrote(&mut self) -> String {
        let entries = self.shop.store.list_entries(self.shop.organization, self.entries).await.unwrap();
        self.entries += entries.len() as i64;
        let spelled = |entry: &Entry| format!("{}:{}@{}", entry.kind, entry.amount, entry.at.0 - BEGIN);
        shown(&entries.iter().map(spelled).collect::<Vec<_>>())
    }

    /// Messages of this line in alphabetical order, since those of one millisecond have none.
    async fn told(&mut self) -> String {
        let rows = self.shop.store.list_outbox(self.shop.organization, None).await.unwrap();
        let new = rows.iter().filter(|row| self.told.insert(row.id));
        let mut new: Vec<String> = new.map(|row| row.kind.as_str().to_owned()).collect();
        new.sort();
        shown(&new)
    }
}

/// The answer behind its word, for words that say what was asked.
fn answered(word: &str, answer: &Answer) -> String {
    let answer = answer.clone().unwrap_or_default();
    if word == "verdicts" { format!("verdicts {answer}") } else { answer }
}

/// Numbers as they are, whatever is written between their digits.
fn spelled(words: &[&str]) -> String {
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && !word.contains(':');
    let one = |word: &&str| if is_number(word) { number(word).to_string() } else { (*word).to_owned() };
    words.iter().map(one).collect::<Vec<_>>().join(" ")
}
