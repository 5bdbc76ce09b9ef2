//! Captures: what runs stored.

pub(crate) mod delete;
mod filter;
pub(crate) mod get;
pub(crate) mod list;
