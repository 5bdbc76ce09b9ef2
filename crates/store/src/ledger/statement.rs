//! The statement: ledger entries for people, the newest first.

use creel_ledger::{Entry, EntryKind, Reference};
use creel_types::{Credits, OrganizationId, RunId, Time, time::HOUR_MS};
use serde::Serialize;
use utoipa::ToSchema;

use super::{entries::entry, past::last_sequence_at};
use crate::{Store, StoreError, args, database::Tx};

/// Rows of one page of the statement.
pub const STATEMENT_ROWS_MAX: i64 = 501;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementRow {
    pub sequence: i64,
    pub at: Time,
    pub kind: EntryKind,
    pub amount: Credits,
    pub balance_after: Credits,
    pub reference: Reference,
    pub description: String,
}

impl From<Entry> for StatementRow {
    fn from(entry: Entry) -> StatementRow {
        let Entry { sequence, at, kind, amount, balance_after, reference, description, .. } = entry;
        StatementRow { sequence, at, kind, amount, balance_after, reference, description }
    }
}

/// What entries are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// The id of their reference: a capture, an invoice, a message, a person.
    Reference(String),
    /// The run whose captures they paid.
    Run(RunId),
}

#[derive(Clone, Debug, Default)]
pub struct StatementFilter {
    /// Only entries below this sequence: the statement reads from the newest backwards.
    pub before: Option<i64>,
    pub limit: i64,
    pub kind: Option<EntryKind>,
    /// From this instant on.
    pub from: Option<Time>,
    /// Before this instant.
    pub to: Option<Time>,
    pub about: Option<About>,
}

/// A run of up to so many captures is read from its captures; a longer one has some on every page of the ledger of its time.
const RUN_CAPTURES_MAX: i64 = 2_000;

impl Store {
    /// Entries from the newest backwards. However long the ledger is, it reads little more than it answers: instants become
    /// sequences, and each kind of question has its index.
    pub async fn statement(
        &self,
        organization: OrganizationId,
        filter: &StatementFilter,
    ) -> Result<Vec<StatementRow>, StoreError> {
        let mut tx = self.database.begin_read().await?;
        let mut bounds = Bounds { after: 0, before: filter.before.unwrap_or(i64::MAX) };
        bounds.narrow(&mut tx, organization, filter.from, filter.to).await?;
        let limit = filter.limit.clamp(1, STATEMENT_ROWS_MAX);
        let kind = kind_is(filter.kind);
        let rows = match &filter.about {
            None => {
                let sql = format!("SELECT e.* FROM ledger_entries e WHERE {kind} AND {PAGE}");
                tx.rows(&sql, args![organization, bounds.after, bounds.before, limit]).await?
            }
            Some(About::Reference(id)) => {
                let sql = format!("SELECT e.* FROM ({REFERENCED}) e WHERE {kind} AND {PAGE}");
                tx.rows(&sql, args![organization, bounds.after, bounds.before, limit, id.as_str()]).await?
            }
            Some(About::Run(run)) => {
                let Some(entries) = entries_of_run(&mut tx, organization, *run, &mut bounds).await? else {
                    return Ok(Vec::new());
                };
                let sql = format!("SELECT e.* FROM {entries} AND {kind} AND c.run_id = $5 AND {PAGE}");
                tx.rows(&sql, args![organization, bounds.after, bounds.before, limit, *run]).await?
            }
        };
        rows.iter().map(|row| entry(row).map(StatementRow::from)).collect()
    }
}

/// One page of what was found.
const PAGE: &str = "e.organization_id = $1 AND e.sequence > $2 AND e.sequence < $3 ORDER BY e.sequence DESC LIMIT $4";

/// Entries with a reference, from the two indexes that know references.
const REFERENCED: &str = "SELECT * FROM ledger_entries WHERE organization_id = $1 AND kind = 'debit'
    AND reference_type IN ('capture', 'item', 'message') AND reference_id = $5
    UNION ALL SELECT * FROM ledger_entries WHERE organization_id = $1 AND kind <> 'debit' AND reference_id = $5";

/// The kind as a condition. The words are in the text, not given: only so does a planner see which index is whole.
fn kind_is(kind: Option<EntryKind>) -> String {
    match kind {
        None => "1 = 1".to_owned(),
        Some(EntryKind::Debit) => "e.kind = 'debit'".to_owned(),
        Some(kind) => format!("e.kind <> 'debit' AND e.kind = '{}'", kind.as_str()),
    }
}

/// Between which sequences to look, both excluded.
struct Bounds {
    after: i64,
    before: i64,
}

impl Bounds {
    async fn narrow(
        &mut self,
        tx: &mut Tx,
        organization: OrganizationId,
        from: Option<Time>,
        to: Option<Time>,
    ) -> Result<(), StoreError> {
        if let Some(from) = from {
            self.after = self.after.max(last_sequence_at(tx, organization, from.plus_ms(-1)).await?);
        }
        if let Some(to) = to {
            self.before = self.before.min(last_sequence_at(tx, organization, to.plus_ms(-1)).await? + 1);
        }
        Ok(())
    }
}

/// Where to read the entries of a run's captures, in the order that suits their number; `None` where there is no such run.
async fn entries_of_run(
    tx: &mut Tx,
    organization: OrganizationId,
    run: RunId,
    bounds: &mut Bounds,
) -> Result<Option<&'static str>, StoreError> {
    let sql = "SELECT created_at, ended_at, extracted FROM runs WHERE organization_id = $1 AND id = $2";
    let Some(row) = tx.row(sql, args![organization, run]).await? else { return Ok(None) };
    if row.int("extracted")? <= RUN_CAPTURES_MAX {
        return Ok(Some(
            "captures c CROSS JOIN ledger_entries e WHERE e.kind = 'debit' AND e.reference_type = 'capture'
             AND e.reference_id = c.id AND c.organization_id = e.organization_id",
        ));
    }
    // The ledger's time never goes back, a run's may where the machine's clock does.
    let ended = row.opt_time("ended_at")?.map(|end| end.plus_ms(HOUR_MS));
    let created = row.time("created_at")?.plus_ms(-HOUR_MS);
    bounds.narrow(tx, organization, Some(created), ended).await?;
    Ok(Some(
        "ledger_entries e CROSS JOIN captures c WHERE e.reference_type = 'capture' AND c.id = e.reference_id
         AND c.organization_id = e.organization_id",
    ))
}
