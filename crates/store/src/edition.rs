//! Editions: what tells one state of what people can change about a thing from another, so that two who change it at once do not
//! write over each other. An edition is a digest of those parts alone: a run, a tick or a counter makes no other one.

use std::fmt;

use creel_types::{OrganizationId, Time, sha256_hex};
use serde::Serialize;

use crate::{
    StoreError,
    access::audit::{AuditAction, TargetKind},
    args,
    database::Tx,
};

/// Letters of an edition.
pub const EDITION_LETTERS: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition(String);

impl Edition {
    /// The edition of a thing that has these parts.
    #[must_use]
    pub fn of(parts: &impl Serialize) -> Edition {
        // Parts are plain values, which can always be written.
        let text = serde_json::to_string(parts).unwrap_or_default();
        let mut digest = sha256_hex(&text);
        digest.truncate(EDITION_LETTERS);
        Edition(digest)
    }

    /// As somebody says it who saw the thing before.
    #[must_use]
    pub fn said(text: &str) -> Option<Edition> {
        let is_digest = text.len() == EDITION_LETTERS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_digest.then(|| Edition(text.to_owned()))
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What somebody wants to change, as the audit log knows it.
pub(crate) struct Target {
    pub(crate) organization: OrganizationId,
    pub(crate) kind: TargetKind,
    pub(crate) id: String,
    /// What changes it.
    pub(crate) action: AuditAction,
}

/// Refuses a change of another edition than whoever asks has seen, and says who changed it. Called in the transaction of the
/// change, which holds whatever others have to hold who change the thing.
pub(crate) async fn refuse_other(
    tx: &mut Tx,
    expected: Option<&Edition>,
    current: &Edition,
    target: &Target,
) -> Result<(), StoreError> {
    if expected.is_none_or(|expected| expected == current) {
        return Ok(());
    }
    let sql =
        "SELECT at, actor_name FROM audit WHERE organization_id = $1 AND action = $2 AND target_kind = $3 AND target_id = $4
               ORDER BY id DESC LIMIT 1";
    let args = args![target.organization, target.action.as_str(), target.kind.as_str(), target.id.as_str()];
    let who = match tx.row(sql, args).await? {
        Some(row) => said(&row.text("actor_name")?, row.time("at")?),
        None => String::new(),
    };
    Err(StoreError::ChangedMeanwhile(format!(
        "it was changed meanwhile{who}; nothing of yours was written over it. Look at it as it is now, and change it again where you still want to"
    )))
}

/// `, by ann@acme.example on 2026-01-31 at 09:30:00 UTC`
fn said(name: &str, at: Time) -> String {
    let text = at.to_string();
    let time = text.split_once('T').and_then(|(_, time)| time.get(..8)).unwrap_or_default();
    format!(", by {name} on {} at {time} UTC", at.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_is_told_as_it_was_said() {
        let edition = Edition::of(&("Shoes", 3));
        assert_eq!(Edition::said(&edition.to_string()), Some(edition.clone()));
        assert_ne!(Edition::of(&("Shoes", 4)), edition);
        for other in ["", "0", "0123456789abcdeF", "0123456789abcdef0", "\"123456789abcdef"] {
            assert_eq!(Edition::said(other), None, "{other}");
        }
    }
}
