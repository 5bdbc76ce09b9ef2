//! What one section (a category tree) of the shop is made of: words, prices, habits of its pages.
//! Refuses to make products; `catalogue` does.

use super::{languages::Language, price_format::PriceFormat, truth::Template};

/// One category tree with its own language, currency, template and oddities.
#[derive(Debug)]
pub(crate) struct Section {
    /// Stable name, also the first part of its category paths.
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) language: &'static Language,
    /// Value of the html element's `lang`, such as `de-CH`.
    pub(crate) html_lang: &'static str,
    pub(crate) price_format: PriceFormat,
    pub(crate) template: Template,
    pub(crate) leaves: [Leaf; 2],
    pub(crate) brands: [&'static str; 5],
    pub(crate) series: [&'static str; 13],
    /// Whether a title begins with what the thing is ("Kaffeemühle Linde") or ends with it ("Ridgeline Tent").
    pub(crate) noun_first: bool,
    pub(crate) colors: Axis,
    pub(crate) sizes: Axis,
    pub(crate) variants: VariantHabit,
    pub(crate) material_label: &'static str,
    pub(crate) materials: [&'static str; 5],
    pub(crate) origin_label: &'static str,
    pub(crate) origins: [&'static str; 3],
    /// Sentences of descriptions; `{}` stands for the title.
    pub(crate) sentences: [&'static str; 8],
    /// Whole units of the currency: cheapest, dearest of the ordinary products.
    pub(crate) prices: (u64, u64),
    /// Minor units after the whole ones; all zero where the country writes none.
    pub(crate) endings: [u64; 3],
    /// Product addresses: `{leaf}`, `{slug}`, `{id}` are filled in.
    pub(crate) path_shape: &'static str,
    pub(crate) id_prefix: &'static str,
    /// Product numbers count from here in steps of seven.
    pub(crate) id_base: usize,
    pub(crate) canonical: CanonicalHabit,
    pub(crate) charset: Charset,
}

/// A leaf category.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    /// How many products it holds.
    pub(crate) count: usize,
    /// Five things it sells. Five and not seven: titles repeat after 13 series, and 14 is a multiple of seven.
    pub(crate) nouns: [&'static str; 5],
}

/// An option with the values that the section's products choose from.
#[derive(Debug)]
pub(crate) struct Axis {
    pub(crate) name: &'static str,
    pub(crate) values: &'static [&'static str],
    /// Whether a later value costs more.
    pub(crate) changes_price: bool,
}

/// How product pages of the section write their variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VariantHabit {
    /// JSON-LD `ProductGroup` with `hasVariant`.
    ProductGroup,
    /// JSON-LD with an aggregate offer; the variations stand in `data-product_variations` of the form.
    FormVariations,
    /// JSON-LD with a list of offers; the options stand in a product JSON script with prices in minor units.
    ProductJson,
    /// Microdata with one offer; the options stand in a swatch configuration. Shows no GTIN of variants.
    SwatchConfig,
    /// Microdata `ProductGroup` with nested `hasVariant` items.
    MicrodataGroup,
    /// Microdata with one offer for each SKU; the options stand in a select.
    MicrodataOffers,
    /// One `select` whose options carry data attributes; one axis only.
    SelectData,
    /// Radio buttons that carry data attributes; one axis only.
    RadioData,
    /// An inline script assigns an array of variants to a variable.
    InlineScript,
}

impl VariantHabit {
    pub(crate) fn allows_two_axes(self) -> bool {
        !matches!(self, VariantHabit::SelectData | VariantHabit::RadioData)
    }

    pub(crate) fn shows_variant_gtins(self) -> bool {
        !matches!(self, VariantHabit::SwatchConfig | VariantHabit::FormVariations)
    }
}

/// What rel=canonical of the section's product pages says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CanonicalHabit {
    /// The product's own path.
    Own,
    /// Always the section's first product: a template that was copied once and never corrected.
    FirstProduct,
    /// Always the home page.
    HomePage,
    /// No such link at all.
    Absent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    Utf8,
    /// windows-1252, named in the header as `ISO-8859-1`.
    HeaderLatin1,
    /// windows-1252, named only by a meta element.
    MetaWindows1252,
}

impl Section {
    pub(crate) fn path(&self) -> String {
        format!("/{}", self.key)
    }

    pub(crate) fn leaf_path(&self, leaf: usize) -> String {
        format!("/{}/{}", self.key, self.leaves.get(leaf).map_or("", |leaf| leaf.slug))
    }

    /// How many products it has.
    #[cfg(test)]
    pub(crate) fn size(&self) -> usize {
        self.leaves.iter().map(|leaf| leaf.count).sum()
    }
}
