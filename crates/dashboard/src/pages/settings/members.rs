//! `/settings/members`: who is in the organization with what role, and who is invited. Everybody sees the members; who is invited
//! only those see who may invite.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::access::{invitations::Invitation, memberships::Member as Person};
use creel_types::{InvitationId, PersonId, Role};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Looked, role_badge, role_name, roles_up_to, said, shown};
use crate::{
    Dashboard,
    figures::When,
    form::{Choice, Field, Sent, Signed, problem},
    list::ROWS,
    member::Member,
    page::{go, render},
    parts::{Badge, Confirm, Copy, Pager},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

const SAID: [(&str, &str); 5] = [
    ("role", "The role is changed. It holds from the next request on."),
    ("removed", "The person is no member any more."),
    ("invited", "The invitation is on its way."),
    ("resent", "The invitation is on its way once more."),
    ("revoked", "The invitation is revoked: its links are void."),
];

#[derive(Template)]
#[template(path = "settings/members.html")]
struct MembersPage {
    shell: Shell,
    problem: String,
    members: Vec<MemberRow>,
    pager: Pager,
    invitations: Vec<InvitationRow>,
    fields: Vec<Field>,
    /// A link to hand over, where no mail can be sent.
    link: Option<HandedOver>,
    sends_mail: bool,
}

struct MemberRow {
    id: PersonId,
    name: String,
    email: String,
    is_you: bool,
    role: Role,
    badge: Badge,
    joined: When,
    /// What the role may be changed to; empty where it may not.
    roles: Vec<Choice>,
    remove: Option<Confirm>,
}

struct InvitationRow {
    id: InvitationId,
    email: String,
    badge: Badge,
    invited_by: String,
    ends: When,
    revoke: Confirm,
}

struct HandedOver {
    email: String,
    link: Copy,
}

#[derive(Default, Deserialize)]
pub(crate) struct Invited {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(looked): Query<Looked>,
) -> Result<Response, Refusal> {
    Ok(render(&page(&dashboard, &member, &looked, &Invited::default(), None).await?))
}

async fn page(
    dashboard: &Dashboard,
    member: &Member,
    looked: &Looked,
    typed: &Invited,
    refusal: Option<&Refusal>,
) -> Result<MembersPage, Refusal> {
    let shell = Shell::new(dashboard, member, Place::Members).await?.saying(said(&looked.done, &SAID));
    let (store, now) = (dashboard.store(), dashboard.store().clock.now());
    let mut people = store.list_members(member.organization, looked.cursor()?, ROWS.and_one_more()).await?;
    let here = format!("{}/settings/members", shell.base);
    let pager = ROWS.turn(&mut people, &here, looked.cursor.is_none(), |person| person.person_id.to_string());
    let invited = match member.is_admin() {
        true => store.list_invitations(member.organization, None, creel_store::robots::LIST_ROWS_MAX).await?,
        false => Vec::new(),
    };
    let role = if typed.role.is_empty() { "member" } else { &typed.role };
    Ok(MembersPage {
        problem: problem(refusal, &["email", "role"]),
        members: people.into_iter().map(|person| member_row(&shell, member, person, now)).collect(),
        pager,
        invitations: invited.into_iter().map(|invitation| invitation_row(&shell, invitation, now)).collect(),
        fields: vec![
            Field::input("email", "email", "E-mail address").required().holding(&*typed.email).refused(refusal),
            Field::select("role", "Role", roles_up_to(member.role)).holding(role).refused(refusal),
        ],
        link: None,
        sends_mail: dashboard.access.settings().sends_mail,
        shell,
    })
}

fn member_row(shell: &Shell, viewer: &Member, person: Person, now: creel_types::Time) -> MemberRow {
    let Person { person_id, email, name, role, joined_at } = person;
    let is_you = viewer.session.holder.person == person_id;
    let may_change = viewer.is_admin() && role <= viewer.role;
    let confirm = || Confirm {
        id: format!("remove-{person_id}"),
        button: "Remove".to_owned(),
        question: format!("Remove {email}?"),
        text: "They see nothing of the organization from their next request on. What they made stays, also their keys."
            .to_owned(),
        action: format!("{}/settings/members/{person_id}/remove", shell.base),
        form_token: shell.form_token.clone(),
        hidden: Vec::new(),
    };
    MemberRow {
        id: person_id,
        badge: role_badge(role),
        joined: When::of(joined_at, now),
        roles: if may_change { short_roles(viewer.role) } else { Vec::new() },
        remove: (may_change && !is_you).then(confirm),
        is_you,
        role,
        name,
        email,
    }
}

fn short_roles(own: Role) -> Vec<Choice> {
    let all = [Role::Member, Role::Admin, Role::Owner];
    all.into_iter().filter(|role| *role <= own).map(|role| Choice::new(role.to_string(), role_name(role))).collect()
}

fn invitation_row(shell: &Shell, invitation: Invitation, now: creel_types::Time) -> InvitationRow {
    InvitationRow {
        badge: role_badge(invitation.role),
        ends: When::of(invitation.expires_at, now),
        revoke: Confirm {
            id: format!("revoke-{}", invitation.id),
            button: "Revoke".to_owned(),
            question: format!("Revoke the invitation of {}?", invitation.email),
            text: "Its links are void from then on. You may invite the address again.".to_owned(),
            action: format!("{}/settings/invitations/{}/revoke", shell.base, invitation.id),
            form_token: shell.form_token.clone(),
            hidden: Vec::new(),
        },
        id: invitation.id,
        email: invitation.email,
        invited_by: invitation.invited_by,
    }
}

/// `POST /settings/members`: invites somebody.
pub(crate) async fn invite(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(sent): Sent<Invited>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let body = json!({"email": sent.email.trim(), "role": sent.role});
    match dashboard.api.post(&member, "/v1/invitations", &body).await {
        Ok(answer) => sent_or_shown(&dashboard, &member, &answer, "invited").await,
        Err(refusal) => refused(&dashboard, &member, &sent, refusal).await,
    }
}

pub(crate) async fn resend(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(invitation): Id<InvitationId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let path = format!("/v1/invitations/{invitation}/resend");
    match dashboard.api.post(&member, &path, &Value::Null).await {
        Ok(answer) => sent_or_shown(&dashboard, &member, &answer, "resent").await,
        Err(refusal) => refused(&dashboard, &member, &Invited::default(), refusal).await,
    }
}

/// The invitation was mailed; or its link is shown, this once.
async fn sent_or_shown(
    dashboard: &Dashboard,
    member: &Member,
    answer: &Value,
    done: &'static str,
) -> Result<Response, Refusal> {
    let Some(link) = answer["link"].as_str() else { return Ok(back(dashboard, done)) };
    let email = answer["email"].as_str().unwrap_or_default().to_owned();
    let link = Some(HandedOver { email, link: Copy::new(link) });
    let page = page(dashboard, member, &Looked::default(), &Invited::default(), None).await?;
    Ok(render(&MembersPage { link, ..page }))
}

pub(crate) async fn revoke(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(invitation): Id<InvitationId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match dashboard.api.delete(&member, &format!("/v1/invitations/{invitation}")).await {
        Ok(_) => Ok(back(&dashboard, "revoked")),
        Err(refusal) => refused(&dashboard, &member, &Invited::default(), refusal).await,
    }
}

#[derive(Deserialize)]
pub(crate) struct NewRole {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    role: String,
}

pub(crate) async fn change_role(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(person): Id<PersonId>,
    Sent(sent): Sent<NewRole>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match dashboard.api.patch(&member, &format!("/v1/members/{person}"), None, &json!({"role": sent.role})).await {
        Ok(_) => Ok(back(&dashboard, "role")),
        // It belongs to a row, not to the form below.
        Err(refusal) => refused(&dashboard, &member, &Invited::default(), refusal.at(None)).await,
    }
}

pub(crate) async fn remove(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(person): Id<PersonId>,
    Sent(sent): Sent<Signed>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match dashboard.api.delete(&member, &format!("/v1/members/{person}")).await {
        Ok(_) => Ok(back(&dashboard, "removed")),
        Err(refusal) => refused(&dashboard, &member, &Invited::default(), refusal).await,
    }
}

fn back(dashboard: &Dashboard, done: &str) -> Response {
    go(&format!("{}/settings/members?done={done}", dashboard.base()), &[])
}

async fn refused(dashboard: &Dashboard, member: &Member, typed: &Invited, refusal: Refusal) -> Result<Response, Refusal> {
    let refusal = shown(refusal)?;
    Ok(refusal.with(render(&page(dashboard, member, &Looked::default(), typed, Some(&refusal)).await?)))
}
