//! One enrichment, from its claim to its end.

use std::time::Duration;

use creel_store::{
    StoreError,
    enrichments::Enrichment,
    runs::LEASE_MS,
    settle::{ITEMS_MAX, ItemsVerdict},
};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::{Enricher, improve, make::make_items};

/// Several beats fit into a lease, so that one that fails costs nothing.
const BEAT_MS: u64 = LEASE_MS.unsigned_abs() / 5;

/// How [`enrich_captures`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The enrichment has ended, or is another process's; its row says how.
    Over,
    /// It was interrupted, or waits for held credits; it is alive and given back.
    GivenBack,
}

/// Works on a claimed enrichment until it ends, waits for credits or `stop` is cancelled.
pub async fn enrich_captures(
    enricher: &Enricher,
    enrichment: &Enrichment,
    stop: &CancellationToken,
) -> Result<Ended, StoreError> {
    let lost = CancellationToken::new();
    let beating = tokio::spawn(beat(enricher.clone(), enrichment.id, lost.clone()));
    let ended = work(enricher, enrichment, stop, &lost).await;
    beating.abort();
    if !matches!(ended, Ok(Ended::Over)) {
        enricher.store().release_enrichment(enrichment.id, enricher.owner()).await?;
    }
    ended
}

/// The path of an enrichment: gather -> read a batch -> make items -> ask a model, if there is one -> settle (store + debit, one
/// transaction).
async fn work(
    enricher: &Enricher,
    enrichment: &Enrichment,
    stop: &CancellationToken,
    lost: &CancellationToken,
) -> Result<Ended, StoreError> {
    let (store, id, owner) = (enricher.store(), enrichment.id, enricher.owner());
    while !store.gather_captures(id, owner).await? {
        if stop.is_cancelled() {
            return Ok(Ended::GivenBack);
        }
    }
    store.mark_enrichment_running(id, owner).await?;
    let batch_max = if enricher.improver().is_some() { improve::BATCH_MAX } else { ITEMS_MAX };
    let limit = i64::try_from(batch_max).unwrap_or(1);
    loop {
        if stop.is_cancelled() {
            return Ok(Ended::GivenBack);
        }
        if lost.is_cancelled() {
            return Ok(Ended::Over);
        }
        let queued = store.list_queued_captures(id, limit).await?;
        if queued.is_empty() {
            store.complete_enrichment(id, owner).await?;
            return Ok(Ended::Over);
        }
        let made = make_items(store, queued).await;
        let made = match enricher.improver() {
            Some(improver) => {
                // Models may take minutes; whoever stops an enrichment does not wait for them.
                let improved = tokio::select! {
                    improved = improver.improve(made) => improved,
                    () = stop.cancelled() => return Ok(Ended::GivenBack),
                    () = lost.cancelled() => return Ok(Ended::Over),
                };
                store.note_model_use(id, improved.1).await?;
                improved.0
            }
            None => made.into_iter().map(|(made, _)| made).collect(),
        };
        match store.settle_items(enrichment.organization, id, owner, &made).await? {
            ItemsVerdict::Settled(_) => {}
            ItemsVerdict::Wait(_) => return Ok(Ended::GivenBack),
            ItemsVerdict::Ended | ItemsVerdict::LeaseLost => return Ok(Ended::Over),
        }
    }
}

/// Says that the process is alive until the enrichment has ended or is another's; then cancels `lost`.
async fn beat(enricher: Enricher, id: creel_types::EnrichmentId, lost: CancellationToken) {
    let mut ticks = tokio::time::interval(Duration::from_millis(BEAT_MS));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = enricher.show_life().await {
            tracing::warn!(enrichment = %id, %error, "a sign of life failed");
        }
        match enricher.store().beat_enrichment(id, enricher.owner()).await {
            Ok(true) => {}
            Ok(false) => return lost.cancel(),
            Err(error) => tracing::warn!(enrichment = %id, %error, "a heartbeat failed"),
        }
    }
}
