//! `PATCH /v1/members/{person_id} {role}`.

use axum::{Json, extract::State};
use creel_store::access::memberships::Member;
use creel_types::{PersonId, Role};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    caller::{AdminCaller, Caller},
    error::{ApiError, ErrorBody},
    v1::PathId,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberChanges {
    role: Role,
}

/// Change what a member may do
///
/// Only owners make owners and change them; an organization is never without one.
#[utoipa::path(
    patch,
    path = "/v1/members/{person_id}",
    tag = "organization",
    params(("person_id" = PersonId, Path)),
    request_body = MemberChanges,
    responses(
        (status = 200, body = Member),
        (status = 409, description = "It is the last owner", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn update_member(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(person): PathId<PersonId>,
    JsonBody { value: changes, .. }: JsonBody<MemberChanges>,
) -> Result<Json<Member>, ApiError> {
    Ok(Json(state.store().change_member_role(organization, person, changes.role, &by).await?))
}
