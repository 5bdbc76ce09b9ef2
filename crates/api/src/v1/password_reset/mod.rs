//! A new password for somebody who forgot theirs, by a link that is mailed.

pub(crate) mod confirm;
pub(crate) mod request;
