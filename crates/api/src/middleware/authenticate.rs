//! Finds out who calls, once a request: by a key in the header, else by a session's cookie. Endpoints that need nobody ignore
//! what it finds.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, header::AUTHORIZATION},
    middleware::Next,
    response::Response,
};
use creel_types::{Actor, By};

use crate::{
    ApiState,
    caller::{Authenticated, Caller, unauthorized},
    error::ApiError,
};

pub(crate) async fn authenticate(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
    let found = caller(&state, request.headers(), address).await;
    request.extensions_mut().insert(Authenticated(found));
    next.run(request).await
}

async fn caller(state: &ApiState, headers: &HeaderMap, address: Option<String>) -> Result<Caller, ApiError> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(unauthorized)?;
    let (scheme, secret) = header.split_once(' ').ok_or_else(unauthorized)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthorized());
    }
    let holder = state.store().find_api_key(secret.trim()).await?.ok_or_else(unauthorized)?;
    let by = By { actor: Actor::ApiKey(holder.key), name: holder.name.clone(), address };
    let caller = Caller { organization: holder.organization, role: holder.role, by };
    // Beside the request, which does not wait for it.
    let store = state.store().clone();
    tokio::spawn(async move {
        if let Err(error) = store.note_api_key_used(&holder).await {
            tracing::warn!(%error, "that a key was used could not be written down");
        }
    });
    Ok(caller)
}
