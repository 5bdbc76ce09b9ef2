//! Robots of the organization.

pub(crate) mod list;
pub(crate) mod get;
