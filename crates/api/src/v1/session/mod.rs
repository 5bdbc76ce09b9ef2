//! The session of a browser: signing in and out, and what its person does with their own account.

pub(crate) mod create;
pub(crate) mod end;
pub(crate) mod get;
pub(crate) mod notices;
pub(crate) mod organization;
pub(crate) mod password;
pub(crate) mod update;
