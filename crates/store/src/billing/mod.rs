//! What is paid for: customers at Stripe, the events that say to look at them, what their paid invoices granted, plans, trials
//! and alarms. Asks nothing of Stripe: it is told what Stripe says ([`reading`]).

pub mod alarms;
pub mod customers;
pub mod events;
mod grants;
pub mod plan;
pub mod reading;
mod settle;
pub mod subscription;
pub mod trial;

pub use alarms::{Alarm, AlarmKind, AlarmRow};
pub use customers::{CustomerLease, StripeCustomer};
pub use events::{InboxEvent, StripeEvent};
pub use plan::PlanInForce;
pub use reading::{Bought, NextPlan, PaidLine, Reading, SubscriptionState};
pub use settle::Settled;
pub use subscription::SubscriptionView;
