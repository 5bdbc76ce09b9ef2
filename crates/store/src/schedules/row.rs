//! A schedule as its row keeps it.

use creel_types::Cadence;
use serde::Serialize;

use super::Schedule;
use crate::{
    StoreError, args,
    database::{Row, Tx, Value},
};

pub(crate) fn schedule(row: &Row) -> Result<Schedule, StoreError> {
    Ok(Schedule {
        id: row.parsed("id")?,
        organization: row.parsed("organization_id")?,
        robot: row.parsed("robot_id")?,
        robot_name: row.opt_text("robot_name")?,
        name: row.text("name")?,
        cadence: Cadence { interval_amount: row.int("interval_amount")?, interval_unit: row.parsed("interval_unit")? },
        starts_at: row.time("starts_at")?,
        time_zone: row.text("time_zone")?,
        windows: row.json("windows")?,
        start_urls: row.json("start_urls")?,
        settings: row.json("settings")?,
        budget: row.opt_int("budget")?,
        status: row.parsed("status")?,
        next_run_at: row.opt_time("next_run_at")?,
        ticked_at: row.opt_time("ticked_at")?,
        last_run_at: row.opt_time("last_run_at")?,
        last_run: row.opt_parsed("last_run_id")?,
        last_skipped_at: row.opt_time("last_skipped_at")?,
        last_skip_reason: row.opt_parsed("last_skip_reason")?,
        created_by: row.text("created_by")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// The columns that are written once, and those that may change, in the order of [`changing`].
const FIRST: &[&str] = &["id", "organization_id", "robot_id", "created_by", "created_at"];
const CHANGING: &[&str] = &[
    "name",
    "interval_amount",
    "interval_unit",
    "starts_at",
    "time_zone",
    "windows",
    "start_urls",
    "settings",
    "budget",
    "status",
    "next_run_at",
    "ticked_at",
    "last_run_at",
    "last_run_id",
    "last_skipped_at",
    "last_skip_reason",
    "updated_at",
];

fn changing(schedule: &Schedule) -> Result<Vec<Value>, StoreError> {
    Ok(args![
        schedule.name.as_str(),
        schedule.cadence.interval_amount,
        schedule.cadence.interval_unit.as_str(),
        schedule.starts_at,
        schedule.time_zone.as_str(),
        text(&schedule.windows)?,
        text(&schedule.start_urls)?,
        text(&schedule.settings)?,
        schedule.budget,
        schedule.status.as_str(),
        schedule.next_run_at,
        schedule.ticked_at,
        schedule.last_run_at,
        schedule.last_run,
        schedule.last_skipped_at,
        schedule.last_skip_reason.map(creel_types::SkipReason::as_str),
        schedule.updated_at,
    ])
}

pub(super) async fn insert(tx: &mut Tx, schedule: &Schedule) -> Result<(), StoreError> {
    let names = [FIRST, CHANGING].concat();
    let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
    let Schedule { id, organization, robot, created_by, created_at, .. } = schedule;
    let mut values = args![*id, *organization, *robot, created_by.as_str(), *created_at];
    values.extend(changing(schedule)?);
    let sql = format!("INSERT INTO schedules ({}) VALUES ({})", names.join(", "), places.join(", "));
    tx.execute(&sql, values).await.map(|_| ())
}

/// Writes everything that may change; called under the organization's lock, so that nothing is written over.
pub(super) async fn update(tx: &mut Tx, schedule: &Schedule) -> Result<(), StoreError> {
    let set: Vec<String> = (3..).zip(CHANGING).map(|(place, name)| format!("{name} = ${place}")).collect();
    let mut values = args![schedule.organization, schedule.id];
    values.extend(changing(schedule)?);
    let sql = format!("UPDATE schedules SET {} WHERE organization_id = $1 AND id = $2", set.join(", "));
    tx.execute(&sql, values).await.map(|_| ())
}

fn text(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(error.to_string()))
}
