//! The Stripe simulator as a client, a person, an operator and a webhook endpoint see it. Everything that goes in and out is held
//! against Stripe's own OpenAPI document.

mod api;
mod changes;
mod desk;
mod ends;
mod events;
mod money_back;
mod purchases;
mod renewals;
