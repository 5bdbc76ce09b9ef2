//! The page as a flat, pre-order tape of elements and texts, and the query interface that every source reads it through.
//!
//! [`Parser::parse`] makes one pass over UTF-8 text ([`decode`] makes it from bytes) and returns a [`Document`]: names and values are slices of the text,
//! character references are decoded only when read, and lists of elements by tag and by attribute are linked in the same pass, so that
//! no source walks the whole tape. Tree rules follow the HTML standard closely enough that a product's fields stand under the elements a
//! browser puts them under; formatting elements are never cloned and nothing is moved out of a table. Refuses to know what a page means.

mod attributes;
mod chains;
mod decode;
mod end_tags;
mod entities;
mod foreign;
mod insert;
mod lanes;
mod names;
mod node;
mod open;
#[cfg(test)]
mod pathological;
mod query;
mod record;
mod scan;
mod sections;
mod start_tags;
mod stems;
mod tables;
mod tags;
mod text;
mod tokens;
mod tree;
mod walk;
mod words;

pub use attributes::{Attribute, WithAttr};
pub use decode::{Decoded, decode};
pub use entities::decode_entities;
pub use names::{Attr, Tag};
pub use node::Node;
pub use query::{Document, Meta, Script};
pub use text::{TextRun, Texts};
pub use tree::Parser;
pub use walk::{Ancestors, Children, Descendants, Elements};
pub use words::{Mark, Marks};
