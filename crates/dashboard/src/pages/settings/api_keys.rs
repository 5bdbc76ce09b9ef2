//! `/settings/api-keys`: the keys of the organization, and a new one. A secret is on the page that answers the form and on no other.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::{
    access::keys::ApiKey,
    ledger::limits::{LimitSubject, LimitView},
};
use creel_types::Time;
use serde::Deserialize;
use serde_json::json;

use super::{Looked, role_badge, roles_up_to, said, shown};
use crate::{
    Dashboard,
    figures::{When, grouped},
    form::{Field, Sent, problem},
    list::ROWS,
    member::Member,
    page::render,
    parts::{Badge, Copy, Empty, Pager, Tone},
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

const SAID: [(&str, &str); 1] = [("revoked", "The key is revoked. No request with it is answered any more.")];

#[derive(Template)]
#[template(path = "settings/api_keys.html")]
struct KeysPage {
    shell: Shell,
    rows: Vec<KeyRow>,
    pager: Pager,
    empty: Empty,
    has_limits: bool,
}

struct KeyRow {
    href: String,
    name: String,
    hint: String,
    badge: Badge,
    used: Option<When>,
    ends: Option<Ends>,
    limit: String,
}

/// When a key's time is over.
pub(super) struct Ends {
    pub(super) when: When,
    pub(super) is_over: bool,
}

impl Ends {
    pub(super) fn of(at: Option<Time>, now: Time) -> Option<Ends> {
        at.map(|at| Ends { when: When::of(at, now), is_over: at <= now })
    }
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(looked): Query<Looked>,
) -> Result<Response, Refusal> {
    let shell = Shell::new(&dashboard, &member, Place::ApiKeys).await?.saying(said(&looked.done, &SAID));
    let (store, now, here) = (dashboard.store(), dashboard.store().clock.now(), format!("{}/settings/api-keys", shell.base));
    let mut keys = Vec::new();
    let mut limits = BTreeMap::new();
    if member.is_admin() {
        keys = store.list_api_keys(member.organization, looked.cursor()?, ROWS.and_one_more()).await?;
        limits = limits_of_keys(&dashboard, &member).await?;
    }
    let pager = ROWS.turn(&mut keys, &here, looked.cursor.is_none(), |key| key.id.to_string());
    let rows: Vec<KeyRow> = keys.into_iter().map(|key| key_row(&here, key, &limits, now)).collect();
    let empty = Empty::new("No API keys yet", "A key lets your programs use the API as this organization.")
        .with(format!("{here}/new"), "New API key")
        .with(format!("{}/docs/", shell.base), "API documentation");
    Ok(render(&KeysPage { has_limits: !limits.is_empty(), rows, pager, empty, shell }))
}

/// The limits that keys have, by their ids.
pub(super) async fn limits_of_keys(dashboard: &Dashboard, member: &Member) -> Result<BTreeMap<String, LimitView>, Refusal> {
    let limits = dashboard.store().list_credit_limits(member.organization).await?;
    let of_keys = limits.into_iter().filter(|limit| limit.subject == LimitSubject::ApiKey);
    Ok(of_keys.map(|limit| (limit.subject_id.clone(), limit)).collect())
}

/// `120 of 1,000 credits a month`.
pub(super) fn limit_text(limit: &LimitView) -> String {
    let amount = grouped(limit.amount.0);
    match limit.spent {
        Some(spent) => format!("{} of {amount} credits a {}", grouped(spent.0), limit.period),
        None => format!("{amount} credits a {}", limit.period),
    }
}

fn key_row(here: &str, key: ApiKey, limits: &BTreeMap<String, LimitView>, now: Time) -> KeyRow {
    KeyRow {
        href: format!("{here}/{}", key.id),
        badge: role_badge(key.role),
        used: key.last_used_at.map(|at| When::of(at, now)),
        ends: Ends::of(key.expires_at, now),
        limit: limits.get(&key.id.to_string()).map(limit_text).unwrap_or_default(),
        name: key.name,
        hint: key.hint,
    }
}

#[derive(Template)]
#[template(path = "settings/new_api_key.html")]
struct NewKeyPage {
    shell: Shell,
    problem: String,
    fields: Vec<Field>,
}

#[derive(Default, Deserialize)]
pub(crate) struct NewKey {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    /// A day.
    #[serde(default)]
    expires_at: String,
}

/// `GET /settings/api-keys/new`.
pub(crate) async fn new(State(dashboard): State<Dashboard>, member: Member) -> Result<Response, Refusal> {
    member.admin()?;
    Ok(render(&new_page(&dashboard, &member, &NewKey::default(), None).await?))
}

async fn new_page(
    dashboard: &Dashboard,
    member: &Member,
    typed: &NewKey,
    refusal: Option<&Refusal>,
) -> Result<NewKeyPage, Refusal> {
    let role = if typed.role.is_empty() { "member" } else { &typed.role };
    let tomorrow = dashboard.store().clock.now().plus_ms(creel_types::time::DAY_MS);
    let fields = vec![
        Field::text("name", "Name", "off")
            .having("maxlength", "100")
            .having("autofocus", "autofocus")
            .holding(&*typed.name)
            .hinting("What uses the key, such as “Nightly price import”. You see it in lists and in the audit log.")
            .refused(refusal),
        Field::select("role", "Role", roles_up_to(member.role))
            .holding(role)
            .hinting("Give it no more than it needs: Member is enough to run and to read captures.")
            .refused(refusal),
        Field::input("date", "expires_at", "Ends on (optional)")
            .having("min", tomorrow.day())
            .holding(&*typed.expires_at)
            .hinting("At the beginning of that day, UTC. Empty: it works until somebody revokes it.")
            .refused(refusal),
    ];
    Ok(NewKeyPage {
        shell: Shell::new(dashboard, member, Place::ApiKeys).await?,
        problem: problem(refusal, &["name", "role", "expires_at"]),
        fields,
    })
}

pub(crate) async fn create(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(sent): Sent<NewKey>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let mut body = json!({"name": sent.name, "role": sent.role});
    if !sent.expires_at.is_empty() {
        body["expires_at"] = json!(format!("{}T00:00:00Z", sent.expires_at));
    }
    match dashboard.api.post(&member, "/v1/api-keys", &body).await {
        Ok(answer) => {
            let shell = Shell::new(&dashboard, &member, Place::ApiKeys).await?;
            let (name, secret) =
                (answer["name"].as_str().unwrap_or_default(), answer["secret"].as_str().unwrap_or_default());
            Ok(render(&SecretPage::of_key(&dashboard, shell, name, secret, String::new())))
        }
        Err(refusal) => {
            let refusal = shown(refusal)?;
            Ok(refusal.with(render(&new_page(&dashboard, &member, &sent, Some(&refusal)).await?)))
        }
    }
}

/// A secret, shown this once.
#[derive(Template)]
#[template(path = "settings/secret.html")]
pub(super) struct SecretPage {
    shell: Shell,
    title: String,
    /// What the secret is for, and until when the one before is good.
    texts: Vec<String>,
    secret: Copy,
    /// How to try it at once.
    example_title: &'static str,
    example: Copy,
    back: String,
    back_text: &'static str,
}

impl SecretPage {
    pub(super) fn of_key(dashboard: &Dashboard, shell: Shell, name: &str, secret: &str, also: String) -> SecretPage {
        let url = dashboard.access.settings().public_url.trim_end_matches('/').to_owned();
        let text = "Keep it where your program keeps its secrets. Whoever has it acts as this organization.".to_owned();
        SecretPage {
            title: format!("The key {name:?}"),
            texts: [text, also].into_iter().filter(|text| !text.is_empty()).collect(),
            secret: Copy::new(secret),
            example_title: "Try it",
            example: Copy::new(format!("curl -H \"Authorization: Bearer {secret}\" \\\n  '{url}/v1/billing/balance'")),
            back: format!("{}/settings/api-keys", shell.base),
            back_text: "I have kept it: to the API keys",
            shell,
        }
    }

    pub(super) fn of_webhook(shell: Shell, webhook: &str, url: &str, secret: &str, also: String) -> SecretPage {
        let text =
            "Your endpoint checks with it that a request is from here. Its signatures are Standard Webhooks', for which \
                    there are libraries in most languages."
                .to_owned();
        let check = format!(
            "# Python, with: pip install standardwebhooks\nfrom standardwebhooks import Webhook\n\n\
             event = Webhook(\"{secret}\").verify(body, headers)"
        );
        SecretPage {
            title: format!("The secret of {url}"),
            texts: [text, also].into_iter().filter(|text| !text.is_empty()).collect(),
            secret: Copy::new(secret),
            example_title: "How it is checked",
            example: Copy::new(check),
            back: format!("{}/settings/webhooks/{webhook}", shell.base),
            back_text: "I have kept it: to the webhook",
            shell,
        }
    }
}

/// Whether a key works, in a word.
pub(super) fn key_state(key: &ApiKey, now: Time) -> Badge {
    match key.expires_at {
        Some(end) if end <= now => Badge::new(Tone::Bad, "Ended"),
        _ => Badge::new(Tone::Good, "Works"),
    }
}
