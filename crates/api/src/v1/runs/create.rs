//! `POST /v1/extract/runs`: makes a run. With an `Idempotency-Key` the same request makes it once.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use creel_store::{
    asked::run::{NewRunBody, RUN_BYTES_MAX},
    idempotency::Once,
};
use creel_types::{Action, RunId};
use serde::Serialize;
use utoipa::ToSchema;

use super::payable::refuse_without_credits;
use crate::{
    ApiState,
    body::JsonBody,
    caller::Caller,
    error::{ApiError, ErrorBody},
    idempotency::{Idempotency, REPLAYED},
};

#[derive(Serialize, ToSchema)]
pub(crate) struct MadeRun {
    id: RunId,
}

/// Crawl a shop
///
/// The run waits its turn, then crawls; each successful product page is one capture and 2 credits. Follow it with
/// `GET /v1/extract/runs/{id}?wait=30`.
#[utoipa::path(
    post,
    path = "/v1/extract/runs",
    tag = "runs",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = NewRunBody,
    responses(
        (status = 202, description = "The run was made", body = MadeRun, headers(
            ("Idempotent-Replayed" = String, description = "`true` where the same request had made it before")
        )),
        (status = 402, description = "One capture cannot be paid", body = ErrorBody),
        (status = 404, description = "There is no such robot", body = ErrorBody),
        (status = 409, description = "No capture fits start_urls_from", body = ErrorBody),
    )
)]
pub(crate) async fn create_run(
    State(state): State<ApiState>,
    caller: Caller,
    idempotency: Idempotency,
    JsonBody { value: asked, raw }: JsonBody<NewRunBody, RUN_BYTES_MAX>,
) -> Result<impl IntoResponse, ApiError> {
    let key = idempotency.of(&raw);
    if let Some(key) = &key
        && let Some(before) = state.store().find_answer(caller.organization, key).await?
    {
        let id = before.parse().map_err(|_| ApiError::internal())?;
        return Ok(answer(Once::Before(id)));
    }
    let robot = state.store().get_robot_with_program(caller.organization, asked.robot_id).await;
    let (_, program) = robot.map_err(|error| ApiError { field: Some("robot_id".to_owned()), ..error.into() })?;
    let asked = asked.with_captured(state.store(), caller.organization, &program).await?;
    let new = asked.checked(&program, caller.by.clone(), caller.key())?;
    refuse_without_credits(&state, &caller, Action::Extract).await?;
    Ok(answer(match key {
        Some(key) => state.store().create_run_once(caller.organization, new, &key).await?,
        None => Once::Now(state.store().create_run(caller.organization, new, None).await?),
    }))
}

fn answer(made: Once<RunId>) -> impl IntoResponse {
    let (id, replayed) = match made {
        Once::Now(id) => (id, None),
        Once::Before(id) => (id, Some([(REPLAYED, "true")])),
    };
    (StatusCode::ACCEPTED, replayed, Json(MadeRun { id }))
}
