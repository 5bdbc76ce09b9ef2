//! Which values captures can be filtered by, to choose from. Of each kind only so many are looked at, so that an organization with
//! very many brands waits no longer than one with few.

use creel_types::OrganizationId;

use super::{
    facet::{self, FacetKind},
    plan::narrowest,
    query::CaptureFilter,
};
use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
};

/// Values of a kind that are looked at, in alphabetical order.
const LOOKED_AT_MAX: i64 = 2_000;
/// Of them, those with the most captures.
pub const VALUES_MAX: usize = 50;

/// A value, and how many listed captures have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureValue {
    pub value: String,
    pub captures: i64,
}

/// Those with the most captures first. Brands are folded as [`super::brand_key`] folds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaptureValues {
    pub stores: Vec<CaptureValue>,
    pub brands: Vec<CaptureValue>,
    pub currencies: Vec<CaptureValue>,
}

impl Store {
    /// What an organization's captures may be filtered by.
    pub async fn list_capture_values(&self, organization: OrganizationId) -> Result<CaptureValues, StoreError> {
        let mut tx = self.database.begin_read().await?;
        Ok(CaptureValues {
            stores: values(&mut tx, organization, FacetKind::Store).await?,
            brands: values(&mut tx, organization, FacetKind::Brand).await?,
            currencies: values(&mut tx, organization, FacetKind::Currency).await?,
        })
    }

    /// How many captures a filter names, where that is known without counting: at most one value is asked for. What was stored
    /// in the last five seconds may not be among them.
    pub async fn count_listed_captures(
        &self,
        organization: OrganizationId,
        filter: &CaptureFilter,
    ) -> Result<Option<i64>, StoreError> {
        let has_range =
            filter.min_price.is_some() || filter.max_price.is_some() || filter.from.is_some() || filter.to.is_some();
        let values = facet::values_of(filter);
        // The organization itself is always one of them.
        if has_range || filter.q.is_some() || values.len() > 2 {
            return Ok(None);
        }
        let mut tx = self.database.begin_read().await?;
        let facets = facet::find(&mut tx, organization, &values).await?;
        Ok(Some(facets.and_then(|facets| narrowest(&facets)).map_or(0, |facet| facet.captures)))
    }
}

async fn values(tx: &mut Tx, organization: OrganizationId, kind: FacetKind) -> Result<Vec<CaptureValue>, StoreError> {
    let sql = "SELECT value, captures FROM facets WHERE organization_id = $1 AND kind = $2 ORDER BY value LIMIT $3";
    let rows = tx.rows(sql, args![organization, kind.as_str(), LOOKED_AT_MAX]).await?;
    let value = |row: &Row| Ok(CaptureValue { value: row.text("value")?, captures: row.int("captures")? });
    let mut values: Vec<CaptureValue> = rows.iter().map(value).collect::<Result<_, StoreError>>()?;
    values.retain(|value| value.captures > 0);
    values.sort_by(|one, other| other.captures.cmp(&one.captures).then_with(|| one.value.cmp(&other.value)));
    values.truncate(VALUES_MAX);
    Ok(values)
}
