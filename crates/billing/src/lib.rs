//! Plans, the trial and Stripe: what people pay for, and the credits that follow from what is paid.
//!
//! Events of Stripe are only nudges: what an organization is owed is computed anew from Stripe's objects as they are now, one
//! customer at a time. Knows no SQL, and never sees a card.

pub mod catalogue;
pub mod secret;
pub mod set_up;
pub mod stripe;

pub use secret::Secret;
pub use stripe::{StripeClient, StripeError};
