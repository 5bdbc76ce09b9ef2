//! `POST /v1/invitations/{id}/resend`: once more, good for as long as a new one.

use axum::{Json, extract::State};
use creel_types::InvitationId;

use super::SentInvitation;
use crate::{
    ApiState,
    caller::{AdminCaller, Caller},
    error::ApiError,
    v1::PathId,
};

/// Send an invitation once more
///
/// Links that were sent before stay good.
#[utoipa::path(
    post,
    path = "/v1/invitations/{id}/resend",
    tag = "organization",
    params(("id" = InvitationId, Path)),
    responses((status = 200, description = "The invitation, with a link where no mail is sent", body = SentInvitation)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn resend_invitation(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    PathId(id): PathId<InvitationId>,
) -> Result<Json<SentInvitation>, ApiError> {
    let sent = state.access.resend_invitation(organization, id, &by).await?;
    state.mail.nudge();
    Ok(Json(sent.into()))
}
