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
    let list = |after, limit| state.store().list_members(caller.organization, after, limit);
    page::turn(asked.cursor.as_deref(), asked.limit, list, |member| member.person_id).await
}
