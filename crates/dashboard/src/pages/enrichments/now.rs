//! An enrichment as it is now: how far it is, what it has cost, and, once it has ended, why and what can be done.

use askama::{Template, filters::HtmlSafe};
use creel_store::enrichments::EnrichmentView;
use creel_types::{EnrichmentEnd, ModelUse, RunStatus, Time};

use crate::{
    figures::{Number, count, grouped, lasting},
    pages::runs::badge,
    parts::{Badge, Progress, Tone},
};

#[derive(Template)]
#[template(path = "enrichments/now.html")]
pub(super) struct Now {
    badge: Badge,
    progress: Option<Progress>,
    /// Why it ended and what to do, or what it waits for.
    said: String,
    tone: Tone,
    processed: Number,
    total: Option<Number>,
    failed: Number,
    already: Number,
    credits: Number,
    /// What a model took; empty where none was asked.
    model: String,
    took: String,
}

impl HtmlSafe for Now {}

impl Now {
    #[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1 becomes percent")]
    pub(super) fn of(enrichment: &EnrichmentView, now: Time) -> Now {
        let until = enrichment.ended_at.unwrap_or(now);
        let percent = enrichment.progress.map(|share| (share * 100.0) as i64);
        let (tone, said) = said(enrichment);
        Now {
            badge: badge(enrichment.status),
            progress: (!enrichment.status.is_ended()).then(|| Progress { label: progress(enrichment), percent }),
            said,
            tone,
            processed: Number::of(enrichment.processed),
            total: enrichment.total.map(Number::of),
            failed: Number::of(enrichment.failed),
            already: Number::of(enrichment.already_enriched),
            credits: Number::of(enrichment.credits_spent.0),
            model: model(&enrichment.model),
            took: enrichment.started_at.map(|start| lasting(until.ms_since(start))).unwrap_or_default(),
        }
    }
}

/// `40 of 1,000`.
pub(super) fn progress(enrichment: &EnrichmentView) -> String {
    let done = enrichment.processed + enrichment.failed + enrichment.already_enriched;
    match enrichment.total {
        Some(total) => format!("{} of {}", grouped(done), grouped(total)),
        None => "Finding its captures".to_owned(),
    }
}

/// `40 captures, 12,000 tokens in and 3,000 out; 2 answers were of no use`.
fn model(used: &ModelUse) -> String {
    if used.calls == 0 {
        return String::new();
    }
    let (tokens_in, tokens_out) = (grouped(used.prompt_tokens), grouped(used.completion_tokens));
    let captures = count(used.calls, "capture");
    let in_vain = match used.failures {
        0 => String::new(),
        1 => "; 1 got no answer of use".to_owned(),
        more => format!("; {} got no answer of use", grouped(more)),
    };
    format!("{captures}, {tokens_in} tokens in and {tokens_out} out{in_vain}")
}

/// Whether it can be taken up again: any ended one but one that has dealt with all of its captures.
pub(super) fn can_restart(enrichment: &EnrichmentView) -> bool {
    enrichment.status.is_ended() && enrichment.end_reason != Some(EnrichmentEnd::AllProcessed)
}

/// Why it ended and what somebody can do about it.
fn said(enrichment: &EnrichmentView) -> (Tone, String) {
    let plain = |tone, text: &str| (tone, text.to_owned());
    match (enrichment.status, enrichment.end_reason) {
        (RunStatus::Pending | RunStatus::Restarting, _) => plain(Tone::Plain, "It begins in a moment."),
        (RunStatus::Starting | RunStatus::Running, _) => plain(Tone::Plain, ""),
        (_, Some(EnrichmentEnd::AllProcessed)) if enrichment.total == Some(0) => {
            plain(Tone::Good, "No capture fitted what it was asked for. It cost nothing.")
        }
        (_, Some(EnrichmentEnd::AllProcessed)) => plain(Tone::Good, "Every capture was dealt with."),
        (_, Some(EnrichmentEnd::InsufficientCredits)) => plain(
            Tone::Warn,
            "Credits ran out. The items that were made are kept. Once there are credits again, restart it: it goes on where it \
             stopped and debits nothing twice.",
        ),
        (_, Some(EnrichmentEnd::LimitReached)) => plain(
            Tone::Warn,
            "The credit limit of its key, robot or schedule was reached. Restart it in the next period, or have the limit \
             raised.",
        ),
        (_, Some(EnrichmentEnd::StoppedByUser)) => {
            plain(Tone::Plain, "Somebody stopped it. Restart it to go on where it stopped.")
        }
        (_, Some(EnrichmentEnd::Error) | None) => {
            (Tone::Bad, crate::refusal::sentence(enrichment.error.as_deref().unwrap_or("It failed.")))
        }
    }
}
