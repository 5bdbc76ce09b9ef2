//! The rules of credits: lots, spending order, debits, holds, expiry, refunds, disputes, adjustments, limits, thresholds and
//! the entry chain.
//!
//! Pure: an [`Account`] is handed in as the database holds it, changes in memory, and says what has to be written.
//! It never reads a clock and never decides what an action costs.

pub mod account;
pub mod chain;
mod debit;
pub mod entry;
mod expiry;
pub mod fault;
pub mod forecast;
mod freeze;
pub mod grant;
pub mod hold;
pub mod limit;
pub mod lot;
pub mod refused;
pub mod revoke;
pub mod threshold;
pub mod verified;

pub use account::Account;
pub use chain::{Verifier, verify};
pub use entry::{Entry, EntryKind, FIRST_PREVIOUS_HASH, LotPart, LotTerms, Reference, ReferenceType};
pub use fault::ChainFault;
pub use grant::Grant;
pub use hold::{HOLD_MS_MAX, HeldPart, Hold, HoldState, NewHold, Settlement};
pub use limit::{CreditLimit, LimitPeriod, LimitState};
pub use lot::{Lot, LotSource};
pub use refused::{AMOUNT_MAX, BALANCE_MAX, Refused};
pub use revoke::{Revoked, Share};
pub use threshold::{Notice, NoticeKind, THRESHOLDS_DEFAULT, Threshold};
pub use verified::{Verified, VerifiedLot};
