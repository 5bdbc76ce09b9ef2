//! Robots of the organization.

pub(crate) mod get;
pub(crate) mod list;
