//! Stripe's objects as far as Creel reads them, by version `2026-05-27.dahlia`. Fields that are not named are passed over and
//! words that are not known are [`Unknown`](SubscriptionStatus::Unknown), so that what Stripe adds breaks nothing.

use std::{collections::BTreeMap, fmt};

use creel_store::billing::subscription::is_ended;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value as Json;

/// The version that every request names and that events are made in.
pub const API_VERSION: &str = "2026-05-27.dahlia";

pub type Metadata = BTreeMap<String, String>;

/// A page of objects.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub struct List<T> {
    pub data: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
}

/// A reference to an object: its id, whether Stripe sends the id alone or the whole object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub String);

impl Id {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Id, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Id(String),
            Whole { id: String },
        }
        Ok(match Either::deserialize(from)? {
            Either::Id(id) | Either::Whole { id } => Id(id),
        })
    }
}

/// A list of Stripe's words with a place for those of tomorrow.
macro_rules! stripe_words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name { $($variant,)* #[default] Unknown }

        impl $name {
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* $name::Unknown => "unknown" }
            }

            #[must_use]
            pub fn read(text: &str) -> $name {
                match text { $($text => $name::$variant,)* _ => $name::Unknown }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                Ok(Option::<String>::deserialize(from)?.map_or($name::Unknown, |text| $name::read(&text)))
            }
        }
    };
}

stripe_words! {
    SubscriptionStatus {
        Incomplete = "incomplete",
        IncompleteExpired = "incomplete_expired",
        Trialing = "trialing",
        Active = "active",
        PastDue = "past_due",
        Unpaid = "unpaid",
        Canceled = "canceled",
        Paused = "paused",
    }
}

impl SubscriptionStatus {
    /// Whether nothing comes after it.
    #[must_use]
    pub fn is_ended(self) -> bool {
        is_ended(self.as_str())
    }
}

stripe_words! {
    InvoiceStatus {
        Draft = "draft",
        Open = "open",
        Paid = "paid",
        Void = "void",
        Uncollectible = "uncollectible",
    }
}

stripe_words! {
    RefundStatus {
        Pending = "pending",
        RequiresAction = "requires_action",
        Succeeded = "succeeded",
        Failed = "failed",
        Canceled = "canceled",
    }
}

stripe_words! {
    DisputeStatus {
        WarningNeedsResponse = "warning_needs_response",
        WarningUnderReview = "warning_under_review",
        WarningClosed = "warning_closed",
        NeedsResponse = "needs_response",
        UnderReview = "under_review",
        Won = "won",
        Lost = "lost",
        Prevented = "prevented",
    }
}

stripe_words! {
    SessionStatus {
        Open = "open",
        Complete = "complete",
        Expired = "expired",
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Customer {
    pub id: String,
    #[serde(default)]
    pub deleted: bool,
    #[serde(default)]
    pub metadata: Metadata,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Product {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub active: bool,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub metadata: Metadata,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Price {
    pub id: String,
    #[serde(default)]
    pub active: bool,
    pub currency: String,
    #[serde(default)]
    pub unit_amount: Option<i64>,
    #[serde(default)]
    pub recurring: Option<Recurring>,
    #[serde(default)]
    pub lookup_key: Option<String>,
    pub product: Id,
    #[serde(default)]
    pub metadata: Metadata,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Recurring {
    pub interval: String,
    pub interval_count: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Subscription {
    pub id: String,
    pub customer: Id,
    #[serde(default)]
    pub status: SubscriptionStatus,
    pub created: i64,
    #[serde(default)]
    pub cancel_at_period_end: bool,
    #[serde(default)]
    pub cancel_at: Option<i64>,
    #[serde(default)]
    pub ended_at: Option<i64>,
    pub items: List<SubscriptionItem>,
    #[serde(default)]
    pub latest_invoice: Option<Id>,
    #[serde(default)]
    pub schedule: Option<Id>,
    /// An upgrade that waits for its payment.
    #[serde(default)]
    pub pending_update: Option<PendingUpdate>,
    #[serde(default)]
    pub metadata: Metadata,
}

#[derive(Clone, Debug, Deserialize)]
pub struct SubscriptionItem {
    pub id: String,
    pub price: Price,
    #[serde(default)]
    pub quantity: Option<i64>,
    pub current_period_start: i64,
    pub current_period_end: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct PendingUpdate {
    pub expires_at: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct SubscriptionSchedule {
    pub id: String,
    #[serde(default)]
    pub subscription: Option<Id>,
    #[serde(default)]
    pub end_behavior: String,
    #[serde(default)]
    pub phases: Vec<SchedulePhase>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct SchedulePhase {
    pub start_date: i64,
    #[serde(default)]
    pub end_date: Option<i64>,
    pub items: Vec<PhaseItem>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct PhaseItem {
    pub price: Id,
    #[serde(default)]
    pub quantity: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Invoice {
    pub id: String,
    #[serde(default)]
    pub customer: Option<Id>,
    #[serde(default)]
    pub status: InvoiceStatus,
    pub created: i64,
    pub total: i64,
    #[serde(default)]
    pub parent: Option<InvoiceParent>,
    pub lines: List<InvoiceLine>,
    #[serde(default)]
    pub status_transitions: StatusTransitions,
    #[serde(default)]
    pub hosted_invoice_url: Option<String>,
    #[serde(default)]
    pub metadata: Option<Metadata>,
}

impl Invoice {
    /// The subscription that it bills.
    #[must_use]
    pub fn subscription(&self) -> Option<&Id> {
        self.parent.as_ref()?.subscription_details.as_ref().map(|details| &details.subscription)
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct InvoiceParent {
    #[serde(default)]
    pub subscription_details: Option<SubscriptionDetails>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct SubscriptionDetails {
    pub subscription: Id,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct StatusTransitions {
    #[serde(default)]
    pub paid_at: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct InvoiceLine {
    pub id: String,
    pub amount: i64,
    #[serde(default)]
    pub quantity: Option<i64>,
    pub period: Period,
    #[serde(default)]
    pub pricing: Option<Pricing>,
    #[serde(default)]
    pub parent: Option<LineParent>,
}

impl InvoiceLine {
    #[must_use]
    pub fn price(&self) -> Option<&Id> {
        self.pricing.as_ref()?.price_details.as_ref().map(|details| &details.price)
    }

    /// Whether it settles a change in the middle of a period.
    #[must_use]
    pub fn is_proration(&self) -> bool {
        self.parent.as_ref().is_some_and(|parent| {
            parent.subscription_item_details.as_ref().is_some_and(|details| details.proration)
                || parent.invoice_item_details.as_ref().is_some_and(|details| details.proration)
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Period {
    pub start: i64,
    pub end: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Pricing {
    #[serde(default)]
    pub price_details: Option<PriceDetails>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct PriceDetails {
    pub price: Id,
}

#[derive(Clone, Debug, Deserialize)]
pub struct LineParent {
    #[serde(default)]
    pub subscription_item_details: Option<ItemDetails>,
    #[serde(default)]
    pub invoice_item_details: Option<ItemDetails>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct ItemDetails {
    #[serde(default)]
    pub proration: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub struct InvoicePayment {
    pub id: String,
    pub invoice: Id,
    /// `open`, `paid` or `canceled`.
    pub status: String,
    #[serde(default)]
    pub amount_paid: Option<i64>,
    pub payment: Payment,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Payment {
    #[serde(default)]
    pub payment_intent: Option<Id>,
    #[serde(default)]
    pub charge: Option<Id>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Refund {
    pub id: String,
    pub amount: i64,
    #[serde(default)]
    pub status: RefundStatus,
    #[serde(default)]
    pub payment_intent: Option<Id>,
    #[serde(default)]
    pub charge: Option<Id>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Dispute {
    pub id: String,
    pub amount: i64,
    #[serde(default)]
    pub status: DisputeStatus,
    #[serde(default)]
    pub payment_intent: Option<Id>,
    #[serde(default)]
    pub charge: Option<Id>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct CheckoutSession {
    pub id: String,
    /// Null once it is over.
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub status: SessionStatus,
    #[serde(default)]
    pub metadata: Option<Metadata>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct PortalSession {
    pub url: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct PortalConfiguration {
    pub id: String,
    #[serde(default)]
    pub active: bool,
    #[serde(default)]
    pub metadata: Option<Metadata>,
    #[serde(default)]
    pub features: Json,
}

#[derive(Clone, Debug, Deserialize)]
pub struct WebhookEndpoint {
    pub id: String,
    pub url: String,
    #[serde(default)]
    pub status: String,
    #[serde(default)]
    pub enabled_events: Vec<String>,
    #[serde(default)]
    pub api_version: Option<String>,
    /// Only in the answer to its creation.
    #[serde(default)]
    pub secret: Option<String>,
    #[serde(default)]
    pub metadata: Metadata,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub created: i64,
    pub livemode: bool,
    pub data: EventData,
}

#[derive(Clone, Debug, Deserialize)]
pub struct EventData {
    /// The object as it was when the event was made: good for finding out whom it is about, and for nothing else.
    pub object: Json,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stripe_adds_breaks_nothing() {
        let text = r#"{"id":"sub_1","object":"subscription","customer":{"id":"cus_1","object":"customer"},"status":"hibernating",
            "created":1,"items":{"data":[],"object":"list"},"brand_new":{"x":[1]},"latest_invoice":"in_1","metadata":{}}"#;
        let subscription: Subscription = serde_json::from_str(text).unwrap();
        assert_eq!((subscription.status, subscription.customer.as_str()), (SubscriptionStatus::Unknown, "cus_1"));
        assert!(!subscription.status.is_ended());
        assert_eq!(subscription.latest_invoice.unwrap().as_str(), "in_1");
        let refund: Refund = serde_json::from_str(r#"{"id":"re_1","amount":5,"status":null}"#).unwrap();
        assert_eq!(refund.status, RefundStatus::Unknown);
    }
}
