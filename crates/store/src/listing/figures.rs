//! What captures are counted and compared by: their few columns that are no text of the page, of many captures at once.

use creel_types::{Amount, CaptureId, Currency, OrganizationId, RunId, Time};

use super::{
    query::{CaptureFilter, positions},
    select::Asked,
    sort::{CaptureSort, Position},
};
use crate::{
    Store, StoreError, args,
    database::{Given, Kind, Row, Tx},
};

/// Captures that one look reads, the newest: what is counted among them is exact for as many, and says where there are more.
pub const FIGURES_MAX: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureFigure {
    pub capture: CaptureId,
    pub run: Option<RunId>,
    pub store: String,
    pub url: String,
    pub title: String,
    pub brand: Option<String>,
    pub min_price: Option<Amount>,
    pub max_price: Option<Amount>,
    pub currency: Option<Currency>,
    pub available: bool,
    pub at: Time,
    /// The deepest category of its item; none where it has none.
    pub category: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureFigures {
    /// The newest first.
    pub rows: Vec<CaptureFigure>,
    /// Whether older captures fit too and were not read.
    pub more: bool,
}

impl Store {
    /// The newest captures that the filter names, at most [`FIGURES_MAX`] of them.
    pub async fn capture_figures(
        &self,
        organization: OrganizationId,
        filter: &CaptureFilter,
    ) -> Result<CaptureFigures, StoreError> {
        let asked = Asked {
            organization,
            filter,
            sort: CaptureSort::NewestFirst,
            after: None,
            limit: FIGURES_MAX + 1,
            bounds: self.listing_bounds,
        };
        let mut tx = self.database.begin_read().await?;
        tx.keep_to_indexes().await?;
        let mut found = positions(&mut tx, &asked).await?;
        let more = found.len() > FIGURES_MAX;
        found.truncate(FIGURES_MAX);
        let mut rows = read(&mut tx, organization, &found).await?;
        rows.sort_by_key(|row| std::cmp::Reverse((row.at, row.capture)));
        Ok(CaptureFigures { rows, more })
    }
}

/// A category is found by itself and all above it, so the deepest is the last in the order of texts.
const SQL: &str = "SELECT c.id, c.run_id, c.store, c.canonical_url, c.title, c.brand, c.min_price, c.max_price, c.currency,
    c.available, c.extracted_at,
    (SELECT MAX(f.value) FROM items i CROSS JOIN item_facets f WHERE i.capture_id = c.id AND i.is_current = 1
        AND f.item_id = i.id AND f.name = 'category') AS category
    FROM given CROSS JOIN captures c WHERE c.id = given.id AND c.organization_id = given.organization_id
        AND c.deleted_at IS NULL";

async fn read(tx: &mut Tx, organization: OrganizationId, found: &[Position]) -> Result<Vec<CaptureFigure>, StoreError> {
    let mut given = Given::new(&[("id", Kind::Text), ("organization_id", Kind::Text)]);
    for position in found {
        given.push(args![position.capture, organization]);
    }
    tx.rows_given(given, SQL).await?.iter().map(figure).collect()
}

fn figure(row: &Row) -> Result<CaptureFigure, StoreError> {
    let amount = |column: &str| Ok::<_, StoreError>(row.opt_int(column)?.map(Amount::from_scaled));
    Ok(CaptureFigure {
        capture: row.parsed("id")?,
        run: row.opt_parsed("run_id")?,
        store: row.text("store")?,
        url: row.text("canonical_url")?,
        title: row.text("title")?,
        brand: row.opt_text("brand")?,
        min_price: amount("min_price")?,
        max_price: amount("max_price")?,
        currency: row.opt_text("currency")?.as_deref().and_then(Currency::parse),
        available: row.flag("available")?,
        at: row.time("extracted_at")?,
        category: row.opt_text("category")?,
    })
}
