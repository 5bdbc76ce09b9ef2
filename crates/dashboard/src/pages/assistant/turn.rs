//! One turn of a conversation: the question, what was looked up for it, the answer, what it took, and what it proposes.

use askama::Template;
use creel_store::conversations::MessageView;
use creel_types::{MessageEnd, MessageStatus, Time};
use serde_json::Value;

use crate::{
    figures::{When, grouped},
    markdown,
};

#[derive(Template)]
#[template(path = "assistant/turn.html")]
pub(super) struct Turn {
    base: String,
    form_token: String,
    conversation: String,
    number: i64,
    question: String,
    page: String,
    asked: When,
    steps: Vec<Step>,
    answer: Html,
    drafts: Vec<Draft>,
    /// Why it ended, where that is not that it was answered.
    ended: String,
    took: String,
    pub(super) is_answering: bool,
}

/// HTML of our own making.
struct Html(String);

impl std::fmt::Display for Html {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

struct Step {
    title: String,
    says: String,
    arguments: String,
    is_error: bool,
}

/// A proposal that a person may confirm.
struct Draft {
    step: usize,
    title: &'static str,
    button: &'static str,
    summary: String,
    warnings: Vec<String>,
    facts: Vec<(String, String)>,
    /// Path of what was made of it; empty where nothing was.
    made: String,
}

impl Turn {
    pub(super) fn of(message: &MessageView, base: &str, form_token: &str, now: Time) -> Turn {
        let steps = message.steps.as_array().map_or(&[][..], Vec::as_slice);
        let is_answering = message.status == MessageStatus::Answering;
        Turn {
            base: base.to_owned(),
            form_token: form_token.to_owned(),
            conversation: message.conversation_id.to_string(),
            number: message.number,
            question: message.question.clone(),
            page: message.page.clone().unwrap_or_default(),
            asked: When::of(message.created_at, now),
            steps: steps.iter().map(step).collect(),
            answer: Html(markdown::render(&message.answer, base)),
            drafts: if is_answering { Vec::new() } else { steps.iter().enumerate().filter_map(draft).collect() },
            ended: ended(message),
            took: took(message),
            is_answering,
        }
    }
}

fn step(step: &Value) -> Step {
    let text = |name: &str| step[name].as_str().unwrap_or_default().to_owned();
    let arguments = &step["arguments"];
    let is_empty = arguments.as_object().is_some_and(serde_json::Map::is_empty);
    Step {
        title: text("title"),
        says: text("says"),
        arguments: if is_empty { String::new() } else { arguments.to_string() },
        is_error: step["is_error"].as_bool().unwrap_or_default(),
    }
}

fn draft((at, step): (usize, &Value)) -> Option<Draft> {
    let draft = step.get("draft")?;
    let (title, button) = match draft["kind"].as_str()? {
        "run" => ("Draft of a run", "Start this run"),
        "schedule" => ("Draft of a schedule", "Make this schedule"),
        _ => return None,
    };
    let body = draft["body"].as_object()?;
    let made = draft["made"]
        .as_str()
        .map_or_else(String::new, |id| format!("/{}s/{id}", draft["kind"].as_str().unwrap_or_default()));
    let facts = body.iter().filter(|(name, _)| *name != "robot_id").map(|(name, value)| (words(name), text(value)));
    let warnings = draft["warnings"].as_array().into_iter().flatten().map(text).collect();
    Some(Draft { step: at, title, button, summary: text(&draft["summary"]), facts: facts.collect(), warnings, made })
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Object(all) => all
            .iter()
            .map(|(name, value)| format!("{} {}", words(name).to_lowercase(), text(value)))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

/// `start_urls` as `Start urls`.
fn words(name: &str) -> String {
    let name = name.replace('_', " ");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn ended(message: &MessageView) -> String {
    let said = match message.end_reason {
        None | Some(MessageEnd::Answered) => return String::new(),
        Some(MessageEnd::StoppedByUser) => "Stopped.",
        Some(MessageEnd::ClientGone) => "It ended because whoever asked went away.",
        Some(MessageEnd::InsufficientCredits) => "Credits ended here.",
        Some(MessageEnd::LimitReached) => "The credit limit of the API key was reached here.",
        Some(MessageEnd::TooLong) => "The answer became too long and was ended here. Ask for a part of it.",
        Some(MessageEnd::ModelFailed) => "The model failed:",
        Some(MessageEnd::Interrupted) => "The answer was interrupted; what was said until then is all there is. Ask again.",
    };
    message.error.as_ref().map_or_else(|| said.to_owned(), |error| format!("{said} {error}"))
}

fn took(message: &MessageView) -> String {
    if message.status == MessageStatus::Answering {
        return String::new();
    }
    let tokens = message.prompt_tokens + message.completion_tokens;
    let credits = message.credits_spent.0;
    let word = if credits == 1 { "credit" } else { "credits" };
    match tokens {
        0 => "free".to_owned(),
        tokens => format!("{} tokens, {} {word}", grouped(tokens), grouped(credits)),
    }
}
