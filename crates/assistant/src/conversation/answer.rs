//! The path of one answer, from the first call of the model to its settlement. However it ends, it is settled: answered, stopped,
//! out of credits, failed, or left by whoever asked.

use std::{future::Future, time::Duration};

use creel_model::{Ask, Finish, Message, ModelClient, Stream, ToolCall, count_answer, count_ask};
use creel_store::{
    StoreError,
    conversations::{Begun, CallTokens, MESSAGE_MS_MAX, MessageView, Next, Noted},
    settle::EndedMessage,
};
use creel_types::{MessageEnd, metric};
use serde_json::{Value as Json, json};
use tokio::{
    sync::mpsc::Sender,
    time::{Instant, sleep, sleep_until},
};

use super::{Event, OUTPUT_TOKENS_MAX, Step, signed, told};
use crate::tools::{self, Scope};

/// Calls of the model for one message; in the last one it has no tools and must answer.
const CALLS_MAX: i64 = 8;
/// Calls of tools for one message.
const STEPS_MAX: usize = 24;
/// Bytes that tools answer for one message; what is beyond is not read.
const RESULTS_BYTES_MAX: usize = 120_000;
/// How often it is noted what a call said and took so far: pages show it word by word from what is noted.
const NOTED_EVERY: Duration = Duration::from_millis(300);
/// How often a message says that it lives and looks whether somebody wants it to end, where nothing is noted meanwhile.
const BEAT_EVERY: Duration = Duration::from_secs(1);
/// How long a slow reader is waited for.
const HEARD_WITHIN: Duration = Duration::from_secs(30);
/// Tries to settle where the database is in trouble; beyond, another process settles what was noted.
const SETTLE_TRIES: u32 = 5;
const SETTLE_PAUSE: Duration = Duration::from_secs(2);

/// Why an answer goes no further.
enum Stop {
    End(MessageEnd),
    Failed(String),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Store(error)
    }
}

/// One answer on its way.
pub(super) struct Walk {
    scope: Scope,
    model: ModelClient,
    begun: Begun,
    /// What ends an answer that is given fewer tokens than it may have.
    bound: MessageEnd,
    ask: Ask,
    events: Sender<Event>,
    answer: String,
    steps: Vec<Step>,
    results_bytes: usize,
    /// What the last call took, should it not have been noted.
    last_call: Option<(i64, CallTokens)>,
    ends_at: Instant,
}

impl Walk {
    pub(super) fn new(scope: Scope, model: ModelClient, begun: Begun, ask: Ask, events: Sender<Event>) -> Walk {
        let ends_at = Instant::now() + Duration::from_millis(MESSAGE_MS_MAX.unsigned_abs());
        Walk {
            scope,
            model,
            begun,
            bound: begun.bound,
            ask,
            events,
            answer: String::new(),
            steps: Vec::new(),
            results_bytes: 0,
            last_call: None,
            ends_at,
        }
    }

    pub(super) async fn finish(mut self) {
        let (reason, error) = match self.walk().await {
            Ok(()) => (MessageEnd::Answered, None),
            Err(Stop::End(reason)) => (reason, None),
            Err(Stop::Failed(error)) => (MessageEnd::ModelFailed, Some(error)),
            Err(Stop::Store(error)) => {
                tracing::error!(%error, message = %self.begun.id, "an answer of the assistant broke off");
                (MessageEnd::Interrupted, Some("something went wrong here; it was logged".to_owned()))
            }
        };
        metrics::counter!(metric::ASSISTANT_MESSAGES, "end" => reason.as_str()).increment(1);
        let steps = self.steps_json();
        let ended =
            EndedMessage { reason, error, answer: std::mem::take(&mut self.answer), steps, last_call: self.last_call };
        if let Some(message) = self.settle(ended).await {
            // It is settled: who does not take that in is not waited for.
            let _ = self.events.send_timeout(Event::End(Box::new(message)), HEARD_WITHIN).await;
        }
    }

    /// Calls of the model, each followed by the tools that it wants, until it has answered.
    async fn walk(&mut self) -> Result<(), Stop> {
        let mut output_tokens = self.begun.output_tokens;
        for number in 0..CALLS_MAX {
            if number == CALLS_MAX - 1 {
                self.ask.tools.clear();
            }
            if number > 0 {
                output_tokens = self.hold().await?;
            }
            let calls = self.call(number, output_tokens).await?;
            if calls.is_empty() {
                return Ok(());
            }
            for call in calls {
                self.use_tool(call).await?;
            }
        }
        Err(Stop::End(MessageEnd::TooLong))
    }

    /// Holds what the next call can cost.
    async fn hold(&mut self) -> Result<i64, Stop> {
        let Scope { store, organization, .. } = &self.scope;
        let prompt_tokens = signed(count_ask(&self.ask));
        match store.begin_call(*organization, self.begun.id, prompt_tokens, OUTPUT_TOKENS_MAX).await? {
            Next::Ask { output_tokens, bound } => {
                self.bound = bound;
                Ok(output_tokens)
            }
            Next::End(reason) => Err(Stop::End(reason)),
            Next::Gone => Err(Stop::End(MessageEnd::Interrupted)),
        }
    }

    /// One call of the model: its text goes out as it comes, what it took is noted, the tools that it wants are the answer.
    async fn call(&mut self, number: i64, output_tokens: i64) -> Result<Vec<ToolCall>, Stop> {
        self.ask.output_tokens_max = u32::try_from(output_tokens).unwrap_or(u32::MAX);
        if number > 0 && !self.answer.is_empty() && !self.answer.ends_with("\n\n") {
            self.say("\n\n".to_owned()).await?;
        }
        let model = self.model.clone();
        let opened = self.guarded(model.stream(&self.ask)).await?;
        let mut stream = opened.map_err(|error| failed(&error))?;
        // At once, so that a process that dies from now on leaves what the question took.
        let noted = if stream.has_begun() { self.note(number, &stream).await } else { Ok(()) };
        let read = match noted {
            Ok(()) => self.read(number, &mut stream).await,
            Err(stop) => Err(stop),
        };
        // Whatever ended it: what came was made, and is paid for. Of what never began nothing is known to have been.
        let so_far = stream.so_far().clone();
        if stream.has_begun() || so_far.usage.is_some() {
            self.note(number, &stream).await?;
        }
        drop(stream);
        read?;
        match so_far.finish {
            Finish::Length if output_tokens < OUTPUT_TOKENS_MAX => Err(Stop::End(self.bound)),
            Finish::Length => Err(Stop::End(MessageEnd::TooLong)),
            Finish::Filtered => Err(Stop::Failed("the model's endpoint refuses to answer this".to_owned())),
            _ if so_far.calls.is_empty() && self.answer.trim().is_empty() => {
                Err(Stop::Failed("the model said nothing; try again".to_owned()))
            }
            _ => {
                let calls = so_far.calls.clone();
                self.ask.messages.push(Message::Assistant { text: so_far.text, calls: so_far.calls });
                Ok(calls)
            }
        }
    }

    async fn read(&mut self, number: i64, stream: &mut Stream) -> Result<(), Stop> {
        let mut noted_at = Instant::now();
        loop {
            let next = self.guarded(stream.next()).await?;
            let Some(piece) = next.map_err(|error| failed(&error))? else { return Ok(()) };
            self.say(piece).await?;
            if noted_at.elapsed() >= NOTED_EVERY {
                self.note(number, stream).await?;
                noted_at = Instant::now();
            }
        }
    }

    async fn note(&mut self, number: i64, stream: &Stream) -> Result<(), Stop> {
        let so_far = stream.so_far();
        let took = match so_far.usage {
            // Told with each piece, or with the first one alone: what came since is counted.
            Some(usage) if !stream.is_whole() => CallTokens {
                prompt: signed(usage.prompt_tokens),
                completion: signed(usage.completion_tokens.max(count_answer(so_far))),
                is_told: false,
            },
            Some(usage) => CallTokens {
                prompt: signed(usage.prompt_tokens),
                completion: signed(usage.completion_tokens),
                is_told: true,
            },
            None => {
                CallTokens { prompt: signed(count_ask(&self.ask)), completion: signed(count_answer(so_far)), is_told: false }
            }
        };
        self.last_call = Some((number, took));
        let (Scope { store, organization, .. }, steps) = (&self.scope, self.steps_json());
        match store.note_call(*organization, self.begun.id, number, took, &self.answer, &steps).await {
            Ok(noted) => stopped(noted),
            // It is noted the next time, or with the end.
            Err(error) if error.is_transient() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn say(&mut self, piece: String) -> Result<(), Stop> {
        self.answer.push_str(&piece);
        self.tell(Event::Text(piece)).await
    }

    /// Whoever reads slowly is waited for; whoever does not read at all keeps no turn of the model.
    async fn tell(&self, event: Event) -> Result<(), Stop> {
        match self.guarded(self.events.send_timeout(event, HEARD_WITHIN)).await? {
            Ok(()) => Ok(()),
            Err(_) => Err(Stop::End(MessageEnd::ClientGone)),
        }
    }

    /// Calls a tool and hands its answer to the model.
    async fn use_tool(&mut self, call: ToolCall) -> Result<(), Stop> {
        let answer = if self.steps.len() >= STEPS_MAX || self.results_bytes >= RESULTS_BYTES_MAX {
            let says = "enough was looked up for one answer: answer with what there is, and say what is missing";
            tools::ToolAnswer {
                json: json!({"error": {"code": "enough", "message": says}}),
                is_error: true,
                links: Vec::new(),
            }
        } else {
            let scope = self.scope.clone();
            self.guarded(tools::call(&scope, &call.name, &call.arguments)).await?
        };
        let text = answer.json.to_string();
        self.results_bytes += text.len();
        if self.steps.len() < STEPS_MAX {
            let step = step(&call, &answer);
            self.steps.push(step.clone());
            self.tell(Event::Step(step)).await?;
        }
        self.ask.messages.push(Message::Tool { call: call.id, text });
        Ok(())
    }

    /// Waits for something, and meanwhile for whatever ends the message before it comes.
    async fn guarded<T>(&self, work: impl Future<Output = T>) -> Result<T, Stop> {
        let Scope { store, organization, .. } = &self.scope;
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                () = self.events.closed() => return Err(Stop::End(MessageEnd::ClientGone)),
                () = sleep_until(self.ends_at) => return Err(Stop::End(MessageEnd::TooLong)),
                () = sleep(BEAT_EVERY) => match store.beat_message(*organization, self.begun.id).await {
                    Ok(noted) => stopped(noted)?,
                    // A database in trouble for a moment is asked again with the next beat.
                    Err(error) if error.is_transient() => {}
                    Err(error) => return Err(error.into()),
                },
            }
        }
    }

    fn steps_json(&self) -> Json {
        json!(self.steps)
    }

    async fn settle(&self, ended: EndedMessage) -> Option<MessageView> {
        let Scope { store, organization, .. } = &self.scope;
        let mut tries = 1;
        loop {
            match store.settle_message(*organization, self.begun.id, ended.clone()).await {
                Ok(message) => return Some(message),
                Err(error) if error.is_transient() && tries < SETTLE_TRIES => {
                    tracing::warn!(%error, message = %self.begun.id, "an answer is not settled yet; it is tried again");
                    tries += 1;
                    sleep(SETTLE_PAUSE).await;
                }
                Err(error) => {
                    tracing::error!(%error, message = %self.begun.id, "an answer is left to be settled as it was noted");
                    return None;
                }
            }
        }
    }
}

fn stopped(noted: Noted) -> Result<(), Stop> {
    match noted {
        Noted::GoesOn => Ok(()),
        Noted::StopAsked => Err(Stop::End(MessageEnd::StoppedByUser)),
        Noted::Gone => Err(Stop::End(MessageEnd::Interrupted)),
    }
}

fn failed(error: &creel_model::ModelError) -> Stop {
    tracing::warn!(%error, "the model failed the assistant");
    Stop::Failed(told(error))
}

/// What people see of a call.
fn step(call: &ToolCall, answer: &tools::ToolAnswer) -> Step {
    let spec = tools::list().iter().find(|tool| tool.name == call.name);
    let says = match (&answer.json["error"]["message"], answer.json["rows"].as_array()) {
        (Json::String(message), _) => message.clone(),
        (_, Some(rows)) if rows.len() == 1 => "1 row".to_owned(),
        (_, Some(rows)) => format!("{} rows", rows.len()),
        _ => "done".to_owned(),
    };
    Step {
        tool: call.name.chars().take(64).collect(),
        title: spec.map_or_else(|| "Unknown tool".to_owned(), |tool| tool.title.to_owned()),
        arguments: serde_json::from_str(&call.arguments).unwrap_or_else(|_| json!(call.arguments)),
        says,
        is_error: answer.is_error,
        draft: spec.filter(|tool| tool.draft && !answer.is_error).map(|_| answer.json.clone()),
    }
}
