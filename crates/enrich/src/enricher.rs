//! What all enrichments of a process share.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use creel_store::{Owner, Store, StoreError, enrichments::Enrichment};
use creel_types::EnrichmentId;

use crate::Improver;

/// Cheap to clone; clones are the same enricher.
#[derive(Clone)]
pub struct Enricher(Arc<Shared>);

struct Shared {
    store: Store,
    owner: Arc<Owner>,
    /// What a model adds, where one is configured.
    improver: Option<Improver>,
    /// Enrichments in the hands of this process: none is taken twice.
    in_hand: Mutex<HashSet<EnrichmentId>>,
}

impl Shared {
    fn in_hand(&self) -> MutexGuard<'_, HashSet<EnrichmentId>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An enrichment that this process works on, until dropped.
pub struct Claimed {
    pub enrichment: Enrichment,
    pub(crate) hold: Hold,
}

pub(crate) struct Hold {
    shared: Arc<Shared>,
    enrichment: EnrichmentId,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.shared.in_hand().remove(&self.enrichment);
    }
}

impl Enricher {
    #[must_use]
    pub fn new(store: Store, owner: Arc<Owner>, improver: Option<Improver>) -> Enricher {
        Enricher(Arc::new(Shared { store, owner, improver, in_hand: Mutex::default() }))
    }

    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn improver(&self) -> Option<&Improver> {
        self.0.improver.as_ref()
    }

    #[must_use]
    pub fn owner(&self) -> uuid::Uuid {
        self.0.owner.id
    }

    /// Takes the oldest enrichment that waits, or whose process has gone.
    pub async fn claim_next(&self) -> Result<Option<Claimed>, StoreError> {
        let waiting = self.store().list_claimable_enrichments().await?;
        if !waiting.is_empty() {
            // Others must not take this process for dead.
            self.0.owner.renew(self.store()).await?;
        }
        for id in waiting {
            if let Some(claimed) = self.claim(id).await? {
                return Ok(Some(claimed));
            }
        }
        Ok(None)
    }

    /// Takes an enrichment into the hands of this process; `None` while it, or another living process, has it.
    pub async fn claim(&self, id: EnrichmentId) -> Result<Option<Claimed>, StoreError> {
        if !self.0.in_hand().insert(id) {
            return Ok(None);
        }
        let hold = Hold { shared: Arc::clone(&self.0), enrichment: id };
        let owner = &self.0.owner;
        let enrichment = self.store().claim_enrichment(id, owner.id, &owner.judge()).await?;
        Ok(enrichment.map(|enrichment| Claimed { enrichment, hold }))
    }

    pub(crate) async fn show_life(&self) -> Result<(), StoreError> {
        self.0.owner.renew(self.store()).await
    }
}
