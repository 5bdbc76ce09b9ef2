//! The middle of a page's path: fetching it politely, reading it, and judging what was read.

use std::sync::Arc;

use creel_extract::{PageInput, PageReading, tape::decode};
use creel_fetch::{Fetched, GetOptions};
use creel_frontier::{
    ATTEMPTS_MAX, Verdict as PatternVerdict, accept_canonical, canonical_url, looks_like_product, retry_after_ms,
};
use creel_store::{
    captures::NewCapture,
    pages::{LeasedPage, PageRole},
    settle::PageResult,
};
use creel_types::{Host, PageKind, PageOutcome, RunError, RunErrorCode, Time};
use url::Url;

use crate::{
    ask::{Answer, Manners},
    robots_txt::run_error,
    run::Crawl,
    walk::Finding,
};

pub(crate) enum Got {
    Page(Box<Fetched>),
    TryLater(Time),
    Nothing(Finding),
}

/// Fetches a page if robots.txt allows it, when the host's pace allows it.
pub(crate) async fn fetch(crawl: &Crawl, page: &LeasedPage) -> Got {
    let nothing = |kind, outcome, reason: String| Got::Nothing(Finding::outcome(kind, None, outcome, reason));
    let Ok(url) = Url::parse(&page.url) else {
        return nothing(PageKind::Error, PageOutcome::Error, "not a URL".to_owned());
    };
    let (options, stay_on, invited) = match page.role {
        PageRole::Page => (GetOptions::page(crawl.run.country), Some(&crawl.run.host), false),
        // A sitemap may stand on another host of the shop, if the shop's robots.txt names it there.
        PageRole::Sitemap => (GetOptions::sitemap(), None, page.depth == 0 && crawl.names_sitemap(&url)),
    };
    match crawl.crawler.ask(&url, &options, Manners { stay_on, invited }).await {
        Answer::Page(fetched) => after_answer(crawl, page, fetched),
        Answer::Failed(error) => after_failure(crawl, page, &run_error(&error), error.is_transient()),
        Answer::NoPolicy(trouble) => after_failure(crawl, page, &trouble, true),
        Answer::OtherHost(to) => {
            let host = Host::of(&to).map_or_else(|| to.scheme().to_owned(), |host| host.to_string());
            nothing(PageKind::Other, PageOutcome::Skipped, format!("it redirects to another host, {host}"))
        }
        Answer::Forbidden(forbidden) => {
            let reason =
                if forbidden == url { "robots.txt forbids it" } else { "it redirects to where robots.txt forbids it" };
            let finding = Finding::outcome(PageKind::Other, None, PageOutcome::Skipped, reason.to_owned());
            Got::Nothing(finding.with_code(RunErrorCode::RobotsTxtForbids))
        }
    }
}

/// An answer that only says "not now" is tried again; a lasting one is a page like any other, to be read and judged.
fn after_answer(crawl: &Crawl, page: &LeasedPage, fetched: Box<Fetched>) -> Got {
    let transient = fetched.truncated || matches!(fetched.status, 408 | 425 | 429 | 500 | 502 | 503 | 504);
    if transient && let Some(at) = next_try(crawl, page, fetched.retry_after_ms) {
        return Got::TryLater(at);
    }
    if fetched.truncated && page.role == PageRole::Page {
        // Half a page may lack its price or show another product's.
        let reason = "the page broke off before its end".to_owned();
        return Got::Nothing(Finding::outcome(PageKind::Error, Some(fetched.status), PageOutcome::Error, reason));
    }
    Got::Page(fetched)
}

fn after_failure(crawl: &Crawl, page: &LeasedPage, trouble: &RunError, transient: bool) -> Got {
    if transient && let Some(at) = next_try(crawl, page, None) {
        return Got::TryLater(at);
    }
    let finding = Finding::outcome(PageKind::Error, None, PageOutcome::Error, trouble.message.clone());
    Got::Nothing(finding.with_code(trouble.code))
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
pub(crate) async fn read(crawl: &Arc<Crawl>, fetched: Box<Fetched>) -> (PageReading, Box<Fetched>) {
    let shared = Arc::clone(crawl);
    let body = fetched.clone();
    let says_nofollow = fetched.x_robots_tag.as_deref().is_some_and(header_says_nofollow);
    let mut reading = crawl
        .crawler
        .with_extractor(move |extractor| {
            let decoded = decode(&body.body, body.charset());
            extractor.read(&PageInput {
                url: &body.final_url,
                html: &decoded.text,
                country: shared.run.country,
                program: Some(&shared.run.program),
                status: body.status,
            })
        })
        .await
        .unwrap_or_else(|| PageReading::empty(PageKind::Error, "the page could not be read"));
    reading.nofollow |= says_nofollow;
    (reading, fetched)
}

/// X-Robots-Tag: `nofollow` or `none`, for everybody or for this crawler by name.
fn header_says_nofollow(header: &str) -> bool {
    let mut for_us = true;
    header.split(',').any(|part| {
        let part = part.trim().to_ascii_lowercase();
        let directive = match part.split_once(':') {
            // `unavailable_after: date` is a directive with a value, not a crawler's name.
            Some((name, _)) if name.trim() == "unavailable_after" => return false,
            Some((name, directive)) => {
                for_us = name.trim() == creel_frontier::robots_txt::PRODUCT_TOKEN;
                directive.trim().to_owned()
            }
            None => part,
        };
        for_us && matches!(directive.as_str(), "nofollow" | "none")
    })
}

/// Turns a reading into what is settled: a capture, or an outcome with its reason.
pub(crate) fn judge(crawl: &Crawl, fetched: Box<Fetched>, reading: PageReading) -> Finding {
    let status = Some(fetched.status);
    let say = |outcome, reason: String| Finding::outcome(reading.kind, status, outcome, reason);
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
    match crawl.patterns.verdict(&page_url) {
        PatternVerdict::NotIncluded => return say(PageOutcome::Skipped, "no include pattern matches it".to_owned()),
        PatternVerdict::Excluded(at) => return say(PageOutcome::Skipped, format!("exclude[{at}] matches it")),
        PatternVerdict::Unrestricted | PatternVerdict::Included(_) => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_may_forbid_following() {
        for (header, expected) in [
            ("nofollow", true),
            ("noindex, NOFOLLOW", true),
            ("none", true),
            ("noindex", false),
            ("googlebot: nofollow", false),
            ("googlebot: noindex, nofollow", false),
            ("creel: nofollow", true),
            ("unavailable_after: 25 Jun 2030 15:00:00 PST, nofollow", true),
            ("", false),
        ] {
            assert_eq!(header_says_nofollow(header), expected, "{header}");
        }
    }
}
