//! What Stripe says of one customer, worked out: the lines that were paid, what went back, and the subscription as it stands.
//! Plain values, from whoever asked Stripe to whoever writes the ledger.

use creel_ledger::Share;
use creel_types::{Credits, Plan, Time};

use super::Alarm;

/// A customer as Stripe has them now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    pub subscription: Option<SubscriptionState>,
    /// In the order in which they are granted: by the beginning of what was bought.
    pub lines: Vec<PaidLine>,
    pub alarms: Vec<Alarm>,
    /// The customer was deleted at Stripe.
    pub deleted: bool,
}

/// One line of a paid invoice that is for credits.
#[derive(Clone, Debug, PartialEq)]
pub struct PaidLine {
    pub invoice: String,
    pub line: String,
    pub bought: Bought,
    pub quantity: i64,
    pub credits: Credits,
    pub paid_at: Time,
    /// When its lot ends; `None` never.
    pub ends_at: Option<Time>,
    /// The part of the invoice's money that went back.
    pub refunded: Option<Share>,
    /// Whether the payment is disputed and that is not settled.
    pub disputed: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Bought {
    /// One period of a plan.
    Plan { plan: Plan, subscription: String, starts_at: Time, ends_at: Time },
    /// Credits by themselves.
    Credits,
}

impl PaidLine {
    /// When what was bought begins: for credits by themselves, when they were paid.
    #[must_use]
    pub fn starts_at(&self) -> Time {
        match self.bought {
            Bought::Plan { starts_at, .. } => starts_at,
            Bought::Credits => self.paid_at,
        }
    }
}

/// The organization's subscription. What is paid does not follow from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionState {
    pub id: String,
    /// Stripe's word; it may be one that is not known here.
    pub status: String,
    /// `None` where its price is not one of ours.
    pub plan: Option<Plan>,
    pub quantity: i64,
    pub period_starts_at: Time,
    pub period_ends_at: Time,
    /// It is set to end then, or has ended.
    pub ends_at: Option<Time>,
    /// A change that is set for the end of the period.
    pub next: Option<NextPlan>,
    /// An upgrade waits for its payment, at most until then.
    pub pending_until: Option<Time>,
    /// Where an open invoice can be paid.
    pub pay_url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextPlan {
    pub plan: Plan,
    pub quantity: i64,
    pub at: Time,
}
