//! Organizations: making one with its starting credits, finding the one that a command means.

use creel_ledger::{Grant, LotSource, Reference, ReferenceType};
use creel_types::{Credits, OrganizationId, Time};

use crate::{Store, StoreError, args, database::Row, ledger};

/// What a new organization starts with in mode `ledger`.
pub const STARTING_CREDITS: Credits = Credits(5_000);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    pub created_at: Time,
}

fn organization(row: &Row) -> Result<Organization, StoreError> {
    Ok(Organization { id: row.parsed("id")?, name: row.text("name")?, created_at: row.time("created_at")? })
}

impl Store {
    pub async fn list_organizations(&self) -> Result<Vec<Organization>, StoreError> {
        let rows = self.database.rows("SELECT id, name, created_at FROM organizations ORDER BY id", args![]).await?;
        rows.iter().map(organization).collect()
    }

    /// The organization that an empty folder gets. Two processes that start at once make one, because the look and the
    /// insert are in one transaction.
    pub async fn default_organization(&self, starting: Credits) -> Result<Organization, StoreError> {
        let mut tx = self.database.begin().await?;
        let first = tx.row("SELECT id, name, created_at FROM organizations ORDER BY id LIMIT 1", args![]).await?;
        if let Some(row) = first {
            return organization(&row);
        }
        let now = self.clock.now();
        let made = Organization { id: self.random.id(now), name: "default".to_owned(), created_at: now };
        tx.execute(
            "INSERT INTO organizations (id, name, created_at, last_entry_at, last_hash) VALUES ($1, $2, $3, $4, $5)",
            args![made.id, made.name.as_str(), now, now, creel_ledger::FIRST_PREVIOUS_HASH],
        )
        .await?;
        if starting > Credits::ZERO {
            let mut account = ledger::lock_account(&mut tx, made.id).await?;
            account.grant(
                now,
                Grant {
                    lot: self.random.id(now),
                    source: LotSource::Starting,
                    amount: starting,
                    expires_at: None,
                    reference: Reference::new(ReferenceType::Organization, made.id),
                    description: "Starting credits".to_owned(),
                    actor: String::new(),
                },
            )?;
            ledger::save_account(&mut tx, &account).await?;
        }
        tx.commit().await?;
        Ok(made)
    }

    pub async fn get_organization(&self, id: OrganizationId) -> Result<Organization, StoreError> {
        let row = self.database.row("SELECT id, name, created_at FROM organizations WHERE id = $1", args![id]).await?;
        organization(&row.ok_or_else(|| StoreError::NotFound { what: "organization", id: id.to_string() })?)
    }
}
