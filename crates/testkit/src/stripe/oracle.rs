//! Stripe's own OpenAPI document, held against everything that goes in and out of the simulator.

/// Where tests find the document.
pub const OPENAPI_VARIABLE: &str = "CREEL_STRIPE_OPENAPI";

pub struct Oracle;
