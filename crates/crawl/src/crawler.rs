//! What all runs of a process share: the store, the committer, the HTTP client, the pace of each host, robots.txt files.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use creel_extract::Extractor;
use creel_fetch::{FetchError, FetchSettings, Fetcher, HostGates};
use creel_frontier::PaceSettings;
use creel_store::{Owner, Store, StoreError, runs::Run, settle::Committer};
use creel_types::RunId;
use uuid::Uuid;

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
    pub(crate) owner: Arc<Owner>,
    pub(crate) robots_txt: RobotsTxtCache,
    /// Runs in the hands of this process: none is taken twice, also not while an earlier crawl of it is still winding up.
    in_hand: Mutex<HashSet<RunId>>,
    /// One sitemap is unpacked and parsed at a time: each may be fifty megabytes.
    pub(crate) sitemap_turn: tokio::sync::Semaphore,
    /// Extractors that rest between pages, with their buffers grown.
    extractors: Mutex<Vec<Extractor>>,
}

impl Shared {
    fn in_hand(&self) -> MutexGuard<'_, HashSet<RunId>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that this process crawls, until dropped.
pub struct Claimed {
    pub run: Run,
    pub(crate) hold: Hold,
}

pub(crate) struct Hold {
    shared: Arc<Shared>,
    run: RunId,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.shared.in_hand().remove(&self.run);
    }
}

impl Crawler {
    pub fn new(
        store: Store,
        committer: Committer,
        owner: Arc<Owner>,
        settings: CrawlSettings,
    ) -> Result<Crawler, FetchError> {
        let fetcher = Fetcher::new(settings.fetch, store.clock.clone())?;
        Ok(Crawler(Arc::new(Shared {
            store,
            committer,
            fetcher,
            gates: HostGates::new(settings.pace),
            owner,
            robots_txt: RobotsTxtCache::default(),
            in_hand: Mutex::default(),
            sitemap_turn: tokio::sync::Semaphore::new(1),
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

    /// Takes a run into the hands of this process; `None` while it, or another living process, has it.
    pub async fn claim(&self, run: RunId) -> Result<Option<Claimed>, StoreError> {
        self.show_life().await?;
        self.claim_if_free(run).await
    }

    async fn claim_if_free(&self, run: RunId) -> Result<Option<Claimed>, StoreError> {
        let Some(hold) = self.hold(run) else { return Ok(None) };
        let owner = &self.0.owner;
        Ok(self.store().claim_run(run, owner.id, &owner.judge()).await?.map(|run| Claimed { run, hold }))
    }

    /// Takes the oldest run that waits, or whose process has gone.
    pub async fn claim_next(&self) -> Result<Option<Claimed>, StoreError> {
        self.show_life().await?;
        for run in self.store().list_claimable_runs().await? {
            if let Some(claimed) = self.claim_if_free(run).await? {
                return Ok(Some(claimed));
            }
        }
        Ok(None)
    }

    /// The process's sign of life, for others that work in it.
    #[must_use]
    pub fn life(&self) -> Arc<Owner> {
        Arc::clone(&self.0.owner)
    }

    /// Makes sure that other processes do not take this one for dead.
    pub(crate) async fn show_life(&self) -> Result<(), StoreError> {
        self.0.owner.renew(&self.0.store).await
    }

    /// The process that new runs can be made for, so that no other takes them first.
    #[must_use]
    pub fn owner(&self) -> Uuid {
        self.0.owner.id
    }

    fn hold(&self, run: RunId) -> Option<Hold> {
        self.0.in_hand().insert(run).then(|| Hold { shared: Arc::clone(&self.0), run })
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
