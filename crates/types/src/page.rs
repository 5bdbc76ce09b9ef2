//! What a fetched page is, and what became of it in a run.

use serde::{Deserialize, Serialize};

/// What a page is, judged from the page alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageKind {
    /// Shows one product.
    Product,
    /// Category, search, collection, home: read for links, free.
    Discovery,
    /// Challenge, login wall, access denied.
    Blocked,
    /// The shop says that the page is missing or broken, by status or in words.
    Error,
    Other,
}

impl PageKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            PageKind::Product => "product",
            PageKind::Discovery => "discovery",
            PageKind::Blocked => "blocked",
            PageKind::Error => "error",
            PageKind::Other => "other",
        }
    }
}

/// What became of a page in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageOutcome {
    Captured,
    Duplicate,
    GateFailed,
    Discovery,
    Blocked,
    Error,
    Skipped,
}

impl PageOutcome {
    pub const ALL: [PageOutcome; 7] = [
        PageOutcome::Captured,
        PageOutcome::Duplicate,
        PageOutcome::GateFailed,
        PageOutcome::Discovery,
        PageOutcome::Blocked,
        PageOutcome::Error,
        PageOutcome::Skipped,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            PageOutcome::Captured => "captured",
            PageOutcome::Duplicate => "duplicate",
            PageOutcome::GateFailed => "gate_failed",
            PageOutcome::Discovery => "discovery",
            PageOutcome::Blocked => "blocked",
            PageOutcome::Error => "error",
            PageOutcome::Skipped => "skipped",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<PageOutcome> {
        PageOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}
