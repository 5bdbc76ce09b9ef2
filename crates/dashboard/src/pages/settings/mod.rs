//! Pages of settings: the organization, its members, keys, webhooks and audit log, and one's own account. What may be done by whom
//! the API decides; these pages leave away what it would refuse.

mod account;
mod api_keys;
mod audit;
mod deliveries;
mod key;
mod members;
mod organization;
mod webhook;
mod webhook_fields;
mod webhooks;

use axum::routing::{get, post};
use creel_types::{Role, Time};
use serde::Deserialize;

use crate::{
    area::Area,
    form::{Choice, Field},
    parts::{Badge, Tone},
    refusal::Refusal,
};

pub(crate) fn area() -> Area {
    Area::new()
        .page("/settings", get(organization::show).post(organization::rename))
        .route("/settings/leave", post(organization::leave))
        .page("/settings/members", get(members::show).post(members::invite))
        .route("/settings/members/{id}/role", post(members::change_role))
        .route("/settings/members/{id}/remove", post(members::remove))
        .route("/settings/invitations/{id}/resend", post(members::resend))
        .route("/settings/invitations/{id}/revoke", post(members::revoke))
        .page("/settings/api-keys", get(api_keys::show))
        .page("/settings/api-keys/new", get(api_keys::new).post(api_keys::create))
        .page("/settings/api-keys/{id}", get(key::show).post(key::rename))
        .route("/settings/api-keys/{id}/rotate", post(key::rotate))
        .route("/settings/api-keys/{id}/revoke", post(key::revoke))
        .page("/settings/webhooks", get(webhooks::show))
        .page("/settings/webhooks/new", get(webhooks::new).post(webhooks::create))
        .page("/settings/webhooks/{id}", get(webhook::show).post(webhook::change))
        .route("/settings/webhooks/{id}/status", post(webhook::switch))
        .route("/settings/webhooks/{id}/rotate", post(webhook::rotate))
        .route("/settings/webhooks/{id}/test", post(webhook::test))
        .route("/settings/webhooks/{id}/delete", post(webhook::delete))
        .page("/settings/webhooks/{id}/deliveries/{delivery}", get(deliveries::show))
        .route("/settings/webhooks/{id}/deliveries/{delivery}/live", get(deliveries::live))
        .route("/settings/webhooks/{id}/deliveries/{delivery}/replay", post(deliveries::replay))
        .page("/settings/audit", get(audit::show))
        .page("/settings/account", get(account::show).post(account::rename))
        .route("/settings/account/password", post(account::password))
        .route("/settings/account/notices", post(account::change_notices))
        .route("/settings/account/organizations", post(account::organization))
        .route("/settings/account/sessions/{id}/end", post(account::end_session))
        .route("/settings/account/sessions/end", post(account::end_others))
}

/// How a list is looked at.
#[derive(Default, Deserialize)]
pub(crate) struct Looked {
    /// What was done just now.
    #[serde(default)]
    done: String,
    cursor: Option<String>,
}

impl Looked {
    /// The cursor, where it is one.
    fn cursor<T: std::str::FromStr>(&self) -> Result<Option<T>, Refusal> {
        cursor(self.cursor.as_deref().unwrap_or_default())
    }
}

/// Where the page before ended; a cursor that is no id begins nowhere.
fn cursor<T: std::str::FromStr>(text: &str) -> Result<Option<T>, Refusal> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| Refusal::not_found()) }
}

/// What an address says was done, in words.
fn said(done: &str, words: &[(&str, &'static str)]) -> &'static str {
    words.iter().find(|(word, _)| *word == done).map_or("", |(_, sentence)| sentence)
}

/// What a page shows itself; what there is nothing to show for goes its own way.
fn shown(refusal: Refusal) -> Result<Refusal, Refusal> {
    if refusal.status == axum::http::StatusCode::NOT_FOUND || refusal.instead.is_some() {
        return Err(refusal);
    }
    Ok(refusal)
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Member => "Member",
        Role::Admin => "Admin",
        Role::Owner => "Owner",
    }
}

fn role_badge(role: Role) -> Badge {
    Badge::new(if role == Role::Member { Tone::Plain } else { Tone::Live }, role_name(role))
}

/// The roles that somebody with this one may give, the least first.
fn roles_up_to(own: Role) -> Vec<Choice> {
    let all = [
        (Role::Member, "Member – runs, reads and exports"),
        (Role::Admin, "Admin – also people, keys, billing"),
        (Role::Owner, "Owner – also other owners"),
    ];
    all.into_iter().filter(|(role, _)| *role <= own).map(|(role, text)| Choice::new(role.to_string(), text)).collect()
}

/// How long an old secret goes on beside a new one.
fn overlap(refusal: Option<&Refusal>, typed: &str) -> Field {
    let choices = [
        ("0", "Not at all: it stops at once"),
        ("3600", "1 hour"),
        ("86400", "1 day"),
        ("259200", "3 days"),
        ("604800", "7 days"),
    ];
    let choices = choices.map(|(seconds, text)| Choice::new(seconds, text)).into();
    Field::select("overlap_seconds", "The old secret works beside the new one for", choices)
        .holding(if typed.is_empty() { "86400" } else { typed })
        .refused(refusal)
}

/// An instant with its day, for what lies far.
fn day_of(at: Option<Time>) -> String {
    at.map_or_else(|| "never".to_owned(), crate::figures::instant)
}
