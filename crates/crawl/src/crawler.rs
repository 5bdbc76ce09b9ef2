//! What all runs of a process share: the store, the committer, the HTTP client, the pace of each host, robots.txt files.

use std::sync::{Arc, Mutex, PoisonError};

use creel_extract::Extractor;
use creel_fetch::{FetchError, FetchSettings, Fetcher, HostGates};
use creel_frontier::PaceSettings;
use creel_store::{Owner, Store, StoreError, runs::Run, settle::Committer};
use creel_types::RunId;

use crate::robots_txt::RobotsTxtCache;

/// Pages of one run that are on their way at once, whatever their hosts allow.
pub const WORKERS_MAX: usize = 24;
/// Pages that one run may know; what is found beyond is not queued.
pub const PAGES_PER_RUN_MAX: usize = 1_000_000;

/// What an installation chooses about crawling.
#[derive(Clone, Debug, Default)]
pub struct CrawlSettings {
    pub fetch: FetchSettings,
    pub pace: PaceSettings,
}

/// Cheap to clone; clones are the same crawler.
#[derive(Clone)]
pub struct Crawler(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) committer: Committer,
    pub(crate) fetcher: Fetcher,
    pub(crate) gates: HostGates,
    pub(crate) owner: Owner,
    pub(crate) robots_txt: RobotsTxtCache,
    /// Extractors that rest between pages, with their buffers grown.
    extractors: Mutex<Vec<Extractor>>,
}

impl Crawler {
    pub fn new(store: Store, committer: Committer, owner: Owner, settings: CrawlSettings) -> Result<Crawler, FetchError> {
        let fetcher = Fetcher::new(settings.fetch, store.clock.clone())?;
        Ok(Crawler(Arc::new(Shared {
            store,
            committer,
            fetcher,
            gates: HostGates::new(settings.pace),
            owner,
            robots_txt: RobotsTxtCache::default(),
            extractors: Mutex::default(),
        })))
    }

    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    #[must_use]
    pub fn fetcher(&self) -> &Fetcher {
        &self.0.fetcher
    }

    /// Takes a run into the hands of this process; `None` while another, living one has it.
    pub async fn claim(&self, run: RunId) -> Result<Option<Run>, StoreError> {
        self.store().claim_run(run, self.0.owner.id, self.0.owner.judge()).await
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }

    /// Runs `read` with an extractor on a thread that may compute for long.
    pub(crate) async fn with_extractor<T, F>(&self, read: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Extractor) -> T + Send + 'static,
    {
        let shared = Arc::clone(&self.0);
        let task = tokio::task::spawn_blocking(move || {
            let resting = shared.extractors.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut extractor = resting.unwrap_or_default();
            let read = read(&mut extractor);
            shared.extractors.lock().unwrap_or_else(PoisonError::into_inner).push(extractor);
            read
        });
        task.await.ok()
    }
}
