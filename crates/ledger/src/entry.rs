//! One line of the ledger. Entries are only ever added; each carries the hash of the one before.

use creel_types::{Credits, HoldId, LotId, OrganizationId, Time, hex, words};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::LotSource;

words! {
    /// What an entry does to the balance.
    EntryKind {
        Grant = "grant",
        Debit = "debit",
        Hold = "hold",
        Release = "release",
        Expire = "expire",
        Revoke = "revoke",
        Adjust = "adjust",
        Freeze = "freeze",
        Unfreeze = "unfreeze",
    }
}

words! {
    ReferenceType {
        Capture = "capture",
        Item = "item",
        Message = "message",
        Invoice = "invoice",
        Person = "person",
        /// A lot that ends refers to itself.
        Lot = "lot",
        /// The organization itself: its starting credits.
        Organization = "organization",
    }
}

/// What an entry was written for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reference {
    #[serde(rename = "type")]
    pub kind: ReferenceType,
    pub id: String,
}

impl Reference {
    pub fn new(kind: ReferenceType, id: impl ToString) -> Reference {
        Reference { kind, id: id.to_string() }
    }
}

/// How much of one lot an entry moved; positive into what is available of the lot, negative out of it. The entry's kind says
/// where from or where to: a hold, the frozen part, or outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LotPart {
    pub lot: LotId,
    pub amount: Credits,
    /// The hold that `hold` and `release` move it to and from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldId>,
    /// What the lot is from this entry on, where the entry makes or changes it: entries alone must rebuild every lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<LotTerms>,
    /// What a `revoke` leaves to be revoked when it returns from holds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub due: Credits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LotTerms {
    pub source: LotSource,
    pub expires_at: Option<Time>,
}

impl LotPart {
    #[must_use]
    pub fn new(lot: LotId, amount: Credits) -> LotPart {
        LotPart { lot, amount, hold: None, terms: None, due: Credits::ZERO }
    }

    pub(crate) fn with_hold(self, hold: HoldId) -> LotPart {
        LotPart { hold: Some(hold), ..self }
    }

    pub(crate) fn with_terms(self, source: LotSource, expires_at: Option<Time>) -> LotPart {
        LotPart { terms: Some(LotTerms { source, expires_at }), ..self }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(amount: &Credits) -> bool {
    *amount == Credits::ZERO
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    #[serde(rename = "organization_id")]
    pub organization: OrganizationId,
    /// 1, 2, 3 … without a gap within its organization.
    pub sequence: i64,
    /// Never before the entry before it.
    pub at: Time,
    pub kind: EntryKind,
    /// The change of the available credits.
    pub amount: Credits,
    /// The available credits after this entry.
    pub balance_after: Credits,
    pub reference: Reference,
    /// For people: the reason of an adjustment, the title of a product.
    pub description: String,
    /// Who caused it, for entries made by hand; empty otherwise.
    pub actor: String,
    pub lots: Vec<LotPart>,
    /// Hash of the entry before, 64 hexadecimal digits; all zeros for the first.
    pub previous_hash: String,
    pub hash: String,
}

/// What the first entry of a ledger names as the hash before it.
pub const FIRST_PREVIOUS_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Entry {
    /// SHA-256 over every field but the hash itself, each as its length and its bytes so that no two entries read alike.
    #[must_use]
    pub fn compute_hash(&self) -> String {
        let mut hash = Sha256::new();
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        field(self.previous_hash.as_bytes());
        field(self.organization.0.as_bytes());
        for number in [self.sequence, self.at.0, self.amount.0, self.balance_after.0] {
            field(&number.to_be_bytes());
        }
        for text in [self.kind.as_str(), self.reference.kind.as_str(), &self.reference.id, &self.description, &self.actor] {
            field(text.as_bytes());
        }
        for part in &self.lots {
            field(part.lot.0.as_bytes());
            field(&part.amount.0.to_be_bytes());
            // Each with a name of a length that no number or id has, so that leaving one out or moving it changes the hash.
            if let Some(hold) = part.hold {
                field(b"hold");
                field(hold.0.as_bytes());
            }
            if let Some(terms) = part.terms {
                field(b"terms");
                field(terms.source.as_str().as_bytes());
                field(&terms.expires_at.map_or_else(Vec::new, |end| end.0.to_be_bytes().to_vec()));
            }
            if part.due != Credits::ZERO {
                field(b"due");
                field(&part.due.0.to_be_bytes());
            }
        }
        hex(&hash.finalize())
    }
}
