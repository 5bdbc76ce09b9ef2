//! Takes mails from the outbox and sends them, one a pass: the store hands each mail to one process.

use std::sync::Arc;

use creel_store::{Store, StoreError, access::mails::MailState, reconcile::Pass};
use creel_types::metric;
use tokio::sync::Notify;

use crate::{letters::Letters, mailer::Mailer, mailer::NotifyError};

/// Wakes the one who delivers. Whoever writes a mail in this process calls it after; a call that is not heard is made up for by time.
#[derive(Clone, Debug, Default)]
pub struct Nudge(Arc<Notify>);

/// The same for whoever is woken from elsewhere.
impl From<Arc<Notify>> for Nudge {
    fn from(woken: Arc<Notify>) -> Nudge {
        Nudge(woken)
    }
}

impl Nudge {
    /// Waits to be woken.
    pub async fn nudged(&self) {
        self.0.notified().await;
    }

    pub fn nudge(&self) {
        self.0.notify_one();
    }
}

/// Sends one mail, where one is due. Several processes may do this on one database.
pub async fn deliver_mail(store: &Store, mailer: &Mailer, letters: &Letters) -> Result<Pass, StoreError> {
    let Some(letter) = store.take_mail().await? else {
        return Ok(Pass { next_at: store.next_mail_at().await?, ..Pass::default() });
    };
    let (id, text) = (letter.id, letters.write(&letter.content));
    match mailer.send(&letter.to, &text).await {
        Ok(()) => {
            metrics::counter!(metric::MAILS, "result" => "sent").increment(1);
            store.mail_sent(id).await?;
        }
        Err(error) => {
            metrics::counter!(metric::MAILS, "result" => "failed").increment(1);
            let for_good = !matches!(error, NotifyError::ForNow(_));
            let state = store.mail_failed(id, &error.to_string(), for_good).await?;
            let given_up = state == MailState::Failed;
            tracing::warn!(mail = %id, %error, given_up, "a mail was not sent");
        }
    }
    Ok(Pass { changed: 1, more: true, next_at: None })
}
