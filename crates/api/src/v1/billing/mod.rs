//! Credits: balance, statement, usage, forecast.

pub(crate) mod balance;
pub(crate) mod entry;
pub(crate) mod forecast;
pub(crate) mod statement;
pub(crate) mod usage;
