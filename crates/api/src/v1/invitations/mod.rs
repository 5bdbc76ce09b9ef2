//! Invitations: addresses that may become members.

pub(crate) mod accept;
pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod resend;
pub(crate) mod revoke;

use creel_store::access::invitations::Invitation;
use serde::Serialize;
use utoipa::ToSchema;

/// An invitation that was sent, or whose link is to be handed over.
#[derive(Serialize, ToSchema)]
pub(crate) struct SentInvitation {
    #[serde(flatten)]
    invitation: Invitation,
    /// Where no mail can be sent: the link to hand over, shown this once. Null where it was mailed.
    #[schema(examples("https://creel.example/invitation?token=…"))]
    link: Option<String>,
}

impl From<(Invitation, Option<String>)> for SentInvitation {
    fn from((invitation, link): (Invitation, Option<String>)) -> SentInvitation {
        SentInvitation { invitation, link }
    }
}
