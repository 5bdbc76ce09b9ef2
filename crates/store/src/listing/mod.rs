//! Lists of captures: what they are made from, and how they are read quickly and exactly.
//!
//! Settle writes the capture alone. Behind it the reconciler ([`Store::follow_captures`](crate::Store::follow_captures)) makes
//! each capture a row in `listing`, which has one index for each kind of value and order; a list reads those, and from the
//! captures themselves what is not listed yet. `docs/concepts/lists.md` says what a user may rely on.

mod facet;
mod figures;
mod follow;
mod forget;
mod plan;
mod query;
mod select;
mod sort;
mod step;
mod tail;
mod values;
mod words;

pub use facet::brand_key;
pub use figures::{CaptureFigure, CaptureFigures, FIGURES_MAX};
pub(crate) use follow::NOT_LISTED;
pub use plan::Bounds;
pub use query::{CAPTURES_MAX, CaptureFilter, CapturePage, CaptureQuery};
pub use sort::{CaptureCursor, CaptureSort, NotACursor, TITLE_CHARS_MAX, title_key};
pub use values::{CaptureValue, CaptureValues, VALUES_MAX};
pub use words::{BadSearch, SEARCH_CHARS_MAX, SearchText, WORDS_MAX, words_of_product};
