//! `POST /v1/extract/schedules`: makes a schedule.

use axum::{Json, extract::State, http::StatusCode};
use creel_store::asked::{run::RUN_BYTES_MAX, schedule::NewScheduleBody};

use super::ScheduleView;
use crate::{
    ApiState,
    body::JsonBody,
    caller::Caller,
    error::{ApiError, ErrorBody},
};

/// Make a schedule
///
/// It makes a run at each of its ticks. Where the balance cannot pay one capture it is made all the same, asleep; `note` says
/// what will wake it.
#[utoipa::path(
    post,
    path = "/v1/extract/schedules",
    tag = "schedules",
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
    JsonBody { value: asked, .. }: JsonBody<NewScheduleBody, RUN_BYTES_MAX>,
) -> Result<(StatusCode, Json<ScheduleView>), ApiError> {
    let robot = state.store().get_robot_with_program(caller.organization, asked.robot_id).await;
    let (_, program) = robot.map_err(|error| ApiError { field: Some("robot_id".to_owned()), ..error.into() })?;
    let now = state.store().clock.now();
    let new = asked.checked(&program, now)?;
    let made = state.store().create_schedule(caller.organization, new, &caller.by).await?;
    Ok((StatusCode::CREATED, Json(ScheduleView::of(made, now))))
}
