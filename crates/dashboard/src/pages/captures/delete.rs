//! `POST /captures/{id}/delete`: through the API, whose rules hold.

use axum::{extract::State, response::Response};
use creel_types::CaptureId;

use crate::{
    Dashboard,
    form::{Sent, Signed},
    member::Member,
    page::go,
    path::Id,
    refusal::Refusal,
};

pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<CaptureId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    dashboard.api.delete(&member, &format!("/v1/extract/captures/{id}")).await?;
    Ok(go(&format!("{}/captures?done=deleted", dashboard.base()), &[]))
}
