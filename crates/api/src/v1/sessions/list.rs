//! `GET /v1/sessions`: where one is signed in.

use axum::{Json, extract::State};
use creel_types::{SessionId, Time};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{ApiState, error::ApiError, page::Page, session::Session};

#[derive(Serialize, ToSchema)]
#[schema(as = OwnSession)]
pub(crate) struct SessionRow {
    id: SessionId,
    /// Whether the request came with it.
    is_current: bool,
    created_at: Time,
    last_seen_at: Time,
    /// What the browser called itself when it signed in.
    user_agent: Option<String>,
    /// From where it signed in.
    address: Option<String>,
}

/// Where you are signed in
///
/// The newest first, all on one page.
#[utoipa::path(
    get,
    path = "/v1/sessions",
    tag = "session",
    security(("session" = [])),
    responses((status = 200, body = Page<SessionRow>))
)]
pub(crate) async fn list_sessions(
    State(state): State<ApiState>,
    session: Session,
) -> Result<Json<Page<SessionRow>>, ApiError> {
    let rows = state.store().list_sessions(session.holder.person).await?;
    let rows = rows.into_iter().map(|row| SessionRow {
        is_current: row.id == session.holder.session,
        id: row.id,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        user_agent: row.user_agent,
        address: row.address,
    });
    Ok(Json(Page { rows: rows.collect(), next_cursor: None }))
}
