//! What a chain of entries amounts to: balances, every lot and every open hold, rebuilt from the entries alone.

use std::collections::BTreeMap;

use creel_types::{Credits, HoldId, LotId, Time};

use crate::{FIRST_PREVIOUS_HASH, LotSource};

/// What a chain without fault amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub entries: i64,
    /// The available credits.
    pub balance: Credits,
    pub held: Credits,
    pub frozen: Credits,
    pub last_hash: String,
    /// Every lot that the chain ever named.
    pub lots: BTreeMap<LotId, VerifiedLot>,
    /// What open holds have, lot by lot.
    pub holds: BTreeMap<HoldId, BTreeMap<LotId, Credits>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedLot {
    pub source: LotSource,
    pub amount: Credits,
    pub expires_at: Option<Time>,
    pub granted_sequence: i64,
    /// What of it is available.
    pub available: Credits,
    pub held: Credits,
    pub frozen: Credits,
    pub is_frozen: bool,
    /// What its last `revoke` left due; what holds do not have any more has lapsed.
    pub(crate) revoke_due: Credits,
}

impl VerifiedLot {
    /// What is left in it, as its row has it: what holds have is not in it.
    #[must_use]
    pub fn remaining(&self) -> Credits {
        self.available + self.frozen
    }

    /// What a refund still takes back when it returns from holds.
    #[must_use]
    pub fn revoke_due(&self) -> Credits {
        self.revoke_due.min(self.held)
    }

    pub(crate) fn has_ended(&self, at: Time) -> bool {
        self.expires_at.is_some_and(|end| end <= at)
    }

    pub(crate) fn age(&self) -> (Option<Time>, i64) {
        (self.expires_at, self.granted_sequence)
    }
}

impl Default for Verified {
    fn default() -> Verified {
        Verified {
            entries: 0,
            balance: Credits::ZERO,
            held: Credits::ZERO,
            frozen: Credits::ZERO,
            last_hash: FIRST_PREVIOUS_HASH.to_owned(),
            lots: BTreeMap::new(),
            holds: BTreeMap::new(),
        }
    }
}
