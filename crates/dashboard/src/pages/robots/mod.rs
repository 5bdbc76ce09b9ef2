//! Robots: all of them, one with what it knows and how well it reads its shop, the builds that make them, and a new one.

mod builds;
mod change;
mod coverage;
mod list;
mod new;
mod show;

use axum::routing::{get, post};
use creel_store::builds::BuildStatus;
use creel_types::RobotStatus;

use crate::{
    area::Area,
    parts::{Badge, Tone},
};

pub(crate) fn area() -> Area {
    Area::new()
        .page("/robots", get(list::show))
        .page("/robots/new", get(new::show).post(new::submit))
        .page("/robots/builds", get(builds::list))
        .route("/robots/builds/live", get(builds::live_list))
        .page("/robots/builds/{id}", get(builds::show))
        .route("/robots/builds/{id}/live", get(builds::live))
        .page("/robots/{id}", get(show::show).post(change::rename))
        .route("/robots/{id}/delete", post(change::delete))
}

/// How a robot stands, in a word.
fn badge(status: RobotStatus) -> Badge {
    let (tone, text) = match status {
        RobotStatus::Ready => (Tone::Good, "Ready"),
        RobotStatus::Degraded => (Tone::Warn, "Finds less"),
        RobotStatus::Building => (Tone::Live, "Learning"),
    };
    Badge::new(tone, text)
}

fn build_badge(status: BuildStatus) -> Badge {
    let (tone, text) = match status {
        BuildStatus::Pending => (Tone::Plain, "Waiting"),
        BuildStatus::Building => (Tone::Live, "Learning"),
        BuildStatus::Completed => (Tone::Good, "Completed"),
        BuildStatus::Failed => (Tone::Bad, "Failed"),
    };
    Badge::new(tone, text)
}
