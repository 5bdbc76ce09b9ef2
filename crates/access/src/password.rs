//! Hashing of passwords by argon2id, slow on purpose: beside the tasks of the runtime, few at once, and with a bounded queue, so
//! that sign-ins neither stop the server nor eat its memory. An account that does not exist takes as long as one that does.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc},
};
use creel_store::access::people::PasswordHash;
use creel_types::Random;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::AccessError;

/// Passwords that are hashed at once: each takes 19 MiB and a core.
pub const HASHED_AT_ONCE_MAX: usize = 2;
/// Passwords that wait or are being hashed.
pub const HASHES_WAITING_MAX: usize = 64;
const SALT_BYTES: usize = 16;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Default for Cost {
    /// The least that OWASP recommends for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane.
    fn default() -> Cost {
        Cost { memory_kib: 19_456, passes: 2 }
    }
}

/// Whether a password fits, and its hash by today's cost where the kept one is of another.
#[derive(Debug)]
pub(crate) enum Checked {
    Wrong,
    Right { rehashed: Option<PasswordHash> },
}

#[derive(Clone)]
pub(crate) struct Passwords {
    params: Params,
    random: Random,
    at_once: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Of a password that nobody has.
    nobodys: PasswordHash,
}

impl Passwords {
    pub(crate) fn new(cost: Cost, random: &Random) -> Result<Passwords, AccessError> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None)
            .map_err(|error| AccessError::Settings(format!("passwords cannot be hashed at this cost: {error}")))?;
        let nobodys = hash(&params, random, &creel_types::hex(&random.bytes()))?;
        Ok(Passwords {
            params,
            random: random.clone(),
            at_once: Arc::new(Semaphore::new(HASHED_AT_ONCE_MAX)),
            waiting: Arc::new(Semaphore::new(HASHES_WAITING_MAX)),
            nobodys,
        })
    }

    pub(crate) async fn hash(&self, password: &str) -> Result<PasswordHash, AccessError> {
        let (params, random, password) = (self.params.clone(), self.random.clone(), password.to_owned());
        self.beside(move || hash(&params, &random, &password)).await?
    }

    /// Holds a password against what is kept; against nobody's where nothing is.
    pub(crate) async fn check(&self, password: &str, kept: Option<&PasswordHash>) -> Result<Checked, AccessError> {
        let (params, random, password) = (self.params.clone(), self.random.clone(), password.to_owned());
        let (exists, kept) = (kept.is_some(), kept.unwrap_or(&self.nobodys).clone());
        self.beside(move || {
            if !verify(&password, &kept)? || !exists {
                return Ok(Checked::Wrong);
            }
            let rehashed = if is_of(&params, &kept) { None } else { Some(hash(&params, &random, &password)?) };
            Ok(Checked::Right { rehashed })
        })
        .await?
    }

    async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AccessError> {
        let waiting = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| AccessError::Busy)?;
        let turn = Arc::clone(&self.at_once).acquire_owned().await.map_err(|_| AccessError::Busy)?;
        // The permits go along: work goes on where whoever asked has gone away.
        let held: (OwnedSemaphorePermit, OwnedSemaphorePermit) = (waiting, turn);
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(held);
            done
        });
        done.await.map_err(|error| AccessError::Internal(error.to_string()))
    }
}

fn hash(params: &Params, random: &Random, password: &str) -> Result<PasswordHash, AccessError> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let hashed = argon2.hash_password_with_salt(password.as_bytes(), &random.bytes()[..SALT_BYTES]);
    hashed
        .map(|hash: phc::PasswordHash| PasswordHash(hash.to_string()))
        .map_err(|error| AccessError::Internal(error.to_string()))
}

fn verify(password: &str, kept: &PasswordHash) -> Result<bool, AccessError> {
    let kept = phc::PasswordHash::new(&kept.0)
        .map_err(|error| AccessError::Internal(format!("a kept password hash cannot be read: {error}")))?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
}

/// Whether it was made at this cost.
fn is_of(params: &Params, kept: &PasswordHash) -> bool {
    kept.0.starts_with(&format!("$argon2id$v=19$m={},t={},p={}$", params.m_cost(), params.t_cost(), params.p_cost()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 64, passes: 1 };

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::new(CHEAP, &Random::seeded(1)).unwrap();
        let (one, same) = (passwords.hash("a few words").await.unwrap(), passwords.hash("a few words").await.unwrap());
        assert_ne!(one, same, "salted");
        let check = |password, kept| async move { passwords.check(password, kept).await.unwrap() };
        assert!(matches!(check.clone()("a few words", Some(&one)).await, Checked::Right { rehashed: None }));
        assert!(matches!(check.clone()("a few word", Some(&one)).await, Checked::Wrong));
        assert!(matches!(check("a few words", None).await, Checked::Wrong));
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_made_anew() {
        let cheap = Passwords::new(CHEAP, &Random::seeded(1)).unwrap();
        let dearer = Passwords::new(Cost { memory_kib: 128, passes: 1 }, &Random::seeded(2)).unwrap();
        let old = cheap.hash("a few words").await.unwrap();
        let Checked::Right { rehashed: Some(new) } = dearer.check("a few words", Some(&old)).await.unwrap() else {
            panic!("it was not hashed anew")
        };
        assert!(new.0.contains("m=128,t=1,p=1"));
        assert!(matches!(dearer.check("a few words", Some(&new)).await.unwrap(), Checked::Right { rehashed: None }));
        assert!(matches!(dearer.check("other words", Some(&old)).await.unwrap(), Checked::Wrong));
    }

    #[tokio::test]
    async fn the_default_is_what_owasp_says() {
        let hash = Passwords::new(Cost::default(), &Random::seeded(1)).unwrap().nobodys;
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
    }

    #[tokio::test]
    async fn the_queue_ends() {
        let passwords = Passwords::new(CHEAP, &Random::seeded(1)).unwrap();
        let held = Arc::clone(&passwords.waiting).try_acquire_many_owned(HASHES_WAITING_MAX as u32).unwrap();
        assert!(matches!(passwords.hash("a few words").await, Err(AccessError::Busy)));
        drop(held);
        assert!(passwords.hash("a few words").await.is_ok());
    }
}
