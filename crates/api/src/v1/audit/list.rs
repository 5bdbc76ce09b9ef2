//! `GET /v1/audit?action=&actor_id=&from=&to=&cursor=&limit=`: who did what, newest first.

use axum::{Json, extract::State};
use creel_store::access::audit::{AuditAction, AuditFilter, AuditLine};
use creel_types::Time;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    ApiState,
    body::QueryString,
    caller::{AdminCaller, Caller},
    error::ApiError,
    page::{self, Page},
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    #[param(inline)]
    action: Option<AuditAction>,
    /// The id of a person or key.
    actor_id: Option<Uuid>,
    /// Lines at this instant or later.
    #[param(inline)]
    from: Option<Time>,
    /// Lines before this instant.
    #[param(inline)]
    to: Option<Time>,
    /// `next_cursor` of the page before.
    #[param(format = Uuid)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<i64>,
}

/// Who did what, newest first
#[utoipa::path(
    get,
    path = "/v1/audit",
    tag = "organization",
    params(Asked),
    responses((status = 200, body = Page<AuditLine>)),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn list_audit(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, .. }): AdminCaller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Page<AuditLine>>, ApiError> {
    let actor_id = asked.actor_id.map(|id| id.to_string());
    let filter = AuditFilter { action: asked.action, actor_id, from: asked.from, to: asked.to };
    let list = |before, limit| state.store().list_audit(organization, &filter, before, limit);
    page::turn(asked.cursor.as_deref(), asked.limit, list, |line| line.id).await
}
