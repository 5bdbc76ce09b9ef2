//! People: whom an address belongs to, and how they prove it. A person who has not shown that the address is theirs has no
//! organization yet; whoever signs up with the same address again takes the place of one who never did.

use std::fmt;

use creel_types::{Actor, By, Email, PersonId, SessionId, Time};

use super::{
    audit::{self, AuditAction, Deed, TargetKind},
    links,
    mails::{self, MailKind},
    memberships, sessions, throttle,
};
use crate::{
    Store, StoreError, args,
    billing::trial,
    database::{Row, Tx},
    organizations::{Organization, Start},
};

/// A password as argon2 wrote it. It prints as nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub email: String,
    pub name: String,
    pub password: Option<PasswordHash>,
    pub email_verified_at: Option<Time>,
    pub created_at: Time,
}

impl Person {
    /// As the audit log calls them.
    #[must_use]
    pub fn by(&self, address: Option<String>) -> By {
        By { actor: Actor::Person(self.id), name: self.email.clone(), address }
    }
}

#[derive(Clone, Debug)]
pub struct NewPerson {
    pub email: Email,
    pub name: String,
    pub password: Option<PasswordHash>,
}

/// How a new person gets in.
#[derive(Clone, Copy, Debug)]
pub enum SignUp {
    /// At once, with an organization of their own: no mail can be sent.
    AtOnce(Start),
    /// When they have followed a link that is sent to them.
    ByMail,
}

const COLUMNS: &str = "id, email, name, password_hash, email_verified_at, created_at";

impl Store {
    pub async fn has_person(&self) -> Result<bool, StoreError> {
        Ok(self.database.row("SELECT 1 AS one FROM people LIMIT 1", args![]).await?.is_some())
    }

    pub async fn find_person(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM people WHERE id = $1");
        self.database.row(&sql, args![id]).await?.as_ref().map(person).transpose()
    }

    pub async fn find_person_by_email(&self, email: &Email) -> Result<Option<Person>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM people WHERE email_key = $1");
        self.database.row(&sql, args![email.key()]).await?.as_ref().map(person).transpose()
    }

    /// Signs somebody up. `None` means that a mail says how to go on; it is the same answer whether the address was known.
    pub async fn sign_up(
        &self,
        new: &NewPerson,
        organization: &str,
        how: SignUp,
        address: Option<String>,
    ) -> Result<Option<Person>, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let inserted = insert(&mut tx, self, new, None, now).await?;
        match how {
            SignUp::AtOnce(start) => {
                let made = inserted.ok_or_else(|| taken(&new.email))?;
                let by = made.by(address);
                memberships::create_organization(&mut tx, self, made.id, organization, start, &by).await?;
                tx.commit().await?;
                Ok(Some(made))
            }
            SignUp::ByMail => {
                self.sign_up_by_mail(&mut tx, new, inserted, organization, now).await?;
                tx.commit().await?;
                Ok(None)
            }
        }
    }

    async fn sign_up_by_mail(
        &self,
        tx: &mut Tx,
        new: &NewPerson,
        inserted: Option<Person>,
        organization: &str,
        now: Time,
    ) -> Result<(), StoreError> {
        let known = match inserted {
            Some(made) => made,
            None => {
                let known = lock_by_email(tx, &new.email).await?.ok_or_else(|| taken(&new.email))?;
                if known.email_verified_at.is_some() || owns_anything(tx, known.id).await? {
                    return mails::queue(tx, self, MailKind::AlreadySignedUp, &known.email, known.id, now).await;
                }
                known
            }
        };
        // Links that an earlier, unproved sign-up had sent would let its password in.
        links::void(tx, links::LinkKind::VerifyEmail, &known.id.to_string(), now).await?;
        let hash = new.password.as_ref().map(|hash| hash.0.clone());
        let sql = "UPDATE people SET email = $2, name = $3, password_hash = $4, wanted_organization = $5, created_at = $6 WHERE id = $1";
        tx.execute(sql, args![known.id, new.email.as_str(), new.name.as_str(), hash, organization, now]).await?;
        mails::queue(tx, self, MailKind::VerifyEmail, new.email.as_str(), known.id, now).await
    }

    /// Follows the link that proves an address; makes the organization that was wished for. `None` where the link is void.
    pub async fn verify_email(
        &self,
        token: &str,
        start: Start,
        address: Option<String>,
    ) -> Result<Option<Person>, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let Some(id) = links::take(&mut tx, links::LinkKind::VerifyEmail, token, now).await? else { return Ok(None) };
        let Some(known) = lock(&mut tx, &id).await? else { return Ok(None) };
        let by = known.by(address);
        self.mark_verified(&mut tx, &known, start, &by).await?;
        tx.commit().await?;
        Ok(Some(known))
    }

    /// Notes that the address is theirs, and makes what waited for it.
    pub(crate) async fn mark_verified(
        &self,
        tx: &mut Tx,
        known: &Person,
        start: Start,
        by: &By,
    ) -> Result<Option<Organization>, StoreError> {
        let now = self.clock.now();
        let row = tx.row("SELECT wanted_organization FROM people WHERE id = $1", args![known.id]).await?;
        let wanted = row.map_or(Ok(None), |row| row.opt_text("wanted_organization"))?;
        let sql = "UPDATE people SET email_verified_at = COALESCE(email_verified_at, $2), wanted_organization = NULL WHERE id = $1";
        tx.execute(sql, args![known.id, now]).await?;
        links::void(tx, links::LinkKind::VerifyEmail, &known.id.to_string(), now).await?;
        let made = match wanted {
            Some(name) => Some(memberships::create_organization(tx, self, known.id, &name, start, by).await?),
            None => None,
        };
        if known.email_verified_at.is_none() {
            let deed = Deed::new(AuditAction::PersonEmailVerified, TargetKind::Person, known.id, &known.email);
            audit::write_for_person(tx, self, known.id, now, by, deed).await?;
            if start == Start::Trial {
                trial::grant_to_oldest_owned(tx, self, known.id, now).await?;
            }
        }
        Ok(made)
    }

    /// Sends the link that proves an address once more; nothing where there is nothing to prove.
    pub async fn queue_verification(&self, email: &Email) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        if let Some(known) = lock_by_email(&mut tx, email).await?
            && known.email_verified_at.is_none()
        {
            mails::queue(&mut tx, self, MailKind::VerifyEmail, &known.email, known.id, self.clock.now()).await?;
        }
        tx.commit().await
    }

    /// Sends a link that sets a new password; nothing to an address that nobody has.
    pub async fn queue_password_reset(&self, email: &Email) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        if let Some(known) = lock_by_email(&mut tx, email).await? {
            mails::queue(&mut tx, self, MailKind::ResetPassword, &known.email, known.id, self.clock.now()).await?;
        }
        tx.commit().await
    }

    /// Follows a link that sets a password: ends every session, voids every other such link, and proves the address. `None`
    /// where the link is void.
    pub async fn reset_password(
        &self,
        token: &str,
        password: &PasswordHash,
        start: Start,
        address: Option<String>,
    ) -> Result<Option<Person>, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let Some(id) = links::take(&mut tx, links::LinkKind::ResetPassword, token, now).await? else { return Ok(None) };
        let Some(known) = lock(&mut tx, &id).await? else { return Ok(None) };
        let by = known.by(address);
        self.mark_verified(&mut tx, &known, start, &by).await?;
        set_password(&mut tx, self, &known, password, None, &by).await?;
        throttle::forget(&mut tx, &throttle::account(&known.email.to_ascii_lowercase())).await?;
        tx.commit().await?;
        Ok(Some(known))
    }

    /// Sets another password; ends every session but the one to keep.
    pub async fn change_password(
        &self,
        person: PersonId,
        password: &PasswordHash,
        keep: Option<SessionId>,
        by: &By,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let known = lock(&mut tx, &person.to_string()).await?.ok_or_else(|| missing(person))?;
        set_password(&mut tx, self, &known, password, keep, by).await?;
        tx.commit().await
    }

    /// The same password, hashed by today's parameters; nothing where it was changed meanwhile.
    pub async fn rehash_password(&self, person: PersonId, old: &PasswordHash, new: &PasswordHash) -> Result<(), StoreError> {
        let sql = "UPDATE people SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
        self.database.execute(sql, args![person, old.0.as_str(), new.0.as_str()]).await.map(|_| ())
    }

    pub async fn rename_person(&self, person: PersonId, name: &str) -> Result<(), StoreError> {
        match self.database.execute("UPDATE people SET name = $2 WHERE id = $1", args![person, name]).await? {
            0 => Err(missing(person)),
            _ => Ok(()),
        }
    }
}

pub(crate) async fn set_password(
    tx: &mut Tx,
    store: &Store,
    known: &Person,
    password: &PasswordHash,
    keep: Option<SessionId>,
    by: &By,
) -> Result<(), StoreError> {
    let now = store.clock.now();
    tx.execute("UPDATE people SET password_hash = $2 WHERE id = $1", args![known.id, password.0.as_str()]).await?;
    sessions::end_others(tx, known.id, keep).await?;
    links::void(tx, links::LinkKind::ResetPassword, &known.id.to_string(), now).await?;
    let deed = Deed::new(AuditAction::PersonPasswordChanged, TargetKind::Person, known.id, &known.email);
    audit::write_for_person(tx, store, known.id, now, by, deed).await
}

/// Makes a person; `None` where the address has one.
pub(crate) async fn insert(
    tx: &mut Tx,
    store: &Store,
    new: &NewPerson,
    verified_at: Option<Time>,
    now: Time,
) -> Result<Option<Person>, StoreError> {
    let sql = format!(
        "INSERT INTO people (id, email, email_key, name, password_hash, email_verified_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (email_key) DO NOTHING RETURNING {COLUMNS}"
    );
    let id: PersonId = store.random.id(now);
    let hash = new.password.as_ref().map(|hash| hash.0.clone());
    let row =
        tx.row(&sql, args![id, new.email.as_str(), new.email.key(), new.name.as_str(), hash, verified_at, now]).await?;
    row.as_ref().map(person).transpose()
}

/// Whether there is anything that whoever takes the account's place would get.
async fn owns_anything(tx: &mut Tx, person: PersonId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS one FROM memberships WHERE person_id = $1 UNION ALL SELECT 1 AS one FROM identities WHERE person_id = $1";
    Ok(tx.row(sql, args![person]).await?.is_some())
}

pub(crate) async fn lock(tx: &mut Tx, id: &str) -> Result<Option<Person>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM people p WHERE id = $1{}", tx.lock("p"));
    tx.row(&sql, args![id]).await?.as_ref().map(person).transpose()
}

pub(crate) async fn lock_by_email(tx: &mut Tx, email: &Email) -> Result<Option<Person>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM people p WHERE email_key = $1{}", tx.lock("p"));
    tx.row(&sql, args![email.key()]).await?.as_ref().map(person).transpose()
}

pub(crate) fn taken(email: &Email) -> StoreError {
    StoreError::Conflict(format!("{email} has an account already: sign in, or set a new password"))
}

fn missing(person: PersonId) -> StoreError {
    StoreError::NotFound { what: "person", id: person.to_string() }
}

fn person(row: &Row) -> Result<Person, StoreError> {
    Ok(Person {
        id: row.parsed("id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        password: row.opt_text("password_hash")?.map(PasswordHash),
        email_verified_at: row.opt_time("email_verified_at")?,
        created_at: row.time("created_at")?,
    })
}
