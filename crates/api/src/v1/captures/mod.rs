//! Captures: what runs stored.

pub(crate) mod get;
pub(crate) mod list;
