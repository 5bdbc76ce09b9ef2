//! `PATCH /v1/extract/schedules/{id}`.

use axum::extract::State;
use creel_store::asked::{run::RUN_BYTES_MAX, schedule::ScheduleChangesBody};
use creel_types::ScheduleId;

use super::ScheduleView;
use crate::{
    ApiState,
    body::JsonBody,
    caller::Caller,
    error::{ApiError, ErrorBody},
    if_match::{IfMatch, Tagged},
    v1::PathId,
};

/// Change a schedule
///
/// What is left out stays. Another cadence has another anchor: `starts_at`, or one interval from now. A tick that was due
/// before still makes its run.
#[utoipa::path(
    patch,
    path = "/v1/extract/schedules/{id}",
    tag = "schedules",
    params(
        ("id" = ScheduleId, Path),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what was seen: refused where it was changed meanwhile"),
    ),
    request_body = ScheduleChangesBody,
    responses(
        (status = 200, body = ScheduleView, headers(("ETag" = String, description = "This state of what can be changed; for `If-Match`"))),
        (status = 409, description = "A window of no length, a start too far ahead, or changed after it was seen", body = ErrorBody),
    )
)]
pub(crate) async fn update_schedule(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ScheduleId>,
    IfMatch(expected): IfMatch,
    JsonBody { value: changes, .. }: JsonBody<ScheduleChangesBody, RUN_BYTES_MAX>,
) -> Result<Tagged<ScheduleView>, ApiError> {
    let (store, now) = (state.store(), state.store().clock.now());
    let before = store.get_schedule(caller.organization, id).await?;
    let robot = store.get_robot_with_program(caller.organization, before.robot).await.ok();
    let changes = changes.checked(robot.as_ref().map(|(_, program)| program), now)?;
    let changed = store.update_schedule(caller.organization, id, changes, expected.as_ref(), &caller.by).await?;
    Ok(Tagged(changed.edition(), ScheduleView::of(changed, now)))
}
