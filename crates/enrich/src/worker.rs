//! Takes enrichments from the database and works on them, a few at once, until told to stop.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use creel_types::{EnrichmentEnd, EnrichmentId, metric};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Claimed, Ended, Enricher, enrich_captures};

/// Enrichments that one process works on at once: each uses every core by itself, so more only share.
pub const ENRICHMENTS_MAX: usize = 2;
/// Times in a row that an enrichment may break off in one process before it is given up.
const BREAKS_MAX: u32 = 6;
/// How often a worker without work looks for some.
const LOOK_MS: u64 = 300;
/// The first pause before an enrichment that broke off is taken up again; each further one is twice as long.
const PAUSE_MS: u64 = 1_000;

/// How often each enrichment broke off; one that ends is forgotten.
type Breaks = Arc<Mutex<HashMap<EnrichmentId, u32>>>;

/// Works until `stop` is cancelled, then gives its enrichments back and returns.
pub async fn work(enricher: Enricher, stop: CancellationToken) {
    let breaks = Breaks::default();
    let mut working = JoinSet::new();
    while !stop.is_cancelled() {
        while working.try_join_next().is_some() {}
        if working.len() < ENRICHMENTS_MAX {
            match enricher.claim_next().await {
                Ok(Some(claimed)) => {
                    working.spawn(enrich(enricher.clone(), claimed, stop.clone(), Arc::clone(&breaks)));
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "looking for an enrichment failed"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
            () = stop.cancelled() => {}
        }
    }
    while working.join_next().await.is_some() {}
}

/// Works on an enrichment once. One that breaks off is held for a pause, then free to be taken again, and given up after some times.
async fn enrich(enricher: Enricher, claimed: Claimed, stop: CancellationToken, breaks: Breaks) {
    let Claimed { enrichment, hold } = claimed;
    let (id, organization) = (enrichment.id, enrichment.organization);
    tracing::info!(enrichment = %id, %organization, "an enrichment was taken");
    let error = match enrich_captures(&enricher, &enrichment, &stop).await {
        Ok(ended) => {
            if ended == Ended::Over {
                tell_end(&enricher, organization, id).await;
            }
            breaks.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            return;
        }
        Err(error) => error,
    };
    let times = {
        let mut breaks = breaks.lock().unwrap_or_else(PoisonError::into_inner);
        let times = breaks.entry(id).or_default();
        *times += 1;
        *times
    };
    tracing::error!(enrichment = %id, %organization, %error, times, "an enrichment broke off");
    if times >= BREAKS_MAX {
        let trouble = format!("it broke off {times} times: {error}");
        let given_up = enricher.store().give_up_enrichment(id, &trouble).await;
        if let Err(error) = given_up {
            tracing::error!(enrichment = %id, %error, "an enrichment could not be given up");
        }
        return;
    }
    tokio::select! {
        () = tokio::time::sleep(Duration::from_millis(PAUSE_MS << times)) => {}
        () = stop.cancelled() => {}
    }
    drop(hold);
}

/// Counts and logs how an enrichment came to its end, where it did.
async fn tell_end(enricher: &Enricher, organization: creel_types::OrganizationId, id: EnrichmentId) {
    match enricher.store().get_enrichment(organization, id).await {
        Ok(ended) if ended.ended_at.is_some() => {
            metrics::counter!(metric::ENRICHMENTS_ENDED, "status" => ended.status.as_str()).increment(1);
            let reason = ended.end_reason.map(EnrichmentEnd::as_str);
            let (processed, failed) = (ended.processed, ended.failed);
            tracing::info!(enrichment = %id, %organization, reason, processed, failed, "an enrichment ended");
        }
        Ok(_) => tracing::info!(enrichment = %id, %organization, "an enrichment went to another process"),
        Err(error) => tracing::warn!(enrichment = %id, %organization, %error, "how an enrichment ended could not be read"),
    }
}
