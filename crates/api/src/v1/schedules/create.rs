//! `POST /v1/extract/schedules`: makes a schedule. With an `Idempotency-Key` the same request makes it once.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use creel_store::{
    asked::{run::RUN_BYTES_MAX, schedule::NewScheduleBody},
    idempotency::Once,
};
use creel_types::ScheduleId;

use super::ScheduleView;
use crate::{
    ApiState,
    body::JsonBody,
    caller::Caller,
    error::{ApiError, ErrorBody},
    idempotency::{Idempotency, REPLAYED},
};

/// Make a schedule
///
/// It makes a run at each of its ticks. Where the balance cannot pay one capture it is made all the same, asleep; `note` says
/// what will wake it.
#[utoipa::path(
    post,
    path = "/v1/extract/schedules",
    tag = "schedules",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = NewScheduleBody,
    responses(
        (status = 201, description = "The schedule", body = ScheduleView),
        (status = 404, description = "There is no such robot", body = ErrorBody),
        (status = 409, description = "A window of no length, a start too far ahead, or too many schedules", body = ErrorBody),
    )
)]
pub(crate) async fn create_schedule(
    State(state): State<ApiState>,
    caller: Caller,
    idempotency: Idempotency,
    JsonBody { value: asked, raw }: JsonBody<NewScheduleBody, RUN_BYTES_MAX>,
) -> Result<Response, ApiError> {
    let key = idempotency.of(&raw);
    if let Some(key) = &key
        && let Some(before) = state.store().find_answer(caller.organization, key).await?
    {
        let id = before.parse().map_err(|_| ApiError::internal())?;
        return answer(&state, &caller, Once::Before(id)).await;
    }
    let robot = state.store().get_robot_with_program(caller.organization, asked.robot_id).await;
    let (_, program) = robot.map_err(|error| ApiError { field: Some("robot_id".to_owned()), ..error.into() })?;
    let now = state.store().clock.now();
    let new = asked.checked(&program, now)?;
    let made = match key {
        Some(key) => state.store().create_schedule_once(caller.organization, new, &caller.by, &key).await?,
        None => Once::Now(state.store().create_schedule(caller.organization, new, &caller.by).await?.id),
    };
    answer(&state, &caller, made).await
}

/// The schedule as it stands, also where it was made by the same request before.
async fn answer(state: &ApiState, caller: &Caller, made: Once<ScheduleId>) -> Result<Response, ApiError> {
    let (id, replayed) = match made {
        Once::Now(id) => (id, None),
        Once::Before(id) => (id, Some([(REPLAYED, "true")])),
    };
    let schedule = state.store().get_schedule(caller.organization, id).await?;
    Ok((StatusCode::CREATED, replayed, Json(ScheduleView::of(schedule, state.store().clock.now()))).into_response())
}
