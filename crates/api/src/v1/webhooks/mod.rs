//! Endpoints of an organization to which its events are sent, and the log of what was sent.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod deliveries;
pub(crate) mod delivery;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod replay;
pub(crate) mod rotate;
pub(crate) mod test;
pub(crate) mod update;
mod url;

use axum::{extract::FromRequestParts, http::request::Parts};
use creel_store::webhooks::{SigningSecret, Webhook};
use creel_types::{DeliveryId, WebhookId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{ApiState, error::ApiError};

/// A webhook with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookWithSecret {
    #[serde(flatten)]
    webhook: Webhook,
    /// Keep it where secrets are kept: it cannot be read again.
    #[schema(examples("whsec_…"))]
    secret: String,
}

impl From<(Webhook, SigningSecret)> for WebhookWithSecret {
    fn from((webhook, secret): (Webhook, SigningSecret)) -> WebhookWithSecret {
        WebhookWithSecret { webhook, secret: secret.as_str().to_owned() }
    }
}

/// The ids in the path of a delivery. One that is no id at all is as missing as one that does not exist.
pub(crate) struct DeliveryPath {
    webhook: WebhookId,
    delivery: DeliveryId,
}

impl FromRequestParts<ApiState> for DeliveryPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<DeliveryPath, ApiError> {
        let missing = |_| ApiError::not_found();
        let axum::extract::Path((webhook, delivery)) =
            axum::extract::Path::<(String, String)>::from_request_parts(parts, state)
                .await
                .map_err(|_| ApiError::not_found())?;
        Ok(DeliveryPath { webhook: webhook.parse().map_err(missing)?, delivery: delivery.parse().map_err(missing)? })
    }
}
