//! Proving that an address is one's own, by a link that is mailed.

pub(crate) mod confirm;
pub(crate) mod request;
