//! Enrichments: jobs that make items of captures.

mod asked;
pub(crate) mod captures;
pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod restart;
pub(crate) mod stop;
