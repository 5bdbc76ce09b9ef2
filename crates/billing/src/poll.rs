//! Reads Stripe's list of events for those that no webhook brought. What comes twice is kept once.

use creel_store::{StoreError, billing::StripeEvent, reconcile::Pass};
use creel_types::time::DAY_MS;

use crate::{Billing, inbox::kept, stripe::StripeError};

/// How far back Stripe's list reaches.
const REACH_MS: i64 = 30 * DAY_MS;
/// Read again each time, since events may show up a little late in the list.
const OVERLAP_MS: i64 = 15 * 60_000;
/// Events that are written in one transaction.
const WRITTEN_MAX: usize = 100;

impl Billing {
    /// Keeps the events since the last time that are not known yet.
    pub async fn poll_events(&self) -> Result<Pass, StoreError> {
        let Ok(client) = self.patient_client() else { return Ok(Pass::default()) };
        let now = self.store().clock.now();
        let reach = now.plus_ms(-REACH_MS);
        let read_to = self.store().stripe_events_read_to().await?;
        let from = read_to.map_or(reach, |at| at.plus_ms(-OVERLAP_MS).max(reach));
        let events = match client.list_events(from.0 / 1_000, None).await {
            Ok(events) => events,
            Err(StripeError::TooMany { what, max }) => {
                tracing::warn!(
                    max,
                    "there are more {what} than are read at once; each customer is looked at once a day all the same"
                );
                Vec::new()
            }
            Err(error) => return Err(StoreError::Unavailable(error.to_string())),
        };
        let live = self.settings().is_live();
        let kept: Vec<StripeEvent> = events.iter().filter(|event| event.livemode == live).map(kept).collect();
        let mut changed = 0;
        for piece in kept.chunks(WRITTEN_MAX) {
            changed += self.store().keep_stripe_events(piece).await?;
        }
        let newest = kept.iter().map(|event| event.created_at).max();
        self.store().note_stripe_events_read(newest.or(read_to).unwrap_or(now)).await?;
        if changed > 0 {
            tracing::info!(changed, "events were found that no webhook had brought");
            self.events_nudge().notify_one();
        }
        Ok(Pass { changed, more: false, next_at: None })
    }
}
