//! Settle: a finished page becomes a stored capture with its debit, or an outcome, in one transaction. The only place
//! that debits.
//!
//! Workers hand finished pages to one committer task and wait for their verdict; it drains what waits and commits it as
//! one batch, so that exactness costs one disk flush for many pages instead of one each.

mod batch;
mod committer;
mod duplicates;
mod hold;
mod items;
mod messages;
mod write;

use creel_types::{CaptureId, OrganizationId, PageKind, PageOutcome, RunErrorCode, RunId};
use uuid::Uuid;

use crate::captures::NewCapture;

pub use committer::Committer;
pub use items::{ITEMS_MAX, ItemsVerdict, MadeItem};
pub use messages::EndedMessage;

/// A page that a worker is done with.
#[derive(Clone, Debug)]
pub struct FinishedPage {
    pub organization: OrganizationId,
    pub run: RunId,
    /// The page's key in the frontier.
    pub url: String,
    /// The process that holds the page's lease; a page whose lease was lost is not settled.
    pub owner: Uuid,
    pub kind: PageKind,
    pub status_code: Option<u16>,
    pub result: PageResult,
}

#[derive(Clone, Debug)]
pub enum PageResult {
    Capture(Box<NewCapture>),
    Outcome {
        outcome: PageOutcome,
        reason: Option<String>,
        error_code: Option<RunErrorCode>,
        /// Whether the shop answered: only then the page counts as fetched.
        fetched: bool,
    },
}

/// What became of a finished page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The capture is stored and its debit written.
    Stored(CaptureId),
    /// The run has this product already. Free.
    Duplicate,
    /// It could be paid if nothing were held. Nothing is left behind, the page waits in the queue until the hold ends.
    Wait,
    /// The balance cannot pay it. Nothing is left behind, the page waits in the queue, the run has ended.
    InsufficientCredits,
    /// The budget was reached before it. The page waits in the queue, the run has ended.
    BudgetReached,
    /// A credit limit was reached before it. The page waits in the queue, the run has ended.
    LimitReached,
    /// The run ended otherwise while the page was in hand.
    RunEnded,
    /// The lease went to another process, which will do the page.
    LeaseLost,
    /// An outcome without a capture was recorded.
    Recorded,
}

impl Verdict {
    /// Its name, for counting.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Stored(_) => "stored",
            Verdict::Duplicate => "duplicate",
            Verdict::Wait => "wait",
            Verdict::InsufficientCredits => "insufficient_credits",
            Verdict::BudgetReached => "budget_reached",
            Verdict::LimitReached => "limit_reached",
            Verdict::RunEnded => "run_ended",
            Verdict::LeaseLost => "lease_lost",
            Verdict::Recorded => "recorded",
        }
    }
}
