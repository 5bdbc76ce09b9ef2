//! The filters that the list of captures and its export have in common, read from the query string.

use creel_store::listing::{BadSearch, CaptureFilter, SearchText};
use creel_types::{Amount, Currency, RobotId, RunId, Time, money::AMOUNT_MAX};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::ApiError;

/// Makes the query of an endpoint: its own parameters, and every filter. The filters cannot be flattened into it: serde forgets
/// to refuse unknown parameters then.
macro_rules! query_with_filters {
    ($(#[$meta:meta])* $name:ident { $($(#[$own_meta:meta])* $own:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name {
            $($(#[$own_meta])* $own: $type,)*
            #[param(inline)]
            run_id: Option<creel_types::RunId>,
            #[param(inline)]
            robot_id: Option<creel_types::RobotId>,
            import_id: Option<uuid::Uuid>,
            /// The store's host, such as `shop.example`.
            store: Option<String>,
            /// The brand, letter for letter.
            brand: Option<String>,
            /// Full text: captures that have all of these words in title, brand, breadcrumbs or codes. `word*` finds what begins so.
            #[param(min_length = 1, max_length = 200)]
            q: Option<String>,
            /// The lowest price of the capture is at least this.
            #[serde(default, deserialize_with = "crate::v1::captures::filter::amount")]
            #[param(value_type = Option<f64>, minimum = 0, maximum = 100_000_000_000_i64)]
            min_price: Option<creel_types::Amount>,
            /// The lowest price of the capture is at most this.
            #[serde(default, deserialize_with = "crate::v1::captures::filter::amount")]
            #[param(value_type = Option<f64>, minimum = 0, maximum = 100_000_000_000_i64)]
            max_price: Option<creel_types::Amount>,
            #[param(inline)]
            currency: Option<creel_types::Currency>,
            available: Option<bool>,
            /// Extracted at this instant or later.
            #[param(inline)]
            from: Option<creel_types::Time>,
            /// Extracted before this instant.
            #[param(inline)]
            to: Option<creel_types::Time>,
            /// Newest first where nothing is said; ties by id.
            #[param(inline)]
            sort: Option<creel_store::listing::CaptureSort>,
        }

        impl $name {
            /// The filters; nothing where they cannot find anything.
            fn filter(&self) -> Result<Option<creel_store::listing::CaptureFilter>, crate::error::ApiError> {
                crate::v1::captures::filter::read_filter!(self)
            }
        }
    };
}

/// Reads the filter out of whatever has its fields: a query string, or a part of a body.
macro_rules! read_filter {
    ($asked:expr) => {
        $crate::v1::captures::filter::with_search(
            creel_store::listing::CaptureFilter {
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

pub(crate) use {query_with_filters, read_filter};

/// Which captures, as in the list of captures, as a part of a body.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaptureFilterBody {
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
    pub(crate) fn read(&self) -> Result<Option<CaptureFilter>, ApiError> {
        read_filter!(self)
    }
}

/// An amount of money in a query string: any JSON number in the bounds, rounded to the places that amounts have.
pub(crate) fn amount<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
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
pub(crate) fn with_search(filter: CaptureFilter, q: Option<&str>) -> Result<Option<CaptureFilter>, ApiError> {
    let is_empty = filter.min_price.zip(filter.max_price).is_some_and(|(least, most)| least > most)
        || filter.from.zip(filter.to).is_some_and(|(from, to)| from >= to);
    let q = match q.map(str::parse::<SearchText>).transpose() {
        Ok(q) => q,
        Err(BadSearch::NoWord) if q != Some("") => return Ok(None),
        Err(error) => return Err(ApiError::field("q", error.to_string())),
    };
    Ok((!is_empty).then_some(CaptureFilter { q, ..filter }))
}
