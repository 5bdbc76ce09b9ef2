//! `/settings/api-keys/{id}`: one key: renamed, given a new secret, revoked.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::access::keys::ApiKey;
use creel_types::ApiKeyId;
use serde::Deserialize;
use serde_json::json;

use super::{
    Looked,
    api_keys::{Ends, SecretPage, key_state, limit_text, limits_of_keys},
    day_of, overlap, role_name, said, shown,
};
use crate::{
    Dashboard,
    api::etag,
    figures::When,
    form::{Field, Sent, Signed, problem},
    member::Member,
    page::{go, render},
    parts::{Badge, Confirm, Copy, Curl},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

const SAID: [(&str, &str); 1] = [("renamed", "The key has its new name.")];

#[derive(Template)]
#[template(path = "settings/api_key.html")]
struct KeyPage {
    shell: Shell,
    problem: String,
    id: ApiKeyId,
    name: String,
    state: Badge,
    hint: String,
    role: &'static str,
    made: When,
    made_by: String,
    used: Option<When>,
    ends: Option<Ends>,
    rotated: Option<When>,
    /// Until when the secret before works, while it does.
    previous: Option<When>,
    limit: String,
    etag: String,
    name_field: Field,
    overlap_field: Field,
    revoke: Confirm,
    id_copy: Copy,
    curl: Curl,
}

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    etag: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    overlap_seconds: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ApiKeyId>,
    Query(looked): Query<Looked>,
) -> Result<Response, Refusal> {
    member.admin()?;
    Ok(render(&page(&dashboard, &member, id, &looked.done, None, None).await?))
}

async fn page(
    dashboard: &Dashboard,
    member: &Member,
    id: ApiKeyId,
    done: &str,
    typed: Option<&Typed>,
    refusal: Option<&Refusal>,
) -> Result<KeyPage, Refusal> {
    let (store, now) = (dashboard.store(), dashboard.store().clock.now());
    let key = store.get_api_key(member.organization, id).await?;
    let limits = limits_of_keys(dashboard, member).await?;
    let shell = Shell::new(dashboard, member, Place::ApiKeys).await?.saying(said(done, &SAID));
    let name_typed = typed.map(|typed| typed.name.as_str()).filter(|name| !name.is_empty());
    Ok(KeyPage {
        problem: problem(refusal, &["name", "overlap_seconds"]),
        state: key_state(&key, now),
        role: role_name(key.role),
        made: When::of(key.created_at, now),
        used: key.last_used_at.map(|at| When::of(at, now)),
        ends: Ends::of(key.expires_at, now),
        rotated: key.rotated_at.map(|at| When::of(at, now)),
        previous: key.previous_valid_until.filter(|until| *until > now).map(|until| When::of(until, now)),
        limit: limits.get(&id.to_string()).map(limit_text).unwrap_or_default(),
        etag: etag(key.edition()),
        name_field: Field::text("name", "Name", "off")
            .having("maxlength", "100")
            .holding(name_typed.unwrap_or(&key.name))
            .refused(refusal),
        overlap_field: overlap(refusal, typed.map_or("", |typed| &typed.overlap_seconds)),
        revoke: revoke_dialog(&shell, &key),
        id_copy: Copy::new(id.to_string()),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/api-keys/{id}")),
        id,
        name: key.name,
        hint: key.hint,
        made_by: key.created_by,
        shell,
    })
}

fn revoke_dialog(shell: &Shell, key: &ApiKey) -> Confirm {
    Confirm {
        id: "revoke".to_owned(),
        button: "Revoke the key".to_owned(),
        question: format!("Revoke {:?}?", key.name),
        text: "No request with it is answered from then on, with none of its secrets. This cannot be undone.".to_owned(),
        action: format!("{}/settings/api-keys/{}/revoke", shell.base, key.id),
        form_token: shell.form_token.clone(),
        hidden: Vec::new(),
    }
}

pub(crate) async fn rename(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ApiKeyId>,
    Sent(sent): Sent<Typed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let etag = Some(sent.etag.as_str()).filter(|etag| !etag.is_empty());
    match dashboard.api.patch(&member, &format!("/v1/api-keys/{id}"), etag, &json!({"name": sent.name})).await {
        Ok(_) => Ok(go(&format!("{}/settings/api-keys/{id}?done=renamed", dashboard.base()), &[])),
        Err(refusal) => refused(&dashboard, &member, id, &sent, refusal).await,
    }
}

/// `POST …/rotate`: the answer has the new secret, and no page after it.
pub(crate) async fn rotate(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ApiKeyId>,
    Sent(sent): Sent<Typed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let body = json!({"overlap_seconds": sent.overlap_seconds.parse::<i64>().unwrap_or(-1)});
    match dashboard.api.post(&member, &format!("/v1/api-keys/{id}/rotate"), &body).await {
        Ok(answer) => {
            let shell = Shell::new(&dashboard, &member, Place::ApiKeys).await?;
            let text = |name: &str| answer[name].as_str().unwrap_or_default();
            let until = text("previous_valid_until").parse().ok();
            let also = match until {
                Some(until) => format!("The old secret works until {}.", day_of(Some(until))),
                None => "The old secret works no more.".to_owned(),
            };
            Ok(render(&SecretPage::of_key(&dashboard, shell, text("name"), text("secret"), also)))
        }
        Err(refusal) => refused(&dashboard, &member, id, &sent, refusal).await,
    }
}

pub(crate) async fn revoke(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ApiKeyId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match dashboard.api.delete(&member, &format!("/v1/api-keys/{id}")).await {
        Ok(_) => Ok(go(&format!("{}/settings/api-keys?done=revoked", dashboard.base()), &[])),
        Err(refusal) => refused(&dashboard, &member, id, &Typed::default(), refusal).await,
    }
}

async fn refused(
    dashboard: &Dashboard,
    member: &Member,
    id: ApiKeyId,
    typed: &Typed,
    refusal: Refusal,
) -> Result<Response, Refusal> {
    let refusal = shown(refusal)?;
    member.admin()?;
    Ok(refusal.with(render(&page(dashboard, member, id, "", Some(typed), Some(&refusal)).await?)))
}
