//! What somebody does to an enrichment: stop it, take it up again; and the enrichment of one capture, by one button.

use axum::{extract::State, response::Response};
use creel_types::{CaptureId, EnrichmentId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::show;
use crate::{
    Dashboard,
    form::{Sent, Signed},
    member::Member,
    page::go,
    path::Id,
    refusal::Refusal,
};

pub(crate) async fn stop(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<EnrichmentId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    dashboard.api.post(&member, &format!("/v1/enrich/enrichments/{id}/stop"), &json!(null)).await?;
    Ok(go(&format!("{}/enrichments/{id}?done=stopped", dashboard.base()), &[]))
}

pub(crate) async fn restart(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<EnrichmentId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match dashboard.api.post(&member, &format!("/v1/enrich/enrichments/{id}/restart"), &json!(null)).await {
        Ok(_) => Ok(go(&format!("{}/enrichments/{id}?done=restarted", dashboard.base()), &[])),
        Err(refusal) => {
            let page = show::page(&dashboard, &member, id, &show::Asked::default(), Some(&refusal)).await?;
            Ok(refusal.with(page))
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct OfCapture {
    form_token: String,
    /// Made with the form: the same form makes one enrichment.
    once: String,
    /// `true` where the capture has an item and gets another one.
    again: String,
}

/// `POST /enrichments/of-capture/{id}`.
pub(crate) async fn of_capture(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<CaptureId>,
    Sent(sent): Sent<OfCapture>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let body = json!({"capture_ids": [id], "again": sent.again == "true"});
    let made = dashboard.api.post_once(&member, "/v1/enrich/enrichments", &sent.once, &body).await?;
    let enrichment = made.get("id").and_then(Value::as_str).unwrap_or_default();
    Ok(go(&format!("{}/enrichments/{enrichment}?done=made", dashboard.base()), &[]))
}
