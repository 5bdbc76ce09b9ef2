//! What a schedule is asked to be, and the rules that it has to keep: those of runs for what it runs, those of a timetable for
//! when.

use creel_frontier::{NotATimetable, Timetable, cadence::zone};
use creel_types::{Cadence, IntervalUnit, RobotId, RobotProgram, Time, Window, time::DAY_MS};
use serde::{Deserialize, Deserializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::{
    Wrong,
    run::{StartUrl, UrlPattern, check_budget, check_patterns, check_start_urls},
    texts::{WorkName, whole_number},
};
use crate::{
    runs::RunSettings,
    schedules::{NewSchedule, ScheduleChanges},
};

/// How far ahead a schedule may begin: a year that was mistyped is told, and does not sleep for a lifetime.
const STARTS_AHEAD_MS_MAX: i64 = 10 * 366 * DAY_MS;
const DAYS_MAX: usize = 7;

/// A time zone by its name.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct TimeZoneName(String);

impl TryFrom<String> for TimeZoneName {
    type Error = NotATimetable;

    fn try_from(name: String) -> Result<TimeZoneName, NotATimetable> {
        if zone::find(&name).is_some() { Ok(TimeZoneName(name)) } else { Err(NotATimetable::TimeZone(name)) }
    }
}

impl PartialSchema for TimeZoneName {
    fn schema() -> RefOr<Schema> {
        let names = zone::names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        creel_types::schema::word(&names)
    }
}

impl ToSchema for TimeZoneName {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CadenceBody {
    #[serde(deserialize_with = "whole_number")]
    interval_amount: Option<i64>,
    interval_unit: IntervalUnit,
}

impl CadenceBody {
    fn checked(&self) -> Result<Cadence, Wrong> {
        let field = || Wrong::field("cadence.interval_amount", "it is missing");
        let cadence =
            Cadence { interval_amount: self.interval_amount.ok_or_else(field)?, interval_unit: self.interval_unit };
        Timetable::new(cadence, Time(0), zone::UTC, &[]).map_err(refusal)?;
        Ok(cadence)
    }
}

/// A schedule to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewScheduleBody {
    pub robot_id: RobotId,
    #[schema(value_type = Cadence)]
    cadence: CadenceBody,
    /// `Daily shop.example run` where nothing is said.
    name: Option<WorkName>,
    /// The first tick, from which all others are counted; one interval from now where nothing is said. One that is over is
    /// taken: the next run is the next future tick.
    starts_at: Option<Time>,
    /// By whose calendar days, weeks and months are counted: a name of the IANA database. UTC where nothing is said.
    time_zone: Option<TimeZoneName>,
    /// Hours in which runs may start. A tick outside of all of them waits for the next opening; several that wait make one
    /// run.
    #[serde(default)]
    #[schema(max_items = 14)]
    windows: Vec<Window>,
    /// Pages on the robot's host to start from; the robot's own start pages where none are given.
    #[serde(default)]
    #[schema(max_items = 10_000, value_type = Vec<StartUrl>)]
    start_urls: Vec<String>,
    /// The most captures that each run makes.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    budget: Option<i64>,
    /// Whether links are followed; `false` fetches only the start URLs. True where nothing is said.
    discover: Option<bool>,
    /// Only what matches one of these patterns is captured.
    #[serde(default)]
    #[schema(max_items = 1_000, value_type = Vec<UrlPattern>)]
    include: Vec<String>,
    /// What matches one of these is not even fetched; exclude wins over include.
    #[serde(default)]
    #[schema(max_items = 1_000, value_type = Vec<UrlPattern>)]
    exclude: Vec<String>,
    /// Whether the captures of each run are enriched when it ends, 1 credit each. False where nothing is said.
    auto_enrich: Option<bool>,
}

impl NewScheduleBody {
    /// The schedule that is meant, once everything about it was found right.
    pub fn checked(self, program: &RobotProgram, now: Time) -> Result<NewSchedule, Wrong> {
        let cadence = self.cadence.checked()?;
        check_windows(&self.windows)?;
        self.starts_at.map(|starts_at| check_starts_at(starts_at, now)).transpose()?;
        self.budget.map(check_budget).transpose()?;
        check_patterns(&self.include, &self.exclude)?;
        check_start_urls(&self.start_urls, program)?;
        Ok(NewSchedule {
            robot: self.robot_id,
            name: self.name.map(|name| name.as_str().to_owned()),
            cadence,
            starts_at: self.starts_at,
            time_zone: self.time_zone.map_or_else(|| zone::UTC.to_owned(), |zone| zone.0),
            windows: self.windows,
            start_urls: self.start_urls,
            settings: RunSettings {
                discover: self.discover.unwrap_or(true),
                include: self.include,
                exclude: self.exclude,
                max_depth: None,
                auto_enrich: self.auto_enrich.unwrap_or(false),
            },
            budget: self.budget,
        })
    }
}

/// What is to be different; what is left out, or null, stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleChangesBody {
    name: Option<WorkName>,
    /// Another cadence has another anchor: `starts_at`, or one interval from now.
    #[schema(value_type = Option<Cadence>)]
    cadence: Option<CadenceBody>,
    starts_at: Option<Time>,
    time_zone: Option<TimeZoneName>,
    #[schema(max_items = 14)]
    windows: Option<Vec<Window>>,
    #[schema(max_items = 10_000, value_type = Option<Vec<StartUrl>>)]
    start_urls: Option<Vec<String>>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(minimum = 1, maximum = 1_000_000_000, value_type = Option<i64>)]
    budget: Option<Option<i64>>,
    discover: Option<bool>,
    #[schema(max_items = 1_000, value_type = Option<Vec<UrlPattern>>)]
    include: Option<Vec<String>>,
    #[schema(max_items = 1_000, value_type = Option<Vec<UrlPattern>>)]
    exclude: Option<Vec<String>>,
    auto_enrich: Option<bool>,
}

/// Tells null from nothing.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    whole_number(deserializer).map(Some)
}

impl ScheduleChangesBody {
    /// The changes that are meant; `program` is the robot's, where it has one still.
    pub fn checked(self, program: Option<&RobotProgram>, now: Time) -> Result<ScheduleChanges, Wrong> {
        let cadence = self.cadence.as_ref().map(CadenceBody::checked).transpose()?;
        self.windows.as_deref().map(check_windows).transpose()?;
        self.starts_at.map(|starts_at| check_starts_at(starts_at, now)).transpose()?;
        self.budget.flatten().map(check_budget).transpose()?;
        check_patterns(self.include.as_deref().unwrap_or_default(), self.exclude.as_deref().unwrap_or_default())?;
        if let (Some(start_urls), Some(program)) = (&self.start_urls, program) {
            check_start_urls(start_urls, program)?;
        }
        Ok(ScheduleChanges {
            name: self.name.map(|name| name.as_str().to_owned()),
            cadence,
            starts_at: self.starts_at,
            time_zone: self.time_zone.map(|zone| zone.0),
            windows: self.windows,
            start_urls: self.start_urls,
            budget: self.budget,
            discover: self.discover,
            include: self.include,
            exclude: self.exclude,
            auto_enrich: self.auto_enrich,
        })
    }
}

fn check_windows(windows: &[Window]) -> Result<(), Wrong> {
    if let Some(index) = windows.iter().position(|window| window.days.len() > DAYS_MAX) {
        return Err(Wrong::field(format!("windows[{index}].days"), format!("a week has {DAYS_MAX} days")));
    }
    let cadence = Cadence { interval_amount: 1, interval_unit: IntervalUnit::Day };
    Timetable::new(cadence, Time(0), zone::UTC, windows).map(|_| ()).map_err(refusal)
}

fn check_starts_at(starts_at: Time, now: Time) -> Result<(), Wrong> {
    if starts_at.ms_since(now) <= STARTS_AHEAD_MS_MAX {
        return Ok(());
    }
    Err(Wrong::conflict("starts_at", format!("{starts_at} is more than ten years from now")))
}

/// What is wrong by itself is an invalid field; a window whose ends are right, and the same, is a conflict of the two.
fn refusal(error: NotATimetable) -> Wrong {
    let (field, message) = (error.field(), error.to_string());
    match error {
        NotATimetable::EmptyWindow { .. } | NotATimetable::StartsAt => Wrong::conflict(field, message),
        _ => Wrong::field(field, message),
    }
}
