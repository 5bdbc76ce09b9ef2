//! An enrichment comes to be: by somebody's wish, or because a run that asks for it has ended.

use std::collections::BTreeSet;

use creel_types::{By, CaptureId, EnrichmentId, OrganizationId, RunId, Time, item::ITEM_VERSION};
use serde_json::json;

use super::{NewEnrichment, Origin, Scope};
use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::{Given, Kind, Tx},
    idempotency::{self, IdempotencyKey, Once},
    listing::CaptureFilter,
    runs::Run,
};

/// Captures that one enrichment may name one by one.
pub const CAPTURE_IDS_MAX: usize = 10_000;

impl Store {
    /// Makes a `pending` enrichment, or answers the one that the same request with the same key has made.
    pub async fn create_enrichment(
        &self,
        organization: OrganizationId,
        new: NewEnrichment,
        key: Option<&IdempotencyKey>,
    ) -> Result<Once<EnrichmentId>, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let id: EnrichmentId = self.random.id(now);
        if let Some(key) = key
            && let Some(before) = idempotency::take(&mut tx, organization, key, &id.to_string(), now).await?
        {
            let id = before.parse().map_err(|error| StoreError::corrupt("answer", error))?;
            return Ok(Once::Before(id));
        }
        let origin = origin(&mut tx, organization, &new).await?;
        let by = new.by.clone();
        let name = insert(&mut tx, organization, id, new, &origin, now).await?;
        let deed = Deed::new(AuditAction::EnrichmentCreated, TargetKind::Enrichment, id, name);
        audit::write(&mut tx, self, organization, now, &by, deed).await?;
        tx.commit().await?;
        Ok(Once::Now(id))
    }
}

/// The enrichment that a run asked for, in the transaction that ends the run. A run without captures needs none.
pub(crate) async fn after_run(tx: &mut Tx, store: &Store, run: &Run, now: Time) -> Result<(), StoreError> {
    if !run.settings.auto_enrich || run.extracted == 0 {
        return Ok(());
    }
    let new = NewEnrichment {
        by: By::system(),
        api_key: run.api_key,
        name: Some(run.name.clone()),
        scope: Scope::Run(run.id),
        asked: json!({"run_id": run.id}),
        again: false,
    };
    let origin = Origin { run: Some(run.id), robot: Some(run.robot), api_key: run.api_key, schedule: run.schedule };
    insert(tx, run.organization, store.random.id(now), new, &origin, now).await?;
    Ok(())
}

/// Whom it counts against; a run or capture that the organization does not have is named.
async fn origin(tx: &mut Tx, organization: OrganizationId, new: &NewEnrichment) -> Result<Origin, StoreError> {
    let run = match &new.scope {
        Scope::Run(run) => *run,
        Scope::Captures(captures) => {
            refuse_unknown(tx, organization, captures).await?;
            return Ok(Origin { api_key: new.api_key, ..Origin::default() });
        }
        Scope::Filter(_) => return Ok(Origin { api_key: new.api_key, ..Origin::default() }),
    };
    let sql = "SELECT robot_id FROM runs WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
    let row = tx.row(sql, args![organization, run]).await?;
    let row = row.ok_or_else(|| StoreError::NotFound { what: "run", id: run.to_string() })?;
    // A run that a schedule made is the schedule's; what somebody asks for by hand is not.
    Ok(Origin { run: Some(run), robot: Some(row.parsed("robot_id")?), api_key: new.api_key, schedule: None })
}

async fn refuse_unknown(tx: &mut Tx, organization: OrganizationId, captures: &[CaptureId]) -> Result<(), StoreError> {
    let mut given = Given::new(&[("id", Kind::Text), ("organization_id", Kind::Text)]);
    captures.iter().for_each(|id| given.push(args![*id, organization]));
    let sql = "SELECT c.id FROM given CROSS JOIN captures c
        WHERE c.id = given.id AND c.organization_id = given.organization_id AND c.deleted_at IS NULL";
    let rows = tx.rows_given(given, sql).await?;
    let known: BTreeSet<CaptureId> = rows.iter().map(|row| row.parsed("id")).collect::<Result<_, _>>()?;
    match captures.iter().find(|id| !known.contains(id)) {
        None => Ok(()),
        Some(id) => Err(StoreError::NotFound { what: "capture", id: id.to_string() }),
    }
}

/// Writes the row, and the captures where they were named one by one; answers its name.
async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    id: EnrichmentId,
    new: NewEnrichment,
    origin: &Origin,
    now: Time,
) -> Result<String, StoreError> {
    let name = new.name.unwrap_or_else(|| format!("Enrichment {}", &now.to_string()[..16].replace('T', " ")));
    let named: &[CaptureId] = if let Scope::Captures(captures) = &new.scope { captures } else { &[] };
    let filter = match &new.scope {
        Scope::Captures(_) => None,
        Scope::Run(run) => Some(of_run(*run)),
        // What is captured later is not of it.
        Scope::Filter(filter) => {
            let to = filter.to.map_or(now.plus_ms(1), |to| to.min(now.plus_ms(1)));
            Some(CaptureFilter { to: Some(to), ..(**filter).clone() })
        }
    };
    let gathered_at = filter.is_none().then_some(now);
    let filter = filter.map(|filter| serde_json::to_string(&filter)).transpose();
    let filter = filter.map_err(|error| StoreError::corrupt("filter", error))?;
    tx.execute(
        "INSERT INTO enrichments (id, organization_id, name, scope, filter, run_id, robot_id, api_key_id, schedule_id, again,
         version, status, gathered_at, total, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'pending', $12, $13, $14)",
        args![
            id,
            organization,
            name.as_str(),
            new.asked.to_string(),
            filter,
            origin.run,
            origin.robot,
            origin.api_key,
            origin.schedule,
            new.again,
            i64::from(ITEM_VERSION),
            gathered_at,
            i64::try_from(named.len()).unwrap_or(i64::MAX),
            now
        ],
    )
    .await?;
    insert_captures(tx, id, named, 0).await?;
    Ok(name)
}

fn of_run(run: RunId) -> CaptureFilter {
    CaptureFilter { run: Some(run), ..CaptureFilter::default() }
}

/// Queues captures behind the first `position` ones. One that is queued already is not queued twice; answers how many are new.
pub(super) async fn insert_captures(
    tx: &mut Tx,
    enrichment: EnrichmentId,
    captures: &[CaptureId],
    position: i64,
) -> Result<i64, StoreError> {
    let mut given = Given::new(&[("enrichment_id", Kind::Text), ("position", Kind::Int), ("capture_id", Kind::Text)]);
    for (at, capture) in (position..).zip(captures) {
        given.push(args![enrichment, at, *capture]);
    }
    let inserted = tx.insert_given("enrichment_captures", given, "ON CONFLICT DO NOTHING").await?;
    Ok(i64::try_from(inserted).unwrap_or(i64::MAX))
}
