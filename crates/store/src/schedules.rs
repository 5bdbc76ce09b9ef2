//! Schedules as far as credits decide about them: made, paused, resumed, put to sleep and woken. When they are due is
//! worked out elsewhere.
//!
//! At every commit an organization that cannot pay one capture has no `active` schedule, and one that can has none that is
//! `paused_no_credits`: whoever changes a status holds the organization's row, as does whoever changes its credits.

use creel_types::{OrganizationId, RobotId, ScheduleId, Time, words};
use serde::Serialize;
use serde_json::json;

use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
    ledger::account::{Named, lock_account},
    outbox::{Message, MessageKind},
    robots::LIST_ROWS_MAX,
};

words! {
    ScheduleStatus {
        Active = "active",
        Paused = "paused",
        PausedNoCredits = "paused_no_credits",
    }
}

words! {
    IntervalUnit {
        Hour = "hour",
        Day = "day",
        Week = "week",
        Month = "month",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Schedule {
    pub id: ScheduleId,
    pub robot_id: RobotId,
    pub name: String,
    pub interval_amount: i64,
    pub interval_unit: IntervalUnit,
    pub status: ScheduleStatus,
    pub created_at: Time,
}

#[derive(Clone, Debug)]
pub struct NewSchedule {
    pub robot: RobotId,
    pub name: String,
    pub interval_amount: i64,
    pub interval_unit: IntervalUnit,
}

impl Store {
    /// Makes a schedule: `active`, or `paused_no_credits` where one capture could not be paid.
    pub async fn create_schedule(&self, organization: OrganizationId, new: NewSchedule) -> Result<Schedule, StoreError> {
        self.get_robot(organization, new.robot).await?;
        let mut tx = self.database.begin().await?;
        let status = self.status_by_credits(&mut tx, organization).await?;
        let now = self.clock.now();
        let schedule = Schedule {
            id: self.random.id(now),
            robot_id: new.robot,
            name: new.name,
            interval_amount: new.interval_amount,
            interval_unit: new.interval_unit,
            status,
            created_at: now,
        };
        tx.execute(
            "INSERT INTO schedules (id, organization_id, robot_id, name, interval_amount, interval_unit, status, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![
                schedule.id,
                organization,
                schedule.robot_id,
                schedule.name.as_str(),
                schedule.interval_amount,
                schedule.interval_unit.as_str(),
                status.as_str(),
                now
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(schedule)
    }

    /// Pauses by somebody's wish: no grant wakes it, also where it slept for want of credits before.
    pub async fn pause_schedule(&self, organization: OrganizationId, id: ScheduleId) -> Result<Schedule, StoreError> {
        let mut tx = self.database.begin().await?;
        lock_account(&mut tx, organization, Named::default()).await?;
        set_status(&mut tx, organization, id, ScheduleStatus::Paused).await?;
        tx.commit().await?;
        self.get_schedule(organization, id).await
    }

    /// Resumes: `active`, or `paused_no_credits` until a grant wakes it.
    pub async fn resume_schedule(&self, organization: OrganizationId, id: ScheduleId) -> Result<Schedule, StoreError> {
        let mut tx = self.database.begin().await?;
        let status = self.status_by_credits(&mut tx, organization).await?;
        set_status(&mut tx, organization, id, status).await?;
        tx.commit().await?;
        self.get_schedule(organization, id).await
    }

    /// What a schedule that is not paused by hand is now. Ends what is due first, so that credits which are over wake nobody.
    async fn status_by_credits(&self, tx: &mut Tx, organization: OrganizationId) -> Result<ScheduleStatus, StoreError> {
        let mut locked = lock_account(tx, organization, Named::default()).await?;
        let now = self.clock.now();
        locked.account.expire_due(now);
        crate::ledger::consequences::save(tx, self, &mut [&mut locked], now).await?;
        Ok(if locked.can_pay_a_capture() { ScheduleStatus::Active } else { ScheduleStatus::PausedNoCredits })
    }

    pub async fn get_schedule(&self, organization: OrganizationId, id: ScheduleId) -> Result<Schedule, StoreError> {
        let row = self
            .database
            .row("SELECT * FROM schedules WHERE organization_id = $1 AND id = $2", args![organization, id])
            .await?;
        schedule(&row.ok_or_else(|| missing(id))?)
    }

    /// Oldest first.
    pub async fn list_schedules(&self, organization: OrganizationId) -> Result<Vec<Schedule>, StoreError> {
        let sql = "SELECT * FROM schedules WHERE organization_id = $1 ORDER BY id LIMIT $2";
        self.database.rows(sql, args![organization, LIST_ROWS_MAX]).await?.iter().map(schedule).collect()
    }
}

fn missing(id: ScheduleId) -> StoreError {
    StoreError::NotFound { what: "schedule", id: id.to_string() }
}

async fn set_status(
    tx: &mut Tx,
    organization: OrganizationId,
    id: ScheduleId,
    status: ScheduleStatus,
) -> Result<(), StoreError> {
    // The next run after any pause is the next future tick, which the scheduler works out where there is none.
    let touched = tx
        .execute(
            "UPDATE schedules SET status = $3, next_run_at = CASE WHEN status = $3 THEN next_run_at END
             WHERE organization_id = $1 AND id = $2",
            args![organization, id, status.as_str()],
        )
        .await?;
    if touched == 0 { Err(missing(id)) } else { Ok(()) }
}

/// What credits do to schedules: they sleep where one capture cannot be paid any more, and exactly those that slept for that
/// wake where it can.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ByCredits {
    Sleep,
    Wake,
}

pub(crate) async fn change_by_credits(
    tx: &mut Tx,
    organization: OrganizationId,
    change: ByCredits,
    messages: &mut Vec<Message>,
) -> Result<(), StoreError> {
    let (from, to, kind) = match change {
        ByCredits::Sleep => (ScheduleStatus::Active, ScheduleStatus::PausedNoCredits, MessageKind::SchedulePaused),
        ByCredits::Wake => (ScheduleStatus::PausedNoCredits, ScheduleStatus::Active, MessageKind::ScheduleResumed),
    };
    let rows = tx
        .rows(
            "UPDATE schedules SET status = $3, next_run_at = NULL WHERE organization_id = $1 AND status = $2
             RETURNING id, name",
            args![organization, from.as_str(), to.as_str()],
        )
        .await?;
    for row in &rows {
        let payload = json!({"schedule_id": row.text("id")?, "name": row.text("name")?, "reason": "credits"});
        messages.push(Message { organization, kind, payload });
    }
    Ok(())
}

fn schedule(row: &Row) -> Result<Schedule, StoreError> {
    Ok(Schedule {
        id: row.parsed("id")?,
        robot_id: row.parsed("robot_id")?,
        name: row.text("name")?,
        interval_amount: row.int("interval_amount")?,
        interval_unit: row.parsed("interval_unit")?,
        status: row.parsed("status")?,
        created_at: row.time("created_at")?,
    })
}
