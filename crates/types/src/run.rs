//! The states of a run and why it ended.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }

            #[must_use]
            pub fn parse(text: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|word| word.as_str() == text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use words;

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
            EndReason::CrawlComplete | EndReason::BudgetReached | EndReason::InsufficientCredits | EndReason::LimitReached => {
                RunStatus::Completed
            }
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunError {
    pub code: RunErrorCode,
    pub message: String,
}
