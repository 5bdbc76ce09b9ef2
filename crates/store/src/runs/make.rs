//! Runs as they are made, once for each wish of somebody.

use creel_types::{OrganizationId, Robot, RobotProgram, RunId, Time};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{LEASE_MS, NewRun, Run, run};
use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::Tx,
    idempotency::{self, IdempotencyKey, Once},
};

impl Store {
    /// Makes a `pending` run on the robot's program as it stands. With `taker` it is that process's from the first moment, so
    /// that no other one takes it first.
    pub async fn create_run(
        &self,
        organization: OrganizationId,
        new: NewRun,
        taker: Option<Uuid>,
    ) -> Result<RunId, StoreError> {
        let robot = self.get_robot_with_program(organization, new.robot).await?;
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let id: RunId = self.random.id(now);
        let lease = taker.map(|taker| (taker, now.plus_ms(LEASE_MS)));
        self.insert_run(&mut tx, organization, id, &robot, new, lease).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Makes a `pending` run, or answers the one that the same request with the same key has made.
    pub async fn create_run_once(
        &self,
        organization: OrganizationId,
        new: NewRun,
        key: &IdempotencyKey,
    ) -> Result<Once<RunId>, StoreError> {
        let robot = self.get_robot_with_program(organization, new.robot).await?;
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let id: RunId = self.random.id(now);
        if let Some(before) = idempotency::take(&mut tx, organization, key, &id.to_string(), now).await? {
            let id = before.parse().map_err(|error| StoreError::corrupt("answer", error))?;
            return Ok(Once::Before(id));
        }
        self.insert_run(&mut tx, organization, id, &robot, new, None).await?;
        tx.commit().await?;
        Ok(Once::Now(id))
    }

    pub(crate) async fn insert_run(
        &self,
        tx: &mut Tx,
        organization: OrganizationId,
        id: RunId,
        (robot, program): &(Robot, RobotProgram),
        new: NewRun,
        lease: Option<(Uuid, Time)>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let name = new.name.unwrap_or_else(|| format!("{} {}", robot.host, &now.to_string()[..16].replace('T', " ")));
        tx.execute(
            "INSERT INTO runs (id, organization_id, robot_id, api_key_id, name, host, country_code, program, start_urls,
         settings, budget, status, created_at, leased_by, lease_expires_at, schedule_id, waits_since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'pending', $12, $13, $14, $15, $12)",
            args![
                id,
                organization,
                robot.id,
                new.api_key,
                name.as_str(),
                robot.host.as_str(),
                robot.country_code.as_str(),
                text(program)?,
                text(&new.start_urls)?,
                text(&new.settings)?,
                new.budget,
                now,
                lease.map(|(taker, _)| taker),
                lease.map(|(_, until)| until),
                new.schedule
            ],
        )
        .await?;
        let deed = Deed::new(AuditAction::RunCreated, TargetKind::Run, id, name).with(json!({"budget": new.budget}));
        audit::write(tx, self, organization, now, &new.by, deed).await
    }

    /// The newest run with the same robot, start URLs and budget.
    pub async fn find_same_run(&self, organization: OrganizationId, new: &NewRun) -> Result<Option<Run>, StoreError> {
        let row = self
            .database
            .row(
                "SELECT * FROM runs WHERE organization_id = $1 AND robot_id = $2 AND start_urls = $3
                 AND COALESCE(budget, 0) = $4 AND deleted_at IS NULL ORDER BY id DESC LIMIT 1",
                args![organization, new.robot, text(&new.start_urls)?, new.budget.unwrap_or(0)],
            )
            .await?;
        row.as_ref().map(run).transpose()
    }
}

fn text(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(error.to_string()))
}
