//! The rules of credits: lots, spending order, debits, expiry, adjustments and the entry chain.
//!
//! Pure: an [`Account`] is handed in as the database holds it, changes in memory, and says what has to be written.
//! It never reads a clock and never decides what an action costs.

pub mod account;
pub mod chain;
pub mod entry;
pub mod lot;

pub use account::{Account, Grant, Refused};
pub use chain::{ChainFault, Verified, Verifier, verify};
pub use entry::{Entry, EntryKind, FIRST_PREVIOUS_HASH, LotPart, Reference, ReferenceType};
pub use lot::{Lot, LotSource};
