//! `POST /webhooks/stripe`: events of Stripe, which signs them. Nobody else has business here, so it stands outside `/v1` and in no
//! document; what is not signed is refused before the database is asked for anything.

use axum::{
    Json, Router,
    extract::{FromRequest, Request, State},
    routing::post,
};
use creel_billing::ReceiveError;
use creel_types::links::STRIPE_EVENTS_PATH;
use serde::Serialize;

use crate::{
    ApiState,
    body::RawBody,
    error::{ApiError, ErrorCode},
};

/// The largest of Stripe's events are some hundred KB.
const EVENT_BYTES_MAX: usize = 1024 * 1024;
const SIGNATURE_HEADER: &str = "Stripe-Signature";

#[derive(Serialize)]
struct Received {
    received: bool,
}

pub(crate) fn router() -> Router<ApiState> {
    Router::new().route(STRIPE_EVENTS_PATH, post(receive))
}

async fn receive(State(state): State<ApiState>, request: Request) -> Result<Json<Received>, ApiError> {
    // Without a signature the body is not even read.
    let signature = request.headers().get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let signature = signature
        .ok_or_else(|| ApiError::new(ErrorCode::InvalidSignature, format!("the header {SIGNATURE_HEADER} is missing")))?;
    let RawBody(body) = RawBody::<EVENT_BYTES_MAX>::from_request(request, &()).await?;
    state.billing.receive(&signature, &body).await?;
    Ok(Json(Received { received: true }))
}

impl From<ReceiveError> for ApiError {
    fn from(error: ReceiveError) -> ApiError {
        let message = error.to_string();
        match error {
            ReceiveError::Store(error) => error.into(),
            ReceiveError::Signature(_) => ApiError::new(ErrorCode::InvalidSignature, message),
            ReceiveError::Malformed(_) | ReceiveError::OtherMode { .. } => ApiError::new(ErrorCode::BadRequest, message),
            ReceiveError::NotConfigured => ApiError::new(ErrorCode::NotFound, message),
        }
    }
}
