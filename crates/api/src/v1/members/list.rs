//! `GET /v1/members?cursor=&limit=`.

use axum::{Json, extract::State};
use creel_store::access::memberships::Member;

use crate::{
    ApiState,
    body::QueryString,
    caller::Caller,
    error::ApiError,
    page::{self, Page, PageQuery},
};

/// People of the organization, in the order in which they came to this installation
#[utoipa::path(
    get,
    path = "/v1/members",
    tag = "organization",
    params(PageQuery),
    responses((status = 200, body = Page<Member>))
)]
pub(crate) async fn list_members(
    State(state): State<ApiState>,
    caller: Caller,
    QueryString(asked): QueryString<PageQuery>,
) -> Result<Json<Page<Member>>, ApiError> {
    let limit = page::limit(asked.limit)?;
    let after = page::cursor(asked.cursor.as_deref())?;
    let rows = state.store().list_members(caller.organization, after, limit + 1).await?;
    Ok(page::page(rows, limit, |member| member.person_id.to_string()))
}
