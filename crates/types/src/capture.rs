//! One stored record of one successful product page, in the shape that the API shows.
//!
//! [`Product`] is what the page says; [`Capture`] adds where and when it was read. A page that fails the gate has a
//! `Product` (its draft) and no `Capture`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, schema::Schema},
};
use uuid::Uuid;

use crate::{Amount, CaptureId, Country, Currency, RobotId, RunId, Time, words};

/// Options (opt1, opt2, …) that one product may have; shops stop at three, imports at a few more.
pub const OPTIONS_MAX: usize = 10;

/// What a page says about its product.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    pub product_id: Option<String>,
    pub group_id: Option<String>,
    pub title: String,
    pub subtitle: Option<String>,
    pub brand: Option<String>,
    pub description: Option<String>,
    pub breadcrumbs: Vec<String>,
    pub image_url: Option<String>,
    pub images: Vec<String>,
    /// `opt1`, `opt2` and so on.
    #[serde(serialize_with = "options_out", deserialize_with = "options_in")]
    #[schema(value_type = BTreeMap<String, OptionAxis>)]
    pub options: Vec<OptionAxis>,
    pub skus: Vec<Sku>,
    pub min_price: Option<Amount>,
    pub max_price: Option<Amount>,
    pub currency: Option<Currency>,
    pub available: bool,
    pub sku_count: usize,
    pub rating: Option<Rating>,
    pub properties: Vec<Property>,
    /// What the organization's own corrections read, by their names.
    #[schema(value_type = Object)]
    pub custom: Map<String, Value>,
    /// Which source each filled field came from.
    pub sources: BTreeMap<Field, Source>,
    /// Share of the fields of [`Field`] that are filled, 0 to 1, rounded to two places.
    pub completeness: f64,
    /// The language of the page, as a primary tag such as `en`. Shown by the capture, not by the draft's own fields.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(ignore)]
    pub language: Option<String>,
}

/// A capture as the API shows it: where and when, then the product.
#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    pub id: CaptureId,
    pub run_id: Option<RunId>,
    pub robot_id: Option<RobotId>,
    pub import_id: Option<Uuid>,
    pub store: String,
    pub url: String,
    pub canonical_url: String,
    pub country_code: Country,
    pub extracted_at: Time,
    pub product: Product,
}

/// A capture as it is written.
#[derive(Serialize, ToSchema)]
#[schema(as = Capture)]
struct CaptureShape<'a> {
    id: CaptureId,
    run_id: Option<RunId>,
    robot_id: Option<RobotId>,
    import_id: Option<Uuid>,
    store: &'a str,
    url: &'a str,
    canonical_url: &'a str,
    country_code: Country,
    language: &'a Option<String>,
    extracted_at: Time,
    #[serde(flatten)]
    product: Product,
}

impl PartialSchema for Capture {
    fn schema() -> RefOr<Schema> {
        CaptureShape::schema()
    }
}

impl ToSchema for Capture {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        CaptureShape::schemas(schemas);
    }
}

impl Serialize for Capture {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        CaptureShape {
            id: self.id,
            run_id: self.run_id,
            robot_id: self.robot_id,
            import_id: self.import_id,
            store: &self.store,
            url: &self.url,
            canonical_url: &self.canonical_url,
            country_code: self.country_code,
            language: &self.product.language,
            extracted_at: self.extracted_at,
            // The language stands in the head; the flattened product must not repeat the key.
            product: Product { language: None, ..self.product.clone() },
        }
        .serialize(serializer)
    }
}

/// One option of a product with its values in the page's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OptionAxis {
    pub name: String,
    pub values: Vec<String>,
}

fn options_out<S: Serializer>(options: &[OptionAxis], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(options.len()))?;
    for (at, option) in options.iter().enumerate() {
        map.serialize_entry(&format!("opt{}", at + 1), option)?;
    }
    map.end()
}

fn options_in<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<OptionAxis>, D::Error> {
    let mut map = BTreeMap::<String, OptionAxis>::deserialize(deserializer)?;
    Ok((1..=OPTIONS_MAX).map_while(|at| map.remove(&format!("opt{at}"))).collect())
}

/// One buyable variant. `options[0]` is written as `opt1`, and so on.
#[derive(Clone, Debug, PartialEq)]
pub struct Sku {
    /// UUIDv5 of store, product id, and sku or its options.
    pub id: Uuid,
    pub sku: Option<String>,
    /// Whether the page shows this SKU as chosen.
    pub selected: bool,
    pub options: Vec<Option<String>>,
    pub identifiers: Identifiers,
    pub image_url: Option<String>,
    pub offers: Vec<Offer>,
}

/// A SKU as it is written; keys of options that it has not are left out.
#[derive(ToSchema)]
#[schema(as = Sku)]
#[expect(dead_code, reason = "describes the map that is written below")]
struct SkuShape {
    id: Uuid,
    sku: Option<String>,
    selected: bool,
    #[schema(required = false)]
    opt1: Option<String>,
    #[schema(required = false)]
    opt2: Option<String>,
    #[schema(required = false)]
    opt3: Option<String>,
    identifiers: Identifiers,
    image_url: Option<String>,
    offers: Vec<Offer>,
}

impl PartialSchema for Sku {
    fn schema() -> RefOr<Schema> {
        SkuShape::schema()
    }
}

impl ToSchema for Sku {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        SkuShape::schemas(schemas);
    }
}

/// The part of a SKU whose keys are fixed.
#[derive(Serialize, Deserialize)]
struct SkuTail {
    identifiers: Identifiers,
    image_url: Option<String>,
    offers: Vec<Offer>,
}

impl Serialize for Sku {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("sku", &self.sku)?;
        map.serialize_entry("selected", &self.selected)?;
        for (at, value) in self.options.iter().enumerate() {
            map.serialize_entry(&format!("opt{}", at + 1), value)?;
        }
        map.serialize_entry("identifiers", &self.identifiers)?;
        map.serialize_entry("image_url", &self.image_url)?;
        map.serialize_entry("offers", &self.offers)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Sku {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Sku, D::Error> {
        fn take<T: de::DeserializeOwned, E: de::Error>(map: &mut Map<String, Value>, key: &str) -> Result<T, E> {
            serde_json::from_value(map.remove(key).unwrap_or(Value::Null))
                .map_err(|error| E::custom(format!("sku.{key}: {error}")))
        }
        let mut map = Map::deserialize(deserializer)?;
        let mut options = Vec::new();
        while let Some(value) = map.remove(&format!("opt{}", options.len() + 1)) {
            options.push(serde_json::from_value(value).map_err(de::Error::custom)?);
        }
        let (id, sku, selected) = (take(&mut map, "id")?, take(&mut map, "sku")?, take(&mut map, "selected")?);
        let tail: SkuTail = serde_json::from_value(Value::Object(map)).map_err(de::Error::custom)?;
        Ok(Sku { id, sku, selected, options, identifiers: tail.identifiers, image_url: tail.image_url, offers: tail.offers })
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Identifiers {
    /// Padded to 14 digits, check digit right.
    pub gtin: Option<String>,
    pub mpn: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    pub price: Option<Price>,
    pub availability: Availability,
    pub condition: Condition,
    pub seller: Option<String>,
    pub seller_type: SellerType,
    pub shipping: Option<Shipping>,
    pub tax: Option<Tax>,
    pub promotions: Vec<Promotion>,
    pub unit_price: Option<UnitPrice>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Price {
    /// What a buyer pays now.
    pub amount: Amount,
    /// The higher price that the page strikes out; null where nothing is reduced.
    pub full_amount: Option<Amount>,
    pub currency: Option<Currency>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Availability {
    pub in_stock: bool,
    pub status: AvailabilityStatus,
    pub quantity: Option<i64>,
    /// The words of the page.
    pub text: Option<String>,
}

words! {
    AvailabilityStatus {
        InStock = "in_stock",
        OutOfStock = "out_of_stock",
        Preorder = "preorder",
        Backorder = "backorder",
        Limited = "limited",
        Discontinued = "discontinued",
        Unknown = "unknown",
    }
}

impl AvailabilityStatus {
    /// Whether a buyer can order now. Unknown counts as yes: a shop that says nothing sells.
    #[must_use]
    pub const fn in_stock(self) -> bool {
        !matches!(self, AvailabilityStatus::OutOfStock | AvailabilityStatus::Discontinued)
    }
}

words! {
    Condition { New = "new", Refurbished = "refurbished", Used = "used", Damaged = "damaged", Unknown = "unknown" }
}

words! {
    SellerType { Store = "store", Marketplace = "marketplace", Unknown = "unknown" }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shipping {
    pub amount: Option<Amount>,
    pub free_over: Option<Amount>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tax {
    pub included: Option<bool>,
    /// Per cent.
    pub rate: Option<Amount>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Promotion {
    pub kind: String,
    pub text: String,
}

/// A price per unit as the page shows it, for example 3.98 for 1 `kg`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitPrice {
    pub amount: Amount,
    pub quantity: Amount,
    pub unit: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rating {
    pub value: Amount,
    pub best: Amount,
    pub count: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Property {
    pub name: String,
    pub value: String,
}

words! {
    /// The fields that a capture remembers a source for, and that completeness counts.
    Field {
        Title = "title",
        Brand = "brand",
        Description = "description",
        ProductId = "product_id",
        Sku = "sku",
        Gtin = "gtin",
        Mpn = "mpn",
        Price = "price",
        FullPrice = "full_price",
        Currency = "currency",
        Availability = "availability",
        Images = "images",
        Breadcrumbs = "breadcrumbs",
        Options = "options",
        Rating = "rating",
        Properties = "properties",
    }
}

words! {
    /// Where a value was read.
    Source {
        JsonLd = "json_ld",
        Microdata = "microdata",
        OpenGraph = "open_graph",
        Meta = "meta",
        /// State that the shop's platform embeds for its own scripts.
        Platform = "platform",
        Dom = "dom",
        Url = "url",
        Rdfa = "rdfa",
        /// The robot program knows it (for example the shop's one currency).
        Program = "program",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product() -> Product {
        let sku = Sku {
            id: Uuid::nil(),
            sku: Some("A-1".into()),
            selected: true,
            options: vec![Some("Black".into()), None],
            identifiers: Identifiers::default(),
            image_url: None,
            offers: vec![Offer {
                price: Some(Price {
                    amount: "41.97".parse().unwrap(),
                    full_amount: Some("60.00".parse().unwrap()),
                    currency: Currency::parse("USD"),
                }),
                availability: Availability {
                    in_stock: true,
                    status: AvailabilityStatus::InStock,
                    quantity: Some(3),
                    text: None,
                },
                condition: Condition::New,
                seller: None,
                seller_type: SellerType::Store,
                shipping: None,
                tax: None,
                promotions: vec![],
                unit_price: None,
            }],
        };
        Product {
            title: "Shorts".into(),
            options: vec![OptionAxis { name: "Color".into(), values: vec!["Black".into()] }],
            skus: vec![sku],
            sources: BTreeMap::from([(Field::Price, Source::Platform)]),
            completeness: 0.92,
            language: Some("en".into()),
            ..Product::default()
        }
    }

    #[test]
    fn a_product_survives_json() {
        let text = serde_json::to_string(&product()).unwrap();
        assert!(text.contains(r#""price":{"amount":41.97,"full_amount":60.00,"currency":"USD"}"#), "{text}");
        assert!(text.contains(r#""opt1":"Black","opt2":null"#), "{text}");
        assert_eq!(serde_json::from_str::<Product>(&text).unwrap(), product());
    }

    #[test]
    fn a_capture_shows_its_language_once_and_in_the_head() {
        let capture = Capture {
            id: CaptureId(Uuid::nil()),
            run_id: None,
            robot_id: None,
            import_id: None,
            store: "shop.example".into(),
            url: String::new(),
            canonical_url: String::new(),
            country_code: Country::US,
            extracted_at: Time(0),
            product: product(),
        };
        let text = serde_json::to_string(&capture).unwrap();
        assert_eq!(text.matches(r#""language""#).count(), 1, "{text}");
        assert!(text.contains(r#""country_code":"US","language":"en","extracted_at""#), "{text}");
        assert!(text.contains(r#""amount":41.97"#), "{text}");
        assert!(text.contains(r#""sources":{"price":"platform"}"#), "{text}");
    }
}
