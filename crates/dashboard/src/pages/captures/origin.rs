//! Where the values of a capture came from, in words.

use creel_types::{Field, Product, Source};

pub(super) struct Origin {
    pub(super) field: &'static str,
    pub(super) source: &'static str,
}

/// Each field that has a value, in the order of the fields.
pub(super) fn origins(product: &Product) -> Vec<Origin> {
    product.sources.iter().map(|(field, source)| Origin { field: name(*field), source: words(*source) }).collect()
}

/// Fields that the page did not have.
pub(super) fn missing(product: &Product) -> Vec<&'static str> {
    Field::ALL.iter().filter(|field| !product.sources.contains_key(field)).map(|field| name(*field)).collect()
}

/// A field as people call it.
pub(crate) const fn name(field: Field) -> &'static str {
    match field {
        Field::Title => "Title",
        Field::Brand => "Brand",
        Field::Description => "Description",
        Field::ProductId => "Product id",
        Field::Sku => "SKU",
        Field::Gtin => "GTIN",
        Field::Mpn => "MPN",
        Field::Price => "Price",
        Field::FullPrice => "Full price",
        Field::Currency => "Currency",
        Field::Availability => "Availability",
        Field::Images => "Images",
        Field::Breadcrumbs => "Breadcrumbs",
        Field::Options => "Options",
        Field::Rating => "Rating",
        Field::Properties => "Properties",
    }
}

const fn words(source: Source) -> &'static str {
    match source {
        Source::JsonLd => "Structured data of the page (JSON-LD)",
        Source::Microdata => "Structured data in the page's elements (microdata)",
        Source::OpenGraph => "What the page tells social networks (Open Graph)",
        Source::Meta => "The page's meta tags",
        Source::Platform => "Data of the shop's software inside the page",
        Source::Dom => "What the page shows",
        Source::Url => "The page's address",
        Source::Rdfa => "Structured data in the page's elements (RDFa)",
        Source::Program => "The robot: it is the same for the whole shop",
    }
}
