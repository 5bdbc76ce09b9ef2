//! Organizations: making one with its starting credits, finding the one that a command means.

use creel_ledger::{Grant, LotSource, Reference, ReferenceType};
use creel_types::{Credits, OrganizationId, Time};

use crate::{
    Store, StoreError, args,
    billing::trial,
    database::{Row, Turn, Tx},
    edition::Edition,
    ledger::{
        account::{Named, lock_account},
        consequences, unmetered,
    },
};

/// What a new organization starts with in mode `ledger`.
pub const STARTING_CREDITS: Credits = Credits(5_000);

/// What a new organization begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Credits(Credits),
    /// The installation does not bill.
    Unmetered,
    /// The installation sells plans: a trial, where it is due.
    Trial,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    pub created_at: Time,
}

impl Organization {
    /// What can be changed about it is its name.
    #[must_use]
    pub fn edition(&self) -> Edition {
        Edition::of(&(self.id, &self.name))
    }
}

fn organization(row: &Row) -> Result<Organization, StoreError> {
    Ok(Organization { id: row.parsed("id")?, name: row.text("name")?, created_at: row.time("created_at")? })
}

impl Store {
    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.database.ping().await
    }

    pub async fn list_organizations(&self) -> Result<Vec<Organization>, StoreError> {
        let rows = self.database.rows("SELECT id, name, created_at FROM organizations ORDER BY id", args![]).await?;
        rows.iter().map(organization).collect()
    }

    /// The organization that an empty database gets. Two processes that start at once make one.
    pub async fn default_organization(&self, start: Start) -> Result<Organization, StoreError> {
        let mut tx = self.database.begin().await?;
        tx.take_turn(Turn::MakingTheFirstOrganization).await?;
        let first = tx.row("SELECT id, name, created_at FROM organizations ORDER BY id LIMIT 1", args![]).await?;
        if let Some(row) = first {
            return organization(&row);
        }
        let made = self.insert_organization(&mut tx, "default", start, trial::For::Operator).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Makes an organization with what it starts with.
    pub async fn create_organization(&self, name: &str, start: Start) -> Result<Organization, StoreError> {
        let mut tx = self.database.begin().await?;
        let made = self.insert_organization(&mut tx, name, start, trial::For::Operator).await?;
        tx.commit().await?;
        Ok(made)
    }

    pub(crate) async fn insert_organization(
        &self,
        tx: &mut Tx,
        name: &str,
        start: Start,
        by: trial::For,
    ) -> Result<Organization, StoreError> {
        let now = self.clock.now();
        let made = Organization { id: self.random.id(now), name: name.to_owned(), created_at: now };
        tx.execute(
            "INSERT INTO organizations (id, name, created_at, last_entry_at, last_hash) VALUES ($1, $2, $3, $4, $5)",
            args![made.id, name, now, now, creel_ledger::FIRST_PREVIOUS_HASH],
        )
        .await?;
        let mut locked = lock_account(tx, made.id, Named::default()).await?;
        match start {
            Start::Unmetered => unmetered::grant_unmetered(self, &mut locked)?,
            Start::Credits(Credits::ZERO) => {}
            Start::Trial => {
                trial::grant(tx, self, &mut locked, by, now).await?;
            }
            Start::Credits(amount) => locked.account.grant(
                now,
                Grant {
                    lot: self.random.id(now),
                    source: LotSource::Starting,
                    amount,
                    expires_at: None,
                    reference: Reference::new(ReferenceType::Organization, made.id),
                    description: "Starting credits".to_owned(),
                    actor: String::new(),
                },
            )?,
        }
        consequences::save(tx, self, &mut [&mut locked], now).await?;
        Ok(made)
    }

    pub async fn get_organization(&self, id: OrganizationId) -> Result<Organization, StoreError> {
        organization_in(&mut self.database.begin_read().await?, id).await
    }
}

pub(crate) async fn organization_in(tx: &mut Tx, id: OrganizationId) -> Result<Organization, StoreError> {
    let row = tx.row("SELECT id, name, created_at FROM organizations WHERE id = $1", args![id]).await?;
    organization(&row.ok_or_else(|| StoreError::NotFound { what: "organization", id: id.to_string() })?)
}
