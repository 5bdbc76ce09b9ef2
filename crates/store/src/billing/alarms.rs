//! What an operator has to look at: money that was paid and granted nothing, or went back and took nothing. Each is raised once,
//! in the transaction that found it, and stays until somebody clears it.

use creel_types::{OrganizationId, Time, words};
use serde::Serialize;

use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
    robots::LIST_ROWS_MAX,
};

words! {
    AlarmKind {
        /// A price that is not in the catalogue was paid.
        UnknownPrice = "unknown_price",
        /// A quantity that is not sold was paid.
        WrongQuantity = "wrong_quantity",
        /// A change in the middle of a period was paid for by time.
        Proration = "proration",
        /// One customer has two subscriptions at once.
        SecondSubscription = "second_subscription",
        /// What was paid for was over before it was known of.
        TooLate = "too_late",
        /// A refund took credits back and then did not go through.
        RefundUndone = "refund_undone",
        /// Another customer of Stripe names an organization that has one.
        SecondCustomer = "second_customer",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    pub kind: AlarmKind,
    /// What it is about at Stripe: one alarm for each.
    pub subject: String,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlarmRow {
    pub kind: AlarmKind,
    pub subject: String,
    pub organization_id: Option<OrganizationId>,
    pub message: String,
    pub raised_at: Time,
}

/// Raises those that are new; answers them.
pub(crate) async fn raise(
    tx: &mut Tx,
    organization: Option<OrganizationId>,
    alarms: &[Alarm],
    now: Time,
) -> Result<Vec<Alarm>, StoreError> {
    let mut raised = Vec::new();
    for alarm in alarms {
        let new = tx
            .execute(
                "INSERT INTO billing_alarms (kind, subject, organization_id, message, raised_at)
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                args![alarm.kind.as_str(), alarm.subject.as_str(), organization, alarm.message.as_str(), now],
            )
            .await?;
        if new > 0 {
            raised.push(alarm.clone());
        }
    }
    Ok(raised)
}

impl Store {
    /// Raises an alarm that belongs to no change of credits; whether it is new.
    pub async fn raise_alarm(&self, alarm: &Alarm) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        let raised = raise(&mut tx, None, std::slice::from_ref(alarm), self.clock.now()).await?;
        tx.commit().await?;
        Ok(!raised.is_empty())
    }

    /// Those that nobody has cleared, oldest first.
    pub async fn list_alarms(&self) -> Result<Vec<AlarmRow>, StoreError> {
        let sql = "SELECT * FROM billing_alarms WHERE cleared_at IS NULL ORDER BY raised_at, kind, subject LIMIT $1";
        self.database.rows(sql, args![LIST_ROWS_MAX]).await?.iter().map(alarm_row).collect()
    }

    /// Somebody has looked; whether there was such an alarm.
    pub async fn clear_alarm(&self, kind: AlarmKind, subject: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE billing_alarms SET cleared_at = $3 WHERE kind = $1 AND subject = $2 AND cleared_at IS NULL";
        Ok(self.database.execute(sql, args![kind.as_str(), subject, self.clock.now()]).await? > 0)
    }
}

fn alarm_row(row: &Row) -> Result<AlarmRow, StoreError> {
    Ok(AlarmRow {
        kind: row.parsed("kind")?,
        subject: row.text("subject")?,
        organization_id: row.opt_parsed("organization_id")?,
        message: row.text("message")?,
        raised_at: row.time("raised_at")?,
    })
}
