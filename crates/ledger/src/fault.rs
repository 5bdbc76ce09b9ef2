//! What can be wrong with a chain of entries: one closed list. Refuses to guess what was meant: a fault names its entry.

use creel_types::{Credits, LotId};
use thiserror::Error;

use crate::EntryKind;

/// The first thing that is wrong with a chain of entries.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChainFault {
    #[error("entry {found} stands where {expected} belongs")]
    Sequence { expected: i64, found: i64 },
    #[error("entry {sequence} is of another organization")]
    Organization { sequence: i64 },
    #[error("entry {sequence} is older than the entry before it")]
    Time { sequence: i64 },
    #[error("entry {sequence}: balance_after is {stored}, the sum of the amounts is {computed}")]
    Balance { sequence: i64, stored: Credits, computed: Credits },
    #[error("entry {sequence} leaves a balance below zero")]
    Negative { sequence: i64 },
    #[error("entry {sequence} of kind {kind} moves credits the wrong way")]
    Sign { sequence: i64, kind: EntryKind },
    #[error("entry {sequence}: its parts move {parts} credits in lots, its amount is {amount}")]
    Parts { sequence: i64, parts: Credits, amount: Credits },
    #[error("entry {sequence} takes more out of lot {lot} than it holds")]
    Lot { sequence: i64, lot: LotId },
    #[error("entry {sequence} does not say what lot {lot} is, or says it where it may not")]
    Terms { sequence: i64, lot: LotId },
    #[error("entry {sequence}: what holds have of lot {lot} does not agree with it")]
    Hold { sequence: i64, lot: LotId },
    #[error("entry {sequence} spends lot {lot}, which has ended or is frozen")]
    Unspendable { sequence: i64, lot: LotId },
    #[error("entry {sequence} passes over lot {lot}, which is spent first")]
    Order { sequence: i64, lot: LotId },
    #[error("entry {sequence} ends lot {lot} before its time")]
    Early { sequence: i64, lot: LotId },
    #[error("entry {sequence}: lot {lot} has available credits that should have ended or be frozen before it")]
    Late { sequence: i64, lot: LotId },
    #[error("entry {sequence}: the hash before it does not match")]
    Link { sequence: i64 },
    #[error("entry {sequence}: its content does not match its hash")]
    Hash { sequence: i64 },
}
