//! The filters that the list of captures and its export have in common, read from the query string.

use creel_store::listing::CaptureFilter;
use creel_types::{Amount, Currency, RobotId, RunId, Time};
use serde::Deserialize;
use uuid::Uuid;

use crate::error::ApiError;

/// As they stand in the query string.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct AskedFilter {
    pub(crate) run_id: Option<RunId>,
    pub(crate) robot_id: Option<RobotId>,
    pub(crate) import_id: Option<Uuid>,
    pub(crate) store: Option<String>,
    pub(crate) brand: Option<String>,
    pub(crate) q: Option<String>,
    pub(crate) min_price: Option<String>,
    pub(crate) max_price: Option<String>,
    pub(crate) currency: Option<Currency>,
    pub(crate) available: Option<bool>,
    pub(crate) from: Option<Time>,
    pub(crate) to: Option<Time>,
}

impl AskedFilter {
    pub(crate) fn read(self) -> Result<CaptureFilter, ApiError> {
        let (min_price, max_price) = (price("min_price", self.min_price)?, price("max_price", self.max_price)?);
        if let (Some(least), Some(most)) = (min_price, max_price)
            && least > most
        {
            return Err(ApiError::field("min_price", format!("{least} is more than max_price, {most}")));
        }
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            return Err(ApiError::field(
                "from",
                format!("{from} is not before {to}, where the time that is asked for ends"),
            ));
        }
        let q = self.q.map(|text| text.parse()).transpose();
        Ok(CaptureFilter {
            run: self.run_id,
            robot: self.robot_id,
            import: self.import_id,
            store: self.store.map(|store| store.trim().to_lowercase()),
            brand: self.brand,
            q: q.map_err(|error: creel_store::listing::BadSearch| ApiError::field("q", error.to_string()))?,
            min_price,
            max_price,
            currency: self.currency,
            available: self.available,
            from: self.from,
            to: self.to,
        })
    }
}

fn price(field: &str, text: Option<String>) -> Result<Option<Amount>, ApiError> {
    text.map(|text| text.parse().map_err(|error| ApiError::field(field, error))).transpose()
}
