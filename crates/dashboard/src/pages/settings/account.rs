//! `/settings/account`: one's own name and password, how one signs in, what one is told by mail, where one is signed in, and one's
//! organizations.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_access::SignUpPolicy;
use creel_store::{access::sessions::Membership, notices::Notices};
use creel_types::SessionId;
use serde::Deserialize;
use serde_json::json;

use super::{Looked, role_badge, said, shown};
use crate::{
    Dashboard,
    figures::When,
    form::{Field, Sent, Signed, problem},
    member::Member,
    page::{go, render},
    parts::{Badge, Confirm},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

const SAID: [(&str, &str); 6] = [
    ("renamed", "Your name is changed."),
    ("password", "The new password holds. Every other browser is signed out."),
    ("notices", "It is noted what you want to be told."),
    ("ended", "That browser is signed out."),
    ("others", "Every other browser is signed out."),
    ("organization", "The organization is made, and you look at it now."),
];

const FIELDS: [&str; 4] = ["name", "old_password", "new_password", "organization_name"];

#[derive(Template)]
#[template(path = "settings/account.html")]
struct AccountPage {
    shell: Shell,
    problem: String,
    email: String,
    is_verified: bool,
    name: Field,
    /// Empty for somebody who only signs in through a provider.
    passwords: Vec<Field>,
    providers: Vec<String>,
    notices: Vec<Field>,
    sends_mail: bool,
    sessions: Vec<SessionRow>,
    end_others: Option<Confirm>,
    organizations: Vec<OrganizationRow>,
    new_organization: Option<Field>,
}

struct SessionRow {
    id: SessionId,
    browser: String,
    user_agent: String,
    address: String,
    began: When,
    seen: When,
    is_current: bool,
}

struct OrganizationRow {
    name: String,
    role: Badge,
    is_current: bool,
}

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    organization_name: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(looked): Query<Looked>,
) -> Result<Response, Refusal> {
    Ok(render(&page(&dashboard, &member, &looked.done, &Typed::default(), None).await?))
}

async fn page(
    dashboard: &Dashboard,
    member: &Member,
    done: &str,
    typed: &Typed,
    refusal: Option<&Refusal>,
) -> Result<AccountPage, Refusal> {
    let (store, holder) = (dashboard.store(), &member.session.holder);
    let shell = Shell::new(dashboard, member, Place::Account).await?.saying(said(done, &SAID));
    let settings = dashboard.access.settings();
    let sessions = sessions(dashboard, member).await?;
    let name = if typed.name.is_empty() { &holder.name } else { &typed.name };
    let organizations = store.list_organizations_of(holder.person).await?;
    let new_organization = || {
        Field::text("organization_name", "A new organization", "off")
            .having("maxlength", "100")
            .holding(&*typed.organization_name)
            .hinting("You own it. It has its own credits, robots and keys.")
            .refused(refusal)
    };
    Ok(AccountPage {
        problem: problem(refusal, &FIELDS),
        email: holder.email.clone(),
        is_verified: holder.is_verified,
        name: Field::text("name", "Your name", "name").having("maxlength", "100").holding(name).refused(refusal),
        passwords: if holder.has_password { passwords(refusal) } else { Vec::new() },
        providers: store.list_identities(holder.person).await?.into_iter().map(|(issuer, _)| issuer).collect(),
        notices: notices(store.get_notices(member.organization, holder.person).await?),
        sends_mail: settings.sends_mail,
        end_others: (sessions.len() > 1).then(|| end_others_dialog(&shell)),
        sessions,
        organizations: organizations.into_iter().map(|one| organization_row(&shell, one)).collect(),
        new_organization: (settings.sign_up != SignUpPolicy::Closed).then(new_organization),
        shell,
    })
}

fn passwords(refusal: Option<&Refusal>) -> Vec<Field> {
    let old = Field::input("password", "old_password", "The password that you have").required();
    let new = Field::input("password", "new_password", "The new password").required();
    vec![
        old.completed("current-password").refused(refusal),
        new.completed("new-password").hinting("At least 12 letters. A few words make a good one.").refused(refusal),
    ]
}

fn notices(wants: Notices) -> Vec<Field> {
    vec![
        Field::tick("credits", "Credits run low or are gone", wants.credits),
        Field::tick("failed_runs", "Runs failed", wants.failed_runs).hinting("At most one mail an hour."),
        Field::tick("schedules", "Schedules were paused for want of credits", wants.schedules),
        Field::tick("webhooks", "A webhook was disabled because it failed", wants.webhooks),
    ]
}

async fn sessions(dashboard: &Dashboard, member: &Member) -> Result<Vec<SessionRow>, Refusal> {
    let now = dashboard.store().clock.now();
    let holder = &member.session.holder;
    let rows = dashboard.store().list_sessions(holder.person).await?;
    let row = |row: creel_store::access::sessions::SessionRow| SessionRow {
        is_current: row.id == holder.session,
        browser: browser(row.user_agent.as_deref().unwrap_or_default()),
        user_agent: row.user_agent.unwrap_or_default(),
        address: row.address.unwrap_or_default(),
        began: When::of(row.created_at, now),
        seen: When::of(row.last_seen_at, now),
        id: row.id,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// What a browser calls itself, in two words.
fn browser(user_agent: &str) -> String {
    let first =
        |words: &[(&str, &'static str)]| words.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| *name);
    let program = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "A program".to_owned(),
    }
}

fn organization_row(shell: &Shell, one: Membership) -> OrganizationRow {
    OrganizationRow { is_current: shell.is_current(&one), role: role_badge(one.role), name: one.name }
}

fn end_others_dialog(shell: &Shell) -> Confirm {
    Confirm {
        id: "end-others".to_owned(),
        button: "Sign out everywhere else".to_owned(),
        question: "Sign out everywhere else?".to_owned(),
        text: "Every browser but this one has to sign in again.".to_owned(),
        action: format!("{}/settings/account/sessions/end", shell.base),
        form_token: shell.form_token.clone(),
        hidden: Vec::new(),
    }
}

pub(crate) async fn rename(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(sent): Sent<Typed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match dashboard.api.patch(&member, "/v1/session", None, &json!({"name": sent.name})).await {
        Ok(_) => Ok(back(&dashboard, "renamed")),
        Err(refusal) => refused(&dashboard, &member, &sent, refusal).await,
    }
}

/// Two passwords. They are never shown again, whatever comes of them.
#[derive(Deserialize)]
pub(crate) struct NewPassword {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    old_password: String,
    #[serde(default)]
    new_password: String,
}

pub(crate) async fn password(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(sent): Sent<NewPassword>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let body = json!({"old_password": sent.old_password, "new_password": sent.new_password});
    match dashboard.api.post(&member, "/v1/session/password", &body).await {
        Ok(_) => Ok(back(&dashboard, "password")),
        Err(refusal) => refused(&dashboard, &member, &Typed::default(), refusal).await,
    }
}

/// Boxes: one that is not ticked is not sent.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    credits: String,
    #[serde(default)]
    failed_runs: String,
    #[serde(default)]
    schedules: String,
    #[serde(default)]
    webhooks: String,
}

pub(crate) async fn change_notices(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(sent): Sent<Wanted>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let body = json!({
        "credits": sent.credits == "true", "failed_runs": sent.failed_runs == "true",
        "schedules": sent.schedules == "true", "webhooks": sent.webhooks == "true",
    });
    match dashboard.api.patch(&member, "/v1/session/notices", None, &body).await {
        Ok(_) => Ok(back(&dashboard, "notices")),
        Err(refusal) => refused(&dashboard, &member, &Typed::default(), refusal).await,
    }
}

/// `POST …/organizations`: makes another one and looks at it.
pub(crate) async fn organization(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(sent): Sent<Typed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match dashboard.api.post(&member, "/v1/organizations", &json!({"name": sent.organization_name})).await {
        Ok(_) => Ok(back(&dashboard, "organization")),
        Err(refusal) => {
            let field = if refusal.is_at("name") { Some("organization_name".to_owned()) } else { refusal.field.clone() };
            refused(&dashboard, &member, &sent, refusal.at(field)).await
        }
    }
}

pub(crate) async fn end_session(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(session): Id<SessionId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match dashboard.api.delete(&member, &format!("/v1/sessions/{session}")).await {
        Ok(_) => Ok(back(&dashboard, "ended")),
        Err(refusal) => refused(&dashboard, &member, &Typed::default(), refusal).await,
    }
}

pub(crate) async fn end_others(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match dashboard.api.delete(&member, "/v1/sessions").await {
        Ok(_) => Ok(back(&dashboard, "others")),
        Err(refusal) => refused(&dashboard, &member, &Typed::default(), refusal).await,
    }
}

fn back(dashboard: &Dashboard, done: &str) -> Response {
    go(&format!("{}/settings/account?done={done}", dashboard.base()), &[])
}

async fn refused(dashboard: &Dashboard, member: &Member, typed: &Typed, refusal: Refusal) -> Result<Response, Refusal> {
    let refusal = shown(refusal)?;
    Ok(refusal.with(render(&page(dashboard, member, "", typed, Some(&refusal)).await?)))
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn browsers_are_told_in_two_words() {
        for (user_agent, words) in [
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Linux"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
            ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
            ("curl/8.5.0", "curl"),
            ("", "A program"),
        ] {
            assert_eq!(browser(user_agent), words);
        }
    }
}
