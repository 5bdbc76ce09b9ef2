//! The organizations of whoever is signed in.

pub(crate) mod create;
pub(crate) mod list;
