//! The product's own number and its group's. Owns which of several numbers is whose: a number that the page calls the product's, or that its address
//! has, is the product's; what is stated as SKU is the SKU's.

use creel_types::{Field, Source};

use crate::{
    gtin,
    merge::{Draft, Ordered, Readings, texts},
    sources::facts::Facts,
};

/// Letters of a number.
const CODE_LETTERS_MAX: usize = 80;

pub(super) fn fill(draft: &mut Draft, readings: &Readings, facts: &Facts<'_>) {
    let order = [Source::JsonLd, Source::Microdata, Source::Platform, Source::Rdfa];
    let of = |order: &[Source]| Ordered::new(readings, order).first(|reading| code(reading.product_id.as_deref()?));
    let by_url = of(&[Source::Url]);
    // A platform's own key means nothing outside; the long number in the address is what the shop goes by.
    let long = by_url.clone().filter(|(id, _)| id.bytes().filter(u8::is_ascii_digit).count() >= 6);
    let platform = of(&[Source::Platform]);
    let in_url = platform.clone().filter(|(id, _)| facts.is_in_url(id));
    let stated = of(&[Source::JsonLd, Source::Microdata]).or(in_url).or(long).or(platform).or_else(|| of(&[Source::Rdfa]));
    let sku = product_sku(readings);
    // A shown number that differs from the stated SKU is the number that the shop goes by.
    let shown = readings
        .dom
        .codes
        .iter()
        .filter_map(|shown| code(shown))
        .find(|shown| sku.as_ref().is_none_or(|(sku, _)| sku != shown));
    // Beside the SKU itself, several more numbers are those of parts and sets.
    let parts = readings.dom.codes.len() > 2 && sku.as_ref().is_some_and(|(sku, _)| readings.dom.codes.contains(sku));
    let shown = shown
        .filter(|_| !parts)
        .filter(|_| sku.as_ref().is_none_or(|(_, source)| *source != Source::Dom))
        .map(|shown| (shown, Source::Dom));
    let found = shown.or(stated).or(by_url);
    if let Some((id, source)) = found {
        draft.product.product_id = Some(id);
        draft.note(Field::ProductId, source);
    }
    let group = Ordered::new(readings, &order).first(|reading| code(reading.group_id.as_deref()?));
    draft.product.group_id = group.map(|found| found.0);
}

/// The number that is stated for the product as its SKU.
pub(super) fn product_sku(readings: &Readings) -> Option<(String, Source)> {
    let order =
        [Source::JsonLd, Source::Microdata, Source::Platform, Source::Dom, Source::OpenGraph, Source::Meta, Source::Rdfa];
    Ordered::new(readings, &order).first(|reading| code(reading.sku.as_deref()?))
}

/// The GTIN that is stated for the product and has the right check digit.
pub(super) fn product_gtin(readings: &Readings) -> Option<(String, Source)> {
    let order =
        [Source::JsonLd, Source::Microdata, Source::Platform, Source::OpenGraph, Source::Dom, Source::Meta, Source::Rdfa];
    Ordered::new(readings, &order).first(|reading| gtin::normalize(reading.gtin.as_deref()?)).or_else(|| {
        // Shops that sell by GTIN use it as their number, too.
        let order = [Source::JsonLd, Source::Microdata];
        Ordered::new(readings, &order)
            .first(|reading| reading.sku.as_deref().filter(|sku| matches!(sku.len(), 13 | 14)).and_then(gtin::normalize))
    })
}

pub(super) fn product_mpn(readings: &Readings) -> Option<(String, Source)> {
    let order =
        [Source::JsonLd, Source::Microdata, Source::Platform, Source::OpenGraph, Source::Dom, Source::Meta, Source::Rdfa];
    // Shops fill the field with their own number; a manufacturer's number differs from it.
    let own = product_sku(readings).map(|found| found.0);
    let differs = |mpn: &String| Some(mpn) != own.as_ref();
    let ordered = Ordered::new(readings, &order);
    ordered
        .first(|reading| code(reading.mpn.as_deref()?).filter(differs))
        .or_else(|| ordered.first(|reading| code(reading.mpn.as_deref()?)))
}

/// A number as it is kept: plain, short, not a filler.
pub(super) fn code(text: &str) -> Option<String> {
    let code = texts::plain(text, CODE_LETTERS_MAX + 1)?;
    let filler = ["null", "undefined", "n/a", "na", "none", "0", "-", "false", "true", "sku", "unknown"];
    (code.chars().count() <= CODE_LETTERS_MAX && !filler.contains(&code.to_lowercase().as_str()) && !code.contains("://"))
        .then_some(code)
}
