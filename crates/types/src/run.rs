//! The states of a run and why it ended.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words;

words! {
    RunStatus {
        Pending = "pending",
        Starting = "starting",
        Running = "running",
        Completed = "completed",
        Failed = "failed",
        Stopped = "stopped",
        /// Waits its turn like `pending`, with the captures that it already has.
        Restarting = "restarting",
    }
}

impl RunStatus {
    #[must_use]
    pub const fn is_ended(self) -> bool {
        matches!(self, RunStatus::Completed | RunStatus::Failed | RunStatus::Stopped)
    }
}

words! {
    EndReason {
        CrawlComplete = "crawl_complete",
        BudgetReached = "budget_reached",
        InsufficientCredits = "insufficient_credits",
        LimitReached = "limit_reached",
        StoppedByUser = "stopped_by_user",
        Error = "error",
    }
}

impl EndReason {
    /// The status that a run with this reason has.
    #[must_use]
    pub const fn status(self) -> RunStatus {
        match self {
            EndReason::CrawlComplete
            | EndReason::BudgetReached
            | EndReason::InsufficientCredits
            | EndReason::LimitReached => RunStatus::Completed,
            EndReason::StoppedByUser => RunStatus::Stopped,
            EndReason::Error => RunStatus::Failed,
        }
    }
}

words! {
    /// Why an enrichment ended; its states are those of a run.
    EnrichmentEnd {
        /// Every capture was dealt with.
        AllProcessed = "all_processed",
        InsufficientCredits = "insufficient_credits",
        LimitReached = "limit_reached",
        StoppedByUser = "stopped_by_user",
        Error = "error",
    }
}

impl EnrichmentEnd {
    /// The status that an enrichment with this reason has.
    #[must_use]
    pub const fn status(self) -> RunStatus {
        match self {
            EnrichmentEnd::AllProcessed | EnrichmentEnd::InsufficientCredits | EnrichmentEnd::LimitReached => {
                RunStatus::Completed
            }
            EnrichmentEnd::StoppedByUser => RunStatus::Stopped,
            EnrichmentEnd::Error => RunStatus::Failed,
        }
    }
}

words! {
    /// What became of a capture in an enrichment.
    EnrichOutcome {
        /// It has an item, and 1 credit was debited.
        Enriched = "enriched",
        /// It has an item of this version already. Free.
        AlreadyEnriched = "already_enriched",
        /// No item could be made. Free.
        Failed = "failed",
    }
}

words! {
    /// Why no item could be made of a capture.
    EnrichFailure {
        /// It was deleted, or never was.
        Deleted = "deleted",
        /// It has neither a title nor a description.
        NothingToRead = "nothing_to_read",
        /// What is stored of it cannot be read.
        Unreadable = "unreadable",
        /// Reading it broke off.
        Internal = "internal",
    }
}

words! {
    /// Why a run failed.
    RunErrorCode {
        Unreachable = "unreachable",
        Tls = "tls",
        RobotsTxtForbids = "robots_txt_forbids",
        RobotsTxtUnreachable = "robots_txt_unreachable",
        Blocked = "blocked",
        NoProducts = "no_products",
        LedgerFrozen = "ledger_frozen",
        Internal = "internal",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunError {
    pub code: RunErrorCode,
    pub message: String,
}
