//! `GET /v1/invitations?cursor=&limit=`: open ones, newest first, without their links.

use axum::{Json, extract::State};
use creel_store::access::invitations::Invitation;

use crate::{
    ApiState,
    body::QueryString,
    caller::{AdminCaller, Caller},
    error::ApiError,
    page::{self, Page, PageQuery},
};

/// Open invitations, newest first
#[utoipa::path(
    get,
    path = "/v1/invitations",
    tag = "organization",
    params(PageQuery),
    responses((status = 200, body = Page<Invitation>)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn list_invitations(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, .. }): AdminCaller,
    QueryString(asked): QueryString<PageQuery>,
) -> Result<Json<Page<Invitation>>, ApiError> {
    let list = |before, limit| state.store().list_invitations(organization, before, limit);
    page::turn(asked.cursor.as_deref(), asked.limit, list, |invitation| invitation.id).await
}
