//! Signing in, with the address and password that one signed up with, and out. Tries are counted before they are made.

use std::net::IpAddr;

use creel_store::access::{
    Token,
    people::{PasswordHash, Person},
    sessions::{Browser, Proof, SessionHolder},
    throttle::{self, Counted},
};
use creel_types::{Actor, By, PersonId, SessionId};

use crate::{Access, AccessError, password::Checked, rules};

/// From where somebody calls.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    pub address: Option<IpAddr>,
    pub user_agent: Option<String>,
}

impl Caller {
    pub(crate) fn address(&self) -> Option<String> {
        self.address.map(|address| address.to_canonical().to_string())
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser { user_agent: self.user_agent.clone(), address: self.address() }
    }

    pub(crate) fn network(&self) -> Option<Counted> {
        self.address.map(throttle::network)
    }

    /// The holder of a session, as whoever acts.
    #[must_use]
    pub fn by(&self, holder: &SessionHolder) -> By {
        By { actor: Actor::Person(holder.person), name: holder.email.clone(), address: self.address() }
    }
}

/// A session that has begun. Its token goes into the browser's cookie and nowhere else.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub person: PersonId,
    pub session: SessionId,
    pub token: Token,
}

impl Access {
    /// Signs in. Whoever has no account waits as long, and is told the same, as one who has the password wrong.
    pub async fn sign_in(&self, email: &str, password: &str, caller: &Caller) -> Result<SignedIn, AccessError> {
        let email = rules::email("email", email)?;
        let (account, network) = (throttle::account(&email.key()), caller.network());
        self.count(&[Some(account.clone()), network.clone()]).await?;
        let person = self.store().find_person_by_email(&email).await?;
        let person = self.with_right_password(person, password).await?;
        self.store().attempt_succeeded(&account, network.as_ref()).await?;
        if self.settings().sends_mail && person.email_verified_at.is_none() {
            return Err(AccessError::NotVerified);
        }
        self.begin(&person, caller).await
    }

    async fn with_right_password(&self, person: Option<Person>, password: &str) -> Result<Person, AccessError> {
        // Longer ones cannot have been chosen, and need not be hashed.
        let password = if password.chars().nth(rules::PASSWORD_LETTERS_MAX).is_some() { "" } else { password };
        let kept = person.as_ref().and_then(|person| person.password.as_ref());
        match (self.0.passwords.check(password, kept).await?, person) {
            (Checked::Right { rehashed }, Some(person)) => {
                let Some((old, new)) = person.password.as_ref().zip(rehashed) else { return Ok(person) };
                self.store().rehash_password(person.id, old, &new).await?;
                Ok(Person { password: Some(new), ..person })
            }
            _ => Err(AccessError::WrongCredentials),
        }
    }

    /// Whether this is the password of somebody who is signed in already.
    pub(crate) async fn confirm(&self, person: Person, password: &str) -> Result<Person, AccessError> {
        let account = throttle::account(&person.email.to_ascii_lowercase());
        self.count(&[Some(account.clone())]).await?;
        let person = self.with_right_password(Some(person), password).await?;
        self.store().attempt_succeeded(&account, None).await?;
        Ok(person)
    }

    /// Begins the session of somebody whose password, if they have one, was right.
    pub(crate) async fn begin(&self, person: &Person, caller: &Caller) -> Result<SignedIn, AccessError> {
        let proof = person.password.as_ref().map_or(Proof::Link, Proof::Password);
        self.begin_by(person, caller, proof).await
    }

    pub(crate) async fn begin_by(
        &self,
        person: &Person,
        caller: &Caller,
        proof: Proof<'_>,
    ) -> Result<SignedIn, AccessError> {
        let (session, token) = self.store().begin_session(person.id, &caller.browser(), proof).await?;
        Ok(SignedIn { person: person.id, session, token })
    }

    pub async fn sign_out(&self, holder: &SessionHolder, caller: &Caller) -> Result<(), AccessError> {
        Ok(self.store().end_session(holder.person, holder.session, &caller.by(holder)).await?)
    }

    /// Ends another session of the same person, or this one.
    pub async fn end_session(&self, holder: &SessionHolder, session: SessionId, caller: &Caller) -> Result<(), AccessError> {
        Ok(self.store().end_session(holder.person, session, &caller.by(holder)).await?)
    }

    /// Signs out everywhere but here.
    pub async fn end_other_sessions(&self, holder: &SessionHolder, caller: &Caller) -> Result<(), AccessError> {
        Ok(self.store().end_other_sessions(holder.person, holder.session, &caller.by(holder)).await?)
    }

    /// Counts a try of each, or says how long to wait.
    pub(crate) async fn count(&self, counted: &[Option<Counted>]) -> Result<(), AccessError> {
        let counted: Vec<Counted> = counted.iter().flatten().cloned().collect();
        match self.store().count_attempt(&counted).await? {
            None => Ok(()),
            Some(wait_ms) => Err(AccessError::Throttled { retry_after_seconds: (wait_ms + 999) / 1000 }),
        }
    }

    pub(crate) async fn hash(&self, password: &str) -> Result<PasswordHash, AccessError> {
        self.0.passwords.hash(password).await
    }
}
