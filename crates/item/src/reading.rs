//! A capture's texts, made ready once for everything that reads them.

use creel_types::{Country, Product, Property};

use crate::content::{language, plain};

/// Bytes of a description that are read; the rest of a longer one is kept as text and not searched.
pub const DESCRIPTION_MAX: usize = 20_000;
/// Bytes of a title that are read and kept: more is no title.
pub const TITLE_MAX: usize = 1_000;

/// What the readers of category, attributes and content look at.
pub struct Reading<'a> {
    pub product: &'a Product,
    /// The country that the shop serves; decides what a bare size means where nothing else does.
    pub country: Option<Country>,
    /// The title as plain text: no markup, no control characters, spaces single; cut at [`TITLE_MAX`].
    pub title: String,
    /// The description as plain text, one paragraph or list item a line, cut at [`DESCRIPTION_MAX`] on a character's edge.
    pub description: String,
    /// Primary tag of the language of title and description, else of the page.
    pub language: Option<&'static str>,
}

impl Reading<'_> {
    #[must_use]
    pub fn of(product: &Product, country: Option<Country>) -> Reading<'_> {
        let title = plain::cut(plain::text(&product.title), TITLE_MAX);
        let description = plain::cut(plain::lines(product.description.as_deref().unwrap_or_default()), DESCRIPTION_MAX);
        let language = language::of(&title, &description, product.language.as_deref());
        Reading { product, country, title, description, language }
    }

    /// Names and values of the specification table.
    #[must_use]
    pub fn properties(&self) -> &[Property] {
        &self.product.properties
    }

    /// The whole description as plain text; `None` where there is none.
    #[must_use]
    pub fn whole_description(&self) -> Option<String> {
        let short = self.description.len() + 4 < DESCRIPTION_MAX;
        let whole = if short { self.description.clone() } else { plain::lines(self.product.description.as_deref()?) };
        (!whole.is_empty()).then_some(whole)
    }
}
