//! Ledger entries as rows, both ways.

use creel_ledger::{Account, Entry, LotPart, Reference};
use creel_types::OrganizationId;

use super::STATEMENT_ROWS_MAX;
use crate::{
    Store, StoreError, args,
    database::{Given, Kind, Row, Tx, Value},
};

const COLUMNS: &[(&str, Kind)] = &[
    ("organization_id", Kind::Text),
    ("sequence", Kind::Int),
    ("at", Kind::Int),
    ("kind", Kind::Text),
    ("amount", Kind::Int),
    ("balance_after", Kind::Int),
    ("reference_type", Kind::Text),
    ("reference_id", Kind::Text),
    ("description", Kind::Text),
    ("actor", Kind::Text),
    ("lots", Kind::Text),
    ("previous_hash", Kind::Text),
    ("hash", Kind::Text),
];

/// Entries `e`, each with the item `i`, the capture `c`, the run `u` and the enrichment `n` behind it where there is one.
pub(super) const ENTRIES_WITH_ORIGINS: &str = "ledger_entries e
    LEFT JOIN items i ON e.reference_type = 'item' AND i.id = e.reference_id AND i.organization_id = e.organization_id
    LEFT JOIN enrichments n ON n.id = i.enrichment_id
    LEFT JOIN captures c ON c.id = CASE WHEN e.reference_type = 'capture' THEN e.reference_id ELSE i.capture_id END
        AND c.organization_id = e.organization_id
    LEFT JOIN runs u ON u.id = c.run_id";

/// Writes the entries that the accounts made since they were loaded.
pub(super) async fn insert<'a>(tx: &mut Tx, accounts: impl Iterator<Item = &'a Account>) -> Result<(), StoreError> {
    let mut given = Given::new(COLUMNS);
    for entry in accounts.flat_map(Account::entries) {
        given.push(values(entry)?);
    }
    tx.insert_given("ledger_entries", given, "").await?;
    Ok(())
}

fn values(entry: &Entry) -> Result<Vec<Value>, StoreError> {
    let lots = serde_json::to_string(&entry.lots).map_err(|error| StoreError::corrupt("lots", error))?;
    Ok(args![
        entry.organization,
        entry.sequence,
        entry.at,
        entry.kind.as_str(),
        entry.amount,
        entry.balance_after,
        entry.reference.kind.as_str(),
        entry.reference.id.as_str(),
        entry.description.as_str(),
        entry.actor.as_str(),
        lots,
        entry.previous_hash.as_str(),
        entry.hash.as_str(),
    ])
}

pub(crate) fn entry(row: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        organization: row.parsed("organization_id")?,
        sequence: row.int("sequence")?,
        at: row.time("at")?,
        kind: row.parsed("kind")?,
        amount: row.credits("amount")?,
        balance_after: row.credits("balance_after")?,
        reference: Reference { kind: row.parsed("reference_type")?, id: row.text("reference_id")? },
        description: row.text("description")?,
        actor: row.text("actor")?,
        lots: row.json::<Vec<LotPart>>("lots")?,
        previous_hash: row.text("previous_hash")?,
        hash: row.text("hash")?,
    })
}

impl Store {
    /// Whole entries after a sequence, oldest first, a page at a time.
    pub async fn list_entries(&self, organization: OrganizationId, after: i64) -> Result<Vec<Entry>, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT * FROM ledger_entries WHERE organization_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
                args![organization, after, STATEMENT_ROWS_MAX],
            )
            .await?;
        rows.iter().map(entry).collect()
    }
}
