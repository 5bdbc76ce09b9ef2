//! Enrichments: jobs that make items of captures. Made, claimed by one process, stopped, ended; what a made item changes happens
//! in [`crate::settle`].

mod captures;
mod claim;
mod create;
mod end;
mod gather;
mod list;

use creel_types::{
    ApiKeyId, By, CaptureId, Credits, EnrichmentEnd, EnrichmentId, ModelUse, OrganizationId, RobotId, RunId, RunStatus,
    ScheduleId, Time,
};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{StoreError, database::Row, listing::CaptureFilter};

pub use captures::{EnrichmentCapture, QueuedCapture};
pub use create::CAPTURE_IDS_MAX;
pub(crate) use create::after_run;
pub(crate) use end::{end, end_all_unpayable, may_be_over};

/// Which captures an enrichment is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Scope {
    Run(RunId),
    /// Each once.
    Captures(Vec<CaptureId>),
    Filter(Box<CaptureFilter>),
}

#[derive(Clone, Debug)]
pub struct NewEnrichment {
    pub by: By,
    pub api_key: Option<ApiKeyId>,
    pub name: Option<String>,
    pub scope: Scope,
    /// What was asked for in the asker's own words, to be shown.
    pub asked: Json,
    /// Whether captures that have an item get another one.
    pub again: bool,
}

/// An enrichment as whoever works on it needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Enrichment {
    pub id: EnrichmentId,
    pub organization: OrganizationId,
    pub run: Option<RunId>,
    pub again: bool,
    pub status: RunStatus,
    /// Whether its captures are all known.
    pub is_gathered: bool,
    filter: Option<CaptureFilter>,
    gather_cursor: Option<String>,
    created_at: Time,
}

/// An enrichment as the API shows it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EnrichmentView {
    pub id: EnrichmentId,
    pub name: String,
    pub status: RunStatus,
    pub end_reason: Option<EnrichmentEnd>,
    /// What went wrong, where something did.
    pub error: Option<String>,
    /// What was asked for: one of `run_id`, `import_id`, `capture_ids` (how many) and `filter`.
    #[schema(value_type = Object)]
    pub scope: Json,
    pub run_id: Option<RunId>,
    /// Whether captures that have an item get another one.
    pub again: bool,
    /// Version of the rules that its items are made by.
    pub version: i64,
    /// Captures that it is about; null while they are being gathered.
    pub total: Option<i64>,
    /// Items made, each debited.
    pub processed: i64,
    /// Captures of which no item could be made. Free.
    pub failed: i64,
    /// Captures that had an item already. Free.
    pub already_enriched: i64,
    pub credits_spent: Credits,
    /// What was asked of a configured model, and what that took.
    pub model: ModelUse,
    /// Share that is done, 0 to 1; null before anything is known.
    pub progress: Option<f64>,
    pub created_at: Time,
    pub started_at: Option<Time>,
    pub ended_at: Option<Time>,
}

/// Whom its debits count against, beside the organization.
#[derive(Clone, Debug, Default)]
struct Origin {
    run: Option<RunId>,
    robot: Option<RobotId>,
    api_key: Option<ApiKeyId>,
    schedule: Option<ScheduleId>,
}

pub(crate) fn enrichment(row: &Row) -> Result<Enrichment, StoreError> {
    let filter = row.opt_text("filter")?;
    let filter = filter.map(|text| serde_json::from_str(&text).map_err(|error| StoreError::corrupt("filter", error)));
    Ok(Enrichment {
        id: row.parsed("id")?,
        organization: row.parsed("organization_id")?,
        run: row.opt_parsed("run_id")?,
        again: row.flag("again")?,
        status: row.parsed("status")?,
        is_gathered: row.opt_int("gathered_at")?.is_some(),
        filter: filter.transpose()?,
        gather_cursor: row.opt_text("gather_cursor")?,
        created_at: row.time("created_at")?,
    })
}

fn view(row: &Row) -> Result<EnrichmentView, StoreError> {
    let status: RunStatus = row.parsed("status")?;
    let total = row.opt_int("gathered_at")?.map(|_| row.int("total")).transpose()?;
    let (processed, failed, skipped) = (row.int("processed")?, row.int("failed")?, row.int("skipped")?);
    Ok(EnrichmentView {
        id: row.parsed("id")?,
        name: row.text("name")?,
        status,
        end_reason: row.opt_parsed("end_reason")?,
        error: row.opt_text("error_message")?,
        scope: row.json("scope")?,
        run_id: row.opt_parsed("run_id")?,
        again: row.flag("again")?,
        version: row.int("version")?,
        total,
        processed,
        failed,
        already_enriched: skipped,
        credits_spent: row.credits("credits_spent")?,
        model: ModelUse {
            calls: row.int("model_calls")?,
            failures: row.int("model_failures")?,
            prompt_tokens: row.int("model_prompt_tokens")?,
            completion_tokens: row.int("model_completion_tokens")?,
        },
        progress: total.map(|total| share(processed + failed + skipped, total)),
        created_at: row.time("created_at")?,
        started_at: row.opt_time("started_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}

#[expect(clippy::cast_precision_loss, reason = "a share shown to people, not an amount")]
fn share(done: i64, total: i64) -> f64 {
    if total == 0 { 1.0 } else { (done as f64 / total as f64 * 1000.0).round() / 1000.0 }
}

fn not_found(id: EnrichmentId) -> StoreError {
    StoreError::NotFound { what: "enrichment", id: id.to_string() }
}
