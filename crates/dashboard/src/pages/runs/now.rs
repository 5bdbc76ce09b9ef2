//! A run as it is now: how far it is, what it has cost, and, once it has ended, why and what can be done.

use askama::{Template, filters::HtmlSafe};
use creel_store::runs::RunView;
use creel_types::{EndReason, RunStatus, Time};

use super::badge;
use crate::{
    figures::{Number, count, lasting},
    parts::{Badge, Progress, Tone},
};

/// Before a run has gone on for so long, its speed says nothing.
const SPEED_FROM_MS: i64 = 5_000;

#[derive(Template)]
#[template(path = "runs/now.html")]
pub(super) struct Now {
    badge: Badge,
    progress: Option<Progress>,
    /// Why it ended and what to do, or what it waits for.
    said: String,
    tone: Tone,
    extracted: Number,
    budget: Option<Number>,
    credits: Number,
    pages: Number,
    in_queue: Number,
    duplicates: Number,
    trouble: Number,
    took: String,
    speed: String,
}

impl HtmlSafe for Now {}

impl Now {
    #[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1 becomes percent")]
    pub(super) fn of(run: &RunView, now: Time) -> Now {
        let until = run.ended_at.unwrap_or(now);
        let took_ms = run.started_at.map(|start| until.ms_since(start)).filter(|_| run.status != RunStatus::Restarting);
        let percent = run.progress.map(|share| (share * 100.0) as i64);
        let (tone, said) = said(run);
        Now {
            badge: badge(run.status),
            progress: (run.status == RunStatus::Running)
                .then(|| Progress { label: percent.map_or("Going on".to_owned(), |part| format!("{part} %")), percent }),
            said,
            tone,
            extracted: Number::of(run.extracted),
            budget: run.budget.map(Number::of),
            credits: Number::of(run.credits_spent.0),
            pages: Number::of(run.pages_fetched),
            in_queue: Number::of(run.in_queue),
            duplicates: Number::of(run.duplicates),
            trouble: Number::of(run.pages_failed + run.pages_blocked),
            took: took_ms.map(lasting).unwrap_or_default(),
            speed: took_ms.filter(|ms| *ms >= SPEED_FROM_MS).map(|ms| speed(run.pages_fetched, ms)).unwrap_or_default(),
        }
    }
}

fn speed(pages: i64, ms: i64) -> String {
    format!("{} a minute", count(pages.saturating_mul(60_000) / ms, "page"))
}

/// Why it ended and what somebody can do about it.
fn said(run: &RunView) -> (Tone, String) {
    match (run.status, run.end_reason) {
        (RunStatus::Pending | RunStatus::Restarting, _) => (
            Tone::Plain,
            "It waits for its turn: it begins as soon as fewer runs go on than the plan allows at once.".to_owned(),
        ),
        (RunStatus::Starting | RunStatus::Running, _) => (Tone::Plain, String::new()),
        (_, Some(EndReason::CrawlComplete)) => {
            (Tone::Good, "The crawl is complete: every page that it could find was looked at.".to_owned())
        }
        (_, Some(EndReason::BudgetReached)) => {
            (Tone::Good, "It has as many captures as its budget allows. Restart it with a larger one to go on.".to_owned())
        }
        (_, Some(EndReason::InsufficientCredits)) => (
            Tone::Warn,
            "Credits ran out. Everything captured is kept. Once there are credits again, restart it: it goes on where it \
             stopped and debits nothing twice."
                .to_owned(),
        ),
        (_, Some(EndReason::LimitReached)) => (
            Tone::Warn,
            "The credit limit of its key, robot or schedule was reached. Restart it in the next period, or have the limit \
             raised."
                .to_owned(),
        ),
        (_, Some(EndReason::StoppedByUser)) => {
            (Tone::Plain, "Somebody stopped it. Restart it to go on where it stopped.".to_owned())
        }
        (_, Some(EndReason::Error) | None) => {
            let why = run.error.as_ref().map_or("It failed.", |error| error.message.as_str());
            (Tone::Bad, crate::refusal::sentence(why))
        }
    }
}
