//! The task that turns many waiting pages into one transaction, and finds the one that poisons a batch.

use std::{
    future::Future,
    pin::Pin,
    time::{Duration, Instant},
};

use creel_types::{Action, CaptureId, Clock, Random, metric};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    FinishedPage, PageResult, Verdict,
    batch::{self, Item},
};
use crate::{Store, StoreError};

/// Pages that one transaction settles at most.
const BATCH_MAX: usize = 256;
/// Pages that may wait; a worker beyond that waits itself.
const WAITING_MAX: usize = 1024;
/// Turns that other tasks get before a batch is closed.
const TURNS: u32 = 3;
/// How often a batch is tried while the database is in trouble; each try waits for another process's lock by itself.
const TRIES_MAX: u32 = 5;
/// The first pause before another try; each further one is longer by as much.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(100);

struct Waiting {
    page: FinishedPage,
    /// The id that its capture gets, whichever try stores it: so a try whose answer was lost is recognised.
    capture: CaptureId,
    /// The capture's content as it is stored.
    content: Option<String>,
    answer: oneshot::Sender<Result<Verdict, StoreError>>,
}

impl Waiting {
    fn item(&self) -> Item<'_> {
        Item { page: &self.page, capture: self.capture, content: self.content.as_deref().unwrap_or_default() }
    }
}

/// A handle on the committer task; copies share it. The task ends, with everything settled, once the last one is dropped.
#[derive(Clone, Debug)]
pub struct Committer {
    sender: mpsc::Sender<Waiting>,
    clock: Clock,
    random: Random,
}

impl Committer {
    /// Starts the task. Await the join handle after dropping the committer for a graceful end.
    #[must_use]
    pub fn start(store: Store) -> (Committer, JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        let committer = Committer { sender, clock: store.clock.clone(), random: store.random.clone() };
        (committer, tokio::spawn(commit_batches(store, receiver)))
    }

    /// Hands a page over and waits until its transaction is on disk.
    pub async fn settle(&self, page: FinishedPage) -> Result<Verdict, StoreError> {
        let (answer, verdict) = oneshot::channel();
        let capture = self.random.id(self.clock.now());
        // Here and not in the batch: while one page's content is written out, others are, and nobody waits for a lock.
        let content = match &page.result {
            PageResult::Capture(new) => Some(new.content()?),
            PageResult::Outcome { .. } => None,
        };
        self.sender.send(Waiting { page, capture, content, answer }).await.map_err(|_| StoreError::CommitterGone)?;
        verdict.await.map_err(|_| StoreError::CommitterGone)?
    }
}

async fn commit_batches(store: Store, mut receiver: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::with_capacity(BATCH_MAX);
    // No timer: whatever gathered while the last batch was committing is the next batch.
    while receiver.recv_many(&mut waiting, BATCH_MAX).await > 0 {
        // Those who were just answered are about to hand in their next page: they get their turn before the batch is closed,
        // or a small batch would go ahead of each large one.
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
        while waiting.len() < BATCH_MAX
            && let Ok(more) = receiver.try_recv()
        {
            waiting.push(more);
        }
        store.fail_points.pass("settle.drained");
        settle_or_split(&store, std::mem::take(&mut waiting)).await;
    }
}

/// Settles a batch; one that fails is halved until the item that fails stands alone, so that it sinks nobody else.
fn settle_or_split(store: &Store, mut waiting: Vec<Waiting>) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
    Box::pin(async move {
        let items: Vec<Item<'_>> = waiting.iter().map(Waiting::item).collect();
        let began = Instant::now();
        let result = settle_patiently(store, &items).await;
        match result {
            Ok(verdicts) => {
                count(began, &verdicts);
                for (item, verdict) in waiting.into_iter().zip(verdicts) {
                    // A worker that went away has lost nothing: the page is settled all the same.
                    let _ = item.answer.send(Ok(verdict));
                }
                store.fail_points.pass("settle.answered");
            }
            // No page is at fault, so halving would help nobody.
            Err(error) if error.is_transient() => {
                tracing::error!(pages = waiting.len(), %error, "a batch could not be committed");
                for item in waiting {
                    let _ = item.answer.send(Err(StoreError::Unavailable(error.to_string())));
                }
            }
            Err(error) if waiting.len() == 1 => {
                if let Some(item) = waiting.pop() {
                    tracing::error!(run = %item.page.run, url = %item.page.url, %error, "a page could not be settled");
                    let _ = item.answer.send(Err(error));
                }
            }
            Err(error) => {
                tracing::warn!(pages = waiting.len(), %error, "a batch failed and is halved");
                let later = waiting.split_off(waiting.len() / 2);
                settle_or_split(store, waiting).await;
                settle_or_split(store, later).await;
            }
        }
    })
}

fn count(began: Instant, verdicts: &[Verdict]) {
    metrics::histogram!(metric::SETTLE_SECONDS).record(began.elapsed());
    metrics::histogram!(metric::SETTLE_PAGES).record(u32::try_from(verdicts.len()).unwrap_or(u32::MAX));
    let mut stored = 0;
    for verdict in verdicts {
        stored += u64::from(matches!(verdict, Verdict::Stored(_)));
        metrics::counter!(metric::PAGES, "verdict" => verdict.name()).increment(1);
    }
    let debited = stored * Action::Extract.price().0.unsigned_abs();
    metrics::counter!(metric::CREDITS_DEBITED, "action" => "extract").increment(debited);
}

/// Tries again while the database is in trouble. Whether a try whose connection broke was committed is not known, so a later
/// one first looks for what it may have left.
async fn settle_patiently(store: &Store, items: &[Item<'_>]) -> Result<Vec<Verdict>, StoreError> {
    let mut tries = 1;
    loop {
        match batch::settle(store, items).await {
            Err(error) if error.is_transient() && tries < TRIES_MAX => {
                tracing::warn!(pages = items.len(), tries, %error, "a batch is tried again");
                tokio::time::sleep(TRY_AGAIN_AFTER * tries).await;
                tries += 1;
            }
            result => return result,
        }
    }
}
