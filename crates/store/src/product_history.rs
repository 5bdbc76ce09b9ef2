//! How one product went over the runs of its robot: its price and its stock at each capture.

use std::collections::BTreeMap;

use creel_types::{Amount, CaptureId, Currency, OrganizationId, RunId, Time};
use serde::Deserialize;

use crate::{Store, StoreError, args, database::Row};

/// Runs that are looked back at, the newest.
pub const RUNS_MAX: i64 = 100;

/// The product as one run found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenProduct {
    pub capture: CaptureId,
    pub run: Option<RunId>,
    pub at: Time,
    pub min_price: Option<Amount>,
    pub max_price: Option<Amount>,
    pub currency: Option<Currency>,
    pub available: bool,
    pub skus_in_stock: i64,
    pub skus: i64,
}

/// As much of a capture's content as is needed.
#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    skus: Vec<Sku>,
}

#[derive(Deserialize)]
struct Sku {
    #[serde(default)]
    offers: Vec<Offer>,
}

#[derive(Deserialize)]
struct Offer {
    availability: Availability,
}

#[derive(Deserialize)]
struct Availability {
    in_stock: bool,
}

/// In each of the runs at most two rows are looked at, each by a unique index of settle's own: the address, and, where it moved, the
/// product id with the title.
const SQL: &str = "WITH past AS (
        SELECT id FROM runs WHERE organization_id = $1 AND robot_id = $2 AND deleted_at IS NULL ORDER BY id DESC LIMIT $3)
    SELECT CAST(1 AS BIGINT) AS at_address, c.id, c.run_id, c.extracted_at, c.min_price, c.max_price, c.currency, c.available, c.content
        FROM past CROSS JOIN captures c
        WHERE c.run_id = past.id AND c.canonical_url = $4 AND c.organization_id = $1 AND c.store = $5 AND c.deleted_at IS NULL
    UNION ALL
    SELECT CAST(0 AS BIGINT) AS at_address, c.id, c.run_id, c.extracted_at, c.min_price, c.max_price, c.currency, c.available, c.content
        FROM past CROSS JOIN captures c
        WHERE c.run_id = past.id AND c.product_id = $6 AND c.title_normalized = $7 AND c.organization_id = $1 AND c.store = $5
            AND c.canonical_url <> $4 AND c.deleted_at IS NULL";

impl Store {
    /// The product of a capture in the last runs of its robot, the capture itself among them, the oldest first. The same product is
    /// what has the same address at the same store, or, in a run that has nothing at that address, the same product id and title.
    pub async fn capture_history(
        &self,
        organization: OrganizationId,
        capture: CaptureId,
    ) -> Result<Vec<SeenProduct>, StoreError> {
        let mut tx = self.database.begin_read().await?;
        tx.keep_to_indexes().await?;
        let sql = "SELECT id, run_id, robot_id, store, canonical_url, product_id, title_normalized, extracted_at, min_price,
            max_price, currency, available, content FROM captures
            WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let missing = || StoreError::NotFound { what: "capture", id: capture.to_string() };
        let own = tx.row(sql, args![organization, capture]).await?.ok_or_else(missing)?;
        let mut found = vec![(true, seen(&own)?)];
        if let Some(robot) = own.opt_text("robot_id")? {
            let (url, store) = (own.text("canonical_url")?, own.text("store")?);
            let args =
                args![organization, robot, RUNS_MAX, url, store, own.opt_text("product_id")?, own.text("title_normalized")?];
            for row in &tx.rows(SQL, args).await? {
                found.push((row.flag("at_address")?, seen(row)?));
            }
        }
        Ok(one_of_each_run(found))
    }
}

/// What stands at the address counts, and else what moved.
fn one_of_each_run(mut found: Vec<(bool, SeenProduct)>) -> Vec<SeenProduct> {
    found.sort_by_key(|(is_at_address, _)| !is_at_address);
    let mut runs: BTreeMap<Option<RunId>, SeenProduct> = BTreeMap::new();
    for (_, seen) in found {
        runs.entry(seen.run).or_insert(seen);
    }
    let mut history: Vec<SeenProduct> = runs.into_values().collect();
    history.sort_by_key(|seen| (seen.at, seen.capture));
    history
}

fn seen(row: &Row) -> Result<SeenProduct, StoreError> {
    let content: Content = row.json("content")?;
    let is_in_stock = |sku: &&Sku| sku.offers.iter().any(|offer| offer.availability.in_stock);
    let amount = |column: &str| Ok::<_, StoreError>(row.opt_int(column)?.map(Amount::from_scaled));
    Ok(SeenProduct {
        capture: row.parsed("id")?,
        run: row.opt_parsed("run_id")?,
        at: row.time("extracted_at")?,
        min_price: amount("min_price")?,
        max_price: amount("max_price")?,
        currency: row.opt_text("currency")?.as_deref().and_then(Currency::parse),
        available: row.flag("available")?,
        skus_in_stock: count(content.skus.iter().filter(is_in_stock).count()),
        skus: count(content.skus.len()),
    })
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
