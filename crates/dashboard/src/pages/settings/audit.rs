//! `/settings/audit`: who did what, to what, when and from where.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::access::audit::{AuditAction, AuditFilter, AuditLine, TargetKind};
use creel_types::{AuditId, Time};
use serde::Deserialize;
use serde_json::Value;

use super::cursor;
use crate::{
    Dashboard,
    figures::When,
    form::{Choice, Field},
    list::{ROWS, query},
    member::Member,
    page::render,
    parts::{Curl, Empty, Pager},
    place::Place,
    refusal::Refusal,
    shell::Shell,
    typed::day,
};

#[derive(Template)]
#[template(path = "settings/audit.html")]
struct AuditPage {
    shell: Shell,
    fields: Vec<Field>,
    actor: String,
    /// Who is looked at alone.
    actor_name: String,
    is_filtered: bool,
    rows: Vec<Row>,
    pager: Pager,
    empty: Empty,
    curl: Curl,
}

struct Row {
    at: When,
    who: String,
    /// The way to only what they did; empty for what is no person and no key.
    of_actor: String,
    what: String,
    target: String,
    target_path: String,
    details: String,
    address: String,
}

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    action: String,
    #[serde(default)]
    actor: String,
    /// Days.
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    cursor: String,
}

impl Asked {
    /// The filters that are set, but for one.
    fn query(&self, actor: &str) -> String {
        query(&[("action", &self.action), ("actor", actor), ("from", &self.from), ("to", &self.to)])
    }

    fn is_filtered(&self) -> bool {
        [&self.action, &self.actor, &self.from, &self.to].into_iter().any(|value| !value.is_empty())
    }
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let shell = Shell::new(&dashboard, &member, Place::Audit).await?;
    let (store, now) = (dashboard.store(), dashboard.store().clock.now());
    let here = format!("{}/settings/audit", shell.base);
    let listed = format!("{here}{}", asked.query(&asked.actor));
    let filter = AuditFilter {
        action: AuditAction::parse(&asked.action),
        actor_id: Some(asked.actor.clone()).filter(|actor| !actor.is_empty()),
        from: day(&asked.from),
        to: day(&asked.to).map(|day| day.plus_ms(creel_types::time::DAY_MS)),
    };
    let cursor: Option<AuditId> = cursor(&asked.cursor)?;
    let mut lines = match member.is_admin() {
        true => store.list_audit(member.organization, &filter, cursor, ROWS.and_one_more()).await?,
        false => Vec::new(),
    };
    let pager = ROWS.turn(&mut lines, &listed, cursor.is_none(), |line| line.id.to_string());
    let actor_name = lines.first().filter(|_| !asked.actor.is_empty()).map(|line| line.actor_name.clone());
    let text = "What members and keys do to the organization stands here: who, what, when and from where.";
    Ok(render(&AuditPage {
        fields: fields(&asked),
        actor_name: actor_name.unwrap_or_else(|| asked.actor.clone()),
        is_filtered: asked.is_filtered(),
        rows: lines.into_iter().map(|line| row(&shell, &here, &asked, line, now)).collect(),
        pager,
        empty: match asked.is_filtered() {
            true => Empty::new("Nothing fits", "No line of the log fits these filters.").with(&here, "Show all"),
            false => Empty::new("Nothing yet", text),
        },
        curl: Curl::get(&dashboard.access.settings().public_url, "/v1/audit"),
        actor: asked.actor,
        shell,
    }))
}

fn fields(asked: &Asked) -> Vec<Field> {
    let actions = AuditAction::ALL.iter().map(|action| Choice::new(action.as_str(), words(*action)));
    let choices = std::iter::once(Choice::new("", "Everything")).chain(actions).collect();
    vec![
        Field::select("action", "What", choices).holding(&*asked.action),
        Field::input("date", "from", "From").holding(&*asked.from),
        Field::input("date", "to", "To").holding(&*asked.to),
    ]
}

fn row(shell: &Shell, here: &str, asked: &Asked, line: AuditLine, now: Time) -> Row {
    let of_actor = line.actor_id.as_deref().map(|actor| format!("{here}{}", asked.query(actor)));
    Row {
        at: When::of(line.at, now),
        of_actor: of_actor.unwrap_or_default(),
        what: words(line.action),
        target_path: target_path(&shell.base, &line),
        details: details(&line.details),
        address: line.address.unwrap_or_default(),
        who: line.actor_name,
        target: line.target_name,
    }
}

/// The page of what it was done to, where it may still be there.
fn target_path(base: &str, line: &AuditLine) -> String {
    let is_gone = matches!(
        line.action,
        AuditAction::ApiKeyRevoked
            | AuditAction::RobotDeleted
            | AuditAction::RunDeleted
            | AuditAction::CaptureDeleted
            | AuditAction::WebhookDeleted
            | AuditAction::ScheduleDeleted
    );
    let pages = match line.target_kind {
        TargetKind::ApiKey => "settings/api-keys",
        TargetKind::Webhook => "settings/webhooks",
        TargetKind::Robot => "robots",
        TargetKind::Run => "runs",
        TargetKind::Capture => "captures",
        TargetKind::Schedule => "schedules",
        TargetKind::Enrichment => "enrichments",
        TargetKind::Person | TargetKind::Invitation | TargetKind::Organization | TargetKind::Conversation => {
            return String::new();
        }
    };
    if is_gone { String::new() } else { format!("{base}/{pages}/{}", line.target_id) }
}

/// `before: member, after: admin`.
fn details(details: &Value) -> String {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    };
    let pairs = details.as_object().into_iter().flatten();
    pairs.map(|(name, value)| format!("{}: {}", name.replace('_', " "), text(value))).collect::<Vec<_>>().join(", ")
}

/// `API key created`, `Member role changed`.
fn words(action: AuditAction) -> String {
    let text = action.as_str().replace(['.', '_'], " ");
    let text = text.replace("api key", "API key").replace("person ", "");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deeds_are_said_in_words() {
        for (action, text) in [
            (AuditAction::ApiKeyCreated, "API key created"),
            (AuditAction::MemberRoleChanged, "Member role changed"),
            (AuditAction::PersonSignedIn, "Signed in"),
        ] {
            assert_eq!(words(action), text);
        }
        assert_eq!(details(&serde_json::json!({"after": "admin", "expires_at": null})), "after: admin, expires at: none");
        assert_eq!(details(&serde_json::json!({})), "");
    }
}
