//! Captures: what runs stored.

pub(crate) mod list;
pub(crate) mod get;
