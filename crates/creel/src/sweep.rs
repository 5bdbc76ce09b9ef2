//! What a server does while nobody asks: writes down which lots and holds have ended, forgets what was kept for repeated
//! requests, and recomputes every ledger once a day.
//!
//! Nothing depends on its being in time: whoever debits or asks for a balance looks for itself.

use std::time::Duration;

use creel_store::Store;
use tokio_util::sync::CancellationToken;

const SWEEP_EVERY: Duration = Duration::from_secs(2);
const CLEAR_EVERY: Duration = Duration::from_secs(10 * 60);
const CHECK_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

pub async fn sweep(store: Store, stop: CancellationToken) {
    let mut sweeps = tokio::time::interval(SWEEP_EVERY);
    sweeps.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // The first check is a day after the start: a server that is restarted often must not read whole ledgers each time.
    let mut checks = tokio::time::interval_at(tokio::time::Instant::now() + CHECK_EVERY, CHECK_EVERY);
    let mut clearings = tokio::time::interval(CLEAR_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = sweeps.tick() => {
                if let Err(error) = store.sweep_due().await {
                    tracing::error!(%error, "what is due could not be written down");
                }
            }
            _ = clearings.tick() => {
                if let Err(error) = store.forget_old_answers().await {
                    tracing::error!(%error, "old answers could not be forgotten");
                }
                if let Err(error) = store.sweep_access().await {
                    tracing::error!(%error, "ended sessions and links could not be cleared away");
                }
                clear_webhooks(&store, &stop).await;
            }
            _ = checks.tick() => check_all(&store, &stop).await,
        }
    }
}

async fn clear_webhooks(store: &Store, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match store.sweep_webhooks().await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return tracing::error!(%error, "old deliveries could not be cleared away"),
        }
    }
}

async fn check_all(store: &Store, stop: &CancellationToken) {
    let organizations = match store.list_organizations().await {
        Ok(organizations) => organizations,
        Err(error) => return tracing::error!(%error, "organizations could not be listed"),
    };
    for organization in organizations {
        if stop.is_cancelled() {
            return;
        }
        // A broken ledger is logged, told and closed by the check itself.
        if let Err(error) = store.check_ledger(organization.id).await {
            tracing::error!(organization = %organization.id, %error, "a ledger could not be checked");
        }
    }
}
