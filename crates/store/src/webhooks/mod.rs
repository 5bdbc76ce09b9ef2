//! Events on their way out: the endpoints of each organization, which event goes to which of them, the order and the repetition of
//! attempts, and the log. Sends nothing: whoever sends takes a [`deliver::Parcel`] and says what came of it.

pub mod deliver;
pub mod endpoints;
pub mod event;
pub mod fan_out;
pub mod log;
pub mod secret;
pub mod sweep;

pub use deliver::{Answer, Parcel};
pub use endpoints::{NewWebhook, Webhook, WebhookChanges, WebhookStatus};
pub use event::EventKind;
pub use log::{Attempt, Delivery, DeliveryFilter, DeliveryStatus, DeliveryView};
pub use secret::SigningSecret;
