//! Carries events to webhooks. [`Courier::pass`] starts what is due and waits for none of it: an endpoint that hangs keeps one of many
//! places, and endpoints that have failed may not take more than a part of the places.
//!
//! Any number of processes may do this on one database. Each endpoint is taken by one of them, for one request.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use creel_fetch::{FetchError, HookAnswer, HookClient};
use creel_store::{
    Store, StoreError,
    reconcile::Pass,
    webhooks::{Answer, Parcel, deliver::Standing},
};
use creel_types::metric;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use super::signature;
use crate::deliver::Nudge;

/// Requests of this process that are on their way.
pub const IN_FLIGHT_MAX: usize = 128;
/// Of these, to endpoints whose last attempt failed, or that had none yet.
pub const IN_FLIGHT_UNPROVEN_MAX: usize = 64;
/// How long a request may go on once the process is told to stop.
const GRACE: Duration = Duration::from_secs(2);

/// Sends what is due. Cheap to clone; clones share their places.
#[derive(Clone, Debug)]
pub struct Courier {
    store: Store,
    client: HookClient,
    mail: Option<Nudge>,
    places: Arc<Semaphore>,
    unproven: Arc<Semaphore>,
    tasks: TaskTracker,
    freed: Nudge,
    stop: CancellationToken,
}

impl Courier {
    /// `mail` wakes whoever sends mail; without them no notices are written.
    #[must_use]
    pub fn new(store: Store, client: HookClient, mail: Option<Nudge>, stop: CancellationToken) -> Courier {
        Courier {
            store,
            client,
            mail,
            places: Arc::new(Semaphore::new(IN_FLIGHT_MAX)),
            unproven: Arc::new(Semaphore::new(IN_FLIGHT_UNPROVEN_MAX)),
            tasks: TaskTracker::new(),
            freed: Nudge::default(),
            stop,
        }
    }

    /// Nudged whenever an endpoint is done, which may have more to get.
    #[must_use]
    pub fn freed(&self) -> Nudge {
        self.freed.clone()
    }

    /// Waits for what is on its way.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Turns what happened into deliveries and starts those that are due.
    pub async fn pass(&self) -> Result<Pass, StoreError> {
        let done = self.store.fan_out_events(self.mail.is_some()).await?;
        if let Some(mail) = self.mail.as_ref().filter(|_| done.mails > 0) {
            mail.nudge();
        }
        let started = self.start_due(Standing::Proven).await? + self.start_due(Standing::Unproven).await?;
        Ok(Pass { changed: started, more: done.more, next_at: None })
    }

    async fn start_due(&self, standing: Standing) -> Result<u64, StoreError> {
        let mut started = 0;
        while !self.stop.is_cancelled() {
            let Some(permits) = self.permits(standing) else { break };
            let Some(parcel) = self.store.take_parcel(standing).await? else { break };
            started += 1;
            let courier = self.clone();
            self.tasks.spawn(async move {
                courier.carry(parcel).await;
                drop(permits);
                courier.freed.nudge();
            });
        }
        Ok(started)
    }

    /// A place; for an endpoint that has not proved good also one of theirs.
    fn permits(&self, standing: Standing) -> Option<(OwnedSemaphorePermit, Option<OwnedSemaphorePermit>)> {
        let unproven = match standing {
            Standing::Proven => None,
            Standing::Unproven => Some(Arc::clone(&self.unproven).try_acquire_owned().ok()?),
        };
        Some((Arc::clone(&self.places).try_acquire_owned().ok()?, unproven))
    }

    async fn carry(&self, parcel: Parcel) {
        let stopped = async {
            self.stop.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        let written = tokio::select! {
            answer = self.send(&parcel) => self.store.finish_parcel(&parcel, &answer).await,
            () = stopped => self.store.return_parcel(&parcel).await,
        };
        // Its lease ends, and it is sent again.
        if let Err(error) = written {
            tracing::error!(delivery = %parcel.delivery, %error, "what came of a delivery could not be written down");
        }
    }

    async fn send(&self, parcel: &Parcel) -> Answer {
        let asked = Instant::now();
        let posted = self.post(parcel).await;
        let taken = posted.as_ref().is_ok_and(|answer| (200..300).contains(&answer.status));
        metrics::counter!(metric::WEBHOOK_ATTEMPTS, "result" => if taken { "taken" } else { "failed" }).increment(1);
        match posted {
            Ok(answer) => Answer {
                status_code: Some(answer.status),
                body: Some(String::from_utf8_lossy(&answer.body).into_owned()),
                error: None,
                retry_after_ms: answer.retry_after_ms,
                duration_ms: answer.duration_ms,
            },
            Err(error) => {
                tracing::debug!(delivery = %parcel.delivery, %error, "an event was not delivered");
                let duration_ms = i64::try_from(asked.elapsed().as_millis()).unwrap_or(i64::MAX);
                Answer { error: Some(reason(&error)), duration_ms, ..Answer::default() }
            }
        }
    }

    async fn post(&self, parcel: &Parcel) -> Result<HookAnswer, FetchError> {
        let bad = |reason: String| FetchError::BadUrl { url: parcel.url.clone(), reason };
        let url = Url::parse(&parcel.url).map_err(|error| bad(error.to_string()))?;
        let keys = parcel.secrets.iter().map(|secret| secret.key()).collect::<Result<Vec<_>, _>>();
        let keys = keys.map_err(|error| bad(error.to_string()))?;
        let (id, timestamp) = (parcel.event.to_string(), parcel.at.0.div_euclid(1_000));
        let signature = signature::header(&keys, &id, timestamp, &parcel.body);
        let headers = [("webhook-id", id), ("webhook-timestamp", timestamp.to_string()), ("webhook-signature", signature)];
        self.client.post(&url, &headers, Bytes::from(parcel.body.clone())).await
    }
}

/// What the endpoint's owner is told of a failure. Addresses inside are nobody's business.
fn reason(error: &FetchError) -> String {
    match error {
        FetchError::PrivateAddress { .. } => "its host is not on the public internet".to_owned(),
        error => error.to_string(),
    }
}
