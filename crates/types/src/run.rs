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
