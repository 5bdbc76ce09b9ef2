//! One run, from its claim to its end: seeds, the workers that walk pages, heartbeats, and the verdict on the whole.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use creel_frontier::{PatternSet, Policy, Scope};
use creel_store::{
    StoreError,
    pages::{LeasedPage, NewPage, PageRole},
    runs::{LEASE_MS, Run},
    settle::Verdict,
};
use creel_types::{Action, RunError, RunErrorCode};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    Crawler,
    crawler::WORKERS_MAX,
    end, links,
    walk::{Walked, walk_page},
};

/// The longest nap while every page of the queue waits for its time.
const NAP_MS_MAX: i64 = 500;
/// Priority of what a run starts with: above everything that is found.
pub(crate) const SEED_PRIORITY: i64 = 1_000_000;

/// How [`crawl_run`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The run has ended; its row says how.
    Over,
    /// It was interrupted; the run is alive and given back.
    Interrupted,
}

/// A run in the hands of this process.
pub(crate) struct Crawl {
    pub(crate) crawler: Crawler,
    pub(crate) run: Run,
    pub(crate) scope: Scope,
    pub(crate) patterns: PatternSet,
    pub(crate) policy: Policy,
    /// Addresses that the run knows, and how many of each shape: what is here is not queued again.
    pub(crate) known: Mutex<Known>,
    /// Captures that budget and balance can still pay, as of the last look: a hint, the commit decides.
    payable: AtomicI64,
    lost: AtomicBool,
}

#[derive(Default)]
pub(crate) struct Known {
    pub(crate) urls: HashSet<String>,
    pub(crate) shapes: HashMap<String, u32>,
}

/// Crawls a claimed run until it ends or `stop` is cancelled.
pub async fn crawl_run(crawler: &Crawler, run: Run, stop: &CancellationToken) -> Result<Ended, StoreError> {
    let (id, owner) = (run.id, crawler.shared().owner.id);
    let crawl = match prepare(crawler, run).await? {
        Ok(crawl) => Arc::new(crawl),
        Err(error) => {
            crawler.store().fail_run(id, &error).await?;
            return Ok(Ended::Over);
        }
    };
    let heart = tokio::spawn(beat(Arc::clone(&crawl)));
    let result = walk_all(&crawl, stop).await;
    heart.abort();
    match result {
        Ok(Ended::Over) => Ok(Ended::Over),
        // Given back on interruption and on failure alike, so that another process or try goes on at once.
        other => {
            crawler.store().release_run(id, owner).await?;
            other
        }
    }
}

/// Asks robots.txt and queues what the run starts with.
async fn prepare(crawler: &Crawler, run: Run) -> Result<Result<Crawl, RunError>, StoreError> {
    let internal = |message: String| RunError { code: RunErrorCode::Internal, message };
    let patterns = match PatternSet::compile(&run.settings.include, &run.settings.exclude) {
        Ok(patterns) => patterns,
        Err(error) => return Ok(Err(internal(error.to_string()))),
    };
    let starts: Vec<Url> = run.start_urls.iter().filter_map(|url| Url::parse(url).ok()).collect();
    let Some(first) = starts.first() else {
        return Ok(Err(internal("the run has no start URL".to_owned())));
    };
    let asked = crawler.robots_txt(first).await;
    if let Some(trouble) = asked.trouble {
        return Ok(Err(trouble));
    }
    let store = crawler.store();
    let mut known = Known::default();
    known.urls.extend(store.known_urls(run.id).await?);
    for (shape, count) in store.shape_counts(run.id).await? {
        known.shapes.insert(shape, u32::try_from(count).unwrap_or(u32::MAX));
    }
    let crawl = Crawl {
        scope: Scope::of_program(&run.program),
        patterns,
        policy: asked.policy,
        known: Mutex::new(known),
        payable: AtomicI64::new(0),
        lost: AtomicBool::new(false),
        crawler: crawler.clone(),
        run,
    };
    crawl.look_at_payable().await?;
    crawl.queue_seeds(&starts).await?;
    store.mark_running(crawl.run.id).await?;
    Ok(Ok(crawl))
}

impl Crawl {
    async fn queue_seeds(&self, starts: &[Url]) -> Result<(), StoreError> {
        let mut seeds: Vec<NewPage> = starts
            .iter()
            .map(|url| NewPage {
                // A start URL is taken at its word: what looks like a facet or a sort order may be what is wanted.
                url: creel_frontier::canonical_url(url).into(),
                role: PageRole::Page,
                priority: SEED_PRIORITY,
                depth: 0,
                shape: String::new(),
            })
            .collect();
        // Sitemaps list the whole shop; a run that was started inside a section stays with what that section leads to.
        let whole_shop = starts.iter().any(|url| url.path() == "/");
        if self.run.settings.discover && whole_shop {
            seeds.extend(links::sitemap_seeds(&self.policy, &starts[0]));
        }
        self.queue_new(seeds).await
    }

    /// Queues what the run does not know yet.
    pub(crate) async fn queue_new(&self, pages: Vec<NewPage>) -> Result<(), StoreError> {
        let new = links::take_unknown(&self.known, pages);
        self.crawler.store().queue_pages(self.run.id, &new).await?;
        Ok(())
    }

    /// How many captures could be paid now.
    async fn look_at_payable(&self) -> Result<(), StoreError> {
        let store = self.crawler.store();
        let spendable = store.spendable(self.run.organization).await?;
        let run = store.get_run(self.run.organization, self.run.id).await?;
        let by_budget = run.budget.map_or(i64::MAX, |budget| budget - run.extracted);
        self.payable.store((spendable.0 / Action::Extract.price().0).min(by_budget), Ordering::Relaxed);
        Ok(())
    }

    /// Pages in hand at most: no more than could be paid if each were a product, so that little is fetched for nothing.
    fn in_hand_max(&self) -> usize {
        let payable = usize::try_from(self.payable.load(Ordering::Relaxed)).unwrap_or(0);
        payable.clamp(1, WORKERS_MAX)
    }
}

/// Leases pages and walks them, many at once, until nothing is left or the run has ended.
async fn walk_all(crawl: &Arc<Crawl>, stop: &CancellationToken) -> Result<Ended, StoreError> {
    let mut walking: JoinSet<Result<Walked, StoreError>> = JoinSet::new();
    let mut ready: VecDeque<LeasedPage> = VecDeque::new();
    loop {
        if stop.is_cancelled() {
            return Ok(Ended::Interrupted);
        }
        if crawl.lost.load(Ordering::Relaxed) {
            return Ok(Ended::Over);
        }
        let in_hand_max = crawl.in_hand_max();
        // Leased in groups, ahead of need: each lease is a transaction of its own.
        if ready.is_empty() && walking.len() < in_hand_max {
            ready.extend(crawl.lease(in_hand_max - walking.len() / 2).await?);
        }
        while walking.len() < in_hand_max
            && let Some(page) = ready.pop_front()
        {
            walking.spawn(walk_page(Arc::clone(crawl), page));
        }
        if walking.is_empty() {
            if finish_or_nap(crawl, stop).await? {
                return Ok(Ended::Over);
            }
            continue;
        }
        let walked = tokio::select! {
            walked = walking.join_next() => walked,
            () = stop.cancelled() => return Ok(Ended::Interrupted),
        };
        match walked {
            Some(Ok(walked)) => {
                if let Some(ended) = crawl.after(walked?) {
                    return Ok(ended);
                }
            }
            Some(Err(panicked)) => return Err(StoreError::Conflict(format!("a page's walk broke off: {panicked}"))),
            None => {}
        }
    }
}

impl Crawl {
    async fn lease(&self, count: usize) -> Result<Vec<LeasedPage>, StoreError> {
        let count = i64::try_from(count.max(1)).unwrap_or(1);
        self.crawler.store().lease_pages(self.run.id, self.crawler.shared().owner.id, count).await
    }

    /// What a walked page means for the run.
    fn after(&self, walked: Walked) -> Option<Ended> {
        match walked {
            Walked::Later => None,
            Walked::Settled(verdict) => match verdict {
                Verdict::Stored(_) => {
                    self.payable.fetch_sub(1, Ordering::Relaxed);
                    None
                }
                Verdict::Recorded | Verdict::Duplicate => None,
                Verdict::InsufficientCredits | Verdict::BudgetReached | Verdict::RunEnded | Verdict::LeaseLost => {
                    Some(Ended::Over)
                }
            },
        }
    }
}

/// Nothing is in hand: ends the run if nothing waits either, else sleeps until the next page's time.
async fn finish_or_nap(crawl: &Crawl, stop: &CancellationToken) -> Result<bool, StoreError> {
    let store = crawl.crawler.store();
    let (waiting, next) = store.queue_state(crawl.run.id).await?;
    if waiting == 0 {
        let error = end::error_of_run(crawl).await?;
        store.complete_run(crawl.run.id, error).await?;
        return Ok(true);
    }
    if store.get_run(crawl.run.organization, crawl.run.id).await?.status.is_ended() {
        return Ok(true);
    }
    crawl.look_at_payable().await?;
    let nap = next.map_or(0, |at| at.ms_since(store.clock.now())).clamp(1, NAP_MS_MAX);
    tokio::select! {
        () = tokio::time::sleep(Duration::from_millis(nap.unsigned_abs())) => {}
        () = stop.cancelled() => {}
    }
    Ok(false)
}

/// Keeps the lease alive; a lease that is lost ends the crawl here.
async fn beat(crawl: Arc<Crawl>) {
    let owner = crawl.crawler.shared().owner.id;
    loop {
        tokio::time::sleep(Duration::from_millis(LEASE_MS.unsigned_abs() / 4)).await;
        match crawl.crawler.store().heartbeat(crawl.run.id, owner).await {
            Ok(true) => {
                if let Err(error) = crawl.look_at_payable().await {
                    tracing::warn!(run = %crawl.run.id, %error, "the balance could not be read");
                }
            }
            Ok(false) => {
                crawl.lost.store(true, Ordering::Relaxed);
                return;
            }
            Err(error) => tracing::warn!(run = %crawl.run.id, %error, "a heartbeat failed"),
        }
    }
}
