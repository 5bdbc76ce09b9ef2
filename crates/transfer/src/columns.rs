//! The columns of a table of captures: what each is called and what stands in it.

use creel_types::{Amount, Capture, Offer, Sku, words};

words! {
    /// What one row of a table is.
    RowPer { Product = "product", Sku = "sku", Offer = "offer" }
}

/// What a row is made from.
pub(crate) struct Subject<'a> {
    pub(crate) capture: &'a Capture,
    /// The row's own, or the one that the page shows as chosen.
    pub(crate) sku: Option<&'a Sku>,
    /// The row's own, or the SKU's first.
    pub(crate) offer: Option<&'a Offer>,
}

pub struct Column {
    pub name: &'static str,
    /// The kind of row from which on it is shown where nobody chose columns.
    from: RowPer,
    pub(crate) cell: fn(&Subject<'_>) -> String,
}

impl std::fmt::Debug for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Column {
    pub(crate) fn is_shown(&self, per: RowPer) -> bool {
        self.from <= per
    }
}

const fn column(name: &'static str, from: RowPer, cell: fn(&Subject<'_>) -> String) -> Column {
    Column { name, from, cell }
}

/// In the order of the table.
pub const COLUMNS: &[Column] = &[
    column("id", RowPer::Product, |row| row.capture.id.to_string()),
    column("store", RowPer::Product, |row| row.capture.store.clone()),
    column("url", RowPer::Product, |row| row.capture.url.clone()),
    column("canonical_url", RowPer::Product, |row| row.capture.canonical_url.clone()),
    column("extracted_at", RowPer::Product, |row| row.capture.extracted_at.to_string()),
    column("product_id", RowPer::Product, |row| text(row.capture.product.product_id.as_ref())),
    column("title", RowPer::Product, |row| row.capture.product.title.clone()),
    column("brand", RowPer::Product, |row| text(row.capture.product.brand.as_ref())),
    column("price", RowPer::Product, |row| {
        amount(row.offer.and_then(|offer| offer.price.as_ref()).map(|price| price.amount))
    }),
    column("full_price", RowPer::Product, |row| {
        amount(row.offer.and_then(|offer| offer.price.as_ref()).and_then(|price| price.full_amount))
    }),
    column("max_price", RowPer::Product, |row| amount(row.capture.product.max_price)),
    column("currency", RowPer::Product, |row| text(row.capture.product.currency)),
    column("available", RowPer::Product, |row| row.capture.product.available.to_string()),
    column("sku_count", RowPer::Product, |row| row.capture.product.sku_count.to_string()),
    column("image_url", RowPer::Product, |row| text(row.capture.product.image_url.as_ref())),
    column("breadcrumbs", RowPer::Product, |row| row.capture.product.breadcrumbs.join(" > ")),
    column("sku_id", RowPer::Sku, |row| text(row.sku.map(|sku| sku.id))),
    column("sku", RowPer::Sku, |row| text(row.sku.and_then(|sku| sku.sku.as_ref()))),
    column("options", RowPer::Sku, options),
    column("gtin", RowPer::Sku, |row| text(row.sku.and_then(|sku| sku.identifiers.gtin.as_ref()))),
    column("mpn", RowPer::Sku, |row| text(row.sku.and_then(|sku| sku.identifiers.mpn.as_ref()))),
    column("in_stock", RowPer::Sku, |row| text(row.offer.map(|offer| offer.availability.in_stock))),
    column("stock_status", RowPer::Sku, |row| text(row.offer.map(|offer| offer.availability.status))),
    column("stock_quantity", RowPer::Sku, |row| text(row.offer.and_then(|offer| offer.availability.quantity))),
    column("condition", RowPer::Offer, |row| text(row.offer.map(|offer| offer.condition))),
    column("seller", RowPer::Offer, |row| text(row.offer.and_then(|offer| offer.seller.as_ref()))),
    column("seller_type", RowPer::Offer, |row| text(row.offer.map(|offer| offer.seller_type))),
    column("shipping", RowPer::Offer, |row| {
        amount(row.offer.and_then(|offer| offer.shipping.as_ref()).and_then(|shipping| shipping.amount))
    }),
];

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn amount(value: Option<Amount>) -> String {
    text(value)
}

/// `Color: Black; Size: S`
fn options(row: &Subject<'_>) -> String {
    let values = row.sku.map_or(&[][..], |sku| &sku.options);
    let named = row.capture.product.options.iter().zip(values);
    let chosen = named.filter_map(|(axis, value)| Some(format!("{}: {}", axis.name, value.as_ref()?)));
    chosen.collect::<Vec<_>>().join("; ")
}
