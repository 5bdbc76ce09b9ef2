//! What captures are filtered by with equality: one number for each value of an organization, counted exactly.

use std::collections::BTreeMap;

use creel_types::OrganizationId;

use super::query::CaptureFilter;
use crate::{
    StoreError, args,
    captures::normalize_title,
    database::{Given, Kind, Tx},
};

/// Characters of a value that count; an index takes no value of any length.
const VALUE_CHARS_MAX: usize = 200;

creel_types::words! {
    FacetKind {
        /// The organization itself: every capture has it.
        All = "all",
        Run = "run",
        Robot = "robot",
        Import = "import",
        Store = "store",
        Brand = "brand",
        Currency = "currency",
        Available = "available",
    }
}

impl FacetKind {
    /// Its column in `listing`.
    pub(super) const fn column(self) -> &'static str {
        match self {
            FacetKind::All => "of_all",
            FacetKind::Run => "of_run",
            FacetKind::Robot => "of_robot",
            FacetKind::Import => "of_import",
            FacetKind::Store => "of_store",
            FacetKind::Brand => "of_brand",
            FacetKind::Currency => "of_currency",
            FacetKind::Available => "of_available",
        }
    }
}

/// A brand as captures are filtered by it: case and white space do not count. None where nothing is left.
#[must_use]
pub fn brand_key(brand: &str) -> Option<String> {
    let key: String = normalize_title(brand).chars().filter(|c| *c != '\0').take(VALUE_CHARS_MAX).collect();
    (!key.is_empty()).then_some(key)
}

/// Any other value.
pub(super) fn value_key(value: &str) -> String {
    value.chars().filter(|c| *c != '\0').take(VALUE_CHARS_MAX).collect()
}

pub(super) fn available_key(available: bool) -> String {
    i64::from(available).to_string()
}

/// A value of the organization that some listed capture has or had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facet {
    pub kind: FacetKind,
    pub id: i64,
    /// Listed captures that have it.
    pub captures: i64,
}

/// The values that the filter names, and the organization itself.
pub(super) fn values_of(filter: &CaptureFilter) -> Vec<(FacetKind, String)> {
    let named = [
        (FacetKind::All, Some(String::new())),
        (FacetKind::Run, filter.run.map(|id| id.to_string())),
        (FacetKind::Robot, filter.robot.map(|id| id.to_string())),
        (FacetKind::Import, filter.import.map(|id| id.to_string())),
        (FacetKind::Store, filter.store.as_deref().map(value_key)),
        // What folds to nothing is no capture's brand: such a one is left without.
        (FacetKind::Brand, filter.brand.as_deref().map(|brand| brand_key(brand).unwrap_or_default())),
        (FacetKind::Currency, filter.currency.map(|currency| currency.to_string())),
        (FacetKind::Available, filter.available.map(available_key)),
    ];
    named.into_iter().filter_map(|(kind, value)| Some((kind, value?))).collect()
}

/// Reads the facets; none where one of the values is no listed capture's, for then no listed capture has them all.
pub(super) async fn find(
    tx: &mut Tx,
    organization: OrganizationId,
    values: &[(FacetKind, String)],
) -> Result<Option<Vec<Facet>>, StoreError> {
    let found = load(tx, organization, values.iter().map(|(kind, value)| (*kind, value.as_str()))).await?;
    let facets: Vec<Facet> = values.iter().filter_map(|key| found.get(key).copied()).collect();
    Ok((facets.len() == values.len() && facets.iter().all(|facet| facet.captures > 0)).then_some(facets))
}

async fn load(
    tx: &mut Tx,
    organization: OrganizationId,
    values: impl Iterator<Item = (FacetKind, &str)>,
) -> Result<BTreeMap<(FacetKind, String), Facet>, StoreError> {
    let mut given = Given::new(&[("organization_id", Kind::Text), ("kind", Kind::Text), ("value", Kind::Text)]);
    for (kind, value) in values {
        given.push(args![organization, kind.as_str(), value]);
    }
    let sql = "SELECT f.id, f.kind, f.value, f.captures FROM given CROSS JOIN facets f
        WHERE f.organization_id = given.organization_id AND f.kind = given.kind AND f.value = given.value";
    let rows = tx.rows_given(given, sql).await?;
    rows.iter()
        .map(|row| {
            let kind: FacetKind = row.parsed("kind")?;
            Ok(((kind, row.text("value")?), Facet { kind, id: row.int("id")?, captures: row.int("captures")? }))
        })
        .collect()
}

/// Adds so many captures to each value, making those that are new, and answers their numbers.
pub(super) async fn count(
    tx: &mut Tx,
    organization: OrganizationId,
    values: &BTreeMap<(FacetKind, String), i64>,
) -> Result<BTreeMap<(FacetKind, String), Facet>, StoreError> {
    let mut given =
        Given::new(&[("organization_id", Kind::Text), ("kind", Kind::Text), ("value", Kind::Text), ("captures", Kind::Int)]);
    for ((kind, value), captures) in values {
        given.push(args![organization, kind.as_str(), value.as_str(), *captures]);
    }
    let behind = "ON CONFLICT (organization_id, kind, value) DO UPDATE SET captures = facets.captures + excluded.captures";
    tx.insert_given("facets", given, behind).await?;
    load(tx, organization, values.keys().map(|(kind, value)| (*kind, value.as_str()))).await
}
