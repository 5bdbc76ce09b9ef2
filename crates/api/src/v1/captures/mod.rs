//! Captures: what runs stored.

pub(crate) mod delete;
pub(crate) mod export;
pub(crate) mod filter;
pub(crate) mod get;
pub(crate) mod list;
