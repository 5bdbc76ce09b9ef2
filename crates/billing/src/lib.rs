//! Plans, the trial and Stripe: what people pay for, and the credits that follow from what is paid.
//!
//! Events of Stripe are only nudges: what an organization is owed is computed anew from Stripe's objects as they are now, one
//! customer at a time. Knows no SQL, and never sees a card.

pub mod billing;
pub mod catalogue;
pub mod change_plan;
pub mod checkout;
pub mod customer;
pub mod derive;
pub mod error;
pub mod inbox;
pub mod packs;
pub mod poll;
pub mod portal;
pub mod reconcile;
pub mod set_up;
pub mod settings;
mod snapshot;
pub mod stripe;

pub use billing::{Billing, Buyer};
pub use change_plan::{PlanChange, PlanChangeOutcome};
pub use creel_types::Secret;
pub use error::{BillingError, ReceiveError};
pub use packs::PackCheckout;
pub use settings::{BillingSettings, PurchasedExpire};
