//! `POST /mcp`: the assistant's tools for models of other people, over the Model Context Protocol.
//!
//! Each request is answered by itself: there is no session that a process would have to remember, so any process may answer the
//! next one. A key says whose data it is; a signed-in browser is refused, since a page of somebody else could make it ask. No
//! credits are taken: no model of ours is asked.

mod server;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, header::ORIGIN},
    response::{IntoResponse, Response},
    routing::post,
};
use creel_assistant::tools::{ARGUMENT_BYTES_MAX, Scope};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};
use server::Tools;
use url::Url;

use crate::{
    ApiState,
    body::read,
    caller::Caller,
    error::{ApiError, ErrorCode},
};

/// What a message has around a tool's arguments, which are escaped in it at worst.
const MESSAGE_BYTES_MAX: usize = 2 * ARGUMENT_BYTES_MAX;

pub(crate) fn router() -> Router<ApiState> {
    Router::new().route("/mcp", post(answer))
}

async fn answer(State(state): State<ApiState>, caller: Caller, request: Request) -> Result<Response, ApiError> {
    if caller.key().is_none() {
        let message = "MCP takes an API key in the header, Authorization: Bearer crl_…; a session is not enough";
        return Err(ApiError::new(ErrorCode::Forbidden, message));
    }
    let public_url = &state.access.settings().public_url;
    refuse_other_origins(request.headers(), public_url)?;
    let (parts, body) = request.into_parts();
    let body = read(body, MESSAGE_BYTES_MAX).await?;
    let scope = Scope {
        organization: caller.organization,
        by: caller.by.clone(),
        store: state.store().clone(),
        base_url: public_url.trim_end_matches('/').to_owned(),
    };
    // Whose name the request was sent to proves nothing behind a proxy; who may ask was found out by the key.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(None)
        .with_max_request_body_bytes(MESSAGE_BYTES_MAX)
        .with_cancellation_token(state.stopping.child_token())
        .disable_allowed_hosts();
    let tools = Tools { scope };
    let service = StreamableHttpService::new(move || Ok(tools.clone()), Arc::new(NeverSessionManager::default()), config);
    Ok(service.handle(Request::from_parts(parts, Body::from(body))).await.map(Body::new).into_response())
}

/// A browser says which page made it ask: only pages of this installation may.
fn refuse_other_origins(headers: &HeaderMap, public_url: &str) -> Result<(), ApiError> {
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let own = Url::parse(public_url).ok().map(|url| url.origin());
    let asking = origin.to_str().ok().and_then(|origin| Url::parse(origin).ok()).map(|url| url.origin());
    if asking.is_some_and(|asking| asking.is_tuple() && own == Some(asking)) {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::CrossSite, "a page of another site may not use MCP here; send no header Origin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_may_ask() {
        for (public_url, origin, is_taken) in [
            ("https://creel.example/", None, true),
            ("https://creel.example/", Some("https://creel.example"), true),
            ("https://creel.example/", Some("https://creel.example:443"), true),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080"), true),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:9090"), false),
            ("https://creel.example/", Some("http://creel.example"), false),
            ("https://creel.example/", Some("https://evil.example"), false),
            ("https://creel.example/", Some("https://creel.example.evil.example"), false),
            ("https://creel.example/", Some("null"), false),
            ("not a url", Some("null"), false),
            ("data:x", Some("data:x"), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(origin) = origin {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(refuse_other_origins(&headers, public_url).is_ok(), is_taken, "{public_url} {origin:?}");
        }
    }
}
