//! Schedules: made, changed, paused, resumed, deleted. When one is due is worked out in `creel-frontier`; the runs are made in
//! [`due`], what credits do to schedules stands in [`by_credits`].
//!
//! At every commit an organization that cannot pay one capture has no `active` schedule, and one that can has none that is
//! `paused_no_credits`; an active schedule knows its next tick, another has none. So whoever changes a schedule holds the
//! organization's row, as does whoever changes its credits.

pub(crate) mod by_credits;
mod change;
pub mod due;
mod read;
mod row;

use creel_frontier::Timetable;
use creel_types::{By, Cadence, OrganizationId, RobotId, RunId, ScheduleId, ScheduleStatus, SkipReason, Time, Window};
use serde_json::json;

pub use change::ScheduleChanges;
pub(crate) use read::LIGHT_VIEW;
pub use read::ScheduleFilter;
use read::{VIEW, get};
pub(crate) use row::schedule;

use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::Tx,
    edition::Edition,
    idempotency::{self, IdempotencyKey, Once},
    ledger::{
        account::{Named, lock_account},
        consequences,
    },
    robots,
    runs::RunSettings,
};

/// Schedules of one organization: a grant wakes them all in its own transaction.
pub const SCHEDULES_MAX: i64 = 10_000;

#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    pub id: ScheduleId,
    pub organization: OrganizationId,
    pub robot: RobotId,
    /// `None` once the robot's row is gone.
    pub robot_name: Option<String>,
    pub name: String,
    pub cadence: Cadence,
    /// Tick 0.
    pub starts_at: Time,
    pub time_zone: String,
    pub windows: Vec<Window>,
    /// Empty: the robot's own.
    pub start_urls: Vec<String>,
    pub settings: RunSettings,
    pub budget: Option<i64>,
    pub status: ScheduleStatus,
    /// The next tick; none while it is not active.
    pub next_run_at: Option<Time>,
    /// The tick that was dealt with last.
    pub ticked_at: Option<Time>,
    pub last_run_at: Option<Time>,
    pub last_run: Option<RunId>,
    /// The last tick that made no run, and why.
    pub last_skipped_at: Option<Time>,
    pub last_skip_reason: Option<SkipReason>,
    /// As whoever made it was called then.
    pub created_by: String,
    pub created_at: Time,
    pub updated_at: Time,
}

#[derive(Clone, Debug)]
pub struct NewSchedule {
    pub robot: RobotId,
    pub name: Option<String>,
    pub cadence: Cadence,
    /// One interval from now where nothing is said.
    pub starts_at: Option<Time>,
    pub time_zone: String,
    pub windows: Vec<Window>,
    pub start_urls: Vec<String>,
    pub settings: RunSettings,
    pub budget: Option<i64>,
}

impl NewSchedule {
    /// With nothing said but how often.
    #[must_use]
    pub fn every(robot: RobotId, cadence: Cadence) -> NewSchedule {
        NewSchedule {
            robot,
            name: None,
            cadence,
            starts_at: None,
            time_zone: creel_frontier::cadence::zone::UTC.to_owned(),
            windows: Vec::new(),
            start_urls: Vec::new(),
            settings: RunSettings::default(),
            budget: None,
        }
    }
}

impl Schedule {
    /// What can be changed about it; that it is paused, or has run, makes no other edition.
    #[must_use]
    pub fn edition(&self) -> Edition {
        let (cadence, times) = (self.cadence, (self.starts_at, &self.time_zone, &self.windows));
        Edition::of(&(self.id, &self.name, cadence, times, &self.start_urls, &self.settings, self.budget))
    }

    pub fn timetable(&self) -> Result<Timetable, StoreError> {
        Timetable::new(self.cadence, self.starts_at, &self.time_zone, &self.windows).map_err(invalid)
    }

    /// The next tick after `now` that was not dealt with yet.
    fn next_tick(&self, now: Time) -> Result<Option<Time>, StoreError> {
        Ok(self.timetable()?.next_after(self.ticked_at.map_or(now, |ticked_at| ticked_at.max(now))))
    }

    /// The instants of the next runs, were it active; none that can be worked out where its zone is known no more.
    #[must_use]
    pub fn next_runs(&self, now: Time, count: usize) -> Vec<Time> {
        // What is due already is the next.
        let mut runs: Vec<Time> = self.next_run_at.into_iter().collect();
        if let Ok(timetable) = self.timetable() {
            let from = self.next_run_at.map_or(now, |next| next.max(now));
            runs.extend(timetable.next(from, count.saturating_sub(runs.len())));
        }
        runs
    }
}

fn invalid(error: creel_frontier::NotATimetable) -> StoreError {
    let field = match error {
        creel_frontier::NotATimetable::Amount { .. } => "cadence",
        creel_frontier::NotATimetable::TimeZone(_) => "time_zone",
        creel_frontier::NotATimetable::StartsAt => "starts_at",
        _ => "windows",
    };
    StoreError::Invalid { field, message: error.to_string() }
}

/// One interval from an instant: where the ticks of a schedule begin of which nothing else is said.
fn one_interval_from(at: Time, cadence: Cadence, time_zone: &str) -> Result<Time, StoreError> {
    let first = Timetable::new(cadence, at, time_zone, &[]).map_err(invalid)?.next_after(at);
    first.ok_or_else(|| StoreError::Invalid { field: "cadence", message: "it leads beyond the calendar".to_owned() })
}

/// `Daily shop.example run`
fn default_name(cadence: Cadence, host: &str) -> String {
    format!("{cadence} {host} run")
}

impl Store {
    /// Makes a schedule: `active`, or `paused_no_credits` where one capture could not be paid.
    pub async fn create_schedule(
        &self,
        organization: OrganizationId,
        new: NewSchedule,
        by: &By,
    ) -> Result<Schedule, StoreError> {
        let mut tx = self.database.begin().await?;
        let id = self.random.id(self.clock.now());
        let schedule = self.insert_schedule(&mut tx, organization, id, new, by).await?;
        tx.commit().await?;
        Ok(schedule)
    }

    /// The same once for a key.
    pub async fn create_schedule_once(
        &self,
        organization: OrganizationId,
        new: NewSchedule,
        by: &By,
        key: &IdempotencyKey,
    ) -> Result<Once<ScheduleId>, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let id: ScheduleId = self.random.id(now);
        if let Some(before) = idempotency::take(&mut tx, organization, key, &id.to_string(), now).await? {
            let id = before.parse().map_err(|error| StoreError::corrupt("answer", error))?;
            return Ok(Once::Before(id));
        }
        self.insert_schedule(&mut tx, organization, id, new, by).await?;
        tx.commit().await?;
        Ok(Once::Now(id))
    }

    async fn insert_schedule(
        &self,
        tx: &mut Tx,
        organization: OrganizationId,
        id: ScheduleId,
        new: NewSchedule,
        by: &By,
    ) -> Result<Schedule, StoreError> {
        let status = self.status_by_credits(tx, organization).await?;
        let robot = robots::find_robot_with_program(tx, organization, new.robot).await?;
        let (robot, _) = robot.ok_or_else(|| StoreError::NotFound { what: "robot", id: new.robot.to_string() })?;
        refuse_too_many(tx, organization).await?;
        let now = self.clock.now();
        let starts_at = match new.starts_at {
            Some(starts_at) => starts_at,
            None => one_interval_from(now, new.cadence, &new.time_zone)?,
        };
        let mut schedule = Schedule {
            id,
            organization,
            robot: robot.id,
            name: new.name.unwrap_or_else(|| default_name(new.cadence, robot.host.as_str())),
            robot_name: Some(robot.name),
            cadence: new.cadence,
            starts_at,
            time_zone: new.time_zone,
            windows: new.windows,
            start_urls: new.start_urls,
            settings: new.settings,
            budget: new.budget,
            status,
            next_run_at: None,
            ticked_at: None,
            last_run_at: None,
            last_run: None,
            last_skipped_at: None,
            last_skip_reason: None,
            created_by: by.name.clone(),
            created_at: now,
            updated_at: now,
        };
        // Also where it sleeps: what cannot be worked out is refused now.
        let next = schedule.next_tick(now)?;
        schedule.next_run_at = next.filter(|_| status == ScheduleStatus::Active);
        row::insert(tx, &schedule).await?;
        self.write_deed(tx, &schedule, AuditAction::ScheduleCreated, by).await?;
        Ok(schedule)
    }

    /// Pauses by somebody's wish: no grant wakes it, also where it slept for want of credits before.
    pub async fn pause_schedule(
        &self,
        organization: OrganizationId,
        id: ScheduleId,
        by: &By,
    ) -> Result<Schedule, StoreError> {
        let mut tx = self.database.begin().await?;
        lock_account(&mut tx, organization, Named::default()).await?;
        let mut schedule = get(&mut tx, organization, id).await?;
        if schedule.status != ScheduleStatus::Paused {
            (schedule.status, schedule.next_run_at) = (ScheduleStatus::Paused, None);
            self.save_schedule(&mut tx, &mut schedule, AuditAction::SchedulePaused, by).await?;
        }
        tx.commit().await?;
        Ok(schedule)
    }

    /// Resumes with the next future tick: `active`, or `paused_no_credits` until a grant wakes it.
    pub async fn resume_schedule(
        &self,
        organization: OrganizationId,
        id: ScheduleId,
        by: &By,
    ) -> Result<Schedule, StoreError> {
        let mut tx = self.database.begin().await?;
        let status = self.status_by_credits(&mut tx, organization).await?;
        let mut schedule = get(&mut tx, organization, id).await?;
        // One that is not paused by hand is as credits have it already.
        if schedule.status == ScheduleStatus::Paused {
            schedule.status = status;
            let next = schedule.next_tick(self.clock.now())?;
            schedule.next_run_at = next.filter(|_| status == ScheduleStatus::Active);
            self.save_schedule(&mut tx, &mut schedule, AuditAction::ScheduleResumed, by).await?;
        }
        tx.commit().await?;
        Ok(schedule)
    }

    /// Deletes it; the runs that it made stay, also one that is going on.
    pub async fn delete_schedule(&self, organization: OrganizationId, id: ScheduleId, by: &By) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        lock_account(&mut tx, organization, Named::default()).await?;
        let schedule = get(&mut tx, organization, id).await?;
        self.delete_in(&mut tx, &schedule, by).await?;
        tx.commit().await
    }

    /// Deletes all schedules of a robot. Called under the organization's lock.
    pub(crate) async fn delete_schedules_of(
        &self,
        tx: &mut Tx,
        organization: OrganizationId,
        robot: RobotId,
        by: &By,
    ) -> Result<(), StoreError> {
        let sql = format!("{LIGHT_VIEW} WHERE s.organization_id = $1 AND s.robot_id = $2 ORDER BY s.id");
        for row in &tx.rows(&sql, args![organization, robot]).await? {
            self.delete_in(tx, &schedule(row)?, by).await?;
        }
        Ok(())
    }

    async fn delete_in(&self, tx: &mut Tx, schedule: &Schedule, by: &By) -> Result<(), StoreError> {
        tx.execute(
            "DELETE FROM credit_limits WHERE organization_id = $1 AND subject = 'schedule' AND subject_id = $2",
            args![schedule.organization, schedule.id],
        )
        .await?;
        let sql = "DELETE FROM schedules WHERE organization_id = $1 AND id = $2";
        tx.execute(sql, args![schedule.organization, schedule.id]).await?;
        self.write_deed(tx, schedule, AuditAction::ScheduleDeleted, by).await
    }

    /// What a schedule that is not paused by hand is now. Ends what is due first, so that credits which are over wake nobody.
    async fn status_by_credits(&self, tx: &mut Tx, organization: OrganizationId) -> Result<ScheduleStatus, StoreError> {
        let mut locked = lock_account(tx, organization, Named::default()).await?;
        let now = self.clock.now();
        locked.account.expire_due(now);
        let account = &locked.account;
        if account.changed_lots().next().is_some() || account.changed_holds().next().is_some() {
            consequences::save(tx, self, &mut [&mut locked], now).await?;
        }
        Ok(if locked.can_pay_a_capture() { ScheduleStatus::Active } else { ScheduleStatus::PausedNoCredits })
    }

    async fn save_schedule(
        &self,
        tx: &mut Tx,
        schedule: &mut Schedule,
        action: AuditAction,
        by: &By,
    ) -> Result<(), StoreError> {
        schedule.updated_at = self.clock.now();
        row::update(tx, schedule).await?;
        self.write_deed(tx, schedule, action, by).await
    }

    async fn write_deed(&self, tx: &mut Tx, schedule: &Schedule, action: AuditAction, by: &By) -> Result<(), StoreError> {
        let deed = Deed::new(action, TargetKind::Schedule, schedule.id, schedule.name.as_str());
        let deed =
            deed.with(json!({"status": schedule.status, "cadence": schedule.cadence, "next_run_at": schedule.next_run_at}));
        audit::write(tx, self, schedule.organization, self.clock.now(), by, deed).await
    }
}

async fn refuse_too_many(tx: &mut Tx, organization: OrganizationId) -> Result<(), StoreError> {
    let sql = "SELECT COUNT(*) AS schedules FROM schedules WHERE organization_id = $1";
    let count = tx.row(sql, args![organization]).await?.map_or(Ok(0), |row| row.int("schedules"))?;
    if count < SCHEDULES_MAX {
        return Ok(());
    }
    Err(StoreError::Conflict(format!("the organization has {count} schedules, as many as it may; delete some first")))
}
