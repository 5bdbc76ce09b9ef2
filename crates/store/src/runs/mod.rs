//! Runs: made, held by one process, stopped, ended, shown. What a stored page changes in its run happens in [`crate::settle`].

mod end;
mod hold;
mod make;
mod view;

use creel_types::{
    ApiKeyId, By, Country, Credits, EndReason, Host, OrganizationId, RobotId, RobotProgram, RunError, RunErrorCode, RunId,
    RunStatus, ScheduleId, Time,
};
use serde::{Deserialize, Serialize};

pub use self::view::RunView;
pub(crate) use self::{
    end::{HAS_OPEN_PAGES, end_run},
    hold::reopen_leased_pages,
};
use crate::{Store, StoreError, args, database::Row};

/// How long a process may be silent before another may take over its run.
pub const LEASE_MS: i64 = 15_000;

/// What a run was asked to do, beside its start URLs and budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSettings {
    pub discover: bool,
    #[serde(default)]
    pub include: Vec<String>,
    #[serde(default)]
    pub exclude: Vec<String>,
    pub max_depth: Option<u32>,
    #[serde(default)]
    pub auto_enrich: bool,
}

impl Default for RunSettings {
    fn default() -> RunSettings {
        RunSettings { discover: true, include: Vec::new(), exclude: Vec::new(), max_depth: None, auto_enrich: false }
    }
}

#[derive(Clone, Debug)]
pub struct NewRun {
    /// Who asked for it.
    pub by: By,
    pub robot: RobotId,
    pub api_key: Option<ApiKeyId>,
    /// The schedule that made it.
    pub schedule: Option<ScheduleId>,
    pub name: Option<String>,
    pub start_urls: Vec<String>,
    pub settings: RunSettings,
    pub budget: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub id: RunId,
    pub organization: OrganizationId,
    pub robot: RobotId,
    pub api_key: Option<ApiKeyId>,
    pub schedule: Option<ScheduleId>,
    pub name: String,
    pub host: Host,
    pub country: Country,
    /// The robot's program as it was when the run was made.
    pub program: RobotProgram,
    pub start_urls: Vec<String>,
    pub settings: RunSettings,
    pub budget: Option<i64>,
    pub status: RunStatus,
    pub end_reason: Option<EndReason>,
    pub error: Option<RunError>,
    pub extracted: i64,
    pub duplicates: i64,
    pub pages_fetched: i64,
    pub pages_failed: i64,
    pub pages_blocked: i64,
    pub credits_spent: Credits,
    pub created_at: Time,
    pub started_at: Option<Time>,
    pub ended_at: Option<Time>,
}

impl Run {
    /// Whether the address is on the robot's host.
    #[must_use]
    pub fn host_holds(&self, url: &url::Url) -> bool {
        self.host.holds(url)
    }
}

impl Store {
    pub async fn get_run(&self, organization: OrganizationId, id: RunId) -> Result<Run, StoreError> {
        let row = self
            .database
            .row("SELECT * FROM runs WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL", args![organization, id])
            .await?;
        run(&row.ok_or_else(|| StoreError::NotFound { what: "run", id: id.to_string() })?)
    }
}

pub(crate) fn run(row: &Row) -> Result<Run, StoreError> {
    let error = match row.opt_parsed::<RunErrorCode>("error_code")? {
        None => None,
        Some(code) => Some(RunError { code, message: row.opt_text("error_message")?.unwrap_or_default() }),
    };
    Ok(Run {
        id: row.parsed("id")?,
        organization: row.parsed("organization_id")?,
        robot: row.parsed("robot_id")?,
        api_key: row.opt_parsed("api_key_id")?,
        schedule: row.opt_parsed("schedule_id")?,
        name: row.text("name")?,
        host: Host::from_stored(row.text("host")?),
        country: row.parsed("country_code")?,
        program: row.json("program")?,
        start_urls: row.json("start_urls")?,
        settings: row.json("settings")?,
        budget: row.opt_int("budget")?,
        status: row.parsed("status")?,
        end_reason: row.opt_parsed("end_reason")?,
        error,
        extracted: row.int("extracted")?,
        duplicates: row.int("duplicates")?,
        pages_fetched: row.int("pages_fetched")?,
        pages_failed: row.int("pages_failed")?,
        pages_blocked: row.int("pages_blocked")?,
        credits_spent: Credits(row.int("credits_spent")?),
        created_at: row.time("created_at")?,
        started_at: row.opt_time("started_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}
