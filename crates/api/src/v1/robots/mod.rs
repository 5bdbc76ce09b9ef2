//! Robots of the organization.

pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod program;
pub(crate) mod update;
