//! The trial: credits for some days, without a card and without Stripe. Once for an organization, for ever, and once for a person,
//! by their verified address; whoever works at the machine itself needs none.

use creel_ledger::{Grant, LotSource, Reference, ReferenceType};
use creel_types::{LotId, OrganizationId, PersonId, Plan, Time, sha256_hex};

use crate::{
    Store, StoreError, args,
    database::Tx,
    ledger::{
        account::{Locked, Named, lock_account},
        consequences,
    },
};

/// For whom a trial is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    /// A person whose address may be verified.
    Person(PersonId),
    /// Whoever works at the machine.
    Operator,
}

/// Grants the trial under a lock that the caller has, where it is due; whether it was.
pub(crate) async fn grant(tx: &mut Tx, store: &Store, locked: &mut Locked, to: For, now: Time) -> Result<bool, StoreError> {
    let organization = locked.account.organization;
    let person = match to {
        For::Operator => None,
        For::Person(id) => match verified_person(tx, id).await? {
            Some(person) => Some(person),
            None => return Ok(false),
        },
    };
    let sql = "SELECT 1 AS one FROM trials WHERE organization_id = $1 OR person = $2";
    if tx.row(sql, args![organization, person.clone()]).await?.is_some() {
        return Ok(false);
    }
    let terms = Plan::Trial.terms();
    let lot: LotId = store.random.id(now);
    locked.account.grant(
        now,
        Grant {
            lot,
            source: LotSource::Trial,
            amount: terms.unit_credits,
            expires_at: terms.lasts_ms().map(|ms| now.plus_ms(ms)),
            reference: Reference::new(ReferenceType::Organization, organization),
            description: format!("{} of {} days", terms.name, terms.days.unwrap_or_default()),
            actor: String::new(),
        },
    )?;
    let sql = "INSERT INTO trials (organization_id, person, lot_id, granted_at) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, args![organization, person, lot, now]).await?;
    Ok(true)
}

/// Gives an organization that is there already its trial, now that somebody owns it whose address is verified.
pub(crate) async fn grant_to_owned(
    tx: &mut Tx,
    store: &Store,
    organization: OrganizationId,
    owner: PersonId,
    now: Time,
) -> Result<(), StoreError> {
    let mut locked = lock_account(tx, organization, Named::default()).await?;
    if grant(tx, store, &mut locked, For::Person(owner), now).await? {
        consequences::save(tx, store, &mut [&mut locked], now).await?;
    }
    Ok(())
}

/// The same for the first organization that a person owns, once their address is verified.
pub(crate) async fn grant_to_oldest_owned(tx: &mut Tx, store: &Store, owner: PersonId, now: Time) -> Result<(), StoreError> {
    let sql = "SELECT organization_id FROM memberships WHERE person_id = $1 AND role = 'owner'
               ORDER BY joined_at, organization_id LIMIT 1";
    match tx.row(sql, args![owner]).await? {
        Some(row) => grant_to_owned(tx, store, row.parsed("organization_id")?, owner, now).await,
        None => Ok(()),
    }
}

/// The digest by which a person with a verified address is known.
async fn verified_person(tx: &mut Tx, person: PersonId) -> Result<Option<String>, StoreError> {
    // Two organizations that they make at once wait for each other here.
    let sql = format!("SELECT email_key, email_verified_at FROM people WHERE id = $1{}", tx.lock("people"));
    let Some(row) = tx.row(&sql, args![person]).await? else { return Ok(None) };
    if row.opt_time("email_verified_at")?.is_none() {
        return Ok(None);
    }
    Ok(Some(sha256_hex(&row.text("email_key")?)))
}
