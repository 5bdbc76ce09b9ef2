//! Captures: all of them with filters, and one with what its page said and how its price went.

pub(in crate::pages) mod asked;
mod columns;
mod course;
mod delete;
pub(in crate::pages) mod filters;
mod grid;
pub(in crate::pages) mod json;
mod latest;
mod list;
mod offers;
mod origin;
mod row;
mod show;

pub(crate) use latest::{Latest, latest};
pub(crate) use origin::name as field_name;
pub(crate) use row::stock;

use axum::routing::{get, post};

use crate::area::Area;

pub(crate) fn area() -> Area {
    Area::new()
        .page("/captures", get(list::show))
        .page("/captures/{id}", get(show::show))
        .route("/captures/{id}/delete", post(delete::submit))
}
