//! Customers at Stripe: which organization each is, and which of them is to be looked at next. One is looked at by one process at
//! a time, under a lease that is no lock of the organization, since Stripe is asked meanwhile.

use creel_types::{OrganizationId, Time, time::DAY_MS};
use uuid::Uuid;

use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
    ledger::account::{Named, lock_account},
    retry,
};

/// How long whoever took a customer has for asking Stripe and writing down what it said.
pub const CUSTOMER_LEASE_MS: i64 = 60_000;
/// Each is looked at this often where nothing asks for it: so what no event told is found all the same.
pub const LOOKED_AT_EVERY_MS: i64 = DAY_MS;
/// The first wait after a failure; each further one is twice as long.
const WAIT_MS: i64 = 2_000;
const WAIT_MS_MAX: i64 = 10 * 60_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripeCustomer {
    pub id: String,
    pub organization: OrganizationId,
    pub reconciled_at: Option<Time>,
    pub last_error: Option<String>,
}

/// A customer in the hands of one process.
#[derive(Clone, Debug)]
pub struct CustomerLease {
    pub customer: String,
    pub organization: OrganizationId,
    pub(super) token: Uuid,
    pub(super) asked: i64,
}

impl Store {
    pub async fn find_stripe_customer(&self, organization: OrganizationId) -> Result<Option<StripeCustomer>, StoreError> {
        let sql = "SELECT * FROM stripe_customers WHERE organization_id = $1 AND deleted_at IS NULL";
        self.database.row(sql, args![organization]).await?.as_ref().map(customer).transpose()
    }

    /// Notes whose customer it is; answers the one that the organization has, which may be another's doing.
    pub async fn add_stripe_customer(&self, organization: OrganizationId, id: &str) -> Result<String, StoreError> {
        let mut tx = self.database.begin().await?;
        lock_account(&mut tx, organization, Named::default()).await?;
        let sql = "SELECT id FROM stripe_customers WHERE organization_id = $1 AND deleted_at IS NULL";
        if let Some(row) = tx.row(sql, args![organization]).await? {
            return row.text("id");
        }
        let now = self.clock.now();
        let sql = "INSERT INTO stripe_customers (id, organization_id, created_at, due_at) VALUES ($1, $2, $3, $3)
                   ON CONFLICT DO NOTHING";
        if tx.execute(sql, args![id, organization, now]).await? == 0 {
            return Err(StoreError::Conflict(format!("Stripe's customer {id} is another organization's")));
        }
        tx.commit().await?;
        Ok(id.to_owned())
    }

    /// Asks for a look at the customer soon; whether it is one of ours.
    pub async fn nudge_stripe_customer(&self, id: &str) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        let known = nudge(&mut tx, id, self.clock.now()).await?;
        tx.commit().await?;
        Ok(known)
    }

    /// Takes the customer who has been due for longest, or that one.
    pub async fn claim_stripe_customer(&self, only: Option<&str>) -> Result<Option<CustomerLease>, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let (due, id) = if only.is_some() { ("id = $2", only) } else { ("due_at <= $1 AND $2 IS NULL", None) };
        let sql = format!(
            "SELECT * FROM stripe_customers WHERE deleted_at IS NULL AND {due}
             AND (lease_expires_at IS NULL OR lease_expires_at <= $1) ORDER BY due_at, id LIMIT 1{}",
            tx.lock_free()
        );
        let Some(row) = tx.row(&sql, args![now, id]).await? else { return Ok(None) };
        let lease = CustomerLease {
            customer: row.text("id")?,
            organization: row.parsed("organization_id")?,
            token: self.random.id(now),
            asked: row.int("asked")?,
        };
        let sql = "UPDATE stripe_customers SET leased_by = $2, lease_expires_at = $3 WHERE id = $1";
        tx.execute(sql, args![lease.customer.as_str(), lease.token, now.plus_ms(CUSTOMER_LEASE_MS)]).await?;
        tx.commit().await?;
        Ok(Some(lease))
    }

    /// Gives a customer back of whom nothing could be learned, and looks again later.
    pub async fn give_back_stripe_customer(&self, lease: &CustomerLease, error: &str) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let sql = "SELECT failures FROM stripe_customers WHERE id = $1 AND leased_by = $2";
        let Some(row) = tx.row(sql, args![lease.customer.as_str(), lease.token]).await? else { return Ok(()) };
        let failures = row.int("failures")? + 1;
        let wait = retry::doubled_ms(WAIT_MS, failures, WAIT_MS_MAX);
        tx.execute(
            "UPDATE stripe_customers SET failures = $3, last_error = $4, due_at = $5, leased_by = NULL,
             lease_expires_at = NULL WHERE id = $1 AND leased_by = $2",
            args![lease.customer.as_str(), lease.token, failures, retry::shortened(error), now.plus_ms(wait)],
        )
        .await?;
        tx.commit().await
    }

    /// Whether a customer of Stripe is one of ours.
    pub async fn is_stripe_customer(&self, id: &str) -> Result<bool, StoreError> {
        Ok(self.database.row("SELECT 1 AS one FROM stripe_customers WHERE id = $1", args![id]).await?.is_some())
    }

    /// How many customers the organization has had, deleted ones too.
    pub async fn count_customers_of(&self, organization: OrganizationId) -> Result<i64, StoreError> {
        let sql = "SELECT COUNT(*) AS customers FROM stripe_customers WHERE organization_id = $1";
        self.database.row(sql, args![organization]).await?.map_or(Ok(0), |row| row.int("customers"))
    }

    /// Invoices of which everything that was granted has ended: nothing that becomes of them can change a balance any more.
    pub async fn list_ended_invoices(&self, organization: OrganizationId) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT g.invoice_id FROM stripe_grants g LEFT JOIN lots l ON l.id = g.lot_id
                   LEFT JOIN holds h ON h.organization_id = g.organization_id AND h.state = 'open'
                   WHERE g.organization_id = $1 GROUP BY g.invoice_id
                   HAVING COUNT(h.id) = 0 AND COUNT(CASE WHEN g.lot_id IS NOT NULL
                        AND (l.expires_at IS NULL OR l.expires_at > $2) THEN 1 END) = 0";
        let rows = self.database.rows(sql, args![organization, self.clock.now()]).await?;
        rows.iter().map(|row| row.text("invoice_id")).collect()
    }

    /// How many there are, and how many were not looked at for longer than they should.
    pub async fn count_stripe_customers(&self) -> Result<(i64, i64), StoreError> {
        let sql = "SELECT COUNT(*) AS customers, COUNT(CASE WHEN last_error IS NOT NULL THEN 1 END) AS failing
                   FROM stripe_customers WHERE deleted_at IS NULL";
        let row = self.database.row(sql, args![]).await?;
        let row = row.ok_or_else(|| StoreError::corrupt("stripe_customers", "no count"))?;
        Ok((row.int("customers")?, row.int("failing")?))
    }
}

/// The nudge inside somebody's transaction.
pub(super) async fn nudge(tx: &mut Tx, id: &str, now: Time) -> Result<bool, StoreError> {
    let sql = "UPDATE stripe_customers SET asked = asked + 1, failures = 0,
               due_at = CASE WHEN due_at > $2 THEN $2 ELSE due_at END WHERE id = $1";
    Ok(tx.execute(sql, args![id, now]).await? > 0)
}

fn customer(row: &Row) -> Result<StripeCustomer, StoreError> {
    Ok(StripeCustomer {
        id: row.text("id")?,
        organization: row.parsed("organization_id")?,
        reconciled_at: row.opt_time("reconciled_at")?,
        last_error: row.opt_text("last_error")?,
    })
}
