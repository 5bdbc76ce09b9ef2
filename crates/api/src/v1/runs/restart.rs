//! `POST /v1/extract/runs/{id}/restart {budget?}`: goes on where an ended run stopped, and never debits again what it has.

use axum::{Json, extract::State, http::StatusCode};
use creel_store::asked::{run::check_budget, texts::whole_number};
use creel_store::runs::RunView;
use creel_types::{Action, RunId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::payable::refuse_without_credits;
use crate::{
    ApiState,
    body::OptionalBody,
    caller::Caller,
    error::{ApiError, ErrorBody},
    v1::PathId,
};

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restart {
    /// The new total, with what the run has already; without it the old total holds.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    budget: Option<i64>,
}

/// Take an ended run up again
///
/// Any ended run but one whose crawl is complete. It goes on where it stopped.
#[utoipa::path(
    post,
    path = "/v1/extract/runs/{id}/restart",
    tag = "runs",
    params(("id" = RunId, Path)),
    request_body = Option<Restart>,
    responses(
        (status = 202, description = "It waits its turn", body = RunView),
        (status = 402, description = "One capture cannot be paid", body = ErrorBody),
        (status = 409, description = "It is not over, or it has all that it was to get", body = ErrorBody),
    )
)]
pub(crate) async fn restart_run(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RunId>,
    OptionalBody(asked): OptionalBody<Restart>,
) -> Result<(StatusCode, Json<RunView>), ApiError> {
    if let Some(budget) = asked.budget {
        check_budget(budget)?;
    }
    let run = state.store().get_run(caller.organization, id).await?;
    if let Some(budget) = asked.budget.filter(|budget| *budget <= run.extracted) {
        let has = run.extracted;
        let message = format!("the run has {has} captures, and {budget} is the new total: give more than {has}");
        return Err(ApiError::field("budget", message));
    }
    if run.status.is_ended() {
        refuse_without_credits(&state, &caller, Action::Extract).await?;
    }
    state.store().restart_run(caller.organization, id, asked.budget, None, &caller.by).await?;
    Ok((StatusCode::ACCEPTED, Json(state.store().get_run_view(caller.organization, id).await?)))
}
