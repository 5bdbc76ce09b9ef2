//! Sizes as understood: which kind of thing, which system, which value.
//!
//! Read from the options and properties that hold sizes. A value that names several systems gives one size each; what a bare
//! number means follows from what is worn, by whom, where, and the other values. What is not understood gives none.

mod context;
pub mod convert;
mod forms;
mod labelled;
mod letters;
mod number;
mod systems;
mod value;

use creel_types::{Category, Size, SizeKind};
use rustc_hash::FxHashMap;
use uuid::Uuid;

use crate::Reading;
use context::Context;
use value::{Axis, Meaning};

/// Sizes of one item; more than a hundred SKUs with four systems each is a catalogue.
const SIZES_MAX: usize = 400;
/// Different values of one option that are read.
const VALUES_MAX: usize = 300;

/// The sizes of a capture, and how many values of size options could not be read.
#[derive(Debug, Default)]
pub struct Sizes {
    pub sizes: Vec<Size>,
    pub unread: usize,
}

/// Sizes of each SKU, else of the whole product.
#[must_use]
pub fn find(reading: &Reading<'_>, category: Option<&Category>) -> Sizes {
    let product = reading.product;
    let stated = product.options.iter().any(|one| context::is_axis(&one.name) || are_letters(&one.values))
        || product.properties.iter().any(|one| context::is_axis(&one.name));
    if !stated {
        return Sizes::default();
    }
    let context = Context::of(reading, category);
    let mut sizes = of_options(reading, &context);
    if sizes.sizes.is_empty() {
        sizes.sizes = of_properties(reading, &context);
    }
    sizes.sizes.truncate(SIZES_MAX);
    sizes
}

fn of_options(reading: &Reading<'_>, context: &Context) -> Sizes {
    let mut all = Sizes::default();
    for (place, option) in reading.product.options.iter().enumerate() {
        let values = &option.values[..option.values.len().min(VALUES_MAX)];
        let named = context::is_axis(&option.name);
        if !named && !are_letters(values) {
            continue;
        }
        let context = Context { kind: context::kind_of_axis(&option.name).or(context.kind), ..*context };
        let axis = axis(values);
        let meanings: FxHashMap<&str, Vec<Meaning>> =
            values.iter().map(|shown| (shown.as_str(), value::read(shown, &context, &axis))).collect();
        let worn = !matches!(context.kind, Some(SizeKind::Other) | None);
        let unread = |shown: &&String| worn && is_like_size(shown) && meanings.get(shown.as_str()).is_none_or(Vec::is_empty);
        all.unread += values.iter().filter(unread).count();
        let skus = reading.product.skus.iter().filter_map(|sku| Some((sku.id, sku.options.get(place)?.as_deref()?)));
        let before = all.sizes.len();
        for (sku, shown) in skus.take(SIZES_MAX) {
            all.sizes.extend(meanings.get(shown).into_iter().flatten().map(|one| size(one, shown, Some(sku))));
        }
        // Options that no SKU repeats still say in which sizes it comes, unless there is a single SKU for all of them.
        if all.sizes.len() == before && reading.product.skus.len() <= 1 {
            all.sizes
                .extend(values.iter().flat_map(|shown| meanings[shown.as_str()].iter().map(|one| size(one, shown, None))));
        }
    }
    all
}

fn of_properties(reading: &Reading<'_>, context: &Context) -> Vec<Size> {
    let worn = |name: &str| !matches!(context::kind_of_axis(name).or(context.kind), None | Some(SizeKind::Other));
    let named = |one: &&creel_types::Property| context::is_axis(&one.name) && worn(&one.name) && !is_of_model(&one.value);
    let sizes = reading.properties().iter().filter(named);
    sizes
        .take(4)
        .flat_map(|one| {
            let context = Context { kind: context::kind_of_axis(&one.name).or(context.kind), ..*context };
            let meanings = value::read(&one.value, &context, &Axis::default());
            meanings
                .into_iter()
                .map(|meaning| size(&Meaning { confidence: meaning.confidence * 0.9, ..meaning }, &one.value, None))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Whether a value should have been read: `Size guide` among the values is none.
fn is_like_size(shown: &str) -> bool {
    shown.len() <= 4 || shown.chars().any(|c| c.is_ascii_digit())
}

/// "The model wears size S" says nothing of the product.
fn is_of_model(value: &str) -> bool {
    value.len() > 40 || value.to_lowercase().contains("model")
}

fn size(meaning: &Meaning, shown: &str, sku_id: Option<Uuid>) -> Size {
    Size {
        sku_id,
        kind: meaning.kind,
        system: meaning.system.to_owned(),
        value: meaning.value.clone(),
        as_shown: shown.to_owned(),
        confidence: (meaning.confidence * 100.0).round() / 100.0,
    }
}

/// Whether most values are letters of sizes, whatever the option is called.
fn are_letters(values: &[String]) -> bool {
    let letters = values.iter().filter(|shown| letters::read(shown.trim()).is_some()).count();
    values.len() >= 2 && letters * 10 >= values.len() * 8
}

fn axis(values: &[String]) -> Axis {
    let numbers: Vec<number::Number> = values.iter().filter_map(|shown| value::number_of(shown)).collect();
    Axis {
        least: numbers.iter().map(|one| one.hundredths).min().unwrap_or_default(),
        most: numbers.iter().map(|one| one.hundredths).max().unwrap_or_default(),
        numbers: numbers.len(),
        parts: numbers.iter().any(|one| !one.is_whole()),
    }
}

/// What `shown` means for tables of cases: `others` are the option's values, `words` a title, as a shop in `country` has them.
pub(crate) fn shown(shown: &str, others: &str, words: &str, country: &str) -> String {
    let product = creel_types::Product { title: words.to_owned(), ..creel_types::Product::default() };
    let context = Context::of(&Reading::of(&product, country.parse().ok()), None);
    let values: Vec<String> = others.split(';').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect();
    let meanings = value::read(shown, &context, &axis(&values));
    let one = |meaning: &Meaning| format!("{} {} {}", meaning.kind, meaning.system, meaning.value);
    meanings.iter().map(one).collect::<Vec<_>>().join("; ")
}
