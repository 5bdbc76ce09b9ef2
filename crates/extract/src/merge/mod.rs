//! From what the sources say to one product: per field the most reliable source that says something, remembered in `sources`. Owns every
//! disagreement between sources; reads no page itself.

mod home;
mod identity;
mod images;
mod offers;
mod skus;
mod texts;

use std::collections::BTreeMap;

use creel_types::{Currency, Field, Host, OptionAxis, Product, Property, Rating, Source, capture::OPTIONS_MAX};

use crate::{
    gtin,
    reading::Reading,
    sources::{dom::DomReading, facts::Facts},
};

/// Properties of one product that are kept.
const PROPERTIES_MAX: usize = 100;

/// Everything that was read of a page.
#[derive(Debug, Default)]
pub struct Readings {
    /// The sources that state data, in no order; each at most once.
    pub stated: Vec<Reading>,
    /// What the page shows.
    pub dom: DomReading,
}

/// The statements in order of reliability for one kind of field.
pub(crate) struct Ordered<'r> {
    readings: Vec<&'r Reading>,
}

impl<'r> Ordered<'r> {
    pub(crate) fn new(readings: &'r Readings, order: &[Source]) -> Ordered<'r> {
        let all = || readings.stated.iter().chain(std::iter::once(&readings.dom.reading));
        Ordered {
            readings: order.iter().filter_map(|source| all().find(|reading| reading.source == Some(*source))).collect(),
        }
    }

    /// The first value that a reading has, with its source.
    pub(crate) fn first<T>(&self, value: impl Fn(&'r Reading) -> Option<T>) -> Option<(T, Source)> {
        self.readings.iter().find_map(|reading| Some((value(reading)?, reading.source?)))
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = &'r Reading> {
        self.readings.iter().copied()
    }
}

/// What the shop states for machines, then what it shows, then what is left.
pub(crate) const STATED_FIRST: [Source; 8] = [
    Source::JsonLd,
    Source::Microdata,
    Source::Platform,
    Source::OpenGraph,
    Source::Dom,
    Source::Meta,
    Source::Rdfa,
    Source::Url,
];

/// What the platform's own scripts work with is exact for variants and options.
pub(crate) const PLATFORM_FIRST: [Source; 8] = [
    Source::Platform,
    Source::JsonLd,
    Source::Microdata,
    Source::Dom,
    Source::OpenGraph,
    Source::Meta,
    Source::Rdfa,
    Source::Url,
];

/// What the sources are said to be for, field by field, on the product being made.
pub(crate) struct Draft {
    pub product: Product,
    pub sources: BTreeMap<Field, Source>,
}

impl Draft {
    pub(crate) fn note(&mut self, field: Field, source: Source) {
        self.sources.insert(field, source);
    }
}

/// One product out of all readings; `None` where no source says anything of a product.
#[must_use]
pub fn merge(readings: &Readings, facts: &Facts<'_>) -> Option<Product> {
    let stated = Ordered::new(readings, &STATED_FIRST);
    let mut draft = Draft { product: Product::default(), sources: BTreeMap::new() };
    let (title, source) = texts::title(readings, facts)?;
    draft.product.title = title;
    draft.note(Field::Title, source);
    if let Some((brand, source)) = stated.first(|reading| texts::brand(reading.brand.as_deref()?)) {
        draft.product.brand = Some(brand);
        draft.note(Field::Brand, source);
    }
    if let Some((description, source)) = stated.first(|reading| texts::description(reading.description.as_deref()?)) {
        draft.product.description = Some(description);
        draft.note(Field::Description, source);
    }
    draft.product.subtitle = stated.first(|reading| reading.subtitle.clone()).map(|found| found.0);
    fill_breadcrumbs(&mut draft, &stated);
    images::fill(&mut draft, readings, facts);
    fill_rating(&mut draft, &stated);
    draft.product.language = language(&stated, facts);
    fill_properties(&mut draft, &stated);
    fill_options(&mut draft, readings);
    identity::fill(&mut draft, readings, facts);
    let currency = currency(readings, facts);
    let store = Host::of(facts.url).map(|host| host.to_string()).unwrap_or_default();
    skus::fill(&mut draft, readings, facts, currency.map(|found| found.0), &store);
    if let Some((currency, source)) = currency {
        draft.product.currency = Some(currency);
        draft.note(Field::Currency, source);
    }
    Some(finish(draft))
}

/// What follows from the SKUs, and how complete it all is.
fn finish(draft: Draft) -> Product {
    let Draft { mut product, sources } = draft;
    let amounts = || {
        product
            .skus
            .iter()
            .flat_map(|sku| &sku.offers)
            .filter_map(|offer| Some(offer.price.as_ref()?.amount))
            .filter(|amount| amount.is_positive())
    };
    (product.min_price, product.max_price) = (amounts().min(), amounts().max());
    product.available = product.skus.iter().flat_map(|sku| &sku.offers).any(|offer| offer.availability.in_stock);
    product.sku_count = product.skus.len();
    product.completeness = (sources.len() as f64 / Field::ALL.len() as f64 * 100.0).round() / 100.0;
    product.sources = sources;
    product
}

fn fill_breadcrumbs(draft: &mut Draft, stated: &Ordered<'_>) {
    let found = stated.first(|reading| {
        let mut crumbs: Vec<String> = reading.breadcrumbs.iter().filter_map(|crumb| texts::plain(crumb, 200)).collect();
        crumbs.dedup();
        // The last step is often the product itself, the first the home page. A shop that sells things for the home has no such step alone.
        if crumbs.len() > 1 && crumbs.first().is_some_and(|first| home::names(first)) {
            crumbs.remove(0);
        }
        if crumbs.last().is_some_and(|last| texts::same_name(last, &draft.product.title)) {
            crumbs.pop();
        }
        (!crumbs.is_empty()).then_some(crumbs)
    });
    if let Some((crumbs, source)) = found {
        draft.product.breadcrumbs = crumbs;
        draft.note(Field::Breadcrumbs, source);
    }
}

fn fill_rating(draft: &mut Draft, stated: &Ordered<'_>) {
    let found = stated.first(|reading| {
        let rating = reading.rating.as_ref().filter(|rating| rating.value.is_positive())?;
        let best = rating.best.or_else(|| if rating.value > "5".parse().ok()? { None } else { "5".parse().ok() })?;
        (rating.value <= best).then_some(Rating { value: rating.value, best, count: rating.count })
    });
    if let Some((rating, source)) = found {
        draft.product.rating = Some(rating);
        draft.note(Field::Rating, source);
    }
}

fn language(stated: &Ordered<'_>, facts: &Facts<'_>) -> Option<String> {
    let said = || {
        stated.first(|reading| {
            reading.language.as_deref().map(crate::sources::facts::primary_language).filter(|tag| !tag.is_empty())
        })
    };
    facts.language.clone().or_else(|| said().map(|found| found.0))
}

fn fill_properties(draft: &mut Draft, stated: &Ordered<'_>) {
    let mut properties: Vec<Property> = Vec::new();
    for reading in stated.each() {
        let wrong_gtin = reading
            .gtin
            .as_ref()
            .filter(|text| gtin::normalize(text).is_none())
            .map(|text| ("GTIN".to_owned(), text.clone()));
        for (name, value) in reading.properties.iter().cloned().chain(wrong_gtin) {
            let (Some(name), Some(value)) = (texts::plain(&name, 100), texts::plain(&value, 1_000)) else { continue };
            let known = properties.iter().any(|known| known.name.eq_ignore_ascii_case(&name));
            if !known && properties.len() < PROPERTIES_MAX && !texts::is_personal(&value) {
                if properties.is_empty() {
                    draft.sources.insert(Field::Properties, reading.source.unwrap_or(Source::Dom));
                }
                properties.push(Property { name, value });
            }
        }
    }
    draft.product.properties = properties;
}

fn fill_options(draft: &mut Draft, readings: &Readings) {
    let platform = Ordered::new(readings, &PLATFORM_FIRST);
    let found = platform.first(|reading| {
        let axes: Vec<OptionAxis> = reading
            .options
            .iter()
            .filter_map(|(name, values)| {
                let mut kept: Vec<String> = Vec::new();
                for value in values.iter().filter_map(|value| texts::plain(value, 200)) {
                    if !kept.contains(&value) {
                        kept.push(value);
                    }
                }
                Some(OptionAxis { name: texts::plain(name, 100)?, values: kept }).filter(|axis| !axis.values.is_empty())
            })
            .take(OPTIONS_MAX)
            .collect();
        (!axes.is_empty()).then_some(axes)
    });
    if let Some((axes, source)) = found {
        draft.product.options = axes;
        draft.note(Field::Options, source);
    }
}

/// The currency: a code that is stated, else a symbol with the country, else what the program knows.
fn currency(readings: &Readings, facts: &Facts<'_>) -> Option<(Currency, Source)> {
    let stated = Ordered::new(
        readings,
        &[Source::JsonLd, Source::Microdata, Source::OpenGraph, Source::Platform, Source::Meta, Source::Rdfa],
    );
    let of = |reading: &Reading| {
        let variants = || reading.skus.iter().flat_map(|sku| &sku.offers).find_map(|offer| offer.currency);
        reading.offer.currency.or_else(variants)
    };
    let shown = readings.dom.reading.offer.currency;
    let code = stated.first(of);
    // A visible sign that can only mean another currency beats markup left over from a template.
    if let (Some((_, _)), Some(shown), true) = (code, shown, readings.dom.currency_is_sure)
        && code.is_some_and(|(code, _)| code != shown)
    {
        return Some((shown, Source::Dom));
    }
    code.or(shown.map(|shown| (shown, Source::Dom))).or(facts.currency.map(|currency| (currency, Source::Program)))
}
