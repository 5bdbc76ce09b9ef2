//! What is asked of whoever gives something a new secret: how long the old one stays good beside it. The same for keys and
//! webhooks.

use creel_store::access::keys::OVERLAP_SECONDS_MAX;
use serde::Deserialize;
use utoipa::ToSchema;

use creel_store::asked::texts::whole_number;

use crate::error::ApiError;

/// A day to bring the new secret everywhere, where nothing is said.
const OVERLAP_SECONDS: i64 = 24 * 60 * 60;

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    /// How long the old secret is good beside the new one: a day where nothing is said, a week at most, 0 for not at all.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(minimum = 0, maximum = 604_800, default = 86_400)]
    overlap_seconds: Option<i64>,
}

impl Rotation {
    pub(crate) fn overlap_seconds(&self) -> Result<i64, ApiError> {
        let overlap = self.overlap_seconds.unwrap_or(OVERLAP_SECONDS);
        if (0..=OVERLAP_SECONDS_MAX).contains(&overlap) {
            return Ok(overlap);
        }
        Err(ApiError::field("overlap_seconds", format!("{overlap} is not between 0 and {OVERLAP_SECONDS_MAX}")))
    }
}
