//! The ledger's tables: accounts loaded and saved inside a transaction, the balance, the statement, verification.

use creel_ledger::{
    Account, ChainFault, Entry, EntryKind, Grant, Lot, LotPart, LotSource, Reference, ReferenceType, Verified, Verifier,
};
use creel_types::{Credits, LotId, OrganizationId, Time};
use serde::Serialize;
use thiserror::Error;

use crate::{
    Store, StoreError, args,
    database::{Row, Tx, Value, places},
    settle,
};

/// Entries in one insert, so that a statement stays far below the databases' limits on bound values.
const INSERT_ROWS_MAX: usize = 256;
/// Entries that verification reads at a time.
const VERIFY_ROWS: i64 = 5_000;
/// Rows of one page of the statement.
pub const STATEMENT_ROWS_MAX: i64 = 501;

/// Takes the organization's row and its open lots into memory, for a change under the transaction's lock.
pub(crate) async fn lock_account(tx: &mut Tx, organization: OrganizationId) -> Result<Account, StoreError> {
    let row = tx
        .row(
            "SELECT id, sequence, available, held, last_entry_at, last_hash FROM organizations WHERE id = $1",
            args![organization],
        )
        .await?
        .ok_or_else(|| StoreError::NotFound { what: "organization", id: organization.to_string() })?;
    let lots = tx
        .rows(
            "SELECT id, source, amount, remaining, expires_at, granted_sequence FROM lots
             WHERE organization_id = $1 AND remaining > 0",
            args![organization],
        )
        .await?;
    Ok(Account::load(
        organization,
        Credits(row.int("available")?),
        Credits(row.int("held")?),
        row.int("sequence")?,
        row.time("last_entry_at")?,
        row.text("last_hash")?,
        lots.iter().map(lot).collect::<Result<_, _>>()?,
    ))
}

fn lot(row: &Row) -> Result<Lot, StoreError> {
    Ok(Lot {
        id: row.parsed("id")?,
        source: row.parsed("source")?,
        amount: Credits(row.int("amount")?),
        remaining: Credits(row.int("remaining")?),
        expires_at: row.opt_time("expires_at")?,
        granted_sequence: row.int("granted_sequence")?,
        // No column yet: nothing freezes or refunds a lot so far.
        frozen: false,
        revoke_due: Credits::ZERO,
    })
}

/// Writes what changed in the account since it was loaded: entries, lots, the end of the chain.
pub(crate) async fn save_account(tx: &mut Tx, account: &Account) -> Result<(), StoreError> {
    if account.entries().is_empty() {
        return Ok(());
    }
    for lot in account.changed_lots() {
        tx.execute(
            "INSERT INTO lots (id, organization_id, source, amount, remaining, expires_at, granted_sequence)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET remaining = excluded.remaining, expires_at = excluded.expires_at",
            args![
                lot.id,
                account.organization,
                lot.source.as_str(),
                lot.amount,
                lot.remaining,
                lot.expires_at,
                lot.granted_sequence
            ],
        )
        .await?;
    }
    for chunk in account.entries().chunks(INSERT_ROWS_MAX) {
        let sql = format!(
            "INSERT INTO ledger_entries (organization_id, sequence, at, kind, amount, balance_after, reference_type,
             reference_id, description, actor, lots, previous_hash, hash) VALUES {}",
            places(chunk.len(), 13)
        );
        let values = chunk.iter().map(entry_values).collect::<Result<Vec<_>, _>>()?;
        tx.execute(&sql, values.into_iter().flatten().collect()).await?;
    }
    tx.execute(
        "UPDATE organizations SET sequence = $2, available = $3, held = $4, last_entry_at = $5, last_hash = $6 WHERE id = $1",
        args![
            account.organization,
            account.sequence,
            account.available,
            account.held,
            account.last_at,
            account.last_hash.as_str()
        ],
    )
    .await?;
    Ok(())
}

fn entry_values(entry: &Entry) -> Result<Vec<Value>, StoreError> {
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

fn entry(row: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        organization: row.parsed("organization_id")?,
        sequence: row.int("sequence")?,
        at: row.time("at")?,
        kind: row.parsed("kind")?,
        amount: Credits(row.int("amount")?),
        balance_after: Credits(row.int("balance_after")?),
        reference: Reference { kind: row.parsed("reference_type")?, id: row.text("reference_id")? },
        description: row.text("description")?,
        actor: row.text("actor")?,
        lots: row.json::<Vec<LotPart>>("lots")?,
        previous_hash: row.text("previous_hash")?,
        hash: row.text("hash")?,
    })
}

/// The balance as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Balance {
    pub available: Credits,
    pub held: Credits,
    pub lots: Vec<BalanceLot>,
    pub cycle: Cycle,
    pub as_of: Time,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BalanceLot {
    pub id: LotId,
    pub source: LotSource,
    pub amount: Credits,
    pub remaining: Credits,
    pub expires_at: Option<Time>,
}

/// The current billing cycle. Without a subscription it began with the organization and has no end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cycle {
    pub starts_at: Time,
    pub ends_at: Option<Time>,
    pub granted: Credits,
    pub spent: Credits,
}

/// A row of the statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementRow {
    pub sequence: i64,
    pub at: Time,
    pub kind: EntryKind,
    pub amount: Credits,
    pub balance_after: Credits,
    pub reference: Reference,
    pub description: String,
}

#[derive(Clone, Debug, Default)]
pub struct StatementFilter {
    /// Only entries below this sequence: the statement reads from the newest backwards.
    pub before: Option<i64>,
    pub limit: i64,
    pub kind: Option<EntryKind>,
    pub from: Option<Time>,
    pub to: Option<Time>,
}

/// What `ledger verify` may find.
#[derive(Debug, Error)]
pub enum LedgerFault {
    #[error("{0}")]
    Chain(#[from] ChainFault),
    #[error("the balance row says {row}, the ledger sums to {ledger}")]
    Balance { row: Credits, ledger: Credits },
    #[error("the end of the chain is not the last entry")]
    End,
    #[error("lot {lot} holds {row}, its entries sum to {ledger}")]
    Lot { lot: LotId, row: Credits, ledger: Credits },
    #[error("{count} captures of runs have no debit, for example {example}")]
    CaptureWithoutDebit { count: i64, example: String },
    #[error("{count} debits have no capture, for example entry {example}")]
    DebitWithoutCapture { count: i64, example: i64 },
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

impl Store {
    /// Available credits now, with due expiries settled first, so that the answer is never stale.
    pub async fn balance(&self, organization: OrganizationId) -> Result<Balance, StoreError> {
        self.expire_due(organization).await?;
        let mut tx = self.database.begin_read().await?;
        let account = lock_account(&mut tx, organization).await?;
        let sums = tx
            .row(
                "SELECT COALESCE(SUM(CASE WHEN kind IN ('grant', 'adjust') AND amount > 0 THEN amount ELSE 0 END), 0) AS granted,
                        COALESCE(SUM(CASE WHEN kind = 'debit' THEN -amount ELSE 0 END), 0) AS spent,
                        (SELECT created_at FROM organizations WHERE id = $1) AS starts_at
                 FROM ledger_entries WHERE organization_id = $1",
                args![organization],
            )
            .await?
            .ok_or_else(|| StoreError::corrupt("ledger_entries", "no sums"))?;
        Ok(Balance {
            available: account.available,
            held: account.held,
            lots: account
                .lots()
                .iter()
                .map(|lot| BalanceLot {
                    id: lot.id,
                    source: lot.source,
                    amount: lot.amount,
                    remaining: lot.remaining,
                    expires_at: lot.expires_at,
                })
                .collect(),
            cycle: Cycle {
                starts_at: sums.time("starts_at")?,
                ends_at: None,
                granted: Credits(sums.int("granted")?),
                spent: Credits(sums.int("spent")?),
            },
            as_of: self.clock.now(),
        })
    }

    /// What could pay for captures now. A look, for planning; a debit decides for itself.
    pub async fn spendable(&self, organization: OrganizationId) -> Result<Credits, StoreError> {
        let row = self
            .database
            .row(
                "SELECT available + held - COALESCE((SELECT SUM(remaining) FROM lots WHERE organization_id = $1
                 AND remaining > 0 AND expires_at <= $2), 0) AS spendable FROM organizations WHERE id = $1",
                args![organization, self.clock.now()],
            )
            .await?
            .ok_or_else(|| StoreError::NotFound { what: "organization", id: organization.to_string() })?;
        Ok(Credits(row.int("spendable")?))
    }

    /// Writes the `expire` entries of lots whose instant has come.
    async fn expire_due(&self, organization: OrganizationId) -> Result<(), StoreError> {
        let due = self
            .database
            .row(
                "SELECT 1 AS due FROM lots WHERE organization_id = $1 AND remaining > 0 AND expires_at <= $2 LIMIT 1",
                args![organization, self.clock.now()],
            )
            .await?;
        if due.is_none() {
            return Ok(());
        }
        self.change_account(organization, |account, now| {
            account.expire_due(now);
            Ok(())
        })
        .await
    }

    /// Adds a lot by hand.
    pub async fn grant(&self, organization: OrganizationId, grant: Grant) -> Result<(), StoreError> {
        self.change_account(organization, |account, now| account.grant(now, grant)).await
    }

    /// Takes credits away by hand; never below zero.
    pub async fn adjust_down(
        &self,
        organization: OrganizationId,
        amount: Credits,
        reason: &str,
        actor: &str,
    ) -> Result<(), StoreError> {
        let reference = Reference::new(ReferenceType::Person, actor);
        self.change_account(organization, |account, now| {
            account.adjust_down(now, amount, reference, reason.to_owned(), actor.to_owned())
        })
        .await
    }

    /// One change of one account, with what follows when credits run out, in one transaction.
    async fn change_account<F>(&self, organization: OrganizationId, change: F) -> Result<(), StoreError>
    where
        F: FnOnce(&mut Account, Time) -> Result<(), creel_ledger::Refused>,
    {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let mut account = lock_account(&mut tx, organization).await?;
        change(&mut account, now)?;
        save_account(&mut tx, &account).await?;
        settle::end_runs_without_credits(&mut tx, &account, now).await?;
        tx.commit().await
    }

    /// Entries from the newest backwards.
    pub async fn statement(
        &self,
        organization: OrganizationId,
        filter: &StatementFilter,
    ) -> Result<Vec<StatementRow>, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT * FROM ledger_entries
                 WHERE organization_id = $1 AND ($2 IS NULL OR sequence < $2) AND ($3 IS NULL OR kind = $3)
                   AND ($4 IS NULL OR at >= $4) AND ($5 IS NULL OR at < $5)
                 ORDER BY sequence DESC LIMIT $6",
                args![
                    organization,
                    filter.before,
                    filter.kind.map(EntryKind::as_str),
                    filter.from,
                    filter.to,
                    filter.limit.clamp(1, STATEMENT_ROWS_MAX)
                ],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let entry = entry(row)?;
                Ok(StatementRow {
                    sequence: entry.sequence,
                    at: entry.at,
                    kind: entry.kind,
                    amount: entry.amount,
                    balance_after: entry.balance_after,
                    reference: entry.reference,
                    description: entry.description,
                })
            })
            .collect()
    }

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

    /// Recomputes the organization's ledger from zero and holds it against lots, captures and runs, all in one snapshot.
    pub async fn verify_ledger(
        &self,
        organization: OrganizationId,
    ) -> Result<Result<VerifiedLedger, LedgerFault>, StoreError> {
        let mut tx = self.database.begin_read().await?;
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
                if let Err(fault) = verifier.push(&entry(row)?) {
                    return Ok(Err(fault.into()));
                }
            }
        }
        let verified = verifier.into_verified();
        if let Some(fault) = against_rows(&mut tx, organization, &verified).await? {
            return Ok(Err(fault));
        }
        if let Some(fault) = against_captures(&mut tx, organization).await? {
            return Ok(Err(fault));
        }
        Ok(Ok(VerifiedLedger {
            organization_id: organization,
            entries: verified.entries,
            balance: verified.balance,
            last_hash: verified.last_hash,
        }))
    }
}

/// The balance row and every lot, against the sums of the entries.
async fn against_rows(
    tx: &mut Tx,
    organization: OrganizationId,
    verified: &Verified,
) -> Result<Option<LedgerFault>, StoreError> {
    let account = lock_account(tx, organization).await?;
    if account.available != verified.balance {
        return Ok(Some(LedgerFault::Balance { row: account.available, ledger: verified.balance }));
    }
    if account.sequence != verified.entries || account.last_hash != verified.last_hash {
        return Ok(Some(LedgerFault::End));
    }
    let rows = tx
        .rows(
            "SELECT id, source, amount, remaining, expires_at, granted_sequence FROM lots WHERE organization_id = $1",
            args![organization],
        )
        .await?;
    let mut lots = verified.lots.clone();
    for row in &rows {
        let lot = lot(row)?;
        let ledger = lots.remove(&lot.id).map_or(Credits::ZERO, |lot| lot.remaining());
        if lot.remaining != ledger {
            return Ok(Some(LedgerFault::Lot { lot: lot.id, row: lot.remaining, ledger }));
        }
    }
    Ok(lots.into_iter().find(|(_, lot)| lot.remaining() != Credits::ZERO).map(|(lot, rest)| LedgerFault::Lot {
        lot,
        row: Credits::ZERO,
        ledger: rest.remaining(),
    }))
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
