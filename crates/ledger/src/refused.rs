//! Why the ledger refuses: one closed list. A refused operation leaves the account as it was, but for expiries that were due
//! anyway.

use creel_types::{Credits, HoldId, LotId, Time};
use thiserror::Error;

use crate::limit::LimitPeriod;

/// Largest amount of one operation, lot or limit: the lot of an installation that does not bill.
pub const AMOUNT_MAX: Credits = Credits(1_000_000_000_000_000);
/// Largest balance an organization may have; far from the edge of 64 bits, so that sums cannot overflow.
pub const BALANCE_MAX: Credits = Credits(1_000_000_000_000_000_000);

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    #[error("{needed} credits are needed and {available} are available")]
    InsufficientCredits { needed: Credits, available: Credits },
    #[error("the amount must be positive, not {0}")]
    NotPositive(Credits),
    #[error("the expiry {0} is not in the future")]
    AlreadyEnded(Time),
    #[error("an amount of more than {AMOUNT_MAX} or a balance of more than {BALANCE_MAX} credits is not kept")]
    TooLarge,
    #[error("a correction needs a reason")]
    ReasonMissing,
    #[error("lot {0} is not among the organization's lots")]
    UnknownLot(LotId),
    #[error("lot {0} exists already")]
    LotExists(LotId),
    #[error("lot {0} has ended")]
    LotEnded(LotId),
    #[error("lot {0} is not a cycle's lot, and only a cycle is renewed")]
    NotACycle(LotId),
    #[error("hold {0} is not among the organization's holds")]
    UnknownHold(HoldId),
    #[error("hold {0} exists already")]
    HoldExists(HoldId),
    #[error("hold {0} is over")]
    HoldOver(HoldId),
    #[error("a hold lives between 1 and {max_ms} ms, not {live_ms}")]
    HoldLife { live_ms: i64, max_ms: i64 },
    #[error("{part}/{whole} is not a share: it must be above 0 and at most 1")]
    NotAShare { part: i64, whole: i64 },
    #[error("the limit of {limit} credits a {period} has {spent} spent and cannot give {needed} more")]
    LimitReached { limit: Credits, period: LimitPeriod, spent: Credits, needed: Credits },
}

/// An amount that an operation may name.
pub(crate) fn checked_amount(amount: Credits) -> Result<Credits, Refused> {
    if amount <= Credits::ZERO {
        return Err(Refused::NotPositive(amount));
    }
    if amount > AMOUNT_MAX {
        return Err(Refused::TooLarge);
    }
    Ok(amount)
}
