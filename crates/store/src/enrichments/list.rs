//! Enrichments as people and the API read them.

use creel_types::{EnrichmentId, OrganizationId, RunId, RunStatus};

use super::{EnrichmentView, not_found, view};
use crate::{Store, StoreError, args, robots::LIST_ROWS_MAX};

impl Store {
    pub async fn get_enrichment(
        &self,
        organization: OrganizationId,
        id: EnrichmentId,
    ) -> Result<EnrichmentView, StoreError> {
        let sql = "SELECT * FROM enrichments WHERE organization_id = $1 AND id = $2";
        view(&self.database.row(sql, args![organization, id]).await?.ok_or_else(|| not_found(id))?)
    }

    /// Newest first.
    pub async fn list_enrichments(
        &self,
        organization: OrganizationId,
        status: Option<RunStatus>,
        run: Option<RunId>,
        before: Option<EnrichmentId>,
        limit: i64,
    ) -> Result<Vec<EnrichmentView>, StoreError> {
        // What is not asked for does not stand in the question, so that an index answers what is.
        let of = |is_given: bool, column: &str, place: usize| match is_given {
            true => format!("{column} = ${place}"),
            false => format!("${place} IS NULL"),
        };
        let sql = format!(
            "SELECT * FROM enrichments WHERE organization_id = $1 AND {} AND {} AND ($4 IS NULL OR id < $4)
             ORDER BY id DESC LIMIT $5",
            of(status.is_some(), "status", 2),
            of(run.is_some(), "run_id", 3),
        );
        let limit = limit.clamp(1, LIST_ROWS_MAX);
        let args = args![organization, status.map(RunStatus::as_str), run, before, limit];
        self.database.rows(&sql, args).await?.iter().map(view).collect()
    }
}
