//! Which captures: the filters of their list, wherever they are asked for, read out of whatever has their fields.

use creel_types::{Amount, Currency, RobotId, RunId, Time, money::AMOUNT_MAX};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Wrong;
use crate::listing::{BadSearch, CaptureFilter, SearchText};

/// Reads the filter out of whatever has its fields: a query string, or a part of a body.
#[macro_export]
macro_rules! read_capture_filter {
    ($asked:expr) => {
        $crate::asked::filter::with_search(
            $crate::listing::CaptureFilter {
                run: $asked.run_id,
                robot: $asked.robot_id,
                import: $asked.import_id,
                store: $asked.store.as_ref().map(|store| store.trim().to_lowercase()),
                brand: $asked.brand.clone(),
                q: None,
                min_price: $asked.min_price,
                max_price: $asked.max_price,
                currency: $asked.currency,
                available: $asked.available,
                from: $asked.from,
                to: $asked.to,
            },
            $asked.q.as_deref(),
        )
    };
}

pub use read_capture_filter as read_filter;

/// Which captures, as in the list of captures, as a part of a body.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptureFilterBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    run_id: Option<RunId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    robot_id: Option<RobotId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    import_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    q: Option<String>,
    #[serde(default, deserialize_with = "amount_number", skip_serializing_if = "Option::is_none")]
    min_price: Option<Amount>,
    #[serde(default, deserialize_with = "amount_number", skip_serializing_if = "Option::is_none")]
    max_price: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Time>,
}

impl CaptureFilterBody {
    /// The filter; nothing where it cannot find anything.
    pub fn read(&self) -> Result<Option<CaptureFilter>, Wrong> {
        read_filter!(self)
    }
}

/// An amount of money in a query string: any JSON number in the bounds, rounded to the places that amounts have.
pub fn amount<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
    let text: Option<String> = serde::Deserialize::deserialize(deserializer)?;
    text.map(|text| read_amount(&text).map_err(serde::de::Error::custom)).transpose()
}

/// The same as a number of a body.
fn amount_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
    let number: Option<serde_json::Number> = serde::Deserialize::deserialize(deserializer)?;
    number.map(|number| read_amount(&number.to_string()).map_err(serde::de::Error::custom)).transpose()
}

fn read_amount(text: &str) -> Result<Amount, String> {
    // Beyond what a decimal holds there are only numbers that are next to nothing.
    let tiny = || text.parse::<f64>().ok().filter(|value| (0.0..=1e-9).contains(value)).map(|_| Amount::ZERO);
    let read = serde_json::from_str(text).ok().or_else(tiny);
    read.ok_or_else(|| format!("{text:?} is not an amount of money from 0 to {AMOUNT_MAX}"))
}

/// The filter with its full text. Bounds that hold nothing between them, and a text without a word, find nothing.
pub fn with_search(filter: CaptureFilter, q: Option<&str>) -> Result<Option<CaptureFilter>, Wrong> {
    let is_empty = filter.min_price.zip(filter.max_price).is_some_and(|(least, most)| least > most)
        || filter.from.zip(filter.to).is_some_and(|(from, to)| from >= to);
    let q = match q.map(str::parse::<SearchText>).transpose() {
        Ok(q) => q,
        Err(BadSearch::NoWord) if q != Some("") => return Ok(None),
        Err(error) => return Err(Wrong::field("q", error.to_string())),
    };
    Ok((!is_empty).then_some(CaptureFilter { q, ..filter }))
}
