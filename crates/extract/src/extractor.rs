//! The reading of one page from beginning to end. The order of the steps is here; every rule is in the file of its step.

use creel_types::PageKind;

use crate::page::{PageInput, PageReading};

/// Reads pages one after another, reusing its buffers. One for each worker.
#[derive(Debug, Default)]
pub struct Extractor {}

impl Extractor {
    #[must_use]
    pub fn new() -> Extractor {
        Extractor {}
    }

    /// What the page says. Never fails: a bad page is a reading with reasons.
    pub fn read(&mut self, page: &PageInput<'_>) -> PageReading {
        match page.status {
            401 | 403 | 407 | 429 | 503 => PageReading::empty(PageKind::Blocked, format!("HTTP status {}", page.status)),
            400..=599 => PageReading::empty(PageKind::Error, format!("HTTP status {}", page.status)),
            _ => PageReading::empty(PageKind::Other, "nothing was read yet"),
        }
    }
}
