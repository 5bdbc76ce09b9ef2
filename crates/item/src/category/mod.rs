//! Which category of the Shopify product taxonomy a capture belongs to.
//!
//! Breadcrumbs, title and product type are searched for phrases that name categories; every category that is named becomes
//! a candidate, its evidence is weighed by learned weights, and the answer is the deepest category that is likely enough.
//! No model is asked, and no shop is known by name.

mod decide;
mod evidence;
mod features;
mod find;
mod phrases;
mod taxonomy;
mod words;

pub use decide::{FEATURES, WEIGHTS, examined, weighted};
pub use find::find;
pub use taxonomy::{Node, children, descends, get, roots};

use creel_types::Category;

use crate::Reading;

/// The release of the taxonomy that is shipped.
pub const TAXONOMY: &str = "2024-07";

/// The category, or a parent of it when the evidence does not say which child.
#[must_use]
pub fn classify(reading: &Reading<'_>) -> Option<Category> {
    decide::decide(reading)
}
