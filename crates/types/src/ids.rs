//! Typed ids: UUIDv7 for rows, so that ids sort by creation and a robot's id can never be passed for a run's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Time;

/// Builds a UUIDv7 from an instant and 80 random bits; the instant's milliseconds lead, so ids order by time.
#[must_use]
pub fn uuid_v7(at: Time, random: [u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(at.0).unwrap_or(0), &random).into_uuid()
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map($name)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                crate::schema::uuid()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                $name(uuid)
            }
        }
    )*};
}

id! {
    /// The tenant.
    OrganizationId,
    /// A signed-in human.
    PersonId,
    ApiKeyId,
    /// One signed-in browser of a person.
    SessionId,
    /// An e-mail address that may become a member.
    InvitationId,
    /// A line of the audit log.
    AuditId,
    /// A message on its way to somebody's mailbox.
    MailId,
    /// An organization's own row on a program.
    RobotId,
    /// The analysis that makes or remakes a program.
    BuildId,
    RunId,
    /// A job that makes items of captures.
    EnrichmentId,
    /// The enriched counterpart of one capture.
    ItemId,
    CaptureId,
    /// A thread of questions to the assistant, and their answers.
    ConversationId,
    /// One question to the assistant with its answer.
    MessageId,
    ScheduleId,
    /// An amount of credits with a source and an expiry.
    LotId,
    HoldId,
    /// Something that happened and is told outside; the `webhook-id` of each request that tells it.
    EventId,
    /// An address to which an organization's events are sent.
    WebhookId,
    /// One event on its way to one webhook.
    DeliveryId,
}
