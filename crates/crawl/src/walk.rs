//! The path of a page, once and whole: fetch, read, queue its links, settle.

use std::sync::Arc;

use creel_store::{
    StoreError,
    pages::{LeasedPage, PageRole},
    settle::{FinishedPage, PageResult, Verdict},
};
use creel_types::{PageKind, PageOutcome, RunErrorCode};

use crate::{
    read::{self, Got},
    run::Crawl,
    sitemaps,
};

/// What became of a page that was walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Walked {
    Settled(Verdict),
    /// It is back in the queue, to be tried again later.
    Later,
}

/// Walks one leased page along its path. Everything that Creel does for a page is reached from here.
pub(crate) async fn walk_page(crawl: Arc<Crawl>, page: LeasedPage) -> Result<Walked, StoreError> {
    crawl.pass("walk.leased");
    // 1. Fetch: robots.txt, the host's pace, the guard, redirects, retries.
    let fetched = match read::fetch(&crawl, &page).await {
        Got::Page(fetched) => fetched,
        Got::TryLater(at) => {
            crawl.crawler.store().retry_page(crawl.run.id, crawl.crawler.owner(), &page.url, at).await?;
            return Ok(Walked::Later);
        }
        Got::Nothing(finding) => return settle(&crawl, &page, finding).await,
    };
    crawl.pass("walk.fetched");
    if page.role == PageRole::Sitemap {
        sitemaps::queue_what_it_lists(&crawl, &page, &fetched).await?;
        crawl.pass("walk.links_queued");
        return settle(&crawl, &page, Finding::sitemap(&fetched)).await;
    }
    // 2. Classify and extract. Pure, never fails.
    let (reading, fetched) = read::read(&crawl, fetched).await;
    crawl.pass("walk.read");
    // 3. Queue its links, before settling: a crash between leaves the lease open and the page is read again.
    crawl.queue_links(&page, &fetched.final_url, &reading).await?;
    crawl.pass("walk.links_queued");
    // 4. Settle: the capture and its debit, or the outcome, in one transaction that also closes the lease.
    settle(&crawl, &page, read::judge(&crawl, fetched, reading)).await
}

/// What is to be said of a page.
pub(crate) struct Finding {
    pub(crate) kind: PageKind,
    pub(crate) status_code: Option<u16>,
    pub(crate) result: PageResult,
}

impl Finding {
    pub(crate) fn outcome(kind: PageKind, status: Option<u16>, outcome: PageOutcome, reason: String) -> Finding {
        let fetched = status.is_some();
        let reason = (!reason.is_empty()).then_some(reason);
        Finding { kind, status_code: status, result: PageResult::Outcome { outcome, reason, error_code: None, fetched } }
    }

    pub(crate) fn with_code(mut self, code: RunErrorCode) -> Finding {
        if let PageResult::Outcome { error_code, .. } = &mut self.result {
            *error_code = Some(code);
        }
        self
    }

    /// A sitemap is read for links like a discovery page, and is no page of the shop.
    fn sitemap(fetched: &creel_fetch::Fetched) -> Finding {
        Finding {
            kind: PageKind::Discovery,
            status_code: Some(fetched.status),
            result: PageResult::Outcome { outcome: PageOutcome::Discovery, reason: None, error_code: None, fetched: false },
        }
    }
}

async fn settle(crawl: &Crawl, page: &LeasedPage, finding: Finding) -> Result<Walked, StoreError> {
    let (kind, status_code) = (finding.kind, finding.status_code);
    let committer = &crawl.crawler.shared().committer;
    match committer.settle(finished(crawl, page, finding)).await {
        Ok(verdict) => {
            tracing::debug!(run = %crawl.run.id, url = page.url, ?verdict, "settled");
            crawl.pass("walk.settled");
            Ok(Walked::Settled(verdict))
        }
        // The database is in trouble, not the page: the run breaks off and the page is read again.
        Err(error) if error.is_transient() => Err(error),
        // The one page that the database will not take must not stop the run: it is recorded as failed instead.
        Err(error) => {
            let reason = format!("it could not be stored: {error}");
            let failed = Finding::outcome(kind, status_code, PageOutcome::Error, reason).with_code(RunErrorCode::Internal);
            committer.settle(finished(crawl, page, failed)).await.map(Walked::Settled)
        }
    }
}

fn finished(crawl: &Crawl, page: &LeasedPage, finding: Finding) -> FinishedPage {
    FinishedPage {
        organization: crawl.run.organization,
        run: crawl.run.id,
        url: page.url.clone(),
        owner: crawl.crawler.owner(),
        kind: finding.kind,
        status_code: finding.status_code,
        result: finding.result,
    }
}
