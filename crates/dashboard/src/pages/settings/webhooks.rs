//! `/settings/webhooks`: where events are sent, and one more place for them.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::webhooks::{Webhook, WebhookStatus};
use creel_types::Time;

use super::{
    Looked,
    api_keys::SecretPage,
    said, shown,
    webhook_fields::{FIELDS, WebhookFields, WebhookForm, told},
};
use crate::{
    Dashboard,
    figures::When,
    form::{Sent, problem},
    list::ROWS,
    member::Member,
    page::render,
    parts::{Badge, Empty, Pager, Tone},
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

const SAID: [(&str, &str); 1] = [("deleted", "The webhook is deleted. Nothing more is sent to it.")];

#[derive(Template)]
#[template(path = "settings/webhooks.html")]
struct WebhooksPage {
    shell: Shell,
    rows: Vec<WebhookRow>,
    pager: Pager,
    empty: Empty,
}

struct WebhookRow {
    href: String,
    url: String,
    description: String,
    state: Badge,
    told: String,
    delivered: Option<When>,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(looked): Query<Looked>,
) -> Result<Response, Refusal> {
    let shell = Shell::new(&dashboard, &member, Place::Webhooks).await?.saying(said(&looked.done, &SAID));
    let (store, now, here) = (dashboard.store(), dashboard.store().clock.now(), format!("{}/settings/webhooks", shell.base));
    let mut webhooks = match member.is_admin() {
        true => store.list_webhooks(member.organization, looked.cursor()?, ROWS.and_one_more()).await?,
        false => Vec::new(),
    };
    let pager = ROWS.turn(&mut webhooks, &here, looked.cursor.is_none(), |webhook| webhook.id.to_string());
    let rows = webhooks.into_iter().map(|webhook| row(&here, webhook, now)).collect();
    let text = "A webhook tells your own programs when a run is complete, when credits run low, and more.";
    let empty = Empty::new("No webhooks yet", text)
        .with(format!("{here}/new"), "New webhook")
        .with(format!("{}/docs/", shell.base), "What is sent");
    Ok(render(&WebhooksPage { rows, pager, empty, shell }))
}

fn row(here: &str, webhook: Webhook, now: Time) -> WebhookRow {
    WebhookRow {
        href: format!("{here}/{}", webhook.id),
        state: state(&webhook),
        told: told(&webhook.events),
        delivered: webhook.delivered_at.map(|at| When::of(at, now)),
        url: webhook.url,
        description: webhook.description,
    }
}

pub(super) fn state(webhook: &Webhook) -> Badge {
    match (webhook.status, webhook.failing_since) {
        (WebhookStatus::Disabled, _) => Badge::new(Tone::Plain, "Disabled"),
        (WebhookStatus::Active, Some(_)) => Badge::new(Tone::Bad, "Failing"),
        (WebhookStatus::Active, None) => Badge::new(Tone::Good, "Active"),
    }
}

#[derive(Template)]
#[template(path = "settings/new_webhook.html")]
struct NewWebhookPage {
    shell: Shell,
    problem: String,
    fields: WebhookFields,
}

/// `GET /settings/webhooks/new`.
pub(crate) async fn new(State(dashboard): State<Dashboard>, member: Member) -> Result<Response, Refusal> {
    member.admin()?;
    Ok(render(&new_page(&dashboard, &member, &WebhookForm::default(), None).await?))
}

async fn new_page(
    dashboard: &Dashboard,
    member: &Member,
    typed: &WebhookForm,
    refusal: Option<&Refusal>,
) -> Result<NewWebhookPage, Refusal> {
    Ok(NewWebhookPage {
        shell: Shell::new(dashboard, member, Place::Webhooks).await?,
        problem: problem(refusal, &FIELDS),
        fields: typed.fields(refusal),
    })
}

pub(crate) async fn create(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(sent): Sent<WebhookForm>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match dashboard.api.post(&member, "/v1/webhooks", &sent.body()).await {
        Ok(answer) => {
            let shell = Shell::new(&dashboard, &member, Place::Webhooks).await?;
            let text = |name: &str| answer[name].as_str().unwrap_or_default();
            Ok(render(&SecretPage::of_webhook(shell, text("id"), text("url"), text("secret"), String::new())))
        }
        Err(refusal) => {
            let refusal = shown(refusal)?;
            Ok(refusal.with(render(&new_page(&dashboard, &member, &sent, Some(&refusal)).await?)))
        }
    }
}
