//! The pages, each with what it shows and what it takes. Showing a page that a link leads to never uses the link up: programs that
//! look through mail follow links too.

pub(crate) mod billing;
pub(crate) mod crawler;
pub(crate) mod forgot_password;
pub(crate) mod home;
pub(crate) mod invitation;
pub(crate) mod oidc;
pub(crate) mod reset_password;
pub(crate) mod set_up;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod sign_up;
pub(crate) mod verify_email;

use creel_access::AccessError;
use creel_store::access::links::LinkKind;

use crate::{Dashboard, refusal::Refusal};

/// Refuses a link that is not good any more, and leaves one that is as it is.
async fn good_link(dashboard: &Dashboard, kind: LinkKind, token: &str) -> Result<(), Refusal> {
    match dashboard.store().find_link(kind, token).await? {
        Some(_) => Ok(()),
        None => Err(AccessError::LinkVoid.into()),
    }
}
