//! What an installation chooses about access.

use creel_store::organizations::Start;
use creel_types::words;

use crate::{oidc::OidcSettings, password::Cost};

words! {
    /// Whether people come in whom nobody invited.
    SignUpPolicy {
        Open = "open",
        Closed = "closed",
    }
}

#[derive(Clone, Debug)]
pub struct AccessSettings {
    pub sign_up: SignUpPolicy,
    /// The address under which people reach this installation, without a slash at its end.
    pub public_url: String,
    /// Whether mail can be sent: then addresses are verified, and invitations and new passwords go by mail.
    pub sends_mail: bool,
    pub oidc: Option<OidcSettings>,
    /// What a new organization begins with.
    pub start: Start,
    pub password_cost: Cost,
}
