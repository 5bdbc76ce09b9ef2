//! People as a provider of OpenID Connect knows them: by issuer and subject. An account that is there already is joined by its
//! address only where the provider has verified it; and where the account never proved the address itself, whatever was set up
//! with it ends, since somebody else may have done it to wait for its owner.

use creel_types::{Email, PersonId, Time};
use serde_json::json;

use super::{
    audit::{self, AuditAction, Deed, TargetKind},
    invitations::{self, Invited},
    memberships,
    people::{self, NewPerson, Person},
    sessions,
};
use crate::{Store, StoreError, args, database::Tx, organizations::Start};

/// What a provider said of somebody.
#[derive(Clone, Debug)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    pub email: Email,
    pub email_verified: bool,
    pub name: String,
}

/// Whether people come in whom nobody invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strangers {
    Welcome,
    Refused,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Joined {
    Person(Person),
    /// Nobody invited them, and sign-up is closed.
    Closed,
    /// The provider has not verified the address.
    Unverified,
}

impl Store {
    /// The person whom the provider means: known, joined by address, or new.
    pub async fn join_by_identity(
        &self,
        identity: &Identity,
        strangers: Strangers,
        start: Start,
        address: Option<String>,
    ) -> Result<Joined, StoreError> {
        let mut tx = self.database.begin().await?;
        if let Some(person) = known(&mut tx, identity).await? {
            return Ok(Joined::Person(person));
        }
        if !identity.email_verified {
            return Ok(Joined::Unverified);
        }
        let now = self.clock.now();
        let waiting = lock_waiting(&mut tx, &identity.email, now).await?;
        let found = people::lock_by_email(&mut tx, &identity.email).await?;
        let person = match found {
            Some(person) => self.take_over(&mut tx, person, start, address.clone()).await?,
            None if waiting.is_empty() && strangers == Strangers::Refused => return Ok(Joined::Closed),
            None => {
                let name = identity.name.clone();
                let new = NewPerson { email: identity.email.clone(), name, password: None };
                let made = people::insert(&mut tx, self, &new, Some(now), now).await?;
                made.ok_or_else(|| people::taken(&new.email))?
            }
        };
        let by = person.by(address);
        for invitation in &waiting {
            self.join(&mut tx, invitation, &person, &by, now).await?;
        }
        if !has_organization(&mut tx, person.id).await? {
            memberships::create_organization(&mut tx, self, person.id, &person.name, start, &by).await?;
        }
        link(&mut tx, self, identity, &person, now).await?;
        tx.commit().await?;
        Ok(Joined::Person(person))
    }

    /// An account that never proved its address loses its password and sessions to whoever does.
    async fn take_over(
        &self,
        tx: &mut Tx,
        person: Person,
        start: Start,
        address: Option<String>,
    ) -> Result<Person, StoreError> {
        if person.email_verified_at.is_some() {
            return Ok(person);
        }
        tx.execute("UPDATE people SET password_hash = NULL WHERE id = $1", args![person.id]).await?;
        sessions::end_others(tx, person.id, None).await?;
        let by = person.by(address);
        self.mark_verified(tx, &person, start, &by).await?;
        Ok(Person { password: None, email_verified_at: Some(self.clock.now()), ..person })
    }

    /// Issuer and subject of each provider that knows the person.
    pub async fn list_identities(&self, person: PersonId) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT issuer, subject FROM identities WHERE person_id = $1 ORDER BY issuer, subject";
        let rows = self.database.rows(sql, args![person]).await?;
        rows.iter().map(|row| Ok((row.text("issuer")?, row.text("subject")?))).collect()
    }
}

async fn known(tx: &mut Tx, identity: &Identity) -> Result<Option<Person>, StoreError> {
    let sql = "SELECT person_id FROM identities WHERE issuer = $1 AND subject = $2";
    match tx.row(sql, args![identity.issuer.as_str(), identity.subject.as_str()]).await? {
        Some(row) => people::lock(tx, &row.text("person_id")?).await,
        None => Ok(None),
    }
}

/// The invitations that wait for the address, with their organizations locked in sorted order.
async fn lock_waiting(tx: &mut Tx, email: &Email, now: Time) -> Result<Vec<Invited>, StoreError> {
    for invitation in invitations::waiting_for(tx, email, now).await? {
        invitations::lock_organization(tx, invitation.organization).await?;
    }
    invitations::waiting_for(tx, email, now).await
}

async fn has_organization(tx: &mut Tx, person: PersonId) -> Result<bool, StoreError> {
    Ok(tx.row("SELECT 1 AS one FROM memberships WHERE person_id = $1", args![person]).await?.is_some())
}

async fn link(tx: &mut Tx, store: &Store, identity: &Identity, person: &Person, now: Time) -> Result<(), StoreError> {
    let (issuer, subject) = (identity.issuer.as_str(), identity.subject.as_str());
    let sql = "INSERT INTO identities (issuer, subject, person_id, created_at) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, args![issuer, subject, person.id, now]).await?;
    let deed = Deed::new(AuditAction::PersonIdentityLinked, TargetKind::Person, person.id, &person.email)
        .with(json!({"issuer": issuer}));
    audit::write_for_person(tx, store, person.id, now, &person.by(None), deed).await
}
