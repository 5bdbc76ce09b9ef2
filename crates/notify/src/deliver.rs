//! Takes mails from the outbox and sends them, one after the other, until it is told to stop. Several processes may do this on one
//! database: the store hands each mail to one of them.

use std::{sync::Arc, time::Duration};

use creel_store::{Store, StoreError, access::mails::MailState};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{letters::Letters, mailer::Mailer, mailer::NotifyError};

/// How long it sleeps at most: another process may have written a mail.
const LOOK_MS_MAX: i64 = 15_000;
/// And at least, where the database is in trouble.
const TROUBLE_MS: u64 = 5_000;

/// Wakes the one who delivers. Whoever writes a mail in this process calls it after; a call that is not heard is made up for by time.
#[derive(Clone, Debug, Default)]
pub struct Nudge(Arc<Notify>);

impl Nudge {
    pub fn nudge(&self) {
        self.0.notify_one();
    }
}

/// Delivers until stopped; the mail in hand is finished first.
pub async fn deliver(store: Store, mailer: Mailer, letters: Letters, nudge: Nudge, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let sleep_ms = match deliver_due(&store, &mailer, &letters, &stop).await {
            Ok(sleep_ms) => sleep_ms,
            Err(error) => {
                tracing::warn!(%error, "the outbox of mail cannot be read");
                TROUBLE_MS
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = nudge.0.notified() => {}
            () = tokio::time::sleep(Duration::from_millis(sleep_ms)) => {}
        }
    }
}

/// Sends what is due; answers for how long nothing is.
pub async fn deliver_due(
    store: &Store,
    mailer: &Mailer,
    letters: &Letters,
    stop: &CancellationToken,
) -> Result<u64, StoreError> {
    while !stop.is_cancelled() {
        let Some(letter) = store.take_mail().await? else { break };
        let (id, text) = (letter.id, letters.write(&letter.content));
        match mailer.send(&letter.to, &text).await {
            Ok(()) => store.mail_sent(id).await?,
            Err(error) => {
                let for_good = !matches!(error, NotifyError::ForNow(_));
                let state = store.mail_failed(id, &error.to_string(), for_good).await?;
                let given_up = state == MailState::Failed;
                tracing::warn!(mail = %id, %error, given_up, "a mail was not sent");
            }
        }
    }
    let due = store.next_mail_at().await?;
    let left = due.map_or(LOOK_MS_MAX, |due| due.ms_since(store.clock.now()));
    Ok(u64::try_from(left.clamp(100, LOOK_MS_MAX)).unwrap_or(TROUBLE_MS))
}
