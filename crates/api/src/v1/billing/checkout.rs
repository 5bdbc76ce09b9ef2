//! `POST /v1/billing/checkout {plan, quantity?}`: a page of Stripe on which a plan is subscribed to. Nothing is changed until it
//! is paid there.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::{BuyingCaller, WantedPlan};
use crate::{
    ApiState,
    body::JsonBody,
    error::{ApiError, ErrorBody},
    idempotency::{Idempotency, elsewhere},
};

/// A page of Stripe.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct StripePage {
    #[schema(format = "uri", examples("https://checkout.stripe.com/c/pay/cs_test_a1"))]
    pub(super) url: String,
}

/// Subscribe to a plan
///
/// The answer is the address of a page at Stripe on which it is paid. Credits come when it is paid. An organization that has a live
/// subscription changes that one (`POST /v1/billing/change-plan`, or the page that the header `Location` names) instead of getting a second.
#[utoipa::path(
    post,
    path = "/v1/billing/checkout",
    tag = "billing",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = WantedPlan,
    responses(
        (status = 200, description = "Where it is paid", body = StripePage, headers(
            ("Idempotent-Replayed" = String, description = "`true` where the same request had the same answer before")
        )),
        (status = 409, description = "There is a live subscription", body = ErrorBody, headers(
            ("Location" = String, description = "The customer's portal at Stripe")
        )),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn create_checkout(
    State(state): State<ApiState>,
    BuyingCaller { organization, buyer }: BuyingCaller,
    idempotency: Idempotency,
    JsonBody { value: wanted, raw }: JsonBody<WantedPlan>,
) -> Result<Response, ApiError> {
    let (plan, quantity) = wanted.checked()?;
    let key = idempotency.of(&raw);
    let name = key.as_ref().map(|key| key.key.as_str());
    let (replayed, page) = elsewhere(&state, organization, key.as_ref(), async || {
        let url = state.billing.checkout(organization, &buyer, plan, quantity, name).await?;
        Ok(StripePage { url: url.into() })
    })
    .await?;
    Ok((replayed, Json(page)).into_response())
}
