//! The outbox of mail: written in the transaction that causes it, taken under a lease by whoever sends. No link stands in it: its
//! token is made when the mail is taken, and only its hash is kept. A mail may be sent twice, never lost.

use creel_types::{MailId, Role, Time, time::DAY_MS, words};

use super::{
    Token,
    links::{self, LinkKind},
};
use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
    notices::{self, Notice},
    retry,
};

/// Tries of one mail: with the waits between them about two days.
pub const MAIL_ATTEMPTS_MAX: i64 = 12;
/// How long somebody who took a mail has for sending it.
const LEASE_MS: i64 = 2 * 60_000;
const BACKOFF_MS: i64 = 60_000;
const BACKOFF_MS_MAX: i64 = DAY_MS;
/// Mails that are gone through for one that is still to be sent.
const STALE_MAX: usize = 100;

words! {
    MailKind {
        VerifyEmail = "verify_email",
        ResetPassword = "reset_password",
        Invitation = "invitation",
        /// Somebody signed up with an address that has an account.
        AlreadySignedUp = "already_signed_up",
        CreditsLow = "credits_low",
        CreditsExhausted = "credits_exhausted",
        RunsFailed = "runs_failed",
        SchedulesPaused = "schedules_paused",
        WebhookDisabled = "webhook_disabled",
    }
}

words! {
    MailState {
        Queued = "queued",
        Sent = "sent",
        /// It could not be sent.
        Failed = "failed",
        /// What it was about is over.
        Dropped = "dropped",
    }
}

/// A mail in hand, with what its text says.
#[derive(Clone, Debug)]
pub struct Letter {
    pub id: MailId,
    pub to: String,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub enum Content {
    VerifyEmail {
        name: String,
        token: Token,
    },
    ResetPassword {
        name: String,
        token: Token,
    },
    Invitation {
        organization: String,
        role: Role,
        invited_by: String,
        token: Token,
    },
    AlreadySignedUp {
        name: String,
    },
    /// Something happened in an organization of theirs.
    Notice {
        name: String,
        organization: String,
        notice: Notice,
    },
}

/// Writes a mail in the transaction that causes it. Its subject is a person, or an invitation.
pub(crate) async fn queue(
    tx: &mut Tx,
    store: &Store,
    kind: MailKind,
    to: &str,
    subject: impl ToString,
    now: Time,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO mails (id, kind, to_address, subject_id, state, not_before, created_at)
         VALUES ($1, $2, $3, $4, 'queued', $5, $5)",
        args![store.random.id::<MailId>(now), kind.as_str(), to, subject.to_string(), now],
    )
    .await
    .map(|_| ())
}

impl Store {
    /// Takes the mail that has waited longest, for as long as sending takes; nobody else takes it meanwhile. What a mail is
    /// about may be over: such ones are dropped on the way.
    pub async fn take_mail(&self) -> Result<Option<Letter>, StoreError> {
        for _ in 0..STALE_MAX {
            let mut tx = self.database.begin().await?;
            let now = self.clock.now();
            let sql = format!(
                "SELECT id, kind, to_address, subject_id, organization_id, details FROM mails WHERE state = 'queued' AND not_before <= $1
                 ORDER BY not_before, id LIMIT 1{}",
                tx.lock_free()
            );
            let Some(row) = tx.row(&sql, args![now]).await? else { return Ok(None) };
            let id: MailId = row.parsed("id")?;
            let content = self.content(&mut tx, &row, now).await?;
            let Some(content) = content else {
                tx.execute("UPDATE mails SET state = 'dropped', ended_at = $2 WHERE id = $1", args![id, now]).await?;
                tx.commit().await?;
                continue;
            };
            let sql = "UPDATE mails SET attempts = attempts + 1, not_before = $2 WHERE id = $1";
            tx.execute(sql, args![id, now.plus_ms(LEASE_MS)]).await?;
            tx.commit().await?;
            return Ok(Some(Letter { id, to: row.text("to_address")?, content }));
        }
        Ok(None)
    }

    /// What the mail says; `None` where it is over.
    async fn content(&self, tx: &mut Tx, mail: &Row, now: Time) -> Result<Option<Content>, StoreError> {
        let (kind, subject): (MailKind, String) = (mail.parsed("kind")?, mail.text("subject_id")?);
        match kind {
            MailKind::VerifyEmail | MailKind::ResetPassword | MailKind::AlreadySignedUp => {
                self.personal_content(tx, kind, subject, now).await
            }
            MailKind::Invitation => self.invitation_content(tx, subject, now).await,
            MailKind::CreditsLow
            | MailKind::CreditsExhausted
            | MailKind::RunsFailed
            | MailKind::SchedulesPaused
            | MailKind::WebhookDisabled => notices::content(tx, mail).await,
        }
    }

    async fn personal_content(
        &self,
        tx: &mut Tx,
        kind: MailKind,
        subject: String,
        now: Time,
    ) -> Result<Option<Content>, StoreError> {
        let sql = "SELECT name, email_verified_at FROM people WHERE id = $1";
        let Some(row) = tx.row(sql, args![subject.as_str()]).await? else { return Ok(None) };
        let name = row.text("name")?;
        Ok(match kind {
            MailKind::VerifyEmail if row.opt_int("email_verified_at")?.is_some() => None,
            MailKind::VerifyEmail => {
                let token = links::mint(tx, self, LinkKind::VerifyEmail, Some(subject), now).await?;
                Some(Content::VerifyEmail { name, token })
            }
            MailKind::ResetPassword => {
                let token = links::mint(tx, self, LinkKind::ResetPassword, Some(subject), now).await?;
                Some(Content::ResetPassword { name, token })
            }
            _ => Some(Content::AlreadySignedUp { name }),
        })
    }

    async fn invitation_content(&self, tx: &mut Tx, subject: String, now: Time) -> Result<Option<Content>, StoreError> {
        let sql = "SELECT o.name, i.role, i.invited_by FROM invitations i JOIN organizations o ON o.id = i.organization_id
                   WHERE i.id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2";
        let Some(row) = tx.row(sql, args![subject.as_str(), now]).await? else { return Ok(None) };
        let token = links::mint(tx, self, LinkKind::Invitation, Some(subject), now).await?;
        Ok(Some(Content::Invitation {
            organization: row.text("name")?,
            role: row.parsed("role")?,
            invited_by: row.text("invited_by")?,
            token,
        }))
    }

    pub async fn mail_sent(&self, id: MailId) -> Result<(), StoreError> {
        let sql = "UPDATE mails SET state = 'sent', ended_at = $2, last_error = NULL WHERE id = $1";
        self.database.execute(sql, args![id, self.clock.now()]).await.map(|_| ())
    }

    /// Notes why it was not sent. It is tried again after a wait that doubles, unless the server refused it for good or it was
    /// tried often enough.
    pub async fn mail_failed(&self, id: MailId, error: &str, for_good: bool) -> Result<MailState, StoreError> {
        let now = self.clock.now();
        let error = retry::shortened(error);
        let mut tx = self.database.begin().await?;
        let row = tx.row("SELECT attempts FROM mails WHERE id = $1", args![id]).await?;
        let attempts = row.map_or(Ok(0), |row| row.int("attempts"))?;
        let over = for_good || attempts >= MAIL_ATTEMPTS_MAX;
        let state = if over { MailState::Failed } else { MailState::Queued };
        tx.execute(
            "UPDATE mails SET state = $2, last_error = $3, not_before = $4, ended_at = $5 WHERE id = $1 AND state = 'queued'",
            args![id, state.as_str(), error, now.plus_ms(backoff_ms(attempts)), over.then_some(now)],
        )
        .await?;
        tx.commit().await?;
        Ok(state)
    }

    /// When the next mail is due; for whoever sleeps until then.
    pub async fn next_mail_at(&self) -> Result<Option<Time>, StoreError> {
        let sql = "SELECT MIN(not_before) AS due FROM mails WHERE state = 'queued'";
        self.database.row(sql, args![]).await?.map_or(Ok(None), |row| row.opt_time("due"))
    }
}

/// One minute, doubled with each try, at most a day.
fn backoff_ms(attempts: i64) -> i64 {
    retry::doubled_ms(BACKOFF_MS, attempts, BACKOFF_MS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_a_minute_to_a_day() {
        let minutes: Vec<i64> = [1, 2, 3, 11, 12, 99].iter().map(|attempts| backoff_ms(*attempts) / 60_000).collect();
        assert_eq!(minutes, [1, 2, 4, 1024, 1440, 1440]);
    }
}
