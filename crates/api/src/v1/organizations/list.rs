//! `GET /v1/organizations`: those that the person is a member of.

use axum::{Json, extract::State};
use creel_store::access::sessions::Membership;

use crate::{ApiState, error::ApiError, page::Page, session::Session};

/// Organizations of whoever is signed in, by name, all on one page
#[utoipa::path(
    get,
    path = "/v1/organizations",
    tag = "session",
    security(("session" = [])),
    responses((status = 200, body = Page<Membership>))
)]
pub(crate) async fn list_organizations(
    State(state): State<ApiState>,
    session: Session,
) -> Result<Json<Page<Membership>>, ApiError> {
    let rows = state.store().list_organizations_of(session.holder.person).await?;
    Ok(Json(Page { rows, next_cursor: None }))
}
