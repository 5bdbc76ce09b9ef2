//! What a fetched page is, and what became of it in a run.

use crate::words;

words! {
    /// What a page is, judged from the page alone.
    PageKind {
        /// Shows one product.
        Product = "product",
        /// Category, search, collection, home: read for links, free.
        Discovery = "discovery",
        /// Challenge, login wall, access denied.
        Blocked = "blocked",
        /// The shop says that the page is missing or broken, by status or in words.
        Error = "error",
        Other = "other",
    }
}

words! {
    /// What became of a page in a run.
    PageOutcome {
        Captured = "captured",
        Duplicate = "duplicate",
        GateFailed = "gate_failed",
        Discovery = "discovery",
        Blocked = "blocked",
        Error = "error",
        Skipped = "skipped",
    }
}
