//! Members: people with a role in the organization.

pub(crate) mod list;
pub(crate) mod remove;
pub(crate) mod update;
