//! Open Graph, product, Twitter and other `meta` statements. One page, one product: their word on title and image is good, on price fair.
//! Refuses to call a page a product because it has a title.

use creel_types::{Currency, Source};

use crate::{
    availability,
    prices::machine_amount,
    reading::{AvailabilityReading, Reading},
    sources::facts::Facts,
    tape::Document,
};

/// Images of one page that are read.
const IMAGES_MAX: usize = 40;

/// What a page's metas say, and whether they call it a product.
#[derive(Clone, Debug, Default)]
pub struct MetaReading {
    pub open_graph: Reading,
    pub meta: Reading,
    /// `og:type`.
    pub kind: Option<String>,
}

#[must_use]
pub fn read(document: Document<'_>, facts: &Facts<'_>) -> MetaReading {
    let mut found = MetaReading::default();
    found.open_graph.source = Some(Source::OpenGraph);
    found.meta.source = Some(Source::Meta);
    let (mut amount, mut full, mut sale) = (None, None, None);
    let mut twitter: [(Option<String>, Option<String>); 2] = Default::default();
    for meta in document.metas() {
        let key = meta.key.trim().to_ascii_lowercase();
        let text = meta.content.trim();
        if text.is_empty() {
            continue;
        }
        let set = |slot: &mut Option<String>| {
            slot.get_or_insert_with(|| text.to_owned());
        };
        match key.as_str() {
            "og:type" => set(&mut found.kind),
            "og:title" => set(&mut found.open_graph.title),
            "og:description" => set(&mut found.open_graph.description),
            "og:image" | "og:image:url" | "og:image:secure_url" if found.open_graph.images.len() < IMAGES_MAX => {
                found.open_graph.images.push(text.to_owned())
            }
            "og:url" => set(&mut found.open_graph.url),
            "og:locale" => set(&mut found.open_graph.language),
            "product:price:amount" | "og:price:amount" | "og:price" | "product:price" => set(&mut amount),
            "product:original_price:amount" | "og:price:standard_amount" | "product:full_price:amount" | "og:price:old" => {
                set(&mut full)
            }
            "product:sale_price:amount" | "og:sale_price:amount" => set(&mut sale),
            "product:price:currency"
            | "og:price:currency"
            | "product:sale_price:currency"
            | "product:original_price:currency"
            | "og:currency" => {
                let currency = Currency::parse(text);
                found.open_graph.offer.currency = found.open_graph.offer.currency.or(currency);
            }
            "product:availability" | "og:availability" => {
                let status = availability::of_term(text).or_else(|| availability::of_notice(text));
                let stated = status.map(|status| AvailabilityReading { status, quantity: None, text: None });
                found.open_graph.offer.availability = found.open_graph.offer.availability.take().or(stated);
            }
            "product:brand" | "og:brand" => set(&mut found.open_graph.brand),
            "product:retailer_item_id" | "product:sku" | "og:sku" => set(&mut found.open_graph.sku),
            "product:item_group_id" => set(&mut found.open_graph.group_id),
            "product:ean" | "product:upc" | "product:isbn" | "product:gtin" | "books:isbn" | "og:upc" | "og:ean"
            | "book:isbn" => set(&mut found.open_graph.gtin),
            "product:mfr_part_no" => set(&mut found.open_graph.mpn),
            "product:color" | "product:material" | "product:size" if found.open_graph.properties.len() < 20 => {
                found.open_graph.properties.push((key[8..].to_owned(), text.to_owned()));
            }
            "twitter:label1" => set(&mut twitter[0].0),
            "twitter:data1" => set(&mut twitter[0].1),
            "twitter:label2" => set(&mut twitter[1].0),
            "twitter:data2" => set(&mut twitter[1].1),
            "twitter:title" => set(&mut found.meta.title),
            "twitter:image" | "twitter:image:src" | "thumbnail" | "image" if found.meta.images.len() < IMAGES_MAX => {
                found.meta.images.push(text.to_owned())
            }
            "description" => set(&mut found.meta.description),
            "sku" | "product_id" | "productid" | "product-id" | "item_id" => set(&mut found.meta.sku),
            "price" | "product_price" | "product-price" => {
                let price = machine_amount(text, &facts.prices());
                found.meta.offer.amount = found.meta.offer.amount.or(price);
            }
            "pricecurrency" | "currency" => found.meta.offer.currency = found.meta.offer.currency.or(Currency::parse(text)),
            "brand" => set(&mut found.meta.brand),
            "language" | "content-language" => set(&mut found.meta.language),
            _ => {}
        }
    }
    fill_prices(&mut found, facts, [amount, sale, full]);
    fill_twitter(&mut found, facts, &twitter);
    found
}

fn fill_prices(found: &mut MetaReading, facts: &Facts<'_>, [amount, sale, full]: [Option<String>; 3]) {
    let offer = &mut found.open_graph.offer;
    let context = facts.prices().with_currency(offer.currency);
    let read = |text: Option<String>| text.and_then(|text| machine_amount(&text, &context));
    let (amount, sale, full) = (read(amount), read(sale), read(full));
    offer.amount = sale.or(amount);
    offer.full_amount =
        full.or(if sale.is_some() { amount } else { None }).filter(|full| offer.amount.is_none_or(|amount| *full > amount));
}

/// `twitter:label1` "Price" with `twitter:data1` "$9.99".
fn fill_twitter(found: &mut MetaReading, facts: &Facts<'_>, pairs: &[(Option<String>, Option<String>)]) {
    for (label, data) in pairs {
        let (Some(label), Some(data)) = (label, data) else { continue };
        let label = label.to_lowercase();
        if ["price", "preis", "prix", "precio", "prezzo", "preço", "cena", "цена", "pris", "prijs"].contains(&label.as_str())
        {
            if let Some(price) = crate::prices::parse(data, &facts.prices()) {
                found.meta.offer.amount = found.meta.offer.amount.or(Some(price.amount));
                found.meta.offer.currency = found.meta.offer.currency.or(price.currency.map(|found| found.0));
            }
        } else if label == "brand" {
            found.meta.brand.get_or_insert_with(|| data.clone());
        } else if label.contains("availab") || label.contains("stock") {
            let status = availability::of_term(data).or_else(|| availability::of_notice(data));
            found.meta.offer.availability = found
                .meta
                .offer
                .availability
                .take()
                .or(status.map(|status| AvailabilityReading { status, quantity: None, text: None }));
        }
    }
}
