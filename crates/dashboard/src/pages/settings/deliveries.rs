//! `/settings/webhooks/{id}/deliveries/{delivery}`: what was sent, and what was answered; followed while it is on its way.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use creel_store::webhooks::{Attempt, DeliveryStatus, DeliveryView, WebhookStatus};
use creel_types::{DeliveryId, OrganizationId, Time, WebhookId};
use serde_json::Value;

use super::{Looked, said};
use crate::{
    Dashboard,
    figures::When,
    form::{Sent, Signed},
    live::{self, Part},
    member::Member,
    page::{go, render},
    parts::{Badge, Copy, Tone},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

const SAID: [(&str, &str); 2] =
    [("tested", "A test event is on its way."), ("replayed", "It is sent once more, with all its retries before it.")];

#[derive(Template)]
#[template(path = "settings/delivery.html")]
struct DeliveryPage {
    shell: Shell,
    webhook: WebhookId,
    id: DeliveryId,
    event: String,
    url: String,
    is_active: bool,
    body: Copy,
    now: DeliveryNow,
}

/// What changes while it is on its way.
#[derive(Template)]
#[template(path = "settings/delivery_now.html")]
struct DeliveryNow {
    state: Badge,
    is_going: bool,
    made: When,
    ended: Option<When>,
    next: Option<When>,
    attempts: Vec<AttemptRow>,
}

struct AttemptRow {
    number: i64,
    at: When,
    outcome: Badge,
    duration: String,
    /// Why there was no answer.
    why: String,
    answer: String,
}

impl askama::filters::HtmlSafe for DeliveryNow {}

pub(super) fn delivery_badge(status: DeliveryStatus) -> Badge {
    match status {
        DeliveryStatus::Pending => Badge::new(Tone::Live, "On its way"),
        DeliveryStatus::Delivered => Badge::new(Tone::Good, "Delivered"),
        DeliveryStatus::Failed => Badge::new(Tone::Bad, "Given up"),
    }
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id((webhook, delivery)): Id<(WebhookId, DeliveryId)>,
    Query(looked): Query<Looked>,
) -> Result<Response, Refusal> {
    member.admin()?;
    let store = dashboard.store();
    let endpoint = store.get_webhook(member.organization, webhook).await?;
    let view = store.get_webhook_delivery(member.organization, webhook, delivery).await?;
    let body = serde_json::from_str::<Value>(&view.request_body).ok();
    let pretty = body.and_then(|body| serde_json::to_string_pretty(&body).ok()).unwrap_or_else(|| view.request_body.clone());
    let page = DeliveryPage {
        shell: Shell::new(&dashboard, &member, Place::Webhooks).await?.saying(said(&looked.done, &SAID)),
        webhook,
        id: delivery,
        event: view.delivery.event.to_string(),
        is_active: endpoint.status == WebhookStatus::Active,
        url: endpoint.url,
        body: Copy::new(pretty),
        now: now(view, store.clock.now()),
    };
    Ok(render(&page))
}

fn now(view: DeliveryView, now: Time) -> DeliveryNow {
    let delivery = view.delivery;
    DeliveryNow {
        state: delivery_badge(delivery.status),
        is_going: delivery.status == DeliveryStatus::Pending,
        made: When::of(delivery.created_at, now),
        ended: delivery.ended_at.map(|at| When::of(at, now)),
        next: delivery.next_attempt_at.map(|at| When::of(at, now)),
        attempts: view.attempt_log.into_iter().map(|attempt| attempt_row(attempt, now)).collect(),
    }
}

fn attempt_row(attempt: Attempt, now: Time) -> AttemptRow {
    let outcome = match (attempt.status_code, &attempt.error) {
        (Some(code), _) if (200..300).contains(&code) => Badge::new(Tone::Good, code.to_string()),
        (Some(code), _) => Badge::new(Tone::Bad, code.to_string()),
        (None, Some(_)) => Badge::new(Tone::Bad, "No answer"),
        (None, None) => Badge::new(Tone::Live, "No answer yet"),
    };
    AttemptRow {
        number: attempt.number,
        at: When::of(attempt.at, now),
        outcome,
        duration: attempt.duration_ms.map(|ms| format!("{ms} ms")).unwrap_or_default(),
        why: attempt.error.unwrap_or_default(),
        answer: attempt.answer.unwrap_or_default(),
    }
}

/// `GET …/live`: the same, while it is on its way.
pub(crate) async fn live(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id((webhook, delivery)): Id<(WebhookId, DeliveryId)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    member.admin()?;
    dashboard.store().get_webhook_delivery(member.organization, webhook, delivery).await?;
    let look = move |dashboard: Dashboard, organization: OrganizationId| {
        Box::pin(async move {
            let view = dashboard.store().get_webhook_delivery(organization, webhook, delivery).await?;
            let part = now(view, dashboard.store().clock.now());
            let html = part.render().map_err(|_| Refusal::internal())?;
            Ok(Part { html, is_last: !part.is_going })
        }) as futures::future::BoxFuture<'static, Result<Part, Refusal>>
    };
    Ok(live::follow(&dashboard, member, &headers, look))
}

/// `POST …/replay`.
pub(crate) async fn replay(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id((webhook, delivery)): Id<(WebhookId, DeliveryId)>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let path = format!("/v1/webhooks/{webhook}/deliveries/{delivery}/replay");
    dashboard.api.post(&member, &path, &Value::Null).await?;
    Ok(go(&format!("{}/settings/webhooks/{webhook}/deliveries/{delivery}?done=replayed", dashboard.base()), &[]))
}
