//! The paths under `/v1`.

mod billing;
mod captures;
mod robot_builds;
mod robots;
mod runs;

use axum::{
    Router,
    extract::FromRequestParts,
    http::request::Parts,
    routing::{get, post},
};

use crate::{
    ApiState,
    error::{ApiError, ErrorCode},
};

pub(crate) fn router() -> Router<ApiState> {
    Router::new()
        .route("/extract/robot-builds", post(robot_builds::create::create).get(robot_builds::list::list))
        .route("/extract/robot-builds/{id}", get(robot_builds::get::get))
        .route("/extract/robots", get(robots::list::list))
        .route("/extract/robots/{id}", get(robots::get::get))
        .route("/extract/runs", post(runs::create::create).get(runs::list::list))
        .route("/extract/runs/{id}", get(runs::get::get))
        .route("/extract/runs/{id}/stop", post(runs::stop::stop))
        .route("/extract/runs/{id}/pages", get(runs::pages::pages))
        .route("/extract/captures", get(captures::list::list))
        .route("/extract/captures/export", get(captures::export::export))
        .route("/extract/captures/{id}", get(captures::get::get).delete(captures::delete::delete))
        .route("/billing/balance", get(billing::balance::balance))
        .route("/billing/statement", get(billing::statement::statement))
        .route("/billing/statement/{sequence}", get(billing::entry::entry))
        .route("/billing/usage", get(billing::usage::usage))
        .route("/billing/forecast", get(billing::forecast::forecast))
}

/// The id in a path. One that is no id at all is as missing as one that does not exist.
pub(crate) struct PathId<T>(pub(crate) T);

impl<T: std::str::FromStr> FromRequestParts<ApiState> for PathId<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<PathId<T>, ApiError> {
        let missing = || ApiError::new(ErrorCode::NotFound, "there is nothing with this id");
        let axum::extract::Path(text) =
            axum::extract::Path::<String>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        text.parse().map(PathId).map_err(|_| missing())
    }
}
