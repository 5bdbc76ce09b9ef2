//! How the simple values look in the API's document: their type, format, bounds and an example. What an endpoint takes and
//! answers is described where the endpoint is.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr,
        schema::{AdditionalProperties, ArrayBuilder, KnownFormat, OneOfBuilder, Schema, SchemaFormat, Type},
    },
};

use crate::{Amount, Cadence, ClockTime, Country, Credits, Currency, Host, IntervalUnit, Time, Weekday, Window, money};

/// One of a closed list of words.
#[must_use]
pub fn word(words: &[&str]) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.iter().copied())).into()
}

/// An id.
#[must_use]
pub fn uuid() -> RefOr<Schema> {
    text(Some(KnownFormat::Uuid), "0198f0a0-7b1c-7def-8123-456789abcdef").into()
}

fn text(format: Option<KnownFormat>, example: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(format.map(SchemaFormat::KnownFormat))
        .examples([serde_json::Value::from(example)])
}

/// One unit with as many of it as are taken.
fn cadence(unit: IntervalUnit) -> ObjectBuilder {
    let amount = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(unit.amount_max()));
    ObjectBuilder::new()
        .property("interval_amount", amount)
        .property("interval_unit", word(&[unit.as_str()]))
        .required("interval_amount")
        .required("interval_unit")
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

macro_rules! schema {
    ($($type:ty => $schema:expr),* $(,)?) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $type {}
    )*};
}
schema!(
    Time => text(Some(KnownFormat::DateTime), "2026-01-31T09:30:00.123Z").description(Some(
        "An instant (RFC 3339). Answers are in UTC with three decimals; requests may have any offset.",
    )),
    Credits => ObjectBuilder::new().schema_type(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .description(Some("Whole credits.")),
    Amount => ObjectBuilder::new().schema_type(Type::Number).minimum(Some(0)).maximum(Some(money::AMOUNT_MAX))
        .description(Some("Money: an exact decimal with at most four places, in the currency beside it."))
        .examples([serde_json::json!(41.97)]),
    Country => text(None, "US").enum_values(Some(Country::all().map(|country| country.as_str().to_owned())))
        .description(Some("ISO 3166-1, two letters.")),
    Currency => text(None, "USD").enum_values(Some(Currency::all().map(|currency| currency.as_str().to_owned())))
        .description(Some("ISO 4217, three letters.")),
    Cadence => IntervalUnit::ALL.iter().fold(OneOfBuilder::new(), |one_of, unit| one_of.item(cadence(*unit)))
        .description(Some("How often: hours are elapsed time, days and longer time of the calendar.")),
    ClockTime => text(None, "22:00").pattern(Some("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))
        .description(Some("A time of the day in the schedule's zone.")),
    Window => ObjectBuilder::new()
        .property("days", ArrayBuilder::new().items(Weekday::schema()).max_items(Some(7))
            .description(Some("The days on which it opens; every day where there are none.")))
        .property("from", text(None, "22:00").pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$")))
        .property("to", ClockTime::schema())
        .required("from").required("to")
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        .description(Some("Hours in which runs may start. `to` before `from` is a time of the next day.")),
    Host => text(None, "shop.example").description(Some(
        "IDNA, lower case, no leading www., a non-default port kept.",
    )),
);
