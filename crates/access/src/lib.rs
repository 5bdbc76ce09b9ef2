//! People and what they may do, as rules and flows over the store: passwords, sign-up, sign-in, invitations, the first owner,
//! OpenID Connect. Knows no SQL, no pages and no mail servers; what a role may do to whom is decided by the store, under the
//! organization's lock.

pub mod error;
pub mod oidc;
pub mod password;
pub mod rules;
pub mod settings;

pub mod cookie;
mod csrf;
mod holders;
mod invitations;
mod own;
mod pictures;
mod set_up;
mod sign_in;
mod sign_up;

use std::sync::Arc;

use creel_store::Store;

pub use csrf::same_secret;
pub use error::AccessError;
pub use holders::{OwnPage, Session};
pub use invitations::Joining;
pub use oidc::{OidcAnswer, OidcSettings, OidcSignIn};
pub use set_up::{NewOwner, OwnerMade};
pub use settings::{AccessSettings, SignUpPolicy};
pub use sign_in::{Caller, SignedIn};
pub use sign_up::{SignUpForm, SignedUp};

use crate::{holders::Notes, oidc::Oidc, password::Passwords};

/// The flows, with what they need. Cheap to clone.
#[derive(Clone)]
pub struct Access(Arc<Inner>);

struct Inner {
    store: Store,
    settings: AccessSettings,
    passwords: Passwords,
    oidc: Option<Oidc>,
    notes: Notes,
}

impl Access {
    /// Fails where the settings contradict each other.
    pub fn new(store: Store, settings: AccessSettings) -> Result<Access, AccessError> {
        let passwords = Passwords::new(settings.password_cost, &store.random)?;
        let oidc = match settings.oidc.clone() {
            Some(oidc) => Some(Oidc::new(oidc, &settings.public_url, store.clone())?),
            None => None,
        };
        Ok(Access(Arc::new(Inner { store, settings, passwords, oidc, notes: Notes::default() })))
    }

    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    #[must_use]
    pub fn settings(&self) -> &AccessSettings {
        &self.0.settings
    }
}
