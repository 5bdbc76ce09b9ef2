//! One run, from its claim to its end: seeds, the workers that walk pages, heartbeats, and the verdict on the whole.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use creel_frontier::{PatternSet, Scope};
use creel_store::{
    StoreError,
    pages::{LeasedPage, NewPage, PageRole},
    runs::{LEASE_MS, Run},
    settle::Verdict,
};
use creel_types::{Action, RunError, RunErrorCode, RunId};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    Crawler,
    crawler::WORKERS_MAX,
    end, links,
    robots_txt::Asked,
    walk::{Walked, walk_page},
};

/// The longest nap while every page of the queue waits for its time.
const NAP_MS_MAX: i64 = 500;
/// Several beats fit into a lease, so that one that fails costs nothing.
const BEAT_MS: u64 = LEASE_MS.unsigned_abs() / 5;
/// Pages after which the balance is looked at again, which other runs spend too.
const LOOK_PAGES: usize = 64;
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
    /// robots.txt of the first start URL, for the sitemaps that it names; each page asks the file of its own origin.
    robots_txt: Arc<Asked>,
    /// Addresses that the run knows, and how many of each shape: what is here is not queued again.
    pub(crate) known: Mutex<Known>,
    /// Captures that budget and balance can still pay, as of the last look: a hint, the commit decides.
    payable: AtomicI64,
    /// What could pay the next capture is held for something else and may come back: nothing is fetched until then.
    held_back: AtomicBool,
}

#[derive(Default)]
pub(crate) struct Known {
    pub(crate) urls: HashSet<String>,
    pub(crate) shapes: HashMap<String, u32>,
    pub(crate) sitemaps: usize,
}

/// Crawls a claimed run until it ends or `stop` is cancelled.
///
/// An interrupted run is given back, so that another process goes on at once. One that broke off with an error is not: it
/// stays this process's until its lease runs out, which is the pause before anybody else tries.
pub async fn crawl_run(crawler: &Crawler, run: Run, stop: &CancellationToken) -> Result<Ended, StoreError> {
    let (id, owner) = (run.id, crawler.owner());
    let lost = CancellationToken::new();
    let _heart = Heart::start(crawler.clone(), id, lost.clone());
    let ended = tokio::select! {
        ended = crawl_to_the_end(crawler, run, &lost) => ended?,
        () = stop.cancelled() => Ended::Interrupted,
        // Stopped by somebody, or taken over after this process was silent too long: what is in hand is let go.
        () = lost.cancelled() => Ended::Over,
    };
    if ended == Ended::Interrupted {
        crawler.store().release_run(id, owner).await?;
    }
    Ok(ended)
}

async fn crawl_to_the_end(crawler: &Crawler, run: Run, lost: &CancellationToken) -> Result<Ended, StoreError> {
    let (id, extracted) = (run.id, run.extracted);
    match prepare(crawler, run).await? {
        Ok(crawl) => walk_all(&Arc::new(crawl), lost).await,
        // What it has is not to be lost over a moment's trouble: it is tried again instead of failed.
        Err(error) if extracted > 0 => Err(StoreError::Conflict(format!("{}: {}", error.code, error.message))),
        Err(error) => {
            crawler.store().fail_run(id, crawler.owner(), &error).await?;
            Ok(Ended::Over)
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
    if let Some(trouble) = &asked.trouble {
        return Ok(Err(trouble.clone()));
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
        robots_txt: asked,
        known: Mutex::new(known),
        payable: AtomicI64::new(0),
        held_back: AtomicBool::new(false),
        crawler: crawler.clone(),
        run,
    };
    crawl.look_at_payable().await?;
    crawl.queue_seeds(&starts).await?;
    store.mark_running(crawl.run.id, crawler.owner()).await?;
    Ok(Ok(crawl))
}

impl Crawl {
    async fn queue_seeds(&self, starts: &[Url]) -> Result<(), StoreError> {
        let wanted = |url: &&Url| self.patterns.verdict(url).allows_fetch();
        let mut seeds: Vec<NewPage> = starts
            .iter()
            .filter(wanted)
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
            seeds.extend(links::sitemap_seeds(&self.robots_txt.policy, &starts[0]));
        }
        self.queue_new(seeds).await
    }

    /// Queues what the run does not know yet.
    pub(crate) async fn queue_new(&self, pages: Vec<NewPage>) -> Result<(), StoreError> {
        let new = links::take_unknown(&self.known, pages);
        self.crawler.store().queue_pages(self.run.id, &new).await?;
        Ok(())
    }

    /// Says that a page is at this place of its path.
    pub(crate) fn pass(&self, place: &'static str) {
        self.crawler.store().fail_points.pass(place);
    }

    /// Whether the shop's robots.txt names this sitemap.
    pub(crate) fn names_sitemap(&self, url: &Url) -> bool {
        self.robots_txt.policy.sitemaps().iter().any(|text| url.join(text).is_ok_and(|named| named == *url))
    }

    /// How many captures could be paid now.
    async fn look_at_payable(&self) -> Result<(), StoreError> {
        let store = self.crawler.store();
        let payable = store.payable(self.run.organization).await?;
        let run = store.get_run(self.run.organization, self.run.id).await?;
        let price = Action::Extract.price();
        self.held_back.store(payable.available < price && payable.available + payable.held >= price, Ordering::Relaxed);
        let by_budget = run.budget.map_or(i64::MAX, |budget| budget - run.extracted);
        self.payable.store((payable.available.0 / price.0).min(by_budget), Ordering::Relaxed);
        Ok(())
    }

    /// Pages in hand at most: no more than could be paid if each were a product, so that little is fetched for nothing.
    fn in_hand_max(&self) -> usize {
        if self.held_back.load(Ordering::Relaxed) {
            return 0;
        }
        let payable = usize::try_from(self.payable.load(Ordering::Relaxed)).unwrap_or(0);
        payable.clamp(1, WORKERS_MAX)
    }
}

/// Leases pages and walks them, many at once, until nothing is left or the run has ended.
async fn walk_all(crawl: &Arc<Crawl>, lost: &CancellationToken) -> Result<Ended, StoreError> {
    let mut walking: JoinSet<Result<Walked, StoreError>> = JoinSet::new();
    let mut ready: VecDeque<LeasedPage> = VecDeque::new();
    let mut walked_pages: usize = 0;
    loop {
        if lost.is_cancelled() {
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
            if finish_or_nap(crawl).await? {
                return Ok(Ended::Over);
            }
            continue;
        }
        match walking.join_next().await {
            Some(Ok(walked)) => {
                walked_pages += 1;
                if walked_pages.is_multiple_of(LOOK_PAGES) {
                    crawl.look_at_payable().await?;
                }
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
        self.crawler.store().lease_pages(self.run.id, self.crawler.owner(), count).await
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
                Verdict::Wait => {
                    self.held_back.store(true, Ordering::Relaxed);
                    None
                }
                Verdict::Recorded | Verdict::Duplicate => None,
                Verdict::InsufficientCredits
                | Verdict::BudgetReached
                | Verdict::LimitReached
                | Verdict::RunEnded
                | Verdict::LeaseLost => Some(Ended::Over),
            },
        }
    }
}

/// Nothing is in hand: ends the run if nothing waits either, else sleeps until the next page's time.
async fn finish_or_nap(crawl: &Crawl) -> Result<bool, StoreError> {
    let store = crawl.crawler.store();
    let (waiting, next) = store.queue_state(crawl.run.id).await?;
    if waiting == 0 {
        let error = end::error_of_run(crawl).await?;
        if store.complete_run(crawl.run.id, crawl.crawler.owner(), error).await? {
            return Ok(true);
        }
    }
    if store.get_run(crawl.run.organization, crawl.run.id).await?.status.is_ended() {
        return Ok(true);
    }
    if waiting == 0 {
        return Err(StoreError::Conflict(format!("run {} has pages in hand that nobody walks", crawl.run.id)));
    }
    crawl.look_at_payable().await?;
    let until = next.map_or(0, |at| at.ms_since(store.clock.now())).clamp(1, NAP_MS_MAX);
    let nap = if crawl.held_back.load(Ordering::Relaxed) { NAP_MS_MAX } else { until };
    tokio::time::sleep(Duration::from_millis(nap.unsigned_abs())).await;
    Ok(false)
}

/// Keeps the run's lease alive from claim to end, and notices when it is lost. Stops beating when dropped.
struct Heart(JoinHandle<()>);

impl Heart {
    fn start(crawler: Crawler, run: RunId, lost: CancellationToken) -> Heart {
        Heart(tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(BEAT_MS)).await;
                if let Err(error) = crawler.show_life().await {
                    tracing::warn!(%run, %error, "other processes may take this one for dead");
                }
                match crawler.store().heartbeat(run, crawler.owner()).await {
                    Ok(true) => {}
                    Ok(false) => return lost.cancel(),
                    Err(error) => tracing::warn!(%run, %error, "a heartbeat failed"),
                }
            }
        }))
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.0.abort();
    }
}
