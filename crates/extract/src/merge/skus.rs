//! The product's SKUs: the variants of the source that knows most of them, filled in from the others; one SKU where no source knows variants. Owns
//! their ids and which of them the page shows as chosen.

use creel_types::{Currency, Field, Identifiers, OptionAxis, Sku, Source, capture::OPTIONS_MAX};
use uuid::Uuid;

use crate::{
    gtin,
    merge::{Draft, Ordered, PLATFORM_FIRST, Readings, identity, images, offers, texts},
    reading::{OfferReading, Reading, SkuReading},
    sources::facts::Facts,
};

/// SKUs of one product that are kept.
const SKUS_MAX: usize = 500;

/// The namespace of all SKU ids. It must never change: ids of the same SKU in different runs are compared.
const SKU_NAMESPACE: Uuid = Uuid::from_u128(0x6c1f_2f0e_52b7_5a4e_9d0b_3d0a_7e55_c1a9);

/// The id of a SKU: by its own number if it has one, else by its options.
#[must_use]
pub fn sku_id(store: &str, product_id: Option<&str>, sku: Option<&str>, options: &[Option<String>]) -> Uuid {
    let own = sku.map(str::to_owned).unwrap_or_else(|| {
        options.iter().map(|option| option.as_deref().unwrap_or_default()).collect::<Vec<_>>().join("\n")
    });
    Uuid::new_v5(&SKU_NAMESPACE, format!("{store}\n{}\n{own}", product_id.unwrap_or_default()).as_bytes())
}

pub(super) fn fill(draft: &mut Draft, readings: &Readings, facts: &Facts<'_>, currency: Option<Currency>, store: &str) {
    let variants = richest(readings);
    let mut skus = match variants {
        Some(reading) => several(draft, reading, readings, facts, currency),
        None => vec![single(draft, readings, currency)],
    };
    let product_id = draft.product.product_id.clone();
    for sku in &mut skus {
        sku.id = sku_id(store, product_id.as_deref(), sku.sku.as_deref(), &sku.options);
    }
    // One SKU spelled twice is one.
    let mut seen = rustc_hash::FxHashSet::default();
    skus.retain(|sku| seen.insert(sku.id));
    draft.product.skus = skus;
}

/// The reading with the most variants; of equals the more reliable one.
fn richest(readings: &Readings) -> Option<&Reading> {
    Ordered::new(readings, &PLATFORM_FIRST)
        .each()
        .filter(|reading| reading.skus.len() > 1)
        .reduce(|best, next| if next.skus.len() > best.skus.len() { next } else { best })
}

/// The one SKU of a product without variants.
fn single(draft: &mut Draft, readings: &Readings, currency: Option<Currency>) -> Sku {
    let order = Ordered::new(readings, &PLATFORM_FIRST);
    let only = order.each().find_map(|reading| reading.skus.first().filter(|_| reading.skus.len() == 1));
    let from_only =
        only.and_then(|sku| sku.offers.first()).and_then(|offer| Some((offer.amount?, offer.full_amount, Source::Platform)));
    let settled = offers::settle(offers::stated_price(readings).or(from_only), readings);
    let stated = offers::stated_availability(readings)
        .or_else(|| only.and_then(|sku| sku.offers.first()?.availability.clone()).map(|stated| (stated, Source::Platform)));
    let (availability, availability_source) = offers::availability(stated, readings);
    offers::note(draft, settled.as_ref(), availability_source);
    let stated_offer = whole_offer(readings);
    let sku = identity::product_sku(readings)
        .or_else(|| only.and_then(|sku| identity::code(sku.sku.as_deref()?)).map(|sku| (sku, Source::Platform)));
    let found_gtin = identity::product_gtin(readings)
        .or_else(|| only.and_then(|sku| gtin::normalize(sku.gtin.as_deref()?)).map(|gtin| (gtin, Source::Platform)));
    let mpn = identity::product_mpn(readings);
    for (field, source) in [
        (Field::Sku, sku.as_ref().map(|found| found.1)),
        (Field::Gtin, found_gtin.as_ref().map(|found| found.1)),
        (Field::Mpn, mpn.as_ref().map(|found| found.1)),
    ] {
        if let Some(source) = source {
            draft.note(field, source);
        }
    }
    let price = settled.map(|settled| (settled.amount, settled.full));
    Sku {
        id: Uuid::nil(),
        sku: sku.map(|found| found.0),
        selected: true,
        options: only.map(|sku| option_values(&draft.product.options, sku)).unwrap_or_default(),
        identifiers: Identifiers { gtin: found_gtin.map(|found| found.0), mpn: mpn.map(|found| found.0) },
        image_url: draft.product.image_url.clone(),
        offers: vec![offers::offer(&stated_offer, price, availability, currency)],
    }
}

/// Seller, condition, unit price and the like of the product's offer, each from the first source that has it.
fn whole_offer(readings: &Readings) -> OfferReading {
    let mut whole = OfferReading::default();
    for reading in Ordered::new(readings, &super::STATED_FIRST).each() {
        let offer = &reading.offer;
        whole.condition = whole.condition.or(offer.condition);
        whole.seller = whole.seller.take().or_else(|| offer.seller.clone());
        whole.unit_price = whole.unit_price.take().or_else(|| offer.unit_price.clone());
        whole.tax_included = whole.tax_included.or(offer.tax_included);
    }
    whole
}

/// All variants of a source, the offers that it lacks filled in from others.
fn several(
    draft: &mut Draft,
    reading: &Reading,
    readings: &Readings,
    facts: &Facts<'_>,
    currency: Option<Currency>,
) -> Vec<Sku> {
    let source = reading.source.unwrap_or(Source::Platform);
    if draft.product.options.is_empty() {
        draft.product.options = axes(reading);
        if !draft.product.options.is_empty() {
            draft.note(Field::Options, source);
        }
    }
    let chosen = chosen(reading, readings, facts);
    let whole = whole_offer(readings);
    let mut skus = Vec::new();
    for (at, variant) in reading.skus.iter().take(SKUS_MAX).enumerate() {
        let other = counterpart(variant, reading, readings);
        let offer = variant
            .offers
            .first()
            .filter(|offer| offer.amount.is_some())
            .or_else(|| other.and_then(|other| other.offers.first()))
            .or(variant.offers.first());
        let selected = at == chosen;
        let stated = offer
            .and_then(|offer| Some((offer.amount?, offer.full_amount, source)))
            .or_else(|| offers::stated_price(readings));
        let settled = if selected {
            offers::settle(stated, readings)
        } else {
            stated.map(|(amount, full, source)| offers::Settled {
                amount,
                full: full.filter(|full| *full > amount),
                source,
                full_source: source,
            })
        };
        let said = variant
            .offers
            .iter()
            .find_map(|offer| offer.availability.clone())
            .or_else(|| other.and_then(|other| other.offers.iter().find_map(|offer| offer.availability.clone())));
        let said = said.map(|said| (said, source));
        let (availability, availability_source) = match said {
            Some(said) => (offers::of_reading(said.0), Some(said.1)),
            None => offers::availability(offers::stated_availability(readings), readings),
        };
        if selected {
            offers::note(draft, settled.as_ref(), availability_source);
        }
        let mut own = offer.cloned().unwrap_or_default();
        own.condition = own.condition.or(whole.condition);
        own.seller = own.seller.or_else(|| whole.seller.clone());
        let price = settled.map(|settled| (settled.amount, settled.full));
        let identifiers = Identifiers {
            gtin: variant.gtin.as_deref().or(other.and_then(|other| other.gtin.as_deref())).and_then(gtin::normalize),
            mpn: variant.mpn.as_deref().or(other.and_then(|other| other.mpn.as_deref())).and_then(identity::code),
        };
        if identifiers.gtin.is_some() {
            draft.note(Field::Gtin, source);
        }
        let sku = variant.sku.as_deref().or(other.and_then(|other| other.sku.as_deref())).and_then(identity::code);
        if sku.is_some() {
            draft.note(Field::Sku, source);
        }
        skus.push(Sku {
            id: Uuid::nil(),
            sku,
            selected,
            options: option_values(
                &draft.product.options,
                if variant.options.is_empty() { other.unwrap_or(variant) } else { variant },
            ),
            identifiers,
            image_url: variant.image.as_deref().and_then(|address| images::absolute(address, &facts.base)),
            offers: vec![offers::offer(&own, price, availability, currency)],
        });
    }
    skus
}

/// The options that the variants of a source name.
fn axes(reading: &Reading) -> Vec<OptionAxis> {
    let mut axes: Vec<OptionAxis> = Vec::new();
    for (name, value) in reading.skus.iter().take(SKUS_MAX).flat_map(|sku| &sku.options) {
        let (Some(name), Some(value)) = (texts::plain(name, 100), texts::plain(value, 200)) else { continue };
        match axes.iter().position(|axis| axis.name == name) {
            Some(at) if !axes[at].values.contains(&value) => axes[at].values.push(value),
            None if axes.len() < OPTIONS_MAX => axes.push(OptionAxis { name, values: vec![value] }),
            _ => {}
        }
    }
    axes
}

fn option_values(axes: &[OptionAxis], sku: &SkuReading) -> Vec<Option<String>> {
    let value = |axis: &OptionAxis| {
        sku.options
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&axis.name))
            .and_then(|(_, value)| texts::plain(value, 200))
    };
    if sku.options.is_empty() { Vec::new() } else { axes.iter().map(value).collect() }
}

/// The same variant in another source: by number, else by options.
fn counterpart<'r>(variant: &SkuReading, own: &Reading, readings: &'r Readings) -> Option<&'r SkuReading> {
    let others = readings
        .stated
        .iter()
        .chain(std::iter::once(&readings.dom.reading))
        .filter(|reading| reading.source != own.source && reading.skus.len() > 1);
    let same = |other: &&SkuReading| {
        let number = |one: &Option<String>, two: &Option<String>| one.is_some() && one == two;
        number(&variant.sku, &other.sku)
            || number(&variant.gtin, &other.gtin)
            || !variant.options.is_empty()
                && variant.options.len() == other.options.len()
                && variant
                    .options
                    .iter()
                    .all(|(_, value)| other.options.iter().any(|(_, theirs)| theirs.eq_ignore_ascii_case(value)))
    };
    others.flat_map(|reading| &reading.skus).find(same)
}

/// The position of the variant that the page shows: the source says so, the address names it, its number is the product's, its price is the shown one.
fn chosen(reading: &Reading, readings: &Readings, facts: &Facts<'_>) -> usize {
    let position = |test: &dyn Fn(&SkuReading) -> bool| reading.skus.iter().position(test);
    let by_source = position(&|sku| sku.selected == Some(true));
    let by_address = || {
        position(&|sku| {
            sku.url.as_deref().is_some_and(|url| facts.base.join(url).is_ok_and(|url| same_page(&url, facts.url)))
        })
    };
    let by_number_in_address =
        || position(&|sku| sku.sku.as_deref().is_some_and(|sku| sku.len() >= 4 && facts.is_in_url(sku)));
    let by_number = || {
        identity::product_sku(readings).and_then(|(number, _)| position(&|sku| sku.sku.as_deref() == Some(number.as_str())))
    };
    let by_price = || {
        let shown = readings.dom.prices.iter().find(|price| !price.old).map(|price| price.amount)?;
        position(&|sku| sku.offers.iter().any(|offer| offer.amount == Some(shown)))
    };
    let in_stock = || {
        position(&|sku| sku.offers.iter().any(|offer| offer.availability.as_ref().is_none_or(|said| said.status.in_stock())))
    };
    by_source
        .or_else(by_address)
        .or_else(by_number_in_address)
        .or_else(by_number)
        .or_else(by_price)
        .or_else(in_stock)
        .unwrap_or(0)
}

fn same_page(one: &url::Url, other: &url::Url) -> bool {
    one.path() == other.path()
        && one.query().is_some()
        && one.query_pairs().all(|pair| other.query_pairs().any(|theirs| theirs == pair))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_never_change() {
        let id = sku_id("shop.example", Some("42"), Some("42-S"), &[]);
        assert_eq!(id, sku_id("shop.example", Some("42"), Some("42-S"), &[Some("ignored".into())]));
        assert_ne!(id, sku_id("shop.example", Some("42"), None, &[Some("S".into())]));
        assert_eq!(id.get_version_num(), 5);
        assert_eq!(id.to_string(), sku_id_of_record());
    }

    fn sku_id_of_record() -> String {
        Uuid::new_v5(&SKU_NAMESPACE, b"shop.example\n42\n42-S").to_string()
    }
}
