//! What somebody does in a conversation beside asking: stop the answer, confirm what was drafted, rename, erase.

use axum::{extract::State, response::Response};
use creel_types::{Asker, ConversationId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::talk::show_refused;
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
    Id(id): Id<ConversationId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    dashboard.api.post(&member, &format!("/v1/assistant/conversations/{id}/stop"), &json!(null)).await?;
    Ok(go(&format!("{}/assistant/{id}?done=stopped", dashboard.base()), &[]))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Confirmed {
    form_token: String,
    /// The message that proposed it, and the place among what it did.
    number: i64,
    step: usize,
}

/// Makes what was drafted. It is taken from where it is stored, so that what is confirmed is what was shown; the rules of the API
/// hold as for everybody.
pub(crate) async fn confirm(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ConversationId>,
    Sent(sent): Sent<Confirmed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let asker = Asker::Person(member.session.holder.person);
    let before = Some(sent.number.saturating_add(1));
    let found = dashboard.store().list_messages(member.organization, asker, id, before, 1).await?;
    let message = found.first().filter(|message| message.number == sent.number).ok_or_else(Refusal::not_found)?;
    let draft = message.steps.get(sent.step).and_then(|step| step.get("draft")).ok_or_else(Refusal::not_found)?;
    let (path, page) = match draft["kind"].as_str() {
        Some("run") => ("/v1/extract/runs", "runs"),
        Some("schedule") => ("/v1/extract/schedules", "schedules"),
        _ => return Err(Refusal::not_found()),
    };
    if let Some(made) = draft["made"].as_str() {
        return Ok(go(&format!("{}/{page}/{made}", dashboard.base()), &[]));
    }
    // Should this process die before it is noted, the same draft makes one thing however often it is confirmed within a day.
    let once = format!("draft-{}-{}", message.id, sent.step);
    match dashboard.api.post_once(&member, path, &once, &draft["body"]).await {
        Ok(made) => {
            let made = made.get("id").and_then(Value::as_str).unwrap_or_default();
            let place = (sent.number, sent.step);
            dashboard.store().note_made(member.organization, asker, id, place, made).await?;
            Ok(go(&format!("{}/{page}/{made}", dashboard.base()), &[]))
        }
        Err(refusal) => show_refused(&dashboard, &member, id, &refusal, String::new()).await,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Renamed {
    form_token: String,
    title: String,
}

pub(crate) async fn rename(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ConversationId>,
    Sent(sent): Sent<Renamed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let path = format!("/v1/assistant/conversations/{id}");
    match dashboard.api.patch(&member, &path, None, &json!({"title": sent.title.trim()})).await {
        Ok(_) => Ok(go(&format!("{}/assistant/{id}?done=renamed", dashboard.base()), &[])),
        Err(refusal) => show_refused(&dashboard, &member, id, &refusal, String::new()).await,
    }
}

pub(crate) async fn delete(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ConversationId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    dashboard.api.delete(&member, &format!("/v1/assistant/conversations/{id}")).await?;
    Ok(go(&format!("{}/assistant?done=deleted", dashboard.base()), &[]))
}
