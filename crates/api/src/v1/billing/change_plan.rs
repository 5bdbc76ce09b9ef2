//! `POST /v1/billing/change-plan {plan, quantity?}`: another plan or quantity. More is paid and had now; less begins with the next
//! cycle, and is confirmed at Stripe.

use axum::{Json, extract::State};
use creel_billing::PlanChangeOutcome;
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::WantedPlan;
use crate::{
    ApiState,
    body::JsonBody,
    caller::{AdminCaller, Caller},
    error::{ApiError, ErrorBody},
};

#[derive(Serialize, ToSchema)]
pub(crate) struct ChangedPlan {
    /// Where it is paid or confirmed; where it is done already, the page of billing.
    #[schema(format = "uri")]
    url: String,
    outcome: Outcome,
}

creel_types::words! {
    /// What came of it.
    Outcome {
        /// It is paid and in force.
        Applied = "applied",
        /// It is in force once the invoice at `url` is paid, within 23 hours.
        PaymentRequired = "payment_required",
        /// It is confirmed at `url`, and begins with the next month.
        ConfirmInPortal = "confirm_in_portal",
    }
}

impl From<PlanChangeOutcome> for Outcome {
    fn from(outcome: PlanChangeOutcome) -> Outcome {
        match outcome {
            PlanChangeOutcome::Applied => Outcome::Applied,
            PlanChangeOutcome::PaymentRequired => Outcome::PaymentRequired,
            PlanChangeOutcome::ConfirmInPortal => Outcome::ConfirmInPortal,
        }
    }
}

/// Change the plan
///
/// A larger plan is paid in full now: its credits come at once, a new month begins, and what is left of the old credits stays until
/// its own end. A smaller one begins with the next month, once it is confirmed on the page that the answer names.
#[utoipa::path(
    post,
    path = "/v1/billing/change-plan",
    tag = "billing",
    request_body = WantedPlan,
    responses(
        (status = 200, description = "What came of it", body = ChangedPlan),
        (status = 409, description = "There is no live subscription, or it has this plan already", body = ErrorBody),
    ),
    extensions(("x-role" = json!("admin")))
)]
pub(crate) async fn change_plan(
    State(state): State<ApiState>,
    AdminCaller(Caller { organization, by, .. }): AdminCaller,
    JsonBody { value: wanted, .. }: JsonBody<WantedPlan>,
) -> Result<Json<ChangedPlan>, ApiError> {
    let (plan, quantity) = wanted.checked()?;
    let changed = state.billing.change_plan(organization, &by, plan, quantity).await?;
    Ok(Json(ChangedPlan { url: changed.url.into(), outcome: changed.outcome.into() }))
}
