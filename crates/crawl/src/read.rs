//! The middle of a page's path: fetching it politely, reading it, and judging what was read.

use creel_extract::{PageInput, PageReading, tape::decode};
use creel_fetch::{FetchError, Fetched, GetOptions};
use creel_frontier::{
    ATTEMPTS_MAX, Outcome, Verdict as PatternVerdict, accept_canonical, canonical_url, looks_like_product, retry_after_ms,
};
use creel_store::{
    captures::NewCapture,
    pages::{LeasedPage, PageRole},
    settle::PageResult,
};
use creel_types::{Host, PageKind, PageOutcome, RunErrorCode, Time};
use url::Url;

use crate::{robots_txt::run_error, run::Crawl, walk::Finding};

pub(crate) enum Got {
    Page(Box<Fetched>),
    TryLater(Time),
    Nothing(Finding),
}

/// Fetches a page if robots.txt allows it, when the host's pace allows it.
pub(crate) async fn fetch(crawl: &Crawl, page: &LeasedPage) -> Got {
    let Ok(url) = Url::parse(&page.url) else {
        return Got::Nothing(Finding::outcome(PageKind::Error, None, PageOutcome::Error, "not a URL".to_owned()));
    };
    if page.role == PageRole::Page && !crawl.policy.allows(&url) {
        let reason = "robots.txt forbids it".to_owned();
        return Got::Nothing(
            Finding::outcome(PageKind::Other, None, PageOutcome::Skipped, reason).with_code(RunErrorCode::RobotsTxtForbids),
        );
    }
    let Some(host) = Host::of(&url) else {
        return Got::Nothing(Finding::outcome(PageKind::Error, None, PageOutcome::Error, "no host".to_owned()));
    };
    let options = match page.role {
        PageRole::Page => GetOptions::page(crawl.run.country),
        PageRole::Sitemap => GetOptions::sitemap(),
    };
    let turn = crawl.crawler.shared().gates.turn(&host).await;
    let result = crawl.crawler.fetcher().get(&url, &options).await;
    match &result {
        Ok(fetched) => turn.done(Outcome::from_status(fetched.status), fetched.first_byte_ms, fetched.retry_after_ms),
        Err(FetchError::Timeout { timeout_ms, .. }) => {
            turn.done(Outcome::Failed, i64::try_from(*timeout_ms).unwrap_or(i64::MAX), None);
        }
        Err(_) => turn.done(Outcome::Failed, 0, None),
    }
    match result {
        Ok(fetched) => after_answer(crawl, page, fetched),
        Err(error) => after_failure(crawl, page, &error),
    }
}

/// An answer that only says "not now" is tried again; a lasting one is a page like any other, to be read and judged.
fn after_answer(crawl: &Crawl, page: &LeasedPage, fetched: Fetched) -> Got {
    let transient = matches!(fetched.status, 408 | 425 | 429 | 500 | 502 | 503 | 504);
    if transient && let Some(at) = next_try(crawl, page, fetched.retry_after_ms) {
        return Got::TryLater(at);
    }
    Got::Page(Box::new(fetched))
}

fn after_failure(crawl: &Crawl, page: &LeasedPage, error: &FetchError) -> Got {
    if error.is_transient()
        && let Some(at) = next_try(crawl, page, None)
    {
        return Got::TryLater(at);
    }
    let trouble = run_error(error);
    Got::Nothing(Finding::outcome(PageKind::Error, None, PageOutcome::Error, trouble.message).with_code(trouble.code))
}

fn next_try(crawl: &Crawl, page: &LeasedPage, asked_ms: Option<i64>) -> Option<Time> {
    if page.attempts + 1 >= ATTEMPTS_MAX {
        return None;
    }
    let store = crawl.crawler.store();
    let wait = retry_after_ms(page.attempts, store.random.below(1 << 32))?;
    Some(store.clock.now().plus_ms(wait.max(asked_ms.unwrap_or(0))))
}

/// Decodes, classifies and extracts on a thread for computing; the page comes back with its reading.
pub(crate) async fn read(crawl: &Crawl, fetched: Box<Fetched>) -> (PageReading, Box<Fetched>) {
    let country = crawl.run.country;
    let program = crawl.run.program.clone();
    let body = fetched.clone();
    let reading = crawl
        .crawler
        .with_extractor(move |extractor| {
            let decoded = decode(&body.body, body.charset());
            extractor.read(&PageInput {
                url: &body.final_url,
                html: &decoded.text,
                country,
                program: Some(&program),
                status: body.status,
            })
        })
        .await
        .unwrap_or_else(|| PageReading::empty(PageKind::Error, "the page could not be read"));
    (reading, fetched)
}

/// Turns a reading into what is settled: a capture, or an outcome with its reason.
pub(crate) fn judge(crawl: &Crawl, fetched: Box<Fetched>, reading: PageReading) -> Finding {
    let status = Some(fetched.status);
    let say = |outcome, reason: String| Finding::outcome(reading.kind, status, outcome, reason);
    if !crawl.run.host_holds(&fetched.final_url) {
        return say(PageOutcome::Skipped, format!("it redirects to another host, {}", fetched.final_url));
    }
    if !crawl.policy.allows(&fetched.final_url) {
        return say(PageOutcome::Skipped, format!("it redirects to {}, which robots.txt forbids", fetched.final_url))
            .with_code(RunErrorCode::RobotsTxtForbids);
    }
    let reasons = || reading.reasons.join("; ");
    match reading.kind {
        PageKind::Blocked => return say(PageOutcome::Blocked, reasons()).with_code(RunErrorCode::Blocked),
        PageKind::Error => return say(PageOutcome::Error, reasons()),
        PageKind::Discovery => return say(PageOutcome::Discovery, String::new()),
        PageKind::Product | PageKind::Other => {}
    }
    if reading.needs_rendering {
        return say(PageOutcome::Skipped, "it needs JavaScript to show its content".to_owned());
    }
    if reading.kind == PageKind::Other {
        return say(PageOutcome::Discovery, reasons());
    }
    let page_url = canonical_url(&fetched.final_url);
    if crawl.patterns.verdict(&page_url) == PatternVerdict::NotIncluded {
        return say(PageOutcome::Skipped, "no include pattern matches it".to_owned());
    }
    if !reading.is_capture() {
        let missing: Vec<String> = reading.gate.iter().map(ToString::to_string).collect();
        return say(PageOutcome::GateFailed, missing.join("; "));
    }
    capture(crawl, &fetched, page_url, reading)
}

fn capture(crawl: &Crawl, fetched: &Fetched, page_url: Url, reading: PageReading) -> Finding {
    let stated = reading
        .canonical
        .filter(|stated| accept_canonical(&page_url, stated, &crawl.run.host, looks_like_product))
        .map(|stated| canonical_url(&stated).into());
    let new = NewCapture {
        store: crawl.run.host.to_string(),
        url: fetched.final_url.to_string(),
        page_url: page_url.into(),
        stated_canonical: stated,
        product: reading.draft.unwrap_or_default(),
    };
    Finding { kind: PageKind::Product, status_code: Some(fetched.status), result: PageResult::Capture(Box::new(new)) }
}
