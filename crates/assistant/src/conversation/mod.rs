//! Conversations: a question comes in, a model is asked, it calls tools, it answers, and what that took is settled once.

mod answer;
mod prompt;

use creel_model::{ModelClient, ModelError, count_ask};
use creel_store::{
    Store, StoreError,
    conversations::{MessageView, NewMessage},
};
use creel_types::{Asker, By, ConversationId, MessageId, OrganizationId};
use serde::Serialize;
use serde_json::Value as Json;
use thiserror::Error;
use tokio::sync::mpsc;

use crate::tools::Scope;

/// Characters of a question.
pub const QUESTION_CHARS_MAX: usize = 8_000;
/// Characters of the path of the page that a question is asked on.
pub const PAGE_CHARS_MAX: usize = 500;
/// Tokens that one answer of the model may have, where credits suffice.
const OUTPUT_TOKENS_MAX: i64 = 2_000;
/// Events that wait for a slow reader; the answer waits with them.
const EVENTS_MAX: usize = 64;

/// Answers questions about one organization's data, where a model is configured.
#[derive(Clone)]
pub struct Assistant {
    store: Store,
    model: Option<ModelClient>,
}

/// What somebody asks.
#[derive(Clone, Debug)]
pub struct Question {
    pub organization: OrganizationId,
    pub asker: Asker,
    /// The same as the tools know it.
    pub by: By,
    pub conversation: ConversationId,
    pub text: String,
    /// Path and query of the dashboard's page that they look at.
    pub page: Option<String>,
}

/// An answer that is being made. Whoever drops it stops it: what was said until then is settled.
#[derive(Debug)]
pub struct Answering {
    pub message: MessageId,
    pub number: i64,
    pub events: mpsc::Receiver<Event>,
}

/// What happens while an answer is made.
#[derive(Clone, Debug)]
pub enum Event {
    /// The next piece of the answer.
    Text(String),
    /// A tool was called, or something was drafted.
    Step(Step),
    /// It is over and settled.
    End(Box<MessageView>),
}

/// A call of a tool, as people see it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    pub tool: String,
    pub title: String,
    /// What it was called with.
    pub arguments: Json,
    /// What came of it in a few words.
    pub says: String,
    pub is_error: bool,
    /// A proposal that a person may confirm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<Json>,
}

/// Why a question is not answered at all. Nothing was asked of a model, and nothing costs anything.
#[derive(Debug, Error)]
pub enum AskError {
    /// The operator has configured no model.
    #[error("no model is configured: the operator sets model_base_url and model_name")]
    NoModel,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Assistant {
    #[must_use]
    pub fn new(store: Store, model: Option<ModelClient>) -> Assistant {
        Assistant { store, model }
    }

    #[must_use]
    pub fn is_configured(&self) -> bool {
        self.model.is_some()
    }

    /// Holds what the first call of the model can cost, then answers from a task of its own.
    pub async fn ask(&self, question: Question) -> Result<Answering, AskError> {
        let Some(model) = &self.model else { return Err(AskError::NoModel) };
        let past = self.store.list_messages(question.organization, question.asker, question.conversation, None, 100).await?;
        let ask = prompt::ask(&question, &past, self.store.clock.now());
        let new = NewMessage {
            conversation: question.conversation,
            question: question.text.clone(),
            page: question.page.clone(),
            model: model.name().to_owned(),
            prompt_tokens: signed(count_ask(&ask)),
            output_tokens_max: OUTPUT_TOKENS_MAX,
        };
        let begun = self.store.begin_message(question.organization, question.asker, new).await?;
        let (to, events) = mpsc::channel(EVENTS_MAX);
        // Links of its answers are paths: they are shown on pages of this installation.
        let Question { organization, by, .. } = question;
        let scope = Scope { organization, by, store: self.store.clone(), base_url: String::new() };
        let walk = answer::Walk::new(scope, model.clone(), begun, ask, to);
        tokio::spawn(walk.finish());
        Ok(Answering { message: begun.id, number: begun.number, events })
    }
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

/// What somebody is told of a model's failure; its endpoint's own words are the operator's.
fn told(error: &ModelError) -> String {
    match error {
        ModelError::TooOften { .. } => "the model is asked too often just now; try again in a minute".to_owned(),
        ModelError::Unavailable { .. } => "the model does not answer just now; try again in a moment".to_owned(),
        ModelError::Malformed { .. } => "the model's answer could not be read; try again".to_owned(),
        ModelError::Setup { .. } | ModelError::Key { .. } | ModelError::Refused { .. } => {
            "the model's endpoint refuses to answer: the operator runs creel doctor".to_owned()
        }
    }
}
