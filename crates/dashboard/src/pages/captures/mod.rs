//! Captures: all of them with filters, and one with what its page said and how its price went.

mod asked;
mod columns;
mod course;
mod delete;
mod filters;
mod grid;
mod json;
mod latest;
mod list;
mod offers;
mod origin;
mod row;
mod show;

pub(crate) use latest::{Latest, latest};
pub(crate) use origin::name as field_name;

use axum::routing::{get, post};

use crate::area::Area;

pub(crate) fn area() -> Area {
    Area::new()
        .page("/captures", get(list::show))
        .page("/captures/{id}", get(show::show))
        .route("/captures/{id}/delete", post(delete::submit))
}
