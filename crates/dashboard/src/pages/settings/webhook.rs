//! `/settings/webhooks/{id}`: one webhook: changed, disabled, given a new secret, tested; and what was sent to it.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::webhooks::{Delivery, DeliveryFilter, DeliveryStatus, Webhook, WebhookStatus, endpoints::DisabledReason};
use creel_types::{Time, WebhookId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Looked,
    api_keys::SecretPage,
    day_of,
    deliveries::delivery_badge,
    overlap, said, shown,
    webhook_fields::{FIELDS, WebhookFields, WebhookForm},
    webhooks::state,
};
use crate::{
    Dashboard,
    api::etag,
    figures::When,
    form::{Field, Sent, Signed, problem},
    list::ROWS,
    member::Member,
    page::{go, render},
    parts::{Badge, Confirm, Curl, Pager},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

const SAID: [(&str, &str); 3] = [
    ("changed", "The webhook is changed."),
    ("enabled", "The webhook is active. It gets what waited for it."),
    ("disabled", "The webhook is disabled. Nothing new is sent to it."),
];

#[derive(Template)]
#[template(path = "settings/webhook.html")]
struct WebhookPage {
    shell: Shell,
    problem: String,
    id: WebhookId,
    url: String,
    state: Badge,
    is_active: bool,
    /// Why it is disabled, or since when it fails.
    trouble: String,
    delivered: Option<When>,
    made: When,
    previous: Option<When>,
    etag: String,
    fields: WebhookFields,
    overlap_field: Field,
    delete: Confirm,
    filters: Vec<Filter>,
    deliveries: Vec<DeliveryRow>,
    pager: Pager,
    curl: Curl,
}

/// A way to only some of the deliveries.
struct Filter {
    href: String,
    text: &'static str,
    is_here: bool,
}

struct DeliveryRow {
    href: String,
    event: String,
    state: Badge,
    attempts: i64,
    made: When,
    next: Option<When>,
}

/// How the page is looked at.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(flatten)]
    looked: Looked,
    #[serde(default)]
    status: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<WebhookId>,
    Query(query): Query<Asked>,
) -> Result<Response, Refusal> {
    member.admin()?;
    Ok(render(&page(&dashboard, &member, id, &query, None, None).await?))
}

async fn page(
    dashboard: &Dashboard,
    member: &Member,
    id: WebhookId,
    query: &Asked,
    typed: Option<&WebhookForm>,
    refusal: Option<&Refusal>,
) -> Result<WebhookPage, Refusal> {
    let (store, now) = (dashboard.store(), dashboard.store().clock.now());
    let webhook = store.get_webhook(member.organization, id).await?;
    let shell = Shell::new(dashboard, member, Place::Webhooks).await?.saying(said(&query.looked.done, &SAID));
    let here = format!("{}/settings/webhooks/{id}", shell.base);
    let status = DeliveryStatus::parse(&query.status);
    let filter = DeliveryFilter { status, event: None };
    let cursor = query.looked.cursor()?;
    let mut deliveries = store.list_webhook_deliveries(member.organization, id, filter, cursor, ROWS.and_one_more()).await?;
    let of_status = status.map_or_else(|| here.clone(), |status| format!("{here}?status={status}"));
    let pager = ROWS.turn(&mut deliveries, &of_status, query.looked.cursor.is_none(), |delivery| delivery.id.to_string());
    let stored = WebhookForm {
        url: webhook.url.clone(),
        description: webhook.description.clone(),
        events: webhook.events.iter().map(ToString::to_string).collect(),
        ..WebhookForm::default()
    };
    Ok(WebhookPage {
        problem: problem(refusal, &[&FIELDS[..], &["overlap_seconds"]].concat()),
        state: state(&webhook),
        is_active: webhook.status == WebhookStatus::Active,
        trouble: trouble(&webhook, now),
        delivered: webhook.delivered_at.map(|at| When::of(at, now)),
        made: When::of(webhook.created_at, now),
        previous: webhook.previous_valid_until.filter(|until| *until > now).map(|until| When::of(until, now)),
        etag: etag(webhook.edition()),
        fields: typed.unwrap_or(&stored).fields(refusal),
        overlap_field: overlap(refusal, ""),
        delete: Confirm {
            id: "delete".to_owned(),
            button: "Delete the webhook".to_owned(),
            question: "Delete this webhook?".to_owned(),
            text:
                "Nothing more is sent there, and what waits for it is not sent either. Its log cannot be looked at any more."
                    .to_owned(),
            action: format!("{here}/delete"),
            form_token: shell.form_token.clone(),
            hidden: Vec::new(),
        },
        filters: filters(&here, status),
        deliveries: deliveries.into_iter().map(|delivery| delivery_row(&here, delivery, now)).collect(),
        pager,
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/webhooks/{id}/deliveries")),
        id,
        url: webhook.url,
        shell,
    })
}

fn trouble(webhook: &Webhook, now: Time) -> String {
    let since = |at: Time| When::of(at, now).words();
    match (webhook.disabled_reason, webhook.failing_since) {
        (Some(DisabledReason::ByHand), _) => "Somebody disabled it. Enable it to get what waits for it.".to_owned(),
        (Some(DisabledReason::Gone), _) => {
            "It answered 410 Gone, so nothing more is sent. Enable it once there is something at the address again."
                .to_owned()
        }
        (Some(DisabledReason::Failing), _) => {
            "It failed for days, so nothing more is sent. Look at the last answers, put it right, then enable it.".to_owned()
        }
        (None, Some(at)) => {
            format!("It fails since {}. Each event is tried again for days; look at the last answers.", since(at))
        }
        (None, None) => String::new(),
    }
}

fn filters(here: &str, status: Option<DeliveryStatus>) -> Vec<Filter> {
    let of = |one: Option<DeliveryStatus>, text| Filter {
        href: one.map_or_else(|| format!("{here}#deliveries"), |word| format!("{here}?status={word}#deliveries")),
        text,
        is_here: one == status,
    };
    vec![
        of(None, "All"),
        of(Some(DeliveryStatus::Pending), "Waiting"),
        of(Some(DeliveryStatus::Delivered), "Delivered"),
        of(Some(DeliveryStatus::Failed), "Failed"),
    ]
}

fn delivery_row(here: &str, delivery: Delivery, now: Time) -> DeliveryRow {
    DeliveryRow {
        href: format!("{here}/deliveries/{}", delivery.id),
        event: delivery.event.to_string(),
        state: delivery_badge(delivery.status),
        attempts: delivery.attempts,
        made: When::of(delivery.created_at, now),
        next: delivery.next_attempt_at.map(|at| When::of(at, now)),
    }
}

pub(crate) async fn change(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<WebhookId>,
    Sent(sent): Sent<WebhookForm>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let etag = Some(sent.etag.as_str()).filter(|etag| !etag.is_empty());
    match dashboard.api.patch(&member, &format!("/v1/webhooks/{id}"), etag, &sent.body()).await {
        Ok(_) => Ok(back(&dashboard, id, "changed")),
        Err(refusal) => refused(&dashboard, &member, id, Some(&sent), refusal).await,
    }
}

#[derive(Deserialize)]
pub(crate) struct Switched {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    status: String,
}

/// `POST …/status`: disables or enables it.
pub(crate) async fn switch(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<WebhookId>,
    Sent(sent): Sent<Switched>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let body = json!({"status": sent.status});
    match dashboard.api.patch(&member, &format!("/v1/webhooks/{id}"), None, &body).await {
        Ok(_) => Ok(back(&dashboard, id, if sent.status == "active" { "enabled" } else { "disabled" })),
        Err(refusal) => refused(&dashboard, &member, id, None, refusal).await,
    }
}

#[derive(Deserialize)]
pub(crate) struct Rotated {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    overlap_seconds: String,
}

/// `POST …/rotate`: the answer has the new secret, and no page after it.
pub(crate) async fn rotate(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<WebhookId>,
    Sent(sent): Sent<Rotated>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let body = json!({"overlap_seconds": sent.overlap_seconds.parse::<i64>().unwrap_or(-1)});
    match dashboard.api.post(&member, &format!("/v1/webhooks/{id}/rotate-secret"), &body).await {
        Ok(answer) => {
            let shell = Shell::new(&dashboard, &member, Place::Webhooks).await?;
            let text = |name: &str| answer[name].as_str().unwrap_or_default();
            let also = match text("previous_valid_until").parse().ok() {
                Some(until) => format!("Until {} each request carries a signature with each secret.", day_of(Some(until))),
                None => "The old secret signs no more.".to_owned(),
            };
            Ok(render(&SecretPage::of_webhook(shell, text("id"), text("url"), text("secret"), also)))
        }
        Err(refusal) => refused(&dashboard, &member, id, None, refusal).await,
    }
}

/// `POST …/test`: sends a test event, and shows what becomes of it.
pub(crate) async fn test(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<WebhookId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match dashboard.api.post(&member, &format!("/v1/webhooks/{id}/test"), &Value::Null).await {
        Ok(answer) => {
            let delivery = answer["id"].as_str().unwrap_or_default();
            Ok(go(&format!("{}/settings/webhooks/{id}/deliveries/{delivery}?done=tested", dashboard.base()), &[]))
        }
        Err(refusal) => refused(&dashboard, &member, id, None, refusal).await,
    }
}

pub(crate) async fn delete(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<WebhookId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match dashboard.api.delete(&member, &format!("/v1/webhooks/{id}")).await {
        Ok(_) => Ok(go(&format!("{}/settings/webhooks?done=deleted", dashboard.base()), &[])),
        Err(refusal) => refused(&dashboard, &member, id, None, refusal).await,
    }
}

fn back(dashboard: &Dashboard, id: WebhookId, done: &str) -> Response {
    go(&format!("{}/settings/webhooks/{id}?done={done}", dashboard.base()), &[])
}

async fn refused(
    dashboard: &Dashboard,
    member: &Member,
    id: WebhookId,
    typed: Option<&WebhookForm>,
    refusal: Refusal,
) -> Result<Response, Refusal> {
    let refusal = shown(refusal)?;
    member.admin()?;
    let page = page(dashboard, member, id, &Asked::default(), typed, Some(&refusal)).await?;
    Ok(refusal.with(render(&page)))
}
