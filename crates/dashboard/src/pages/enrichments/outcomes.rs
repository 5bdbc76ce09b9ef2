//! What became of each capture of an enrichment, in words.

use creel_store::enrichments::EnrichmentCapture;
use creel_types::{EnrichFailure, EnrichOutcome};

use crate::{
    form::Choice,
    parts::{Badge, Tone},
};

pub(super) struct Row {
    pub(super) number: String,
    /// Empty where the capture was deleted.
    pub(super) title: String,
    pub(super) capture: String,
    pub(super) item: String,
    pub(super) badge: Badge,
    pub(super) why: &'static str,
}

pub(super) fn row(capture: EnrichmentCapture) -> Row {
    Row {
        number: crate::figures::grouped(capture.position + 1),
        title: capture.title.unwrap_or_default(),
        capture: capture.capture_id.to_string(),
        item: capture.item_id.map(|id| id.to_string()).unwrap_or_default(),
        badge: badge(capture.outcome),
        why: capture.reason.map_or("", why),
    }
}

pub(super) fn choices() -> Vec<Choice> {
    let each = EnrichOutcome::ALL.iter().map(|outcome| Choice::new(outcome.as_str(), badge(Some(*outcome)).text()));
    std::iter::once(Choice::new("", "Any outcome")).chain(each).collect()
}

fn badge(outcome: Option<EnrichOutcome>) -> Badge {
    match outcome {
        None => Badge::new(Tone::Plain, "Waiting"),
        Some(EnrichOutcome::Enriched) => Badge::new(Tone::Good, "Enriched"),
        Some(EnrichOutcome::AlreadyEnriched) => Badge::new(Tone::Plain, "Had an item, free"),
        Some(EnrichOutcome::Failed) => Badge::new(Tone::Bad, "Failed, free"),
    }
}

const fn why(failure: EnrichFailure) -> &'static str {
    match failure {
        EnrichFailure::Deleted => "The capture was deleted.",
        EnrichFailure::NothingToRead => "It has neither a title nor a description.",
        EnrichFailure::Unreadable => "What is stored of it cannot be read.",
        EnrichFailure::Internal => "Reading it broke off. Whoever operates this installation finds out more in the log.",
    }
}
