//! The sources of a page's product data, one file each. A source fills in a [`crate::reading::Reading`] with what it says and judges nothing; what
//! several of them agree or disagree on is settled in `merge`.

pub mod dom;
pub mod facts;
pub mod items;
pub mod json_ld;
pub mod microdata;
pub mod open_graph;
pub mod platform;
pub mod rdfa;
pub mod schema_org;
pub mod url;
