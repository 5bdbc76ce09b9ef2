//! `POST /v1/billing/portal`: the customer's own page at Stripe: invoices, payment method, a smaller plan, the end.

use axum::{Json, extract::State};

use super::checkout::StripePage;
use crate::{
    ApiState,
    caller::{AdminCaller, Caller},
    error::{ApiError, ErrorBody},
};

/// Open the customer's portal at Stripe
///
/// Invoices, payment method, address, a smaller plan, the end of the subscription. The address is good for a few minutes.
#[utoipa::path(
    post,
    path = "/v1/billing/portal",
    tag = "billing",
    responses(
        (status = 200, description = "Where the portal is", body = StripePage),
        (status = 409, description = "Nothing was bought yet", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn open_portal(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, .. }): AdminCaller,
) -> Result<Json<StripePage>, ApiError> {
    let url = state.billing.portal(organization).await?;
    Ok(Json(StripePage { url: url.into() }))
}
