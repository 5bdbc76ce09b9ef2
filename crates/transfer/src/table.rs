//! A table of captures as CSV, with one row for a product, a SKU or an offer; and JSON lines.

use creel_types::Capture;

use crate::columns::{COLUMNS, Column, RowPer, Subject};

/// What a spreadsheet would run instead of showing.
const FORMULA_BEGINS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

#[derive(Debug)]
pub struct Table {
    per: RowPer,
    columns: Vec<&'static Column>,
}

impl Table {
    /// The columns that belong to such rows.
    #[must_use]
    pub fn new(per: RowPer) -> Table {
        Table { per, columns: COLUMNS.iter().filter(|column| column.is_shown(per)).collect() }
    }

    /// The columns that somebody chose, in their order; the name that is none is the error.
    pub fn with_columns<'a>(per: RowPer, names: impl Iterator<Item = &'a str>) -> Result<Table, &'a str> {
        let columns = names.map(|name| COLUMNS.iter().find(|column| column.name == name).ok_or(name));
        Ok(Table { per, columns: columns.collect::<Result<_, _>>()? })
    }

    pub fn write_head(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        write_record(out, self.columns.iter().map(|column| column.name.to_owned()))
    }

    /// The rows of a capture: one, or as many as it has SKUs or offers, and one where it has none.
    pub fn write_rows(&self, capture: &Capture, out: &mut Vec<u8>) -> std::io::Result<()> {
        let skus = &capture.product.skus;
        let chosen = skus.iter().find(|sku| sku.selected).or(skus.first());
        let plain = Subject { capture, sku: chosen, offer: chosen.and_then(|sku| sku.offers.first()) };
        if self.per == RowPer::Product || skus.is_empty() {
            return self.write_row(&plain, out);
        }
        for sku in skus {
            if self.per == RowPer::Sku || sku.offers.is_empty() {
                self.write_row(&Subject { capture, sku: Some(sku), offer: sku.offers.first() }, out)?;
                continue;
            }
            for offer in &sku.offers {
                self.write_row(&Subject { capture, sku: Some(sku), offer: Some(offer) }, out)?;
            }
        }
        Ok(())
    }

    fn write_row(&self, subject: &Subject<'_>, out: &mut Vec<u8>) -> std::io::Result<()> {
        write_record(out, self.columns.iter().map(|column| defused((column.cell)(subject))))
    }
}

/// A cell that a spreadsheet would take for a formula, as text: shops write what they like into their titles.
#[must_use]
pub fn defused(cell: String) -> String {
    if cell.starts_with(FORMULA_BEGINS) { format!("'{cell}") } else { cell }
}

/// One row of CSV. Whatever somebody else wrote goes through [`defused`] first; numbers stay numbers.
pub fn write_record(out: &mut Vec<u8>, cells: impl IntoIterator<Item = String>) -> std::io::Result<()> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(out);
    writer.write_record(cells.into_iter().map(String::into_bytes)).map_err(std::io::Error::from)?;
    writer.flush()
}

/// A capture as one line of JSON; with names, those of its fields alone, in their order.
pub fn write_json_line(capture: &Capture, names: Option<&[String]>, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match names {
        None => serde_json::to_writer(&mut *out, capture)?,
        Some(names) => {
            let mut whole = serde_json::to_value(capture)?;
            let chosen: serde_json::Map<_, _> = names
                .iter()
                .map(|name| (name.clone(), whole.get_mut(name).map(serde_json::Value::take).unwrap_or_default()))
                .collect();
            serde_json::to_writer(&mut *out, &chosen)?;
        }
    }
    out.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use creel_types::{
        Availability, AvailabilityStatus, Condition, Country, Identifiers, Offer, OptionAxis, Price, Product, Random,
        SellerType, Sku, Time,
    };

    fn capture() -> Capture {
        let offer = |amount: &str| Offer {
            price: Some(Price { amount: amount.parse().unwrap(), full_amount: None, currency: None }),
            availability: Availability {
                in_stock: true,
                status: AvailabilityStatus::InStock,
                quantity: Some(3),
                text: None,
            },
            condition: Condition::New,
            seller: Some("-Seller".into()),
            seller_type: SellerType::Store,
            shipping: None,
            tax: None,
            promotions: vec![],
            unit_price: None,
        };
        let sku = |size: &str, selected, offers| Sku {
            id: uuid(),
            sku: Some(size.into()),
            selected,
            options: vec![Some(size.into())],
            identifiers: Identifiers::default(),
            image_url: None,
            offers,
        };
        Capture {
            id: Random::seeded(1).id(Time(0)),
            run_id: None,
            robot_id: None,
            import_id: None,
            store: "shop.example".into(),
            url: String::new(),
            canonical_url: String::new(),
            country_code: Country::US,
            extracted_at: Time(0),
            product: Product {
                title: "=cmd|' /C calc'!A0".into(),
                options: vec![OptionAxis { name: "Size".into(), values: vec!["S".into(), "M".into()] }],
                skus: vec![sku("S", false, vec![offer("1.50"), offer("2")]), sku("M", true, vec![offer("3")])],
                ..Product::default()
            },
        }
    }

    fn uuid() -> uuid::Uuid {
        uuid::Uuid::nil()
    }

    fn csv(per: RowPer) -> Vec<String> {
        let table = Table::with_columns(per, "title,price,options,seller".split(',')).unwrap();
        let mut out = Vec::new();
        table.write_head(&mut out).unwrap();
        table.write_rows(&capture(), &mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn a_row_is_a_product_a_sku_or_an_offer_and_never_a_formula() {
        let title = "'=cmd|' /C calc'!A0";
        assert_eq!(csv(RowPer::Product), ["title,price,options,seller", &format!("{title},3,Size: M,'-Seller")]);
        assert_eq!(csv(RowPer::Sku)[1..], [format!("{title},1.50,Size: S,'-Seller"), format!("{title},3,Size: M,'-Seller")]);
        assert_eq!(csv(RowPer::Offer).len(), 4);
    }

    #[test]
    fn an_unknown_column_is_named() {
        assert_eq!(Table::with_columns(RowPer::Sku, ["id", "colour"].into_iter()).unwrap_err(), "colour");
    }

    #[test]
    fn json_lines_have_the_fields_that_were_chosen() {
        let mut out = Vec::new();
        write_json_line(&capture(), Some(&["store".to_owned(), "brand".to_owned()]), &mut out).unwrap();
        assert_eq!(out, b"{\"store\":\"shop.example\",\"brand\":null}\n");
    }
}
