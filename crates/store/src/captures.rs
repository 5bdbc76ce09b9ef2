//! Captures: read, streamed. They are written by [`crate::settle`] alone; [`crate::listing`] lists and deletes them.

use creel_types::{Capture, CaptureId, OrganizationId, Product, RunId, Time};

use crate::{Store, StoreError, args, database::Row, robots::LIST_ROWS_MAX};

/// A capture on its way into the database.
#[derive(Clone, Debug)]
pub struct NewCapture {
    pub store: String,
    /// As fetched, after redirects.
    pub url: String,
    /// Canonical form of the page's own address.
    pub page_url: String,
    /// What rel=canonical names, where it is on the robot's host and looks like a product page; settle decides whether
    /// it is believed.
    pub stated_canonical: Option<String>,
    pub product: Product,
}

impl NewCapture {
    /// The product as it is stored.
    pub(crate) fn content(&self) -> Result<String, StoreError> {
        serde_json::to_string(&self.product).map_err(|error| StoreError::corrupt("content", error))
    }

    /// The title as far as it tells products apart: case and white space do not.
    #[must_use]
    pub fn title_normalized(&self) -> String {
        normalize_title(&self.product.title)
    }
}

#[must_use]
pub fn normalize_title(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Store {
    pub async fn get_capture(&self, organization: OrganizationId, id: CaptureId) -> Result<Capture, StoreError> {
        let row = self
            .database
            .row(
                "SELECT * FROM captures WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL",
                args![organization, id],
            )
            .await?;
        capture(&row.ok_or_else(|| StoreError::NotFound { what: "capture", id: id.to_string() })?)
    }

    /// When a capture was deleted; nothing where there is none, or none of the organization's, that was.
    pub async fn find_deleted_capture(
        &self,
        organization: OrganizationId,
        id: CaptureId,
    ) -> Result<Option<Time>, StoreError> {
        let sql = "SELECT deleted_at FROM captures WHERE organization_id = $1 AND id = $2 AND deleted_at IS NOT NULL";
        let row = self.database.row(sql, args![organization, id]).await?;
        row.map(|row| row.time("deleted_at")).transpose()
    }

    /// A run's captures in the order in which they were stored, after the given one: for writing them out in pieces.
    pub async fn list_captures_of_run(
        &self,
        run: RunId,
        after: Option<CaptureId>,
        limit: i64,
    ) -> Result<Vec<Capture>, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT * FROM captures WHERE run_id = $1 AND deleted_at IS NULL AND ($2 IS NULL OR id > $2) ORDER BY id LIMIT $3",
                args![run, after, limit.clamp(1, LIST_ROWS_MAX)],
            )
            .await?;
        rows.iter().map(capture).collect()
    }
}

pub(crate) fn capture(row: &Row) -> Result<Capture, StoreError> {
    Ok(Capture {
        id: row.parsed("id")?,
        run_id: row.opt_parsed("run_id")?,
        robot_id: row.opt_parsed("robot_id")?,
        import_id: row.opt_parsed("import_id")?,
        store: row.text("store")?,
        url: row.text("url")?,
        canonical_url: row.text("canonical_url")?,
        country_code: row.parsed("country_code")?,
        extracted_at: row.time("extracted_at")?,
        product: row.json("content")?,
    })
}
