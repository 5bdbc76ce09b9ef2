//! `POST /v1/api-keys {name, role?, expires_at?}`: the secret is in the answer and nowhere else.

use axum::{Json, extract::State, http::StatusCode};
use creel_store::access::keys::NewApiKey;
use creel_types::{Role, Time};
use serde::Deserialize;
use utoipa::ToSchema;

use super::NewSecret;
use crate::{
    ApiState,
    body::JsonBody,
    caller::{AdminCaller, Caller},
    error::{ApiError, ErrorBody},
    fields::GivenName,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    name: GivenName,
    /// What the key may do, at most what its maker may; `member` where nothing is said.
    role: Option<Role>,
    /// From when it works no more; without it, it works until it is revoked.
    expires_at: Option<Time>,
}

/// Make an API key
#[utoipa::path(
    post,
    path = "/v1/api-keys",
    tag = "organization",
    request_body = NewKey,
    responses(
        (status = 201, description = "The key with its secret, shown this once", body = NewSecret),
        (status = 409, description = "There are too many keys, or it would expire at once", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn create_api_key(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    JsonBody { value: new, .. }: JsonBody<NewKey>,
) -> Result<(StatusCode, Json<NewSecret>), ApiError> {
    let name = new.name.as_str().to_owned();
    if let Some(at) = new.expires_at.filter(|at| *at <= state.store().clock.now()) {
        return Err(ApiError::conflict("expires_at", format!("{at} is over: the key would never work")));
    }
    let new = NewApiKey { name, role: new.role.unwrap_or(Role::Member), expires_at: new.expires_at };
    let made = state.store().create_api_key(organization, new, &by).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
