//! The words of Creel: plain values that every other crate speaks in. No rules beyond "is this value well formed".

pub mod access;
pub mod capture;
pub mod clock;
pub mod country;
pub mod credits;
pub mod currency;
pub mod email;
pub mod figures;
pub mod hex;
pub mod host;
pub mod ids;
pub mod item;
pub mod links;
pub mod message;
pub mod metric;
pub mod money;
pub mod page;
pub mod plan;
pub mod robot;
pub mod run;
pub mod schedule;
pub mod schema;
pub mod secret;
pub mod time;
mod words;

/// For [`words!`], whose users need not know of it.
#[doc(hidden)]
pub use utoipa;

pub use access::{Actor, By, Role};
pub use capture::{
    Availability, AvailabilityStatus, Capture, Condition, Field, Identifiers, Offer, OptionAxis, Price, Product, Promotion,
    Property, Rating, SellerType, Shipping, Sku, Source, Tax, UnitPrice,
};
pub use clock::{Clock, Random};
pub use country::Country;
pub use credits::{Action, Credits};
pub use currency::Currency;
pub use email::Email;
pub use hex::{hex, sha256_hex};
pub use host::Host;
pub use ids::{
    ApiKeyId, AuditId, BuildId, CaptureId, ConversationId, DeliveryId, EnrichmentId, EventId, HoldId, InvitationId, ItemId,
    LotId, MailId, MessageId, OrganizationId, PersonId, RobotId, RunId, ScheduleId, SessionId, WebhookId,
};
pub use item::{
    Attribute, Brand, Category, EnglishReason, Evidence, EvidenceSource, Item, ItemContent, ItemUnitPrice, Lineage, Media,
    MediaReason, ModelUse, Review, ReviewReason, ReviewState, Signal, Size, SizeKind, SkuOffers,
};
pub use message::{Asker, MessageEnd, MessageStatus, TOKENS_A_CREDIT, credits_of_tokens};
pub use money::Amount;
pub use page::{PageKind, PageOutcome};
pub use plan::{CREDIT_PACK, PLANS, PackTerms, Plan, PlanTerms, Support};
pub use robot::{Robot, RobotProgram, RobotStatus};
pub use run::{EndReason, EnrichFailure, EnrichOutcome, EnrichmentEnd, RunError, RunErrorCode, RunStatus};
pub use schedule::{Cadence, ClockTime, IntervalUnit, ScheduleStatus, SkipReason, Weekday, Window};
pub use secret::Secret;
pub use time::Time;
