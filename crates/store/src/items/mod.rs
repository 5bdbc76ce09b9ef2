//! Items: read, found by what they say, erased with their captures. They are written by [`crate::settle`] alone.

mod erase;
pub(crate) mod facets;
mod query;

use creel_types::{Item, ItemId, OrganizationId};

use crate::{Store, StoreError, args, database::Row};

pub(crate) use erase::erase_items_of;
pub use facets::{FacetCount, FacetName, ITEMS_COUNTED_MAX};
pub use query::{ITEMS_LIST_MAX, ItemFilter, ItemQuery};

/// Items `i` with the captures `c` that they are of.
const ITEMS: &str =
    "SELECT i.id, i.capture_id, i.enrichment_id, i.enriched_at, i.content, c.run_id, c.robot_id, c.import_id,
    c.store, c.url, c.country_code, c.extracted_at FROM items i JOIN captures c ON c.id = i.capture_id";

impl Store {
    pub async fn get_item(&self, organization: OrganizationId, id: ItemId) -> Result<Item, StoreError> {
        let sql = format!("{ITEMS} WHERE i.organization_id = $1 AND i.id = $2 AND i.deleted_at IS NULL");
        let row = self.database.row(&sql, args![organization, id]).await?;
        item(&row.ok_or_else(|| StoreError::NotFound { what: "item", id: id.to_string() })?)
    }
}

fn item(row: &Row) -> Result<Item, StoreError> {
    Ok(Item {
        id: row.parsed("id")?,
        capture_id: row.parsed("capture_id")?,
        enrichment_id: row.parsed("enrichment_id")?,
        run_id: row.opt_parsed("run_id")?,
        robot_id: row.opt_parsed("robot_id")?,
        import_id: row.opt_parsed("import_id")?,
        store: row.text("store")?,
        url: row.text("url")?,
        country_code: row.parsed("country_code")?,
        extracted_at: row.time("extracted_at")?,
        enriched_at: row.time("enriched_at")?,
        content: row.json("content")?,
    })
}
