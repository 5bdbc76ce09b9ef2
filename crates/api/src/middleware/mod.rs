//! What happens to every request before and after its endpoint.

pub(crate) mod authenticate;
pub(crate) mod known_query;
pub(crate) mod observe;
pub(crate) mod rate_limit;
pub(crate) mod security_headers;
