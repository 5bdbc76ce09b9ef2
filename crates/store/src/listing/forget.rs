//! Deletes captures and runs: what they hold is erased, what the ledger needs stays.
//!
//! A deleted capture keeps its id, its run and when it was deleted, so that counts and debits still agree; nothing is refunded. As
//! long as its run can go on, it also keeps what tells products apart (addresses, product id, folded title): else the run would
//! find the product again and debit it again. Once its run was deleted that is gone too.

use std::collections::BTreeMap;

use creel_types::{By, CaptureId, OrganizationId, RunId};

use super::follow::wait_for_progress;
use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::{Engine, Given, Kind, Row, Tx},
    items::erase_items_of,
};

/// Captures that one transaction erases. On SQLite nobody else writes meanwhile.
const ERASE_MAX: i64 = 250;
/// Pages of a deleted run that one transaction removes.
const PAGES_MAX: i64 = 5_000;

/// What nobody may read again.
const ERASED: &str = "store = '', url = '', title = '', brand = NULL, min_price = NULL, max_price = NULL, currency = NULL,
    available = 0, content = '{}'";
/// What tells products apart within a run. An address of its own keeps the row unique.
const UNIDENTIFIED: &str = "page_url = 'deleted:' || id, canonical_url = 'deleted:' || id, product_id = NULL,
    title_normalized = ''";

impl Store {
    /// Erases a capture. Nothing is refunded.
    pub async fn delete_capture(&self, organization: OrganizationId, id: CaptureId, by: &By) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let known = "SELECT title FROM captures WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let missing = || StoreError::NotFound { what: "capture", id: id.to_string() };
        let title = tx.row(known, args![organization, id]).await?.ok_or_else(missing)?.text("title")?;
        wait_for_progress(&mut tx, organization).await?;
        let sql = format!(
            "UPDATE captures SET {ERASED}, deleted_at = $3 WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL"
        );
        // Somebody else may have deleted it while this waited.
        let now = self.clock.now();
        if tx.execute(&sql, args![organization, id, now]).await? == 0 {
            return Err(missing());
        }
        unlist(&mut tx, &[id.to_string()]).await?;
        erase_items_of(&mut tx, &[id.to_string()], now).await?;
        let deed = Deed::new(AuditAction::CaptureDeleted, TargetKind::Capture, id, title);
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        tx.commit().await
    }

    /// Deletes a run that has ended: it is gone from lists at once, its captures and pages are erased in pieces. Should this be
    /// interrupted, [`Store::follow_captures`] goes on.
    pub async fn delete_run(&self, organization: OrganizationId, id: RunId, by: &By) -> Result<(), StoreError> {
        // Before anything is changed, and for the answer: missing, or not ended.
        let run = self.get_run(organization, id).await?;
        let sql = "UPDATE runs SET deleted_at = $3 WHERE organization_id = $1 AND id = $2 AND ended_at IS NOT NULL
            AND deleted_at IS NULL";
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        if tx.execute(sql, args![organization, id, now]).await? == 0 {
            return Err(StoreError::Conflict(format!("the run is {}; stop it before you delete it", run.status)));
        }
        let deed = Deed::new(AuditAction::RunDeleted, TargetKind::Run, id, run.name);
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        tx.commit().await?;
        while !erase_some(self, organization, id).await? {}
        Ok(())
    }

    /// Erases what deleted runs still have, in at most so many pieces; answers whether more is left.
    pub(super) async fn go_on_erasing(&self, mut pieces: usize) -> Result<bool, StoreError> {
        let sql = "SELECT id, organization_id FROM runs WHERE deleted_at IS NOT NULL AND erased_at IS NULL ORDER BY id";
        for row in &self.database.rows(sql, args![]).await? {
            let (organization, run) = (row.parsed("organization_id")?, row.parsed("id")?);
            loop {
                if pieces == 0 {
                    return Ok(true);
                }
                pieces -= 1;
                if erase_some(self, organization, run).await? {
                    break;
                }
            }
        }
        Ok(false)
    }
}

/// Erases a piece of a deleted run; `true` when nothing was left.
async fn erase_some(store: &Store, organization: OrganizationId, run: RunId) -> Result<bool, StoreError> {
    let mut tx = store.database.begin().await?;
    wait_for_progress(&mut tx, organization).await?;
    let sql = "SELECT id FROM captures WHERE run_id = $1 AND organization_id = $2 AND deleted_at IS NULL LIMIT $3";
    let rows = tx.rows(sql, args![run, organization, ERASE_MAX]).await?;
    let ids: Vec<String> = rows.iter().map(|row| row.text("id")).collect::<Result<_, _>>()?;
    let mut given = Given::new(&[("id", Kind::Text)]);
    ids.iter().for_each(|id| given.push(args![id.as_str()]));
    let now = store.clock.now();
    let sql = format!(
        "UPDATE captures SET {ERASED}, {UNIDENTIFIED}, deleted_at = {} WHERE id IN (SELECT id FROM given) AND deleted_at IS NULL",
        now.0
    );
    tx.execute_given(given, &sql).await?;
    unlist(&mut tx, &ids).await?;
    erase_items_of(&mut tx, &ids, now).await?;
    let sql = "DELETE FROM pages WHERE run_id = $1 AND url IN (SELECT url FROM pages WHERE run_id = $1 LIMIT $2)";
    let removed = tx.execute(sql, args![run, PAGES_MAX]).await?;
    let nothing_left = ids.is_empty() && removed == 0;
    if nothing_left {
        // Those that were deleted one by one before.
        let sql = format!("UPDATE captures SET {UNIDENTIFIED} WHERE run_id = $1 AND canonical_url <> 'deleted:' || id");
        tx.execute(&sql, args![run]).await?;
        tx.execute("UPDATE runs SET erased_at = $2 WHERE id = $1", args![run, now]).await?;
    }
    tx.commit().await?;
    Ok(nothing_left)
}

/// Takes captures out of what lists are made from, with their words and counts.
async fn unlist(tx: &mut Tx, captures: &[String]) -> Result<(), StoreError> {
    let mut given = Given::new(&[("capture_id", Kind::Text)]);
    captures.iter().for_each(|id| given.push(args![id.as_str()]));
    let sql = "SELECT l.* FROM given CROSS JOIN listing l WHERE l.capture_id = given.capture_id";
    let rows = tx.rows_given(given, sql).await?;
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    for row in &rows {
        for facet in facets(row)? {
            *counts.entry(facet).or_default() += 1;
        }
    }
    let mut fewer = Given::new(&[("id", Kind::Int), ("captures", Kind::Int)]);
    counts.into_iter().for_each(|(id, captures)| fewer.push(args![id, captures]));
    if tx.engine() == Engine::Sqlite {
        delete_numbers(tx, &rows, "listing_search WHERE rowid").await?;
    }
    delete_numbers(tx, &rows, "listing_words WHERE number").await?;
    delete_numbers(tx, &rows, "listing WHERE number").await?;
    let sql = "UPDATE facets SET captures = facets.captures - given.captures FROM given WHERE facets.id = given.id";
    tx.execute_given(fewer, sql).await?;
    Ok(())
}

async fn delete_numbers(tx: &mut Tx, rows: &[Row], from: &str) -> Result<(), StoreError> {
    let mut numbers = Given::new(&[("number", Kind::Int)]);
    for row in rows {
        numbers.push(args![row.int("number")?]);
    }
    tx.execute_given(numbers, &format!("DELETE FROM {from} IN (SELECT number FROM given)")).await?;
    Ok(())
}

fn facets(row: &Row) -> Result<Vec<i64>, StoreError> {
    let columns = ["of_all", "of_run", "of_robot", "of_import", "of_store", "of_brand", "of_currency", "of_available"];
    let values: Vec<Option<i64>> = columns.iter().map(|column| row.opt_int(column)).collect::<Result<_, _>>()?;
    Ok(values.into_iter().flatten().collect())
}
