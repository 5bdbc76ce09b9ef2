//! The assistant: somebody's conversations, and one of them with the answer that is being made. The panel of every page shows the
//! same parts.

mod change;
mod list;
mod talk;
mod turn;

use axum::routing::{get, post};

use crate::area::Area;

pub(crate) fn area() -> Area {
    Area::new()
        .page("/assistant", get(list::show).post(list::submit))
        .route("/assistant/recent", get(list::recent))
        .page("/assistant/{id}", get(talk::show).post(talk::submit))
        .route("/assistant/{id}/live", get(talk::live))
        .route("/assistant/{id}/stop", post(change::stop))
        .route("/assistant/{id}/confirm", post(change::confirm))
        .route("/assistant/{id}/rename", post(change::rename))
        .route("/assistant/{id}/delete", post(change::delete))
}
