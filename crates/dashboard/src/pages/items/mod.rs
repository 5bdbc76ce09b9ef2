//! Items: all of them by category, attributes and filters, and one beside the capture that it was made of.

mod asked;
mod facets;
mod list;
mod quote;
mod readings;
mod row;
mod show;
mod tree;
mod words;

use axum::routing::get;

use crate::area::Area;

pub(crate) fn area() -> Area {
    Area::new().page("/items", get(list::show)).page("/items/{id}", get(show::show))
}
