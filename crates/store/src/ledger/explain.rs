//! Any credit explains itself: an entry with the capture, run, robot and key behind it, in one query.

use creel_types::{
    ApiKeyId, CaptureId, EnrichmentId, HoldId, MessageId, MessageStatus, OrganizationId, RobotId, RunId, ScheduleId, Time,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    StatementRow,
    entries::{ENTRIES_WITH_ORIGINS, entry},
};
use crate::{Store, StoreError, args, database::Row};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainedEntry {
    #[serde(flatten)]
    pub entry: StatementRow,
    /// Who made it by hand; empty otherwise.
    pub actor: String,
    pub lots: Vec<creel_ledger::LotPart>,
    pub capture: Option<ExplainedCapture>,
    /// The enrichment that made the item which was debited.
    pub enrichment: Option<Named<EnrichmentId>>,
    /// The message of the assistant that was held for or debited.
    pub message: Option<ExplainedMessage>,
    pub run: Option<Named<RunId>>,
    pub robot: Option<Named<RobotId>>,
    pub schedule: Option<Named<ScheduleId>>,
    pub api_key: Option<Named<ApiKeyId>>,
    pub hold_id: Option<HoldId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainedCapture {
    pub id: CaptureId,
    pub title: String,
    pub url: String,
    pub extracted_at: Time,
    pub deleted_at: Option<Time>,
}

/// What a message took; what was said in it is its asker's alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainedMessage {
    pub id: MessageId,
    pub model: String,
    pub status: MessageStatus,
    /// Calls of the model that were made for it.
    pub calls: i64,
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    pub created_at: Time,
}

/// Something with its name; the name is null where it was deleted since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Named<Id> {
    pub id: Id,
    pub name: Option<String>,
}

impl Store {
    pub async fn explain_entry(&self, organization: OrganizationId, sequence: i64) -> Result<ExplainedEntry, StoreError> {
        let sql = format!(
            "SELECT e.*, c.id AS capture_id, c.title, c.url, c.extracted_at, c.deleted_at,
                    u.id AS run_id, u.name AS run_name, u.robot_id, r.name AS robot_name,
                    s.id AS schedule_id, s.name AS schedule_name, k.id AS api_key_id, k.name AS key_name,
                    n.id AS enrichment_id, n.name AS enrichment_name,
                    m.id AS message_id, m.model, m.status AS message_status, m.prompt_tokens, m.completion_tokens,
                    m.created_at AS asked_at,
                    (SELECT COUNT(*) FROM message_calls q WHERE q.message_id = m.id) AS calls
             FROM {ENTRIES_WITH_ORIGINS}
             LEFT JOIN robots r ON r.id = u.robot_id
             LEFT JOIN schedules s ON s.id = CASE WHEN i.id IS NULL THEN u.schedule_id ELSE n.schedule_id END
             LEFT JOIN messages m ON e.reference_type = 'message' AND m.id = e.reference_id
                 AND m.organization_id = e.organization_id
             LEFT JOIN api_keys k ON k.id = CASE WHEN m.id IS NOT NULL THEN m.api_key_id
                 WHEN i.id IS NULL THEN u.api_key_id ELSE n.api_key_id END
             WHERE e.organization_id = $1 AND e.sequence = $2"
        );
        let row = self.database.row(&sql, args![organization, sequence]).await?;
        explained(&row.ok_or_else(|| StoreError::NotFound { what: "ledger entry", id: sequence.to_string() })?)
    }
}

fn explained(row: &Row) -> Result<ExplainedEntry, StoreError> {
    let entry = entry(row)?;
    let capture = match row.opt_parsed("capture_id")? {
        None => None,
        Some(id) => Some(ExplainedCapture {
            id,
            title: row.text("title")?,
            url: row.text("url")?,
            extracted_at: row.time("extracted_at")?,
            deleted_at: row.opt_time("deleted_at")?,
        }),
    };
    Ok(ExplainedEntry {
        capture,
        message: message(row)?,
        enrichment: named(row, "enrichment_id", "enrichment_name")?,
        run: named(row, "run_id", "run_name")?,
        robot: named(row, "robot_id", "robot_name")?,
        schedule: named(row, "schedule_id", "schedule_name")?,
        api_key: named(row, "api_key_id", "key_name")?,
        hold_id: entry.lots.iter().find_map(|part| part.hold),
        actor: entry.actor.clone(),
        lots: entry.lots.clone(),
        entry: StatementRow::from(entry),
    })
}

fn message(row: &Row) -> Result<Option<ExplainedMessage>, StoreError> {
    let Some(id) = row.opt_parsed("message_id")? else { return Ok(None) };
    Ok(Some(ExplainedMessage {
        id,
        model: row.text("model")?,
        status: row.parsed("message_status")?,
        calls: row.int("calls")?,
        prompt_tokens: row.int("prompt_tokens")?,
        completion_tokens: row.int("completion_tokens")?,
        created_at: row.time("asked_at")?,
    }))
}

fn named<Id: std::str::FromStr>(row: &Row, id: &str, name: &str) -> Result<Option<Named<Id>>, StoreError> {
    Ok(match row.opt_parsed(id)? {
        None => None,
        Some(id) => Some(Named { id, name: row.opt_text(name)? }),
    })
}
