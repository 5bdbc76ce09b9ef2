//! Schedules: a cadence that makes runs.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod pause;
pub(crate) mod resume;
pub(crate) mod update;

use creel_store::schedules::Schedule;
use creel_types::{Action, Cadence, RobotId, RunId, ScheduleId, ScheduleStatus, SkipReason, Time, Window};
use serde::Serialize;
use utoipa::ToSchema;

/// Runs that one schedule shows ahead.
const NEXT_RUNS: usize = 5;

/// A schedule as lists show it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScheduleRow {
    id: ScheduleId,
    name: String,
    status: ScheduleStatus,
    /// What will wake it, where it sleeps.
    note: Option<String>,
    robot_id: RobotId,
    robot_name: Option<String>,
    cadence: Cadence,
    /// The first tick; all others are counted from it.
    starts_at: Time,
    /// A name of the IANA database.
    time_zone: String,
    /// Runs start only in these; at any time where there are none.
    windows: Vec<Window>,
    budget: Option<i64>,
    auto_enrich: bool,
    /// Null while it is paused.
    next_run_at: Option<Time>,
    last_run_at: Option<Time>,
    last_run_id: Option<RunId>,
    /// The last tick that made no run.
    last_skipped_at: Option<Time>,
    last_skip_reason: Option<SkipReason>,
    /// Who made it, as they were called then.
    created_by: String,
    created_at: Time,
    updated_at: Time,
}

/// A schedule with everything that its runs are asked to do.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScheduleView {
    #[serde(flatten)]
    row: ScheduleRow,
    /// Empty: the robot's own start pages, as they are when a run is made.
    start_urls: Vec<String>,
    discover: bool,
    include: Vec<String>,
    exclude: Vec<String>,
    /// When its next runs start, up to five; where it is paused, when they would.
    next_runs: Vec<Time>,
}

impl ScheduleView {
    fn of(schedule: Schedule, now: Time) -> ScheduleView {
        let next_runs = schedule.next_runs(now, NEXT_RUNS);
        let (start_urls, settings) = (schedule.start_urls.clone(), schedule.settings.clone());
        ScheduleView {
            row: ScheduleRow::of(schedule),
            start_urls,
            discover: settings.discover,
            include: settings.include,
            exclude: settings.exclude,
            next_runs,
        }
    }
}

impl ScheduleRow {
    fn of(schedule: Schedule) -> ScheduleRow {
        ScheduleRow {
            note: note(schedule.status),
            id: schedule.id,
            name: schedule.name,
            status: schedule.status,
            robot_id: schedule.robot,
            robot_name: schedule.robot_name,
            cadence: schedule.cadence,
            starts_at: schedule.starts_at,
            time_zone: schedule.time_zone,
            windows: schedule.windows,
            budget: schedule.budget,
            auto_enrich: schedule.settings.auto_enrich,
            next_run_at: schedule.next_run_at,
            last_run_at: schedule.last_run_at,
            last_run_id: schedule.last_run,
            last_skipped_at: schedule.last_skipped_at,
            last_skip_reason: schedule.last_skip_reason,
            created_by: schedule.created_by,
            created_at: schedule.created_at,
            updated_at: schedule.updated_at,
        }
    }
}

fn note(status: ScheduleStatus) -> Option<String> {
    let price = Action::Extract.price();
    match status {
        ScheduleStatus::Active => None,
        ScheduleStatus::Paused => Some("paused by hand: it sleeps until somebody resumes it".to_owned()),
        ScheduleStatus::PausedNoCredits => Some(format!(
            "less than {price} credits are left, the price of one capture: it wakes by itself as soon as there are {price}, \
             with the first tick after that"
        )),
    }
}
