//! The runs that are due. A tick is dealt with in one transaction, which makes its run, or says why there is none, and moves the
//! schedule on to its next future tick: so it is dealt with once, whoever dies where and however many look at the same time. The
//! ticks of a time in which nobody looked are one.

use creel_types::{
    By, OrganizationId, Robot, RobotProgram, RobotStatus, RunId, ScheduleId, ScheduleStatus, SkipReason, Time,
};

use super::{Schedule, VIEW, row, schedule};
use crate::{
    Store, StoreError, args,
    database::Tx,
    ledger::account::{Named, lock_account},
    reconcile::Pass,
    robots,
    runs::NewRun,
};

/// Schedules that one pass deals with.
const DUE_MAX: i64 = 200;

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DueRuns {
    pub made: usize,
    pub skipped: usize,
    /// Ticks that could not be dealt with; they stay due.
    pub failed: usize,
    /// Whether more was due than one pass deals with.
    pub more: bool,
}

impl From<DueRuns> for Pass {
    fn from(done: DueRuns) -> Pass {
        Pass { changed: (done.made + done.skipped) as u64, more: done.more, next_at: None }
    }
}

enum Tick {
    Made,
    Skipped,
    /// Another process, a pause or the credits were first.
    Gone,
}

impl Store {
    /// Deals with the ticks that are due, one by one. One that fails keeps no other from being dealt with; trouble of the
    /// database ends the pass.
    pub async fn make_due_runs(&self) -> Result<DueRuns, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT id, organization_id FROM schedules WHERE status = 'active' AND next_run_at <= $1
                 ORDER BY next_run_at, id LIMIT $2",
                args![self.clock.now(), DUE_MAX],
            )
            .await?;
        let mut done = DueRuns::default();
        for row in &rows {
            let (organization, id) = (row.parsed("organization_id")?, row.parsed("id")?);
            match self.deal_with_tick(organization, id).await {
                Ok(Tick::Made) => done.made += 1,
                Ok(Tick::Skipped) => done.skipped += 1,
                Ok(Tick::Gone) => {}
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    tracing::error!(%organization, schedule = %id, %error, "a scheduled run could not be made");
                    match self.put_aside(organization, id).await {
                        Ok(()) => done.skipped += 1,
                        Err(error) if error.is_transient() => return Err(error),
                        Err(_) => done.failed += 1,
                    }
                }
            }
        }
        done.more = rows.len() as i64 == DUE_MAX && done.failed < rows.len();
        Ok(done)
    }

    async fn deal_with_tick(&self, organization: OrganizationId, id: ScheduleId) -> Result<Tick, StoreError> {
        let mut tx = self.database.begin().await?;
        // Credits that are over by now pay no run, and put the schedule to sleep.
        self.status_by_credits(&mut tx, organization).await?;
        self.fail_points.pass("due.locked");
        let now = self.clock.now();
        let tick = match due(&mut tx, organization, id, now).await? {
            None => Tick::Gone,
            Some(mut schedule) => {
                let tick = self.make_run_or_say_why(&mut tx, &mut schedule, now).await?;
                schedule.ticked_at = schedule.next_run_at;
                schedule.next_run_at = schedule.next_tick(now)?;
                row::update(&mut tx, &schedule).await?;
                tick
            }
        };
        self.fail_points.pass("due.written");
        tx.commit().await?;
        self.fail_points.pass("due.committed");
        Ok(tick)
    }

    async fn make_run_or_say_why(&self, tx: &mut Tx, schedule: &mut Schedule, now: Time) -> Result<Tick, StoreError> {
        let robot = robots::find_robot_with_program(tx, schedule.organization, schedule.robot).await?;
        let is_running = last_run_is_alive(tx, schedule).await?;
        let (robot, skip) = match robot {
            None => (None, Some(SkipReason::RobotGone)),
            Some(_) if is_running => (None, Some(SkipReason::StillRunning)),
            Some((robot, _)) if robot.status == RobotStatus::Building => (None, Some(SkipReason::RobotNotReady)),
            Some(robot) => (Some(robot), None),
        };
        if let Some(robot) = robot {
            let run: RunId = self.random.id(now);
            let new = new_run(schedule, &robot, now);
            self.insert_run(tx, schedule.organization, run, &robot, new, None).await?;
            self.fail_points.pass("due.run_inserted");
            (schedule.last_run, schedule.last_run_at) = (Some(run), Some(now));
            return Ok(Tick::Made);
        }
        (schedule.last_skipped_at, schedule.last_skip_reason) = (schedule.next_run_at, skip);
        Ok(Tick::Skipped)
    }

    /// A schedule that this program cannot read or work out is not due again until somebody changes it.
    async fn put_aside(&self, organization: OrganizationId, id: ScheduleId) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        lock_account(&mut tx, organization, Named::default()).await?;
        let now = self.clock.now();
        tx.execute(
            "UPDATE schedules SET last_skipped_at = next_run_at, last_skip_reason = $4, next_run_at = NULL
             WHERE organization_id = $1 AND id = $2 AND status = 'active' AND next_run_at <= $3",
            args![organization, id, now, SkipReason::Failed.as_str()],
        )
        .await?;
        tx.commit().await
    }
}

/// The schedule, if it is due still; read under the organization's lock.
async fn due(tx: &mut Tx, organization: OrganizationId, id: ScheduleId, now: Time) -> Result<Option<Schedule>, StoreError> {
    let sql = format!("{VIEW} WHERE s.organization_id = $1 AND s.id = $2 AND s.status = $3 AND s.next_run_at <= $4");
    let row = tx.row(&sql, args![organization, id, ScheduleStatus::Active.as_str(), now]).await?;
    row.as_ref().map(schedule).transpose()
}

async fn last_run_is_alive(tx: &mut Tx, schedule: &Schedule) -> Result<bool, StoreError> {
    let Some(run) = schedule.last_run else { return Ok(false) };
    let sql = "SELECT id FROM runs WHERE organization_id = $1 AND id = $2 AND ended_at IS NULL";
    Ok(tx.row(sql, args![schedule.organization, run]).await?.is_some())
}

fn new_run(schedule: &Schedule, (_, program): &(Robot, RobotProgram), now: Time) -> NewRun {
    let own = || program.default_start_urls.clone();
    NewRun {
        by: By::system(),
        robot: schedule.robot,
        api_key: None,
        schedule: Some(schedule.id),
        name: Some(format!("{}, {}", schedule.name, &now.to_string()[..16].replace('T', " "))),
        start_urls: if schedule.start_urls.is_empty() { own() } else { schedule.start_urls.clone() },
        settings: schedule.settings.clone(),
        budget: schedule.budget,
    }
}
