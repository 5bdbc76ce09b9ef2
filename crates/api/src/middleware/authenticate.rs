//! Finds out who calls, once a request. Endpoints that need nobody ignore what it finds.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header::AUTHORIZATION},
    middleware::Next,
    response::Response,
};
use creel_types::{Actor, By, Role};

use crate::{
    ApiState,
    caller::{Authenticated, Caller, unauthorized},
    error::ApiError,
};

pub(crate) async fn authenticate(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let found = caller(&state, request.headers()).await;
    request.extensions_mut().insert(Authenticated(found));
    next.run(request).await
}

async fn caller(state: &ApiState, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(unauthorized)?;
    let (scheme, secret) = header.split_once(' ').ok_or_else(unauthorized)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthorized());
    }
    let holder = state.store().find_api_key(secret.trim()).await?.ok_or_else(unauthorized)?;
    let by = By { actor: Actor::ApiKey(holder.key), name: String::new(), address: None };
    Ok(Caller { organization: holder.organization, role: Role::Owner, by })
}
