//! `GET /v1/extract/runs/{id}?wait=SECONDS`: the run as it stands, or as it ends within the wait.

use std::time::Duration;

use axum::{Json, extract::State};
use creel_store::runs::RunView;
use creel_types::RunId;
use serde::Deserialize;
use tokio::time::Instant;
use utoipa::IntoParams;

use crate::{ApiState, body::QueryString, caller::Caller, error::ApiError, v1::PathId};

const WAIT_SECONDS_MAX: u64 = 60;
const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Seconds to wait for the run's end.
    #[param(maximum = 60)]
    wait: Option<u64>,
}

/// One run as it stands, or as it ends within the wait
#[utoipa::path(
    get,
    path = "/v1/extract/runs/{id}",
    tag = "runs",
    params(("id" = RunId, Path), Asked),
    responses((status = 200, body = RunView))
)]
pub(crate) async fn get_run(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RunId>,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<RunView>, ApiError> {
    let wait = asked.wait.unwrap_or(0);
    if wait > WAIT_SECONDS_MAX {
        return Err(ApiError::field("wait", format!("{wait} is more than {WAIT_SECONDS_MAX} seconds")));
    }
    let until = Instant::now() + Duration::from_secs(wait);
    loop {
        let run = state.store().get_run_view(caller.organization, id).await?;
        if run.status.is_ended() || Instant::now() >= until {
            return Ok(Json(run));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
