//! The sessions of whoever is signed in: the browsers that act for them.

pub(crate) mod end;
pub(crate) mod end_others;
pub(crate) mod list;
