//! Links that work once: whoever has the token may do one thing. Using one is a change of its row, so that of two who use it at
//! the same instant one does.

use creel_types::{Time, time::DAY_MS, time::HOUR_MS, words};

use super::{Token, secret};
use crate::{Store, StoreError, args, database::Tx};

words! {
    LinkKind {
        /// Makes the first owner of an installation.
        SetUp = "set_up",
        VerifyEmail = "verify_email",
        ResetPassword = "reset_password",
        /// Its subject is the invitation, which says itself until when it is good.
        Invitation = "invitation",
    }
}

impl LinkKind {
    /// How long a link of this kind is good.
    #[must_use]
    pub const fn life_ms(self) -> Option<i64> {
        match self {
            LinkKind::SetUp => None,
            LinkKind::VerifyEmail => Some(DAY_MS),
            LinkKind::ResetPassword => Some(HOUR_MS),
            LinkKind::Invitation => Some(7 * DAY_MS),
        }
    }
}

/// Makes a link; the answer is all that is ever known of its token.
pub(crate) async fn mint(
    tx: &mut Tx,
    store: &Store,
    kind: LinkKind,
    subject: Option<String>,
    now: Time,
) -> Result<Token, StoreError> {
    let token = Token::mint(&store.random);
    tx.execute(
        "INSERT INTO one_time_links (token_hash, kind, subject_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        args![token.hash(), kind.as_str(), subject, now, kind.life_ms().map(|life| now.plus_ms(life))],
    )
    .await?;
    Ok(token)
}

/// Uses a link; its subject where it is good. Nobody else can use it from here on, unless this transaction is undone.
pub(crate) async fn take(tx: &mut Tx, kind: LinkKind, token: &str, now: Time) -> Result<Option<String>, StoreError> {
    let row = tx
        .row(
            "UPDATE one_time_links SET used_at = $3 WHERE token_hash = $1 AND kind = $2 AND used_at IS NULL
             AND (expires_at IS NULL OR expires_at > $3) RETURNING COALESCE(subject_id, '') AS subject",
            args![secret::hash(token), kind.as_str(), now],
        )
        .await?;
    row.map(|row| row.text("subject")).transpose()
}

/// Ends every open link of this kind and subject.
pub(crate) async fn void(tx: &mut Tx, kind: LinkKind, subject: &str, now: Time) -> Result<(), StoreError> {
    let sql = "UPDATE one_time_links SET used_at = $3 WHERE kind = $1 AND subject_id = $2 AND used_at IS NULL";
    tx.execute(sql, args![kind.as_str(), subject, now]).await.map(|_| ())
}

impl Store {
    /// The subject of a link that is good, which stays unused: for the page that asks for a password.
    pub async fn find_link(&self, kind: LinkKind, token: &str) -> Result<Option<String>, StoreError> {
        let row = self
            .database
            .row(
                "SELECT COALESCE(subject_id, '') AS subject FROM one_time_links WHERE token_hash = $1 AND kind = $2
                 AND used_at IS NULL AND (expires_at IS NULL OR expires_at > $3)",
                args![secret::hash(token), kind.as_str(), self.clock.now()],
            )
            .await?;
        row.map(|row| row.text("subject")).transpose()
    }
}
