//! `DELETE /v1/members/{person_id}`: takes effect with the person's next request.

use axum::{extract::State, http::StatusCode};
use creel_types::PersonId;

use crate::{
    ApiState,
    caller::Caller,
    error::{ApiError, ErrorBody},
    v1::PathId,
};

/// Remove a member, or leave
///
/// Everybody may leave; to remove another one takes an admin, and an owner for an owner.
#[utoipa::path(
    delete,
    path = "/v1/members/{person_id}",
    tag = "organization",
    params(("person_id" = PersonId, Path)),
    responses(
        (status = 204, description = "The person is no member any more"),
        (status = 403, description = "It takes a higher role", body = ErrorBody),
        (status = 409, description = "It is the last owner", body = ErrorBody),
    )
)]
pub(crate) async fn remove_member(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(person): PathId<PersonId>,
) -> Result<StatusCode, ApiError> {
    state.store().remove_member(caller.organization, person, &caller.by).await?;
    Ok(StatusCode::NO_CONTENT)
}
