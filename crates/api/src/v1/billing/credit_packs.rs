//! `POST /v1/billing/credit-packs/checkout {quantity}`: a page of Stripe on which credits are bought once. Says before it is paid
//! when they end.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use creel_types::{Credits, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::WantedPacks;
use crate::{
    ApiState,
    body::JsonBody,
    caller::{AdminCaller, Caller},
    error::{ApiError, ErrorBody},
    idempotency::{Idempotency, elsewhere},
};

#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct PackPage {
    #[schema(format = "uri", examples("https://checkout.stripe.com/c/pay/cs_test_a1"))]
    url: String,
    /// What is bought.
    credits: Credits,
    /// When they end if they are paid now.
    expires_at: Time,
}

/// Buy credit packs
///
/// The answer is the address of a page at Stripe on which they are paid. Only with a live subscription.
#[utoipa::path(
    post,
    path = "/v1/billing/credit-packs/checkout",
    tag = "billing",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = WantedPacks,
    responses(
        (status = 200, description = "Where they are paid, and when they end", body = PackPage, headers(
            ("Idempotent-Replayed" = String, description = "`true` where the same request had the same answer before")
        )),
        (status = 409, description = "There is no live subscription", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn buy_credit_packs(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, .. }): AdminCaller,
    idempotency: Idempotency,
    JsonBody { value: wanted, raw }: JsonBody<WantedPacks>,
) -> Result<Response, ApiError> {
    let quantity = wanted.checked(state.billing.pack())?;
    let key = idempotency.of(&raw);
    let name = key.as_ref().map(|key| key.key.as_str());
    let (replayed, page) = elsewhere(&state, organization, key.as_ref(), async || {
        let bought = state.billing.buy_credits(organization, quantity, name).await?;
        Ok(PackPage { url: bought.url.into(), credits: bought.credits, expires_at: bought.expires_at })
    })
    .await?;
    Ok((replayed, Json(page)).into_response())
}
