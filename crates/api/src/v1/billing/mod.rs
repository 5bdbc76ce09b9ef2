//! Credits: balance and statement.

pub(crate) mod balance;
pub(crate) mod statement;
