//! What somebody sees who is not signed in: what this is, and what it costs. The operator may turn both off.

pub(crate) mod landing;
pub(crate) mod pricing;

use axum::routing::get;
use creel_access::SignUpPolicy;
use creel_store::{ledger::unmetered::BillingMode, organizations::Start};
use creel_types::Plan;

use crate::{Dashboard, area::Area, figures::grouped};

pub(crate) const PRICING_PATH: &str = "/pricing";
/// What nobody pays for, as far as it exists.
const FREE: [&str; 8] = [
    "Making and remaking robots",
    "Category, search and home pages",
    "Pages that fail or are blocked",
    "Products met a second time in a run",
    "Retries",
    "Schedules and webhooks",
    "Exports",
    "API calls",
];

pub(crate) fn area() -> Area {
    Area::new().page(PRICING_PATH, get(pricing::show))
}

/// What stands around these pages.
struct Frame {
    base: String,
    path: &'static str,
    is_signed_in: bool,
    /// Whether anybody may create an account.
    takes_people: bool,
    has_prices: bool,
    contact: String,
}

impl Frame {
    fn new(dashboard: &Dashboard, path: &'static str, is_signed_in: bool) -> Frame {
        Frame {
            base: dashboard.base(),
            path,
            is_signed_in,
            takes_people: dashboard.access.settings().sign_up == SignUpPolicy::Open,
            has_prices: has_prices(dashboard),
            contact: dashboard.contact.to_string(),
        }
    }

    fn is_at(&self, path: &str) -> bool {
        self.path == path
    }
}

/// Whether there is a page about prices: where nobody pays they are hidden.
fn has_prices(dashboard: &Dashboard) -> bool {
    dashboard.public_pages && dashboard.billing.mode() != BillingMode::Off
}

/// What a new organization begins with, in a sentence; empty where that is nothing.
pub(crate) fn beginning(dashboard: &Dashboard) -> String {
    match dashboard.access.settings().start {
        Start::Trial => {
            let terms = Plan::Trial.terms();
            format!("{} credits to begin with, for {} days. No card.", grouped(terms.credits(1).0), terms.days.unwrap_or(0))
        }
        Start::Credits(credits) if credits.0 > 0 => {
            format!("A new organization begins with {} credits.", grouped(credits.0))
        }
        Start::Credits(_) | Start::Unmetered => String::new(),
    }
}
