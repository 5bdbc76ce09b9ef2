//! `/assistant?cursor=`: a new question, and somebody's conversations, the last used first.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, header::REFERER},
    response::Response,
};
use creel_store::conversations::{ConversationCursor, ConversationView};
use creel_types::{Asker, Time};
use serde::Deserialize;
use serde_json::{Value, json};

use super::talk::Question;
use crate::{
    Dashboard,
    figures::{When, count},
    form::Sent,
    list::ROWS,
    member::{Member, is_own_path},
    page::{go, render},
    parts::Pager,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

#[derive(Template)]
#[template(path = "assistant/list.html")]
struct AssistantPage {
    shell: Shell,
    question: Question,
    rows: Vec<Row>,
    pager: Pager,
}

struct Row {
    id: String,
    title: String,
    messages: String,
    credits: i64,
    used: When,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    cursor: String,
    page: String,
    done: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let page = if asked.page.is_empty() { page_of(&headers, &dashboard.base()) } else { asked.page.clone() };
    let question = Question { page, ..Question::default() };
    show_with(&dashboard, &member, &asked, question).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewQuestion {
    form_token: String,
    text: String,
    page: String,
}

/// `POST /assistant`: a conversation that begins with a question.
pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    member: Member,
    headers: HeaderMap,
    Sent(sent): Sent<NewQuestion>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    let page = if sent.page.is_empty() { page_of(&headers, &dashboard.base()) } else { sent.page };
    let asked = begin(&dashboard, &member, &sent.text, &page).await;
    match asked {
        Ok(id) => Ok(go(&format!("{}/assistant/{id}", dashboard.base()), &[])),
        Err(refusal) => {
            let question = Question { text: sent.text, page, problem: refusal.message.clone() };
            let shown = show_with(&dashboard, &member, &Asked::default(), question).await?;
            Ok(refusal.with(shown))
        }
    }
}

/// A conversation whose first question cannot be asked is not kept.
async fn begin(dashboard: &Dashboard, member: &Member, text: &str, page: &str) -> Result<String, Refusal> {
    let made = dashboard.api.post(member, "/v1/assistant/conversations", &json!({})).await?;
    let id = made.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let asked = super::talk::ask(dashboard, member, &id, text, page).await;
    if let Err(refusal) = asked {
        dashboard.api.delete(member, &format!("/v1/assistant/conversations/{id}")).await?;
        return Err(refusal);
    }
    Ok(id)
}

/// The last conversations, for the panel of any page.
#[derive(Template)]
#[template(path = "assistant/recent.html")]
struct Recent {
    base: String,
    rows: Vec<Row>,
}

const RECENT: i64 = 6;

/// `GET /assistant/recent`
pub(crate) async fn recent(State(dashboard): State<Dashboard>, member: Member) -> Result<Response, Refusal> {
    let asker = Asker::Person(member.session.holder.person);
    let found = dashboard.store().list_conversations(member.organization, asker, None, RECENT).await?;
    let now = dashboard.store().clock.now();
    Ok(render(&Recent { base: dashboard.base(), rows: found.iter().map(|one| row(one, now)).collect() }))
}

async fn show_with(dashboard: &Dashboard, member: &Member, asked: &Asked, question: Question) -> Result<Response, Refusal> {
    let (store, base) = (dashboard.store(), dashboard.base());
    let after: Option<ConversationCursor> = asked.cursor.parse().ok();
    let asker = Asker::Person(member.session.holder.person);
    let mut found = store.list_conversations(member.organization, asker, after, ROWS.and_one_more()).await?;
    let here = format!("{base}/assistant");
    let pager = ROWS.turn(&mut found, &here, after.is_none(), |last| ConversationCursor::from(last).to_string());
    let now = store.clock.now();
    let done = if asked.done == "deleted" { "The conversation is erased." } else { "" };
    let shell = Shell::new(dashboard, member, Place::Assistant).await?.saying(done);
    Ok(render(&AssistantPage { shell, question, rows: found.iter().map(|one| row(one, now)).collect(), pager }))
}

fn row(conversation: &ConversationView, now: Time) -> Row {
    Row {
        id: conversation.id.to_string(),
        title: if conversation.title.is_empty() { "Nothing asked yet".to_owned() } else { conversation.title.clone() },
        messages: count(conversation.message_count, "message"),
        credits: conversation.credits_spent.0,
        used: When::of(conversation.updated_at, now),
    }
}

/// The page that somebody asks on: what the script says, else where they came from.
fn page_of(headers: &HeaderMap, base: &str) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let url = text("hx-current-url").or_else(|| text(REFERER.as_str())).and_then(|url| url.parse::<url::Url>().ok());
    let Some(url) = url else { return String::new() };
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let path = path.strip_prefix(base).unwrap_or(&path).to_owned();
    if is_own_path(&path) && !path.starts_with("/assistant") && path.len() <= 500 { path } else { String::new() }
}
