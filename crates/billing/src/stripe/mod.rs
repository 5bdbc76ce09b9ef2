//! Stripe as far as Creel asks it: a thin client with a file for each resource, its objects, and the signatures of its events.

pub mod checkout;
pub mod client;
pub mod customers;
pub mod disputes;
pub mod error;
pub mod events;
pub mod form;
pub mod invoices;
pub mod objects;
pub mod payment;
pub mod portal;
pub mod prices;
pub mod products;
pub mod refunds;
pub mod schedules;
pub mod signature;
pub mod subscriptions;
pub mod webhook_endpoints;

pub use client::{Patience, StripeClient};
pub use error::{Refusal, StripeError};
pub use payment::PaymentRef;
