//! Items: the enriched counterparts of captures.

pub(crate) mod categories;
pub(crate) mod export;
pub(crate) mod facets;
mod filter;
pub(crate) mod get;
pub(crate) mod list;
