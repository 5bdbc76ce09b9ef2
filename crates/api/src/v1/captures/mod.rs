//! Captures: what runs stored.

pub(crate) mod delete;
pub(crate) mod export;
mod filter;
pub(crate) mod get;
pub(crate) mod list;
