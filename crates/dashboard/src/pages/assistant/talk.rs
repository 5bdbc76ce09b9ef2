//! `/assistant/{id}?before=`: one conversation: what was asked and answered, the answer that is being made, and the next question.

use std::time::Duration;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use creel_store::StoreError;
use creel_types::{Asker, ConversationId};
use serde::Deserialize;
use serde_json::json;

use super::turn::Turn;
use crate::{
    Dashboard,
    form::Sent,
    live::{Part, follow_every},
    member::Member,
    page::{go, render},
    parts::{Confirm, Curl},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::{Available, Shell},
};

/// An answer is read while it is written.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// Messages of one page, the newest.
const TURNS: i64 = 50;

#[derive(Template)]
#[template(path = "assistant/talk.html")]
struct TalkPage {
    shell: Shell,
    id: ConversationId,
    title: String,
    turns: Vec<Turn>,
    /// Where what was said before is; empty at the beginning.
    earlier: String,
    /// The turn whose answer is being made, and where it is followed.
    answering: Option<(Turn, String)>,
    question: Question,
    delete: Confirm,
    curl: Curl,
}

/// The form of a question, with what was typed and what is wrong with it.
#[derive(Default)]
pub(crate) struct Question {
    pub(crate) text: String,
    pub(crate) page: String,
    pub(crate) problem: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    before: String,
    done: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ConversationId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    page(&dashboard, &member, id, &asked, Question::default()).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct NextQuestion {
    form_token: String,
    text: String,
    page: String,
}

/// `POST /assistant/{id}`: the next question.
pub(crate) async fn submit(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ConversationId>,
    Sent(sent): Sent<NextQuestion>,
) -> Result<Response, Refusal> {
    member.check(&sent.form_token)?;
    match ask(&dashboard, &member, &id.to_string(), &sent.text, &sent.page).await {
        Ok(()) => Ok(go(&format!("{}/assistant/{id}", dashboard.base()), &[])),
        Err(refusal) => show_refused(&dashboard, &member, id, &refusal, sent.text).await,
    }
}

/// The conversation with what was refused, and what was typed.
pub(super) async fn show_refused(
    dashboard: &Dashboard,
    member: &Member,
    id: ConversationId,
    refusal: &Refusal,
    text: String,
) -> Result<Response, Refusal> {
    let question = Question { text, page: String::new(), problem: refusal.message.clone() };
    let shown = page(dashboard, member, id, &Asked::default(), question).await?;
    Ok(refusal.with(shown))
}

/// Asks; the answer goes on by itself, whoever looks.
pub(super) async fn ask(dashboard: &Dashboard, member: &Member, id: &str, text: &str, page: &str) -> Result<(), Refusal> {
    let text = text.trim().replace("\r\n", "\n");
    if text.is_empty() {
        return Err(Refusal::at_field("text", "Ask something: the question is empty."));
    }
    let mut body = json!({"text": text});
    if !page.is_empty() {
        body["page"] = json!(page);
    }
    dashboard.api.begin(member, &format!("/v1/assistant/conversations/{id}/messages"), &body).await
}

async fn page(
    dashboard: &Dashboard,
    member: &Member,
    id: ConversationId,
    asked: &Asked,
    question: Question,
) -> Result<Response, Refusal> {
    let (store, base) = (dashboard.store(), dashboard.base());
    let asker = Asker::Person(member.session.holder.person);
    let conversation = store.get_conversation(member.organization, asker, id).await?;
    let before = asked.before.parse().ok();
    let messages = store.list_messages(member.organization, asker, id, before, TURNS).await?;
    let earlier = messages.last().filter(|oldest| oldest.number > 1);
    let earlier = earlier.map(|oldest| format!("{base}/assistant/{id}?before={}", oldest.number)).unwrap_or_default();
    let shell = Shell::new(dashboard, member, Place::Assistant).await?.saying(said(&asked.done));
    let now = store.clock.now();
    let mut turns: Vec<Turn> =
        messages.iter().rev().map(|message| Turn::of(message, &base, &shell.form_token, now)).collect();
    let answering = turns.pop_if(|last| last.is_answering);
    let answering = answering.map(|turn| (turn, format!("{base}/assistant/{id}/live")));
    Ok(render(&TalkPage {
        id,
        title: if conversation.title.is_empty() { "New conversation".to_owned() } else { conversation.title.clone() },
        turns,
        earlier,
        answering,
        question,
        delete: delete(&base, id, &shell.form_token),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/assistant/conversations/{id}")),
        shell,
    }))
}

fn said(done: &str) -> &'static str {
    match done {
        "renamed" => "The conversation has its new name.",
        "stopped" => "The answer is asked to end.",
        _ => "",
    }
}

fn delete(base: &str, id: ConversationId, form_token: &str) -> Confirm {
    Confirm {
        id: "delete".to_owned(),
        button: "Erase".to_owned(),
        question: "Erase this conversation?".to_owned(),
        text: "All that was said in it is gone for good. What its messages cost stays in the statement.".to_owned(),
        action: format!("{base}/assistant/{id}/delete"),
        form_token: form_token.to_owned(),
        hidden: Vec::new(),
    }
}

/// `GET /assistant/{id}/live`: the last turn while its answer is made, and at its end what is left to spend.
pub(crate) async fn live(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(id): Id<ConversationId>,
    headers: HeaderMap,
) -> Response {
    let asker = Asker::Person(member.session.holder.person);
    let form_token = member.form_token();
    follow_every(LOOK_EVERY, &dashboard, member, &headers, move |dashboard, organization| {
        let form_token = form_token.clone();
        Box::pin(async move {
            let last = match dashboard.store().list_messages(organization, asker, id, None, 1).await {
                Err(StoreError::NotFound { .. }) => Vec::new(),
                last => last?,
            };
            let Some(last) = last.first() else {
                // Told as the end, so that nobody asks for it again.
                return Ok(Part { html: "<p class=\"soft\">The conversation was erased.</p>".to_owned(), is_last: true });
            };
            let turn = Turn::of(last, &dashboard.base(), &form_token, dashboard.store().clock.now());
            let mut html = turn.render().map_err(|_| Refusal::internal())?;
            if !turn.is_answering {
                let balance = dashboard.store().balance(organization).await?;
                let available = Available::of(&dashboard, &balance).following();
                html.push_str(&available.render().map_err(|_| Refusal::internal())?);
            }
            Ok(Part { html, is_last: !turn.is_answering })
        })
    })
}
