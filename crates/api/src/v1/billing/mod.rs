//! Credits and what is paid for them: balance, statement, usage, forecast; plans, subscription, credit packs.

mod asked;
pub(crate) mod balance;
pub(crate) mod change_plan;
pub(crate) mod checkout;
pub(crate) mod credit_packs;
pub(crate) mod entry;
pub(crate) mod forecast;
pub(crate) mod plans;
pub(crate) mod portal;
mod refused;
pub(crate) mod statement;
pub(crate) mod statement_export;
mod statement_filter;
pub(crate) mod subscription;
pub(crate) mod usage;
