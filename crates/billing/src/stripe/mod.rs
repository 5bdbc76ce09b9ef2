//! Stripe as far as Creel asks it: a thin client, its objects, and the signatures of its events.

pub mod objects;
