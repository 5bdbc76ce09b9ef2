//! Runs: all of them, one as it goes on, and a new one.

pub(crate) mod choices;
mod end;
mod list;
mod new;
mod now;
mod pages;
mod show;
pub(crate) mod what;

pub(crate) use list::Table;

use axum::{
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use creel_types::RunStatus;

use crate::{
    LONG_FORM_BYTES_MAX,
    area::Area,
    parts::{Badge, Tone},
};

pub(crate) fn area() -> Area {
    let long = DefaultBodyLimit::max(LONG_FORM_BYTES_MAX);
    Area::new()
        .page("/runs", get(list::show))
        .route("/runs/live", get(list::live))
        .page("/runs/new", get(new::show).post(new::submit).layer(long))
        .page("/runs/{id}", get(show::show))
        .route("/runs/{id}/live", get(show::live))
        .page("/runs/{id}/pages", get(pages::show))
        .route("/runs/{id}/stop", post(end::stop))
        .route("/runs/{id}/restart", post(end::restart))
        .route("/runs/{id}/delete", post(end::delete))
}

/// How a run stands, in a word.
pub(crate) fn badge(status: RunStatus) -> Badge {
    let (tone, text) = match status {
        RunStatus::Pending => (Tone::Plain, "Waiting"),
        RunStatus::Starting => (Tone::Live, "Starting"),
        RunStatus::Running => (Tone::Live, "Running"),
        RunStatus::Restarting => (Tone::Plain, "Waiting again"),
        RunStatus::Completed => (Tone::Good, "Completed"),
        RunStatus::Failed => (Tone::Bad, "Failed"),
        RunStatus::Stopped => (Tone::Warn, "Stopped"),
    };
    Badge::new(tone, text)
}
