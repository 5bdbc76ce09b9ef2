//! Items on their way out: rows of a table, one item each, with a column for every attribute that is asked for.

use creel_types::{Amount, Item};

use crate::table::{defused, write_record};

/// What the name of an attribute's column begins with.
const ATTRIBUTE: &str = "attribute.";

struct Column {
    name: &'static str,
    cell: fn(&Item) -> String,
}

const fn column(name: &'static str, cell: fn(&Item) -> String) -> Column {
    Column { name, cell }
}

/// In the order of the table.
const COLUMNS: &[Column] = &[
    column("id", |item| item.id.to_string()),
    column("capture_id", |item| item.capture_id.to_string()),
    column("store", |item| item.store.clone()),
    column("url", |item| item.url.clone()),
    column("country_code", |item| item.country_code.to_string()),
    column("extracted_at", |item| item.extracted_at.to_string()),
    column("enriched_at", |item| item.enriched_at.to_string()),
    column("title", |item| item.content.title.clone()),
    column("title_en", |item| text(item.content.title_en.as_ref())),
    column("language", |item| text(item.content.language.as_ref())),
    column("brand", |item| text(item.content.brand.as_ref().map(|brand| &brand.name))),
    column("category_id", |item| text(item.content.category.as_ref().map(|category| &category.id))),
    column("category", |item| text(item.content.category.as_ref().map(|category| &category.path))),
    column("category_confidence", |item| text(item.content.category.as_ref().map(|category| category.confidence))),
    column("google_category_id", |item| text(item.content.category.as_ref().and_then(|category| category.google_id))),
    column("min_price", |item| amount(item.content.min_price)),
    column("max_price", |item| amount(item.content.max_price)),
    column("currency", |item| text(item.content.currency)),
    column("available", |item| item.content.available.to_string()),
    column("unit_price", |item| {
        joined(item.content.unit_prices.iter().map(|price| format!("{} / {}", price.amount, price.unit)))
    }),
    column("gtin", |item| joined(item.content.identifiers.iter().filter_map(|one| one.gtin.clone()))),
    column("mpn", |item| joined(item.content.identifiers.iter().filter_map(|one| one.mpn.clone()))),
    column("sizes", |item| joined(item.content.sizes.iter().map(|size| format!("{} {}", size.system, size.value)))),
    column("attributes", |item| {
        let named = item.content.attributes.iter();
        joined(named.map(|one| format!("{}: {}", one.name, with_unit(&one.value, one.unit.as_deref()))))
    }),
    column("image_url", |item| text(item.content.media.iter().find(|one| one.selected).map(|one| &one.url))),
    column("signals", |item| joined(item.content.signals.iter().map(ToString::to_string))),
    column("review", |item| item.content.review.state.to_string()),
    column("version", |item| item.content.lineage.version.to_string()),
];

/// The columns of a table of items, in order.
#[derive(Debug)]
pub struct ItemTable {
    names: Vec<String>,
}

impl ItemTable {
    /// Every column; no attribute has one of its own, all stand in `attributes`.
    #[must_use]
    pub fn whole() -> ItemTable {
        ItemTable { names: ItemTable::names().map(str::to_owned).collect() }
    }

    /// The columns that somebody chose, in their order; the name that is none is the error.
    pub fn with_columns<'a>(names: impl Iterator<Item = &'a str>) -> Result<ItemTable, &'a str> {
        let known = |name: &str| {
            ItemTable::names().any(|column| column == name) || name.strip_prefix(ATTRIBUTE).is_some_and(is_attribute_name)
        };
        let names = names.map(|name| if known(name) { Ok(name.to_owned()) } else { Err(name) });
        Ok(ItemTable { names: names.collect::<Result<_, _>>()? })
    }

    /// The names of the columns that are always there; beside them there is `attribute.<name>` for every attribute.
    pub fn names() -> impl Iterator<Item = &'static str> {
        COLUMNS.iter().map(|column| column.name)
    }

    pub fn write_head(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        write_record(out, self.names.iter().cloned())
    }

    pub fn write_row(&self, item: &Item, out: &mut Vec<u8>) -> std::io::Result<()> {
        write_record(out, self.names.iter().map(|name| defused(cell(item, name))))
    }
}

fn is_attribute_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn cell(item: &Item, name: &str) -> String {
    if let Some(attribute) = name.strip_prefix(ATTRIBUTE) {
        let values = item.content.attributes.iter().filter(|one| one.name == attribute);
        return joined(values.map(|one| with_unit(&one.value, one.unit.as_deref())));
    }
    COLUMNS.iter().find(|column| column.name == name).map(|column| (column.cell)(item)).unwrap_or_default()
}

fn with_unit(value: &str, unit: Option<&str>) -> String {
    unit.map_or_else(|| value.to_owned(), |unit| format!("{value} {unit}"))
}

fn joined(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join("; ")
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn amount(value: Option<Amount>) -> String {
    text(value)
}

#[cfg(test)]
mod tests {
    use creel_types::{Attribute, Country, Evidence, ItemContent, Random, Time};

    use super::*;

    fn item() -> Item {
        let random = Random::seeded(7);
        let attribute = |name: &str, value: &str, unit: Option<&str>| Attribute {
            name: name.to_owned(),
            value: value.to_owned(),
            unit: unit.map(str::to_owned),
            as_shown: value.to_owned(),
            confidence: 1.0,
            evidence: Evidence::default(),
            share: None,
            conflicting: false,
        };
        Item {
            id: random.id(Time(0)),
            capture_id: random.id(Time(0)),
            enrichment_id: random.id(Time(0)),
            run_id: None,
            robot_id: None,
            import_id: None,
            store: "shop.example".into(),
            url: "https://shop.example/p/1".into(),
            country_code: Country::US,
            extracted_at: Time(0),
            enriched_at: Time(0),
            content: ItemContent {
                title: "=cmd()".into(),
                attributes: vec![
                    attribute("color", "red", None),
                    attribute("color", "blue", None),
                    attribute("weight", "0.5", Some("kg")),
                ],
                ..ItemContent::default()
            },
        }
    }

    #[test]
    fn chosen_columns_may_be_attributes() {
        let table = ItemTable::with_columns(["title", "attribute.color", "attribute.weight", "attribute.size"].into_iter());
        let (table, mut out) = (table.unwrap(), Vec::new());
        table.write_head(&mut out).unwrap();
        table.write_row(&item(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "title,attribute.color,attribute.weight,attribute.size\n'=cmd(),red; blue,0.5 kg,\n");
    }

    #[test]
    fn an_unknown_column_is_named() {
        assert_eq!(ItemTable::with_columns(["id", "colour"].into_iter()).unwrap_err(), "colour");
        assert_eq!(ItemTable::with_columns(["attribute."].into_iter()).unwrap_err(), "attribute.");
    }
}
