//! A model's part in items: asked about each capture of a batch, believed as far as the `item` crate believes it. An item that the
//! model has nothing for stays what the rules made it; asking never fails a capture.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use creel_item::model::{INSTRUCTIONS, believe, question, schema};
use creel_model::{Answer, Ask, Message, ModelClient, ModelError, Shape};
use creel_store::settle::MadeItem;
use creel_types::{EnglishReason, ItemContent, ModelUse, Product};
use tokio::{task::JoinSet, time::Instant};

/// Captures that are settled at once where a model is asked: what it was asked in vain, if the credits end, is little.
pub(crate) const BATCH_MAX: usize = 32;
/// Answers in a row that fail before the model is left alone for a while.
const FAILURES_MAX: u32 = 8;
/// For how long it is left alone; items are made without it meanwhile.
const PAUSE_MS: u128 = 60_000;
/// Tokens of an answer: a translated description of the longest length that is asked for, and twenty attributes.
const OUTPUT_TOKENS_MAX: u32 = 4_000;

/// The model that enrichments of this process ask. Cheap to clone; clones share what they know of its health.
#[derive(Clone)]
pub struct Improver(Arc<Shared>);

struct Shared {
    model: ModelClient,
    failures: AtomicU32,
    paused_at: Mutex<Option<Instant>>,
}

impl Improver {
    #[must_use]
    pub fn new(model: ModelClient) -> Improver {
        Improver(Arc::new(Shared { model, failures: AtomicU32::new(0), paused_at: Mutex::default() }))
    }

    /// Asks about each item of a batch at once, as far as the client lets so many out, and says what that took.
    pub(crate) async fn improve(&self, made: Vec<(MadeItem, Option<Product>)>) -> (Vec<MadeItem>, ModelUse) {
        let mut asking = JoinSet::new();
        for (place, (made, product)) in made.into_iter().enumerate() {
            let improver = self.clone();
            asking.spawn(async move { (place, improver.improve_one(made, product).await) });
        }
        let mut improved = asking.join_all().await;
        improved.sort_by_key(|(place, _)| *place);
        let mut used = ModelUse::default();
        let made = improved.into_iter().map(|(_, (made, one))| {
            used += one;
            made
        });
        (made.collect(), used)
    }

    async fn improve_one(&self, mut made: MadeItem, product: Option<Product>) -> (MadeItem, ModelUse) {
        let (Ok(content), Some(product)) = (&mut made.content, product) else { return (made, ModelUse::default()) };
        if self.is_paused() {
            not_improved(content);
            return (made, ModelUse::default());
        }
        let ask = Ask {
            messages: vec![Message::System(INSTRUCTIONS.to_owned()), Message::User(question(&product, content))],
            shape: Some(Shape { name: "item", schema: schema() }),
            output_tokens_max: OUTPUT_TOKENS_MAX,
            ..Ask::default()
        };
        let answered = self.0.model.ask(&ask).await;
        let mut used = ModelUse { calls: 1, ..ModelUse::default() };
        if let Ok(Answer { usage: Some(usage), .. }) = &answered {
            used.prompt_tokens = i64::try_from(usage.prompt_tokens).unwrap_or(i64::MAX);
            used.completion_tokens = i64::try_from(usage.completion_tokens).unwrap_or(i64::MAX);
        }
        match answered.and_then(|answer| answer.object()) {
            Ok(object) => {
                self.0.failures.store(0, Ordering::Relaxed);
                believe(content, &product, &object, self.0.model.name());
            }
            Err(error) => {
                used.failures = 1;
                self.note_failure(&error);
                not_improved(content);
            }
        }
        (made, used)
    }

    fn note_failure(&self, error: &ModelError) {
        tracing::debug!(%error, "a model did not help with an item");
        // Nonsense about one page says nothing of the endpoint's health.
        if matches!(error, ModelError::Malformed { .. }) {
            return;
        }
        if self.0.failures.fetch_add(1, Ordering::Relaxed) + 1 >= FAILURES_MAX {
            tracing::warn!(%error, failures = FAILURES_MAX, "the model is left alone for a minute: items are made without it");
            *self.0.paused_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            self.0.failures.store(0, Ordering::Relaxed);
        }
    }

    fn is_paused(&self) -> bool {
        let paused_at = *self.0.paused_at.lock().unwrap_or_else(PoisonError::into_inner);
        paused_at.is_some_and(|at| at.elapsed().as_millis() < PAUSE_MS)
    }
}

/// A model is configured and gave nothing: where English is missing, that is why.
fn not_improved(content: &mut ItemContent) {
    if content.english == Some(EnglishReason::NoModel) {
        content.english = Some(EnglishReason::ModelFailed);
    }
}
