//! `GET /v1/api-keys?cursor=&limit=`: newest first, without their secrets.

use axum::{Json, extract::State};
use creel_store::access::keys::ApiKey;

use crate::{
    ApiState,
    body::QueryString,
    caller::{AdminCaller, Caller},
    error::ApiError,
    page::{self, Page, PageQuery},
};

/// API keys, newest first
#[utoipa::path(
    get,
    path = "/v1/api-keys",
    tag = "organization",
    params(PageQuery),
    responses((status = 200, body = Page<ApiKey>)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn list_api_keys(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, .. }): AdminCaller,
    QueryString(asked): QueryString<PageQuery>,
) -> Result<Json<Page<ApiKey>>, ApiError> {
    let list = |before, limit| state.store().list_api_keys(organization, before, limit);
    page::turn(asked.cursor.as_deref(), asked.limit, list, |key| key.id).await
}
