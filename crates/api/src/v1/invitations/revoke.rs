//! `DELETE /v1/invitations/{id}`: its links are void from then on.

use axum::{extract::State, http::StatusCode};
use creel_types::InvitationId;

use crate::{
    ApiState,
    caller::{AdminCaller, Caller},
    error::ApiError,
    v1::PathId,
};

/// Revoke an invitation
#[utoipa::path(
    delete,
    path = "/v1/invitations/{id}",
    tag = "organization",
    params(("id" = InvitationId, Path)),
    responses((status = 204, description = "Its links are void")),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn revoke_invitation(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(id): PathId<InvitationId>,
) -> Result<StatusCode, ApiError> {
    state.store().revoke_invitation(organization, id, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
