//! What goes into the reading of a page and what comes out: the words that the crawler, the command line and imports share.
//! No rules here.

use creel_types::{Country, PageKind, Product, RobotProgram};
use url::Url;

use crate::gate::GateFailure;

/// One fetched page.
#[derive(Clone, Copy, Debug)]
pub struct PageInput<'a> {
    /// The address after redirects.
    pub url: &'a Url,
    /// The text, already decoded to UTF-8.
    pub html: &'a str,
    /// The country that the shop is read for; decides what `$`, `kr` and `1.234` mean where the page does not say.
    pub country: Country,
    /// What is known about the shop, if anything is.
    pub program: Option<&'a RobotProgram>,
    /// The HTTP status; 200 for a saved page.
    pub status: u16,
}

/// What a page says.
#[derive(Clone, Debug)]
pub struct PageReading {
    pub kind: PageKind,
    /// What was read of a product, whether or not it passes the gate.
    pub draft: Option<Product>,
    /// Why the draft is no capture; empty means that it is one, if `kind` is [`PageKind::Product`].
    pub gate: Vec<GateFailure>,
    /// Why the page was taken for what it was taken for, and what the gate misses, for a person.
    pub reasons: Vec<String>,
    /// Links of `a` and `link rel=next/prev`, without duplicates, in page order.
    pub links: Vec<Link>,
    /// rel=canonical as the page states it, absolute; whether to believe it is the caller's question.
    pub canonical: Option<Url>,
    /// Other countries' and languages' versions: (hreflang in lower case, address).
    pub alternates: Vec<(String, Url)>,
    /// `meta robots` says that links are not to be followed.
    pub nofollow: bool,
    /// `meta robots` says that the page is not to be kept in an index.
    pub noindex: bool,
    /// The page is a shell that scripts fill; reading it needs a browser.
    pub needs_rendering: bool,
}

impl PageReading {
    /// A page of which nothing was read.
    #[must_use]
    pub fn empty(kind: PageKind, reason: impl Into<String>) -> PageReading {
        PageReading {
            kind,
            draft: None,
            gate: Vec::new(),
            reasons: vec![reason.into()],
            links: Vec::new(),
            canonical: None,
            alternates: Vec::new(),
            nofollow: false,
            noindex: false,
            needs_rendering: false,
        }
    }

    /// Whether the draft may be stored, and so debited.
    #[must_use]
    pub fn is_capture(&self) -> bool {
        self.kind == PageKind::Product && self.draft.is_some() && self.gate.is_empty()
    }
}

/// Where a page leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Absolute, http(s), without fragment.
    pub url: Url,
    /// The first words of the link, shortened; empty for image links.
    pub text: String,
    /// `rel=nofollow` (also `ugc`, `sponsored`).
    pub nofollow: bool,
    /// `rel=next`, or part of a pager.
    pub pagination: bool,
    /// Inside what looks like a product's tile (a link with an image or a price beside it, or a container named so).
    pub product_card: bool,
    /// Inside header, footer or navigation.
    pub navigation: bool,
}
