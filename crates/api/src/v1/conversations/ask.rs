//! `POST /v1/assistant/conversations/{id}/messages`: asks, and answers with server-sent events while the answer is made.

use std::{convert::Infallible, time::Duration};

use axum::{
    Extension,
    extract::State,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use creel_access::OwnPage;
use creel_assistant::{
    Event as Happening,
    conversation::{Answering, AskError, PAGE_CHARS_MAX, QUESTION_CHARS_MAX, Question},
};
use creel_store::conversations::MessageView;
use creel_types::{ConversationId, MessageEnd};
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::asker;
use crate::{
    ApiState,
    body::JsonBody,
    caller::Caller,
    error::{ApiError, ErrorBody, ErrorCode},
    v1::PathId,
};

/// How long is waited for the first word before the answer is begun, so that a model that is down is a refusal and no answer.
const FIRST_WITHIN: Duration = Duration::from_secs(10);
/// How often something is written where nothing is said: that nobody reads any more is known by it.
const ALIVE_EVERY: Duration = Duration::from_secs(1);
/// Bytes of a question with what is said of the page.
const BODY_BYTES_MAX: usize = 128 * 1024;

/// What is asked.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 1, max_length = 8_000, pattern = r"[^\s\u0000-\u001f\u007f-\u009f]")]
pub(crate) struct QuestionText(String);

impl TryFrom<String> for QuestionText {
    type Error = String;

    fn try_from(text: String) -> Result<QuestionText, String> {
        let chars = text.chars().count();
        if chars > QUESTION_CHARS_MAX {
            return Err(format!("{chars} characters; a question has at most {QUESTION_CHARS_MAX}"));
        }
        if text.chars().all(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err("it is empty: ask something".to_owned());
        }
        Ok(QuestionText(text))
    }
}

/// The path and query of a page of the dashboard.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 1, max_length = 500, pattern = r"^/[ -~]*$")]
pub(crate) struct PagePath(String);

impl TryFrom<String> for PagePath {
    type Error = String;

    fn try_from(text: String) -> Result<PagePath, String> {
        let is_path = text.starts_with('/') && text.chars().all(|letter| (' '..='~').contains(&letter));
        if is_path && text.len() <= PAGE_CHARS_MAX {
            return Ok(PagePath(text));
        }
        Err(format!("it is no path of a page, such as /captures, of at most {PAGE_CHARS_MAX} characters"))
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMessageBody {
    text: QuestionText,
    /// The page of the dashboard that it is asked on.
    page: Option<PagePath>,
}

/// One server-sent event.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is streamed")]
pub(crate) struct AnswerEvent {
    /// `begun`, `text`, `step` or `end`.
    event: String,
    /// JSON.
    data: String,
}

/// Ask the assistant (server-sent events)
///
/// Events: `begun` with `{id, number}` of the message; `text` with `{text}`, the next piece of the answer; `step` with each tool that
/// was called and what was drafted; `end` with the message as it ended, its tokens and credits. Whoever closes the connection
/// stops the answer. A model that fails before a word within some seconds is a 503, later it is an `end` with `model_failed`: both
/// are free. Before the model is asked, credits are held for the worst that it can take; the message is debited once,
/// when it ends: 1 credit for each started 1,000 tokens.
#[utoipa::path(
    post,
    path = "/v1/assistant/conversations/{id}/messages",
    tag = "assistant",
    params(("id" = ConversationId, Path)),
    request_body = NewMessageBody,
    responses(
        (status = 200, description = "Events until the answer is whole", body = AnswerEvent, content_type = "text/event-stream"),
        (status = 402, description = "The question and a short answer cannot be paid", body = ErrorBody),
        (status = 409, description = "The last message is being answered, or the limit of the key is reached", body = ErrorBody),
        (status = 503, description = "There is no model, or it failed before it said a word, which is free", body = ErrorBody),
    )
)]
pub(crate) async fn ask_assistant(
    State(state): State<ApiState>,
    caller: Caller,
    own_page: Option<Extension<OwnPage>>,
    PathId(conversation): PathId<ConversationId>,
    JsonBody { value: asked, .. }: JsonBody<NewMessageBody, BODY_BYTES_MAX>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let question = Question {
        organization: caller.organization,
        asker: asker(&caller)?,
        by: caller.by.clone(),
        conversation,
        text: asked.text.0,
        page: asked.page.map(|page| page.0),
    };
    let mut answering = state.assistant.ask(question).await.map_err(refusal)?;
    // A page of ours shows the answer from where it is stored, from its beginning.
    let first = if own_page.is_some() { None } else { first(&mut answering).await? };
    Ok(Sse::new(events(answering, first)).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)))
}

/// What happens first, where it does not take long.
async fn first(answering: &mut Answering) -> Result<Option<Happening>, ApiError> {
    let Ok(first) = timeout(FIRST_WITHIN, answering.events.recv()).await else { return Ok(None) };
    match first {
        Some(Happening::End(message)) if message.end_reason == Some(MessageEnd::ModelFailed) && is_nothing(&message) => {
            Err(ApiError::new(ErrorCode::ModelUnavailable, message.error.unwrap_or_default()))
        }
        first => Ok(first),
    }
}

fn is_nothing(message: &MessageView) -> bool {
    message.answer.is_empty() && message.prompt_tokens + message.completion_tokens == 0
}

fn refusal(error: AskError) -> ApiError {
    match error {
        AskError::NoModel => {
            let says = "no language model is configured: the operator sets model_base_url, model_api_key and model_name \
                (environment CREEL_MODEL_BASE_URL, CREEL_MODEL_API_KEY, CREEL_MODEL_NAME) to any OpenAI-compatible endpoint";
            ApiError::new(ErrorCode::ModelNotConfigured, says)
        }
        AskError::Store(error) => error.into(),
    }
}

fn events(answering: Answering, first: Option<Happening>) -> impl Stream<Item = Result<Event, Infallible>> {
    let begun = json!({"id": answering.message, "number": answering.number});
    let begun = Event::default().event("begun").data(begun.to_string());
    let rest = stream::unfold(answering.events, |mut events| async move {
        let happening = events.recv().await?;
        Some((Ok(event(&happening)), events))
    });
    let first = first.map(|happening| Ok(event(&happening)));
    stream::once(async { Ok(begun) }).chain(stream::iter(first)).chain(rest)
}

fn event(happening: &Happening) -> Event {
    match happening {
        Happening::Text(text) => Event::default().event("text").data(json!({"text": text}).to_string()),
        Happening::Step(step) => Event::default().event("step").data(json!(step).to_string()),
        Happening::End(message) => Event::default().event("end").data(json!(message).to_string()),
    }
}
