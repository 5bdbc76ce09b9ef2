//! Asking a model: the key, bounded waits and asking again, and the way in which an endpoint takes shapes.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use creel_fetch::{FetchSettings, OperatorClient, OperatorRequest};
use creel_types::{Random, Secret};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};
use url::Url;

use crate::{
    Answer, Ask, ModelError,
    ask::Dialect,
    manner::{Kept, Manners},
};

/// Times that a question is sent in all.
pub const ATTEMPTS_MAX: u32 = 4;
/// The first wait before asking again; it doubles each time, and up to as much again comes by chance.
pub const BACKOFF_MS: u64 = 500;
/// A wait that the endpoint asks for is kept up to this.
pub const RETRY_AFTER_MS_MAX: u64 = 20_000;
/// Bytes of an answer.
pub const ANSWER_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Which model, and where.
#[derive(Clone, Debug)]
pub struct ModelSettings {
    /// What `/chat/completions` stands behind, such as `https://api.openai.com/v1`.
    pub base_url: Url,
    /// Some endpoints in a private network take none.
    pub key: Option<Secret>,
    pub model: String,
    /// One question, from asking to the last byte.
    pub timeout_ms: u64,
    /// Questions that are on their way at once.
    pub concurrency: usize,
    /// [`BACKOFF_MS`], except in tests.
    pub backoff_ms: u64,
}

/// The client. Cheap to clone; clones share what they learned of the endpoint.
#[derive(Clone)]
pub struct ModelClient(Arc<Shared>);

struct Shared {
    settings: ModelSettings,
    url: Url,
    http: OperatorClient,
    random: Random,
    turns: Arc<Semaphore>,
    /// How the endpoint takes shapes, as far as it is known.
    dialect: AtomicU8,
    manners: Manners,
}

impl fmt::Debug for ModelClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelClient").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl ModelClient {
    pub fn new(settings: ModelSettings, random: Random) -> Result<ModelClient, ModelError> {
        let setup = |reason: String| ModelError::Setup { reason };
        if settings.base_url.cannot_be_a_base() || !matches!(settings.base_url.scheme(), "http" | "https") {
            return Err(setup(format!("{} is no address of a model's endpoint", settings.base_url)));
        }
        let mut url = settings.base_url.clone();
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().extend(["chat", "completions"]);
        }
        let http = OperatorClient::new(&FetchSettings::default()).map_err(|error| setup(error.to_string()))?;
        let turns = Arc::new(Semaphore::new(settings.concurrency.max(1)));
        let (dialect, manners) = (AtomicU8::new(0), Manners::unknown());
        Ok(ModelClient(Arc::new(Shared { settings, url, http, random, turns, dialect, manners })))
    }

    /// The model that answers.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.settings.model
    }

    /// Asks until there is an answer, no hope, or no patience.
    pub async fn ask(&self, ask: &Ask) -> Result<Answer, ModelError> {
        let _turn = self.turn().await?;
        let mut patience = Patience::new(self);
        loop {
            let mut body = ask.body(&self.0.settings.model, self.dialect());
            let manner = self.0.manners.keep(&mut body);
            let error = match self.send(body.to_string()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if self.learn_manners(&error, manner) {
                continue;
            }
            // A shape that the endpoint does not know is asked for in simpler words from now on.
            if let (Some(_), ModelError::Refused { status: 400 | 404 | 415 | 422 | 501, .. }, Some(simpler)) =
                (&ask.shape, &error, self.dialect().simpler())
            {
                tracing::debug!(%error, ?simpler, "the model's endpoint is asked in simpler words");
                self.0.dialect.store(code(simpler), Ordering::Relaxed);
                continue;
            }
            patience.wait(error).await?;
        }
    }

    /// A turn, which is kept as long as a question is on its way.
    pub(crate) async fn turn(&self) -> Result<OwnedSemaphorePermit, ModelError> {
        let turn = Arc::clone(&self.0.turns).acquire_owned().await;
        turn.map_err(|_| ModelError::Unavailable { reason: "it is being shut down".to_owned() })
    }

    pub(crate) fn settings(&self) -> &ModelSettings {
        &self.0.settings
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0.url
    }

    pub(crate) fn http(&self) -> &OperatorClient {
        &self.0.http
    }

    /// Whether the endpoint has just refused something that can be left out: then it is asked again, without.
    pub(crate) fn learn_manners(&self, error: &ModelError, kept: Kept) -> bool {
        let learned = self.0.manners.learn(error, kept);
        if learned {
            tracing::debug!(%error, "the model's endpoint is asked in another manner");
        }
        learned
    }

    /// The body of a question whose answer is read while it comes.
    pub(crate) fn streamed_body(&self, ask: &Ask) -> (String, Kept) {
        let mut body = ask.body(&self.0.settings.model, self.dialect());
        body["stream"] = true.into();
        body["stream_options"] = serde_json::json!({"include_usage": true});
        let kept = self.0.manners.keep(&mut body);
        (body.to_string(), kept)
    }

    fn dialect(&self) -> Dialect {
        match self.0.dialect.load(Ordering::Relaxed) {
            0 => Dialect::Schema,
            1 => Dialect::Object,
            _ => Dialect::Words,
        }
    }

    async fn send(&self, body: String) -> Result<Answer, ModelError> {
        let Shared { settings, url, http, .. } = &*self.0;
        let request = OperatorRequest::new(url).json(body).timeout_ms(settings.timeout_ms).bytes_max(ANSWER_BYTES_MAX);
        let request = match &settings.key {
            Some(key) => request.bearer(key.as_str()),
            None => request,
        };
        let answer = http.send(&request).await.map_err(|error| ModelError::from_fetch(&error))?;
        if !matches!(answer.status, 200..=299) {
            let seconds = answer.header("Retry-After").and_then(|text| text.trim().parse::<u64>().ok());
            return Err(ModelError::from_status(answer.status, &answer.body, seconds.map(|s| s.saturating_mul(1_000))));
        }
        Answer::read(&answer.body)
    }
}

/// How long and how often one question is asked anew.
pub(crate) struct Patience<'a> {
    client: &'a ModelClient,
    begun: Instant,
    attempt: u32,
}

impl Patience<'_> {
    pub(crate) fn new(client: &ModelClient) -> Patience<'_> {
        Patience { client, begun: Instant::now(), attempt: 1 }
    }

    /// Waits before asking again; gives the error back where there is no hope or no patience left.
    pub(crate) async fn wait(&mut self, error: ModelError) -> Result<(), ModelError> {
        let wait_ms = self.wait_ms(&error);
        let spent = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let in_time = spent.saturating_add(wait_ms) < self.client.settings().timeout_ms.saturating_mul(2);
        if !error.is_transient() || self.attempt >= ATTEMPTS_MAX || wait_ms > RETRY_AFTER_MS_MAX || !in_time {
            return Err(error);
        }
        tracing::debug!(attempt = self.attempt, %error, "the model is asked again");
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        self.attempt += 1;
        Ok(())
    }

    fn wait_ms(&self, error: &ModelError) -> u64 {
        let backoff_ms = self.client.settings().backoff_ms.saturating_mul(1 << (self.attempt - 1));
        let wait_ms = backoff_ms + self.client.0.random.below(backoff_ms + 1);
        match error {
            ModelError::TooOften { retry_after_ms: Some(asked) } => wait_ms.max(*asked),
            _ => wait_ms,
        }
    }
}

const fn code(dialect: Dialect) -> u8 {
    match dialect {
        Dialect::Schema => 0,
        Dialect::Object => 1,
        Dialect::Words => 2,
    }
}

#[cfg(test)]
mod tests;
