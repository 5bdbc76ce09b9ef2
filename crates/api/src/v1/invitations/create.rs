//! `POST /v1/invitations {email, role?}`: by mail, or by a link to hand over where no mail can be sent.

use axum::{Json, extract::State, http::StatusCode};
use creel_types::Role;
use serde::Deserialize;
use utoipa::ToSchema;

use super::SentInvitation;
use crate::{
    ApiState,
    body::JsonBody,
    caller::{AdminCaller, Caller},
    error::{ApiError, ErrorBody},
    fields::EmailAddress,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInvitation {
    email: EmailAddress,
    /// What the person may do, at most what whoever invites may; `member` where nothing is said.
    role: Option<Role>,
}

/// Invite somebody to the organization
///
/// It takes the place of an open invitation of the same address.
#[utoipa::path(
    post,
    path = "/v1/invitations",
    tag = "organization",
    request_body = NewInvitation,
    responses(
        (status = 201, description = "The invitation, with its link where no mail is sent", body = SentInvitation),
        (status = 409, description = "The address is a member's, or too many invitations are open", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn create_invitation(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    JsonBody { value: new, .. }: JsonBody<NewInvitation>,
) -> Result<(StatusCode, Json<SentInvitation>), ApiError> {
    let role = new.role.unwrap_or(Role::Member);
    let sent = state.access.invite(organization, new.email.as_str(), role, &by).await?;
    state.mail.nudge();
    Ok((StatusCode::CREATED, Json(sent.into())))
}
