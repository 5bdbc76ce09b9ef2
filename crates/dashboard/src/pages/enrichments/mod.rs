//! Enrichments: all of them, one as it goes on, and a new one.

mod change;
mod list;
mod new;
mod now;
mod outcomes;
mod preview;
mod show;

use axum::routing::{get, post};

use crate::area::Area;

pub(crate) fn area() -> Area {
    Area::new()
        .page("/enrichments", get(list::show))
        .route("/enrichments/live", get(list::live))
        .page("/enrichments/new", get(new::show).post(new::submit))
        .page("/enrichments/{id}", get(show::show))
        .route("/enrichments/{id}/live", get(show::live))
        .route("/enrichments/{id}/stop", post(change::stop))
        .route("/enrichments/{id}/restart", post(change::restart))
        .route("/enrichments/of-capture/{id}", post(change::of_capture))
}
