//! What a decided batch writes, each table in one statement.

use std::collections::BTreeMap;

use creel_ledger::HoldState;
use creel_types::{Action, Amount, Credits, OrganizationId, PageOutcome};

use super::{
    FinishedPage, PageResult, Verdict,
    batch::{Batch, Decided, Item},
};
use crate::{
    StoreError, args,
    database::{Given, Kind, Tx},
    ledger::{account::Locked, consequences, limits},
    runs,
};

pub(super) async fn write(
    mut batch: Batch<'_>,
    tx: &mut Tx,
    items: &[Item<'_>],
    verdicts: &[Verdict],
) -> Result<(), StoreError> {
    let (store, now) = (batch.store, batch.now);
    for (capture, page_url) in &batch.displaced {
        let args = args![capture.as_str(), page_url.as_str()];
        tx.execute("UPDATE captures SET canonical_url = $2 WHERE id = $1", args).await?;
    }
    insert_captures(tx, &batch.captures, &batch.accounts).await?;
    store.fail_points.pass("settle.captures_written");
    finish_pages(tx, items, verdicts, &batch).await?;
    send_back_waiting(tx, items, verdicts, &batch).await?;
    store.fail_points.pass("settle.pages_finished");
    count_in_runs(tx, &batch).await?;
    limits::save(tx, &batch.limits).await?;
    for (id, run) in &batch.runs {
        if let Some((reason, error)) = &run.ends {
            runs::end_run(tx, store, *id, *reason, error.as_ref(), now).await?;
        }
    }
    store.fail_points.pass("settle.runs_counted");
    let mut accounts: Vec<&mut Locked> = batch.accounts.values_mut().collect();
    consequences::save(tx, store, &mut accounts, now).await
}

async fn insert_captures(
    tx: &mut Tx,
    captures: &[Decided<'_>],
    accounts: &BTreeMap<OrganizationId, Locked>,
) -> Result<(), StoreError> {
    let mut given = Given::new(&[
        ("id", Kind::Text),
        ("organization_id", Kind::Text),
        ("run_id", Kind::Text),
        ("store", Kind::Text),
        ("url", Kind::Text),
        ("page_url", Kind::Text),
        ("canonical_url", Kind::Text),
        ("extracted_at", Kind::Int),
        ("product_id", Kind::Text),
        ("title", Kind::Text),
        ("title_normalized", Kind::Text),
        ("brand", Kind::Text),
        ("min_price", Kind::Int),
        ("max_price", Kind::Int),
        ("currency", Kind::Text),
        ("available", Kind::Int),
        ("content", Kind::Text),
    ]);
    for Decided { id, page, new, content, canonical_url } in captures {
        let product = &new.product;
        // As late as its debit, which is never earlier than the organization's last: where two machines' clocks differ, nothing
        // is stored before what `follow_captures` has been through.
        let extracted_at = accounts.get(&page.organization).map(|locked| locked.account.last_at);
        given.push(args![
            *id,
            page.organization,
            page.run,
            new.store.as_str(),
            new.url.as_str(),
            new.page_url.as_str(),
            canonical_url.as_str(),
            extracted_at,
            product.product_id.as_deref(),
            product.title.as_str(),
            new.title_normalized(),
            product.brand.as_deref(),
            product.min_price.map(Amount::scaled),
            product.max_price.map(Amount::scaled),
            product.currency.map(|currency| currency.to_string()),
            product.available,
            *content,
        ]);
    }
    // Robot and country stand in the run's row and are copied from there.
    let sql =
        "INSERT INTO captures (id, organization_id, run_id, robot_id, store, url, page_url, canonical_url, country_code,
        extracted_at, product_id, title, title_normalized, brand, min_price, max_price, currency, available, content)
        SELECT given.id, given.organization_id, given.run_id, r.robot_id, given.store, given.url, given.page_url,
        given.canonical_url, r.country_code, given.extracted_at, given.product_id, given.title, given.title_normalized,
        given.brand, given.min_price, given.max_price, given.currency, given.available, given.content
        FROM given CROSS JOIN runs r WHERE r.id = given.run_id";
    let inserted = tx.execute_given(given, sql).await?;
    if inserted != captures.len() as u64 {
        return Err(StoreError::corrupt("captures inserted", inserted));
    }
    Ok(())
}

/// Closes the pages that came to an end; those refused for credits, budget or a limit stay for another day.
async fn finish_pages(tx: &mut Tx, items: &[Item<'_>], verdicts: &[Verdict], batch: &Batch<'_>) -> Result<(), StoreError> {
    let mut given = Given::new(&[
        ("run_id", Kind::Text),
        ("url", Kind::Text),
        ("kind", Kind::Text),
        ("outcome", Kind::Text),
        ("reason", Kind::Text),
        ("error_code", Kind::Text),
        ("status_code", Kind::Int),
        ("capture_id", Kind::Text),
        ("done_at", Kind::Int),
    ]);
    for at in &batch.closed {
        let (page, verdict): (&FinishedPage, &Verdict) = (items[*at].page, &verdicts[*at]);
        let (outcome, reason, error_code, capture) = match (verdict, &page.result) {
            (Verdict::Stored(id), _) => (PageOutcome::Captured, None, None, Some(*id)),
            (Verdict::Duplicate, _) => {
                (PageOutcome::Duplicate, Some("the run has this product already".to_owned()), None, None)
            }
            (Verdict::Recorded, PageResult::Outcome { outcome, reason, error_code, .. }) => {
                (*outcome, reason.clone(), *error_code, None)
            }
            _ => continue,
        };
        given.push(args![
            page.run,
            page.url.as_str(),
            page.kind.as_str(),
            outcome.as_str(),
            reason,
            error_code.map(|code| code.as_str()),
            page.status_code.map(i64::from),
            capture,
            batch.now,
        ]);
    }
    let sql = "UPDATE pages SET state = 'done', leased_by = NULL, lease_expires_at = NULL, kind = given.kind,
        outcome = given.outcome, reason = given.reason, error_code = given.error_code, status_code = given.status_code,
        capture_id = given.capture_id, done_at = given.done_at
        FROM given WHERE pages.run_id = given.run_id AND pages.url = given.url";
    tx.execute_given(given, sql).await?;
    Ok(())
}

/// Puts pages whose capture waits for held credits back into the queue until the first hold ends; whoever closes a hold
/// earlier wakes them.
async fn send_back_waiting(
    tx: &mut Tx,
    items: &[Item<'_>],
    verdicts: &[Verdict],
    batch: &Batch<'_>,
) -> Result<(), StoreError> {
    let mut given = Given::new(&[("run_id", Kind::Text), ("url", Kind::Text), ("not_before", Kind::Int)]);
    for (item, _) in items.iter().zip(verdicts).filter(|(_, verdict)| **verdict == Verdict::Wait) {
        let holds = batch.accounts.get(&item.page.organization).map(|locked| locked.account.holds());
        let open = holds.unwrap_or_default().iter().filter(|hold| hold.state == HoldState::Open);
        let until = open.map(|hold| hold.ends_at).min().unwrap_or(batch.now);
        given.push(args![item.page.run, item.page.url.as_str(), until]);
    }
    let sql = "UPDATE pages SET state = 'queued', leased_by = NULL, lease_expires_at = NULL, waits_for_hold = 1,
        not_before = given.not_before FROM given WHERE pages.run_id = given.run_id AND pages.url = given.url";
    tx.execute_given(given, sql).await?;
    Ok(())
}

async fn count_in_runs(tx: &mut Tx, batch: &Batch<'_>) -> Result<(), StoreError> {
    let mut given = Given::new(&[
        ("id", Kind::Text),
        ("stored", Kind::Int),
        ("duplicates", Kind::Int),
        ("fetched", Kind::Int),
        ("failed", Kind::Int),
        ("blocked", Kind::Int),
        ("spent", Kind::Int),
    ]);
    for (id, run) in &batch.runs {
        let spent = Credits(run.stored * Action::Extract.price().0);
        given.push(args![*id, run.stored, run.duplicates, run.fetched, run.failed, run.blocked, spent]);
    }
    let sql = "UPDATE runs SET extracted = extracted + given.stored, duplicates = runs.duplicates + given.duplicates,
        pages_fetched = pages_fetched + given.fetched, pages_failed = pages_failed + given.failed,
        pages_blocked = pages_blocked + given.blocked, credits_spent = credits_spent + given.spent
        FROM given WHERE runs.id = given.id";
    tx.execute_given(given, sql).await?;
    Ok(())
}
