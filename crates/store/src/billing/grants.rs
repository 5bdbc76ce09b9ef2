//! Rows of what was granted for paid lines. The key is invoice and line, never an event.

use std::collections::BTreeMap;

use creel_types::{Credits, LotId, OrganizationId, Plan, Time};

use super::reading::{Bought, PaidLine};
use crate::{
    StoreError, args,
    database::{Row, Tx},
};

/// What was granted for one line.
#[derive(Clone, Debug)]
pub(super) struct GrantRow {
    pub plan: Option<Plan>,
    pub subscription: Option<String>,
    pub starts_at: Time,
    pub ends_at: Time,
    pub credits: Credits,
    /// `None` where it was over before it was known of.
    pub lot: Option<LotId>,
    pub lot_ends_at: Option<Time>,
    pub refund_asked: Credits,
}

pub(super) type Grants = BTreeMap<(String, String), GrantRow>;

pub(super) async fn read(tx: &mut Tx, organization: OrganizationId) -> Result<Grants, StoreError> {
    let sql = "SELECT g.*, l.expires_at AS lot_ends_at FROM stripe_grants g LEFT JOIN lots l ON l.id = g.lot_id
               WHERE g.organization_id = $1";
    let rows = tx.rows(sql, args![organization]).await?;
    rows.iter().map(|row| Ok(((row.text("invoice_id")?, row.text("line_id")?), grant_row(row)?))).collect()
}

fn grant_row(row: &Row) -> Result<GrantRow, StoreError> {
    Ok(GrantRow {
        plan: row.opt_parsed("plan")?,
        subscription: row.opt_text("subscription_id")?,
        starts_at: row.time("starts_at")?,
        ends_at: row.time("ends_at")?,
        credits: row.credits("credits")?,
        lot: row.opt_parsed("lot_id")?,
        lot_ends_at: row.opt_time("lot_ends_at")?,
        refund_asked: row.credits("refund_asked")?,
    })
}

/// The row that a line makes, with its lot.
pub(super) fn of_line(line: &PaidLine, lot: Option<LotId>) -> GrantRow {
    let (plan, subscription, ends_at) = match &line.bought {
        Bought::Plan { plan, subscription, ends_at, .. } => (Some(*plan), Some(subscription.clone()), *ends_at),
        Bought::Credits => (None, None, line.ends_at.unwrap_or(Time(i64::MAX))),
    };
    GrantRow {
        plan,
        subscription,
        starts_at: line.starts_at(),
        ends_at,
        credits: line.credits,
        lot,
        lot_ends_at: line.ends_at,
        refund_asked: Credits::ZERO,
    }
}

/// The gate: nobody writes it twice.
pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    line: &PaidLine,
    row: &GrantRow,
    now: Time,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO stripe_grants (invoice_id, line_id, organization_id, plan, quantity, credits, subscription_id, starts_at,
         ends_at, paid_at, lot_id, granted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            line.invoice.as_str(),
            line.line.as_str(),
            organization,
            row.plan.map(Plan::as_str),
            line.quantity,
            line.credits,
            row.subscription.as_deref(),
            row.starts_at,
            row.ends_at,
            line.paid_at,
            row.lot,
            now,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn note_refund(tx: &mut Tx, line: &PaidLine, asked: Credits) -> Result<(), StoreError> {
    let sql = "UPDATE stripe_grants SET refund_asked = $3 WHERE invoice_id = $1 AND line_id = $2";
    tx.execute(sql, args![line.invoice.as_str(), line.line.as_str(), asked]).await?;
    Ok(())
}
