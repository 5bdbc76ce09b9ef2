//! The ledger recomputed from zero and held against everything that must agree with it: the balance's row, lots, holds,
//! captures, runs, limits and schedules. A ledger that is found broken is closed for debits, and nothing is repaired.

use creel_ledger::{ChainFault, HeldPart, Verified, Verifier};
use creel_types::{Credits, EndReason, HoldId, LotId, OrganizationId, RunError, RunErrorCode, RunId, time::DAY_MS};
use serde::Serialize;
use serde_json::json;
use thiserror::Error;

use super::{
    account::{self, Named, lock_account},
    entries::entry,
    limits, totals,
};
use crate::{
    Store, StoreError, args,
    database::Tx,
    outbox::{self, Message, MessageKind},
    reconcile::Pass,
    runs,
};

/// Entries that verification reads at a time.
const VERIFY_ROWS: i64 = 5_000;

/// What `ledger verify` may find.
#[derive(Debug, Error)]
pub enum LedgerFault {
    #[error("{0}")]
    Chain(#[from] ChainFault),
    #[error("the balance row says {row}, the ledger sums to {ledger}")]
    Balance { row: Credits, ledger: Credits },
    #[error("the end of the chain is not the last entry")]
    End,
    #[error("an entry cannot be read: {0}")]
    Unreadable(String),
    #[error("{row} credits are held by the balance row, {ledger} by the ledger")]
    Held { row: Credits, ledger: Credits },
    #[error("the balance row counts {row} credits {what}, the ledger sums to {ledger}")]
    Total { what: &'static str, row: Credits, ledger: Credits },
    #[error("lot {lot}: its row says {row}, its entries {ledger}")]
    Lot { lot: LotId, row: String, ledger: String },
    #[error("hold {hold}: what its row has of lots is not what the ledger has")]
    Hold { hold: HoldId },
    #[error("the limit on {subject} {id} counts {counted} credits, the ledger {ledger}")]
    Limit { subject: limits::LimitSubject, id: String, counted: Credits, ledger: Credits },
    #[error("schedule {id} is {status} with {spendable} credits to spend")]
    Schedule { id: String, status: String, spendable: Credits },
    #[error("{count} captures of runs have no debit, for example {example}")]
    CaptureWithoutDebit { count: i64, example: String },
    #[error("{count} debits have no capture, for example entry {example}")]
    DebitWithoutCapture { count: i64, example: i64 },
    #[error("{count} items have no debit, for example {example}")]
    ItemWithoutDebit { count: i64, example: String },
    #[error("{count} debits have no item, for example entry {example}")]
    DebitWithoutItem { count: i64, example: i64 },
    #[error("enrichment {enrichment} counts {counted} items and {credits} credits and has {stored} items")]
    EnrichmentCount { enrichment: String, counted: i64, credits: i64, stored: i64 },
    #[error("message {message} says {credits} credits for {tokens} tokens ({short} short), its debits {debited}")]
    Message { message: String, credits: i64, short: i64, tokens: i64, debited: i64 },
    #[error("{count} debits of messages settle no hold, for example entry {example}")]
    DebitWithoutHold { count: i64, example: i64 },
    #[error("run {run} counts {counted} captures and {credits} credits and has {stored} captures")]
    RunCount { run: String, counted: i64, credits: i64, stored: i64 },
}

/// The ledger in words and numbers, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifiedLedger {
    pub organization_id: OrganizationId,
    pub entries: i64,
    pub balance: Credits,
    pub last_hash: String,
}

/// What a check found, and whether it closed or opened the ledger for debits.
#[derive(Debug)]
pub struct Checked {
    pub outcome: Result<VerifiedLedger, LedgerFault>,
    /// Closed by this check.
    pub frozen: bool,
    /// Opened by this check: an earlier one had found it broken, and it verifies now.
    pub unfrozen: bool,
}

/// How often a whole ledger is recomputed.
pub const CHECK_EVERY_MS: i64 = DAY_MS;
/// Neither checked nor made since `$1`.
pub(crate) const LEDGER_DUE: &str = "COALESCE(ledger_checked_at, created_at) <= $1";

impl Store {
    /// Recomputes the organization's ledger from zero and holds it against lots, captures and runs, all in one snapshot.
    /// Changes nothing.
    pub async fn verify_ledger(
        &self,
        organization: OrganizationId,
    ) -> Result<Result<VerifiedLedger, LedgerFault>, StoreError> {
        let mut tx = self.database.begin_read().await?;
        // Whole tables are held against each other here: never row by row, whatever the planner knows of them.
        tx.prefer_whole_tables().await?;
        let verified = match recompute(&mut tx, organization).await {
            Ok(verified) => verified,
            Err(Stopped::Fault(fault)) => return Ok(Err(fault)),
            Err(Stopped::Store(StoreError::Corrupt(what))) => return Ok(Err(LedgerFault::Unreadable(what))),
            Err(Stopped::Store(error)) => return Err(error),
        };
        Ok(Ok(VerifiedLedger {
            organization_id: organization,
            entries: verified.entries,
            balance: verified.balance,
            last_hash: verified.last_hash,
        }))
    }

    /// Verifies, and closes a ledger that is broken for debits, with an alert; one that was closed and verifies is opened.
    pub async fn check_ledger(&self, organization: OrganizationId) -> Result<Checked, StoreError> {
        let outcome = self.verify_ledger(organization).await?;
        let fault = outcome.as_ref().err().map(ToString::to_string);
        let changed = self.set_ledger_fault(organization, fault.as_deref()).await?;
        Ok(Checked { frozen: changed && outcome.is_err(), unfrozen: changed && outcome.is_ok(), outcome })
    }

    /// Checks one ledger whose last check is a day old. Whoever comes first takes it: several processes share the work.
    pub async fn check_ledgers(&self) -> Result<Pass, StoreError> {
        let now = self.clock.now();
        let sql = format!("SELECT id FROM organizations WHERE {LEDGER_DUE} ORDER BY id LIMIT 1");
        let Some(row) = self.database.row(&sql, args![now.plus_ms(-CHECK_EVERY_MS)]).await? else {
            return Ok(Pass::default());
        };
        let organization: OrganizationId = row.parsed("id")?;
        let sql = format!("UPDATE organizations SET ledger_checked_at = $2 WHERE id = $3 AND {LEDGER_DUE}");
        let args = args![now.plus_ms(-CHECK_EVERY_MS), now, organization];
        let mut changed = 0;
        if self.database.execute(&sql, args).await? > 0 {
            // A broken ledger is logged, told and closed by the check itself.
            let checked = self.check_ledger(organization).await?;
            changed = u64::from(checked.frozen || checked.unfrozen);
        }
        Ok(Pass { changed, more: true, next_at: None })
    }

    /// Answers whether that changed anything.
    async fn set_ledger_fault(&self, organization: OrganizationId, fault: Option<&str>) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        let locked = lock_account(&mut tx, organization, Named::default()).await?;
        let now = self.clock.now();
        if locked.is_frozen == fault.is_some() {
            return Ok(false);
        }
        tx.execute(
            "UPDATE organizations SET ledger_frozen_at = $2, ledger_fault = $3 WHERE id = $1",
            args![organization, fault.map(|_| now), fault],
        )
        .await?;
        if let Some(fault) = fault {
            tracing::error!(%organization, fault, "a ledger did not verify: the organization is closed for debits");
            let payload = json!({"fault": fault});
            let alert = Message { organization, kind: MessageKind::LedgerFrozen, payload };
            outbox::insert(&mut tx, self, now, vec![alert]).await?;
            end_all_runs(&mut tx, self, organization, fault, now).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

async fn end_all_runs(
    tx: &mut Tx,
    store: &Store,
    organization: OrganizationId,
    fault: &str,
    now: creel_types::Time,
) -> Result<(), StoreError> {
    let sql = "SELECT id FROM runs WHERE organization_id = $1 AND ended_at IS NULL ORDER BY id";
    let ids: Vec<RunId> =
        tx.rows(sql, args![organization]).await?.iter().map(|row| row.parsed("id")).collect::<Result<_, _>>()?;
    let error = RunError { code: RunErrorCode::LedgerFrozen, message: format!("the ledger did not verify: {fault}") };
    for id in ids {
        runs::end_run(tx, store, id, EndReason::Error, Some(&error), now).await?;
    }
    Ok(())
}

/// Why recomputing stopped.
enum Stopped {
    Fault(LedgerFault),
    Store(StoreError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Stopped {
        Stopped::Store(error)
    }
}

impl From<LedgerFault> for Stopped {
    fn from(fault: LedgerFault) -> Stopped {
        Stopped::Fault(fault)
    }
}

async fn recompute(tx: &mut Tx, organization: OrganizationId) -> Result<Verified, Stopped> {
    let mut verifier = Verifier::default();
    loop {
        let rows = tx
            .rows(
                "SELECT * FROM ledger_entries WHERE organization_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
                args![organization, verifier.so_far().entries, VERIFY_ROWS],
            )
            .await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            verifier.push(&entry(row)?).map_err(LedgerFault::from)?;
        }
    }
    let verified = verifier.into_verified();
    against_balance(tx, organization, &verified).await?;
    against_totals(tx, organization).await?;
    against_lots(tx, organization, &verified).await?;
    against_holds(tx, organization, &verified).await?;
    if let Some(fault) = against_captures(tx, organization).await? {
        return Err(fault.into());
    }
    if let Some(fault) = against_items(tx, organization).await? {
        return Err(fault.into());
    }
    if let Some(fault) = against_messages(tx, organization).await? {
        return Err(fault.into());
    }
    against_limits(tx, organization).await?;
    against_schedules(tx, organization).await?;
    Ok(verified)
}

async fn against_balance(tx: &mut Tx, organization: OrganizationId, verified: &Verified) -> Result<(), Stopped> {
    let account = account::read_account(tx, organization).await?.account;
    if account.available != verified.balance {
        return Err(LedgerFault::Balance { row: account.available, ledger: verified.balance }.into());
    }
    if account.held != verified.held {
        return Err(LedgerFault::Held { row: account.held, ledger: verified.held }.into());
    }
    if account.sequence != verified.entries || account.last_hash != verified.last_hash {
        return Err(LedgerFault::End.into());
    }
    Ok(())
}

/// What was granted and spent in all and before the cycle began, as the row counts it and as the entries sum to.
async fn against_totals(tx: &mut Tx, organization: OrganizationId) -> Result<(), Stopped> {
    let words = [["granted", "spent"], ["granted before the cycle", "spent before the cycle"]];
    for ([granted, spent], (row, ledger)) in words.into_iter().zip(totals::recompute(tx, organization).await?) {
        for (what, row, ledger) in [(granted, row.granted, ledger.granted), (spent, row.spent, ledger.spent)] {
            if row != ledger {
                return Err(LedgerFault::Total { what, row, ledger }.into());
            }
        }
    }
    Ok(())
}

async fn against_lots(tx: &mut Tx, organization: OrganizationId, verified: &Verified) -> Result<(), Stopped> {
    let mut lots = verified.lots.clone();
    for row in &tx.rows("SELECT * FROM lots WHERE organization_id = $1", args![organization]).await? {
        let lot = account::lot(row)?;
        let stated =
            (lot.source, lot.amount, lot.remaining, lot.expires_at, lot.granted_sequence, lot.frozen, lot.revoke_due);
        let ledger = lots.remove(&lot.id).map(|lot| {
            let (remaining, due) = (lot.remaining(), lot.revoke_due());
            (lot.source, lot.amount, remaining, lot.expires_at, lot.granted_sequence, lot.is_frozen, due)
        });
        if ledger != Some(stated) {
            return Err(LedgerFault::Lot { lot: lot.id, row: format!("{stated:?}"), ledger: format!("{ledger:?}") }.into());
        }
    }
    match lots.into_iter().next() {
        None => Ok(()),
        Some((lot, rest)) => {
            Err(LedgerFault::Lot { lot, row: "nothing".to_owned(), ledger: rest.remaining().to_string() }.into())
        }
    }
}

async fn against_holds(tx: &mut Tx, organization: OrganizationId, verified: &Verified) -> Result<(), Stopped> {
    let mut holds = verified.holds.clone();
    let sql = "SELECT id, parts FROM holds WHERE organization_id = $1 AND state = 'open'";
    for row in &tx.rows(sql, args![organization]).await? {
        let hold: HoldId = row.parsed("id")?;
        let parts = row.json::<Vec<HeldPart>>("parts")?.into_iter().map(|part| (part.lot, part.amount)).collect();
        if holds.remove(&hold) != Some(parts) {
            return Err(LedgerFault::Hold { hold }.into());
        }
    }
    holds.into_keys().next().map_or(Ok(()), |hold| Err(LedgerFault::Hold { hold }.into()))
}

/// A counter of a limit is what the ledger says was spent since it began to count.
async fn against_limits(tx: &mut Tx, organization: OrganizationId) -> Result<(), Stopped> {
    let sql = "SELECT * FROM credit_limits WHERE organization_id = $1 AND period <> 'run'";
    for row in &tx.rows(sql, args![organization]).await? {
        let (subject, id) = (row.parsed("subject")?, row.text("subject_id")?);
        let counted = row.credits("spent")?;
        let ledger = limits::spent_since(tx, organization, subject, &id, row.time("counted_since")?).await?;
        if counted != ledger {
            return Err(LedgerFault::Limit { subject, id, counted, ledger }.into());
        }
    }
    Ok(())
}

/// No schedule is active without the credits for one capture, and none sleeps for want of them with more.
async fn against_schedules(tx: &mut Tx, organization: OrganizationId) -> Result<(), Stopped> {
    let row = tx
        .row(
            "SELECT s.id, s.status, o.available + o.held AS spendable FROM schedules s
             JOIN organizations o ON o.id = s.organization_id WHERE s.organization_id = $1
             AND ((o.available + o.held < $2 AND s.status = 'active')
                  OR (o.available + o.held >= $2 AND s.status = 'paused_no_credits')) LIMIT 1",
            args![organization, creel_types::Action::Extract.price()],
        )
        .await?;
    let Some(row) = row else { return Ok(()) };
    let fault =
        LedgerFault::Schedule { id: row.text("id")?, status: row.text("status")?, spendable: row.credits("spendable")? };
    Err(fault.into())
}

/// Every capture of a run has its debit, every debit its capture, and the runs' counters agree with both.
async fn against_captures(tx: &mut Tx, organization: OrganizationId) -> Result<Option<LedgerFault>, StoreError> {
    let price = creel_types::Action::Extract.price();
    let missing = tx
        .row(
            "SELECT COUNT(*) AS count, MIN(c.id) AS example FROM captures c
             WHERE c.organization_id = $1 AND c.run_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM ledger_entries e WHERE e.organization_id = c.organization_id AND e.kind = 'debit'
                AND e.reference_type = 'capture' AND e.reference_id = c.id AND e.amount = $2)",
            args![organization, -price],
        )
        .await?;
    if let Some(row) = missing.filter(|row| row.int("count").is_ok_and(|count| count > 0)) {
        return Ok(Some(LedgerFault::CaptureWithoutDebit { count: row.int("count")?, example: row.text("example")? }));
    }
    let orphans = tx
        .row(
            "SELECT COUNT(*) AS count, MIN(e.sequence) AS example FROM ledger_entries e
             WHERE e.organization_id = $1 AND e.kind = 'debit' AND e.reference_type = 'capture' AND NOT EXISTS (
                SELECT 1 FROM captures c WHERE c.id = e.reference_id AND c.organization_id = e.organization_id)",
            args![organization],
        )
        .await?;
    if let Some(row) = orphans.filter(|row| row.int("count").is_ok_and(|count| count > 0)) {
        return Ok(Some(LedgerFault::DebitWithoutCapture { count: row.int("count")?, example: row.int("example")? }));
    }
    let counted = tx
        .row(
            "SELECT r.id, r.extracted, r.credits_spent, (SELECT COUNT(*) FROM captures c WHERE c.run_id = r.id) AS stored
             FROM runs r WHERE r.organization_id = $1
               AND (r.extracted <> (SELECT COUNT(*) FROM captures c WHERE c.run_id = r.id)
                    OR r.credits_spent <> r.extracted * $2) LIMIT 1",
            args![organization, price],
        )
        .await?;
    counted
        .map(|row| {
            Ok(LedgerFault::RunCount {
                run: row.text("id")?,
                counted: row.int("extracted")?,
                credits: row.int("credits_spent")?,
                stored: row.int("stored")?,
            })
        })
        .transpose()
}

/// Every item has its debit, every such debit its item, and the enrichments' counters agree with both.
async fn against_items(tx: &mut Tx, organization: OrganizationId) -> Result<Option<LedgerFault>, StoreError> {
    let price = creel_types::Action::Enrich.price();
    let missing = tx
        .row(
            "SELECT COUNT(*) AS count, MIN(i.id) AS example FROM items i
             WHERE i.organization_id = $1 AND NOT EXISTS (
                SELECT 1 FROM ledger_entries e WHERE e.organization_id = i.organization_id AND e.kind = 'debit'
                AND e.reference_type = 'item' AND e.reference_id = i.id AND e.amount = $2)",
            args![organization, -price],
        )
        .await?;
    if let Some(row) = missing.filter(|row| row.int("count").is_ok_and(|count| count > 0)) {
        return Ok(Some(LedgerFault::ItemWithoutDebit { count: row.int("count")?, example: row.text("example")? }));
    }
    let orphans = tx
        .row(
            "SELECT COUNT(*) AS count, MIN(e.sequence) AS example FROM ledger_entries e
             WHERE e.organization_id = $1 AND e.kind = 'debit' AND e.reference_type = 'item' AND NOT EXISTS (
                SELECT 1 FROM items i WHERE i.id = e.reference_id AND i.organization_id = e.organization_id)",
            args![organization],
        )
        .await?;
    if let Some(row) = orphans.filter(|row| row.int("count").is_ok_and(|count| count > 0)) {
        return Ok(Some(LedgerFault::DebitWithoutItem { count: row.int("count")?, example: row.int("example")? }));
    }
    let counted = tx
        .row(
            "SELECT n.id, n.processed, n.credits_spent, (SELECT COUNT(*) FROM items i WHERE i.enrichment_id = n.id) AS stored
             FROM enrichments n WHERE n.organization_id = $1
               AND (n.processed <> (SELECT COUNT(*) FROM items i WHERE i.enrichment_id = n.id)
                    OR n.credits_spent <> n.processed * $2) LIMIT 1",
            args![organization, price],
        )
        .await?;
    counted
        .map(|row| {
            Ok(LedgerFault::EnrichmentCount {
                enrichment: row.text("id")?,
                counted: row.int("processed")?,
                credits: row.int("credits_spent")?,
                stored: row.int("stored")?,
            })
        })
        .transpose()
}

/// Every message that has ended took what its calls of the model took, and was debited for it; every debit of a message settled its hold.
async fn against_messages(tx: &mut Tx, organization: OrganizationId) -> Result<Option<LedgerFault>, StoreError> {
    let wrong = tx
        .row(
            "SELECT * FROM (SELECT m.id, m.credits_spent, m.shortfall, m.prompt_tokens + m.completion_tokens AS tokens, m.debits,
                CAST(COALESCE((SELECT SUM(c.prompt_tokens + c.completion_tokens) FROM message_calls c
                    WHERE c.message_id = m.id), 0) AS BIGINT) AS noted,
                CAST(COALESCE((SELECT SUM(-e.amount) FROM ledger_entries e WHERE e.organization_id = m.organization_id
                    AND e.kind = 'debit' AND e.reference_type = 'message' AND e.reference_id = m.id), 0) AS BIGINT) AS debited
                FROM messages m WHERE m.organization_id = $1 AND m.ended_at IS NOT NULL) m
             WHERE noted <> tokens OR credits_spent <> debited OR credits_spent + shortfall <> (tokens + $2 - 1) / $2 * $3
                OR debits <> (CASE WHEN debited > 0 THEN 1 ELSE 0 END) LIMIT 1",
            args![organization, creel_types::TOKENS_A_CREDIT, creel_types::Action::Assistant.price()],
        )
        .await?;
    if let Some(row) = wrong {
        return Ok(Some(LedgerFault::Message {
            message: row.text("id")?,
            credits: row.int("credits_spent")?,
            short: row.int("shortfall")?,
            tokens: row.int("noted")?,
            debited: row.int("debited")?,
        }));
    }
    let orphans = tx
        .row(
            "SELECT COUNT(*) AS count, MIN(e.sequence) AS example FROM ledger_entries e
             WHERE e.organization_id = $1 AND e.kind = 'debit' AND e.reference_type = 'message' AND NOT EXISTS (
                SELECT 1 FROM holds h WHERE h.organization_id = e.organization_id AND h.reference_type = 'message'
                AND h.reference_id = e.reference_id AND h.debited = -e.amount)",
            args![organization],
        )
        .await?;
    match orphans.filter(|row| row.int("count").is_ok_and(|count| count > 0)) {
        None => Ok(None),
        Some(row) => Ok(Some(LedgerFault::DebitWithoutHold { count: row.int("count")?, example: row.int("example")? })),
    }
}
