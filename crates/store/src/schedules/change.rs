//! Changes of a schedule by somebody's wish. A tick that was due before a change and made no run yet still makes it; what comes
//! after it is worked out anew.

use creel_types::{By, Cadence, OrganizationId, ScheduleId, ScheduleStatus, Time, Window};

use super::{Schedule, default_name, get, one_interval_from};
use crate::{
    Store, StoreError,
    access::audit::{AuditAction, TargetKind},
    edition::{self, Edition, Target},
    ledger::account::{Named, lock_account},
    robots,
};

/// What is to be different; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct ScheduleChanges {
    pub name: Option<String>,
    /// Another cadence has another anchor: `starts_at`, or one interval from now.
    pub cadence: Option<Cadence>,
    pub starts_at: Option<Time>,
    pub time_zone: Option<String>,
    pub windows: Option<Vec<Window>>,
    pub start_urls: Option<Vec<String>>,
    /// `Some(None)` takes it away.
    pub budget: Option<Option<i64>>,
    pub discover: Option<bool>,
    pub include: Option<Vec<String>>,
    pub exclude: Option<Vec<String>>,
    pub auto_enrich: Option<bool>,
}

impl Store {
    /// Changes it; with `expected` only while it is the edition that somebody saw.
    pub async fn update_schedule(
        &self,
        organization: OrganizationId,
        id: ScheduleId,
        changes: ScheduleChanges,
        expected: Option<&Edition>,
        by: &By,
    ) -> Result<Schedule, StoreError> {
        let mut tx = self.database.begin().await?;
        lock_account(&mut tx, organization, Named::default()).await?;
        let before = get(&mut tx, organization, id).await?;
        let action = AuditAction::ScheduleUpdated;
        let target = Target { organization, kind: TargetKind::Schedule, id: id.to_string(), action };
        edition::refuse_other(&mut tx, expected, &before.edition(), &target).await?;
        let robot = robots::find_robot_with_program(&mut tx, organization, before.robot).await?;
        let now = self.clock.now();
        let mut schedule = before.clone();
        if let Some(cadence) = changes.cadence
            && let Some((robot, _)) = &robot
            && before.name == default_name(before.cadence, robot.host.as_str())
        {
            // A name that says the cadence goes on saying it.
            schedule.name = default_name(cadence, robot.host.as_str());
        }
        change_what_is_run(&mut schedule, &changes);
        change_times(&mut schedule, changes, now)?;
        let same_times = |one: &Schedule, other: &Schedule| {
            (one.cadence, one.starts_at, &one.time_zone, &one.windows)
                == (other.cadence, other.starts_at, &other.time_zone, &other.windows)
        };
        if !same_times(&schedule, &before) {
            let next = schedule.next_tick(now)?;
            let is_due = before.next_run_at.is_some_and(|due| due <= now);
            if schedule.status == ScheduleStatus::Active && !is_due {
                schedule.next_run_at = next;
            }
        }
        if schedule != before {
            self.save_schedule(&mut tx, &mut schedule, AuditAction::ScheduleUpdated, by).await?;
        }
        tx.commit().await?;
        Ok(schedule)
    }
}

fn change_what_is_run(schedule: &mut Schedule, changes: &ScheduleChanges) {
    if let Some(name) = &changes.name {
        schedule.name.clone_from(name);
    }
    if let Some(start_urls) = &changes.start_urls {
        schedule.start_urls.clone_from(start_urls);
    }
    schedule.budget = changes.budget.unwrap_or(schedule.budget);
    schedule.settings.discover = changes.discover.unwrap_or(schedule.settings.discover);
    if let Some(include) = &changes.include {
        schedule.settings.include.clone_from(include);
    }
    if let Some(exclude) = &changes.exclude {
        schedule.settings.exclude.clone_from(exclude);
    }
    if let Some(auto_enrich) = changes.auto_enrich {
        schedule.settings.auto_enrich = auto_enrich;
    }
}

fn change_times(schedule: &mut Schedule, changes: ScheduleChanges, now: Time) -> Result<(), StoreError> {
    schedule.time_zone = changes.time_zone.unwrap_or_else(|| std::mem::take(&mut schedule.time_zone));
    schedule.windows = changes.windows.unwrap_or_else(|| std::mem::take(&mut schedule.windows));
    let cadence = changes.cadence.unwrap_or(schedule.cadence);
    if let Some(starts_at) = changes.starts_at {
        schedule.starts_at = starts_at;
    } else if cadence != schedule.cadence {
        schedule.starts_at = one_interval_from(now, cadence, &schedule.time_zone)?;
    }
    schedule.cadence = cadence;
    Ok(())
}
