//! What somebody typed into the form of a schedule, as they typed it, and what it means: to the API, and to the arithmetic of
//! schedules.

use creel_frontier::{NotATimetable, Timetable, cadence::zone};
use creel_store::schedules::Schedule;
use creel_types::{Cadence, ClockTime, IntervalUnit, Time, Weekday, Window};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    refusal::{Refusal, sentence},
    typed::{lines, whole_number},
};

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub(super) form_token: String,
    /// Of the schedule as the form showed it; nothing for a new one.
    pub(super) edition: String,
    /// What the pressed button asks for: `preview`, `window` for one more window, or to save.
    pub(super) step: String,
    pub(super) robot: String,
    pub(super) name: String,
    pub(super) interval_amount: String,
    pub(super) interval_unit: String,
    /// By the clocks of the zone.
    pub(super) starts_at: String,
    pub(super) time_zone: String,
    pub(super) window_days: Vec<String>,
    pub(super) window_from: Vec<String>,
    pub(super) window_to: Vec<String>,
    pub(super) start_urls: String,
    pub(super) budget: String,
    pub(super) discover: String,
    pub(super) auto_enrich: String,
    pub(super) include: String,
    pub(super) exclude: String,
    /// Of a schedule that is changed: its first tick, zone and cadence as they were.
    pub(super) anchor: String,
    pub(super) anchor_zone: String,
    pub(super) anchor_cadence: String,
}

impl Typed {
    /// The form of a schedule as it is.
    pub(super) fn of(schedule: &Schedule) -> Typed {
        let Schedule { cadence, windows, settings, .. } = schedule;
        let days = |window: &Window| window.days.iter().map(|day| day.as_str()).collect::<Vec<_>>().join(",");
        Typed {
            edition: schedule.edition().to_string(),
            robot: schedule.robot.to_string(),
            name: schedule.name.clone(),
            interval_amount: cadence.interval_amount.to_string(),
            interval_unit: cadence.interval_unit.as_str().to_owned(),
            starts_at: zone::local(schedule.starts_at, &schedule.time_zone).unwrap_or_default(),
            time_zone: schedule.time_zone.clone(),
            window_days: windows.iter().map(days).collect(),
            window_from: windows.iter().map(|window| window.from.to_string()).collect(),
            window_to: windows.iter().map(|window| clock(window.to)).collect(),
            start_urls: schedule.start_urls.join("\n"),
            budget: schedule.budget.map(|budget| budget.to_string()).unwrap_or_default(),
            discover: if settings.discover { "true" } else { "" }.to_owned(),
            auto_enrich: if settings.auto_enrich { "true" } else { "" }.to_owned(),
            include: settings.include.join("\n"),
            exclude: settings.exclude.join("\n"),
            anchor: schedule.starts_at.to_string(),
            anchor_zone: schedule.time_zone.clone(),
            anchor_cadence: said(*cadence),
            ..Typed::default()
        }
    }

    pub(super) fn cadence(&self) -> Result<Cadence, Refusal> {
        let interval_amount = whole_number("interval_amount", &self.interval_amount)?;
        let unit = IntervalUnit::parse(&self.interval_unit);
        let interval_unit =
            unit.ok_or_else(|| Refusal::at_field("interval_unit", "Choose hours, days, weeks or months."))?;
        Ok(Cadence { interval_amount, interval_unit })
    }

    /// Rows that are filled in; empty ones are none.
    pub(super) fn windows(&self) -> Result<Vec<Window>, Refusal> {
        let mut windows = Vec::new();
        for (at, from) in self.window_from.iter().enumerate() {
            let to = self.window_to.get(at).map_or("", String::as_str).trim();
            let days = self.window_days.get(at).map_or("", String::as_str);
            if from.trim().is_empty() && to.is_empty() {
                continue;
            }
            let clock = |text: &str| {
                text.parse::<ClockTime>().map_err(|_| {
                    Refusal::at_field("windows", "A window needs the time at which it opens and at which it closes.")
                })
            };
            let days = days.split(',').filter(|day| !day.is_empty()).filter_map(Weekday::parse).collect();
            windows.push(Window { days, from: clock(from.trim())?, to: clock(to)? });
        }
        Ok(windows)
    }

    /// The first tick that was typed; none where it was left empty or as it was.
    fn starts_at(&self) -> Result<Option<Time>, Refusal> {
        let text = self.starts_at.trim();
        let before = self.anchor.parse::<Time>().ok().and_then(|anchor| zone::local(anchor, &self.anchor_zone));
        if text.is_empty() || self.time_zone == self.anchor_zone && before.as_deref() == Some(text) {
            return Ok(None);
        }
        zone::instant(text, &self.time_zone)
            .map(Some)
            .ok_or_else(|| Refusal::at_field("starts_at", "Write a day and a time, such as 2026-01-31T09:30."))
    }

    /// When it would be due: by the same arithmetic as the scheduler's.
    pub(super) fn timetable(&self, now: Time) -> Result<Timetable, Refusal> {
        let (cadence, windows) = (self.cadence()?, self.windows()?);
        let one_from_now = || -> Result<Time, Refusal> {
            let table = Timetable::new(cadence, now, &self.time_zone, &[]).map_err(|error| refusal(&error))?;
            table.next_after(now).ok_or_else(|| Refusal::at_field("interval_amount", "It leads beyond the calendar."))
        };
        let is_same_cadence = self.anchor_cadence == said(cadence);
        let anchor = self.anchor.parse::<Time>().ok().filter(|_| is_same_cadence);
        let starts_at = match (self.starts_at()?, anchor) {
            (Some(starts_at), _) | (None, Some(starts_at)) => starts_at,
            (None, None) => one_from_now()?,
        };
        Timetable::new(cadence, starts_at, &self.time_zone, &windows).map_err(|error| refusal(&error))
    }

    /// The body that makes the schedule: what was left empty is not said.
    pub(super) fn body(&self) -> Result<Value, Refusal> {
        let mut body = self.changes()?;
        body.insert("robot_id".to_owned(), json!(self.robot.trim()));
        body.retain(|_, value| !value.is_null());
        Ok(Value::Object(body))
    }

    /// The body that changes it: an empty budget takes the one there was away.
    pub(super) fn changes(&self) -> Result<Map<String, Value>, Refusal> {
        let mut body = Map::new();
        let mut say = |name: &str, value: Value| body.insert(name.to_owned(), value);
        say("cadence", json!(self.cadence()?));
        say("time_zone", json!(self.time_zone));
        say("windows", json!(self.windows()?));
        if let Some(starts_at) = self.starts_at()? {
            say("starts_at", json!(starts_at));
        }
        if !self.name.trim().is_empty() {
            say("name", json!(self.name.trim()));
        }
        let budget = match self.budget.trim() {
            "" => Value::Null,
            text => json!(whole_number("budget", text)?),
        };
        say("budget", budget);
        say("discover", json!(self.discover == "true"));
        say("auto_enrich", json!(self.auto_enrich == "true"));
        say("start_urls", json!(lines(&self.start_urls)));
        say("include", json!(lines(&self.include)));
        say("exclude", json!(lines(&self.exclude)));
        Ok(body)
    }
}

fn said(cadence: Cadence) -> String {
    format!("{} {}", cadence.interval_amount, cadence.interval_unit)
}

/// Midnight at the end of a day, as a browser's field for times knows it.
fn clock(time: ClockTime) -> String {
    if time == ClockTime::MIDNIGHT { "00:00".to_owned() } else { time.to_string() }
}

fn refusal(error: &NotATimetable) -> Refusal {
    Refusal::at_field(error.field(), sentence(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn daily() -> Typed {
        Typed {
            interval_amount: "1".to_owned(),
            interval_unit: "day".to_owned(),
            time_zone: "UTC".to_owned(),
            ..Typed::default()
        }
    }

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_left_empty_is_not_said() {
        let body = Typed { robot: "r".to_owned(), ..daily() }.body().unwrap();
        let expected = json!({"robot_id": "r", "cadence": {"interval_amount": 1, "interval_unit": "day"}, "time_zone": "UTC",
            "windows": [], "discover": false, "auto_enrich": false, "start_urls": [], "include": [], "exclude": []});
        assert_eq!(body, expected);
        assert_eq!(daily().changes().unwrap()["budget"], Value::Null, "an empty budget takes it away");
    }

    #[test]
    fn an_anchor_that_was_not_touched_stays() {
        let changed = Typed {
            anchor: "2026-01-10T09:30:12.345Z".to_owned(),
            anchor_zone: "UTC".to_owned(),
            anchor_cadence: "1 day".to_owned(),
            starts_at: "2026-01-10T09:30".to_owned(),
            ..daily()
        };
        let now = at("2026-02-01T00:00:00Z");
        assert!(!changed.changes().unwrap().contains_key("starts_at"));
        assert_eq!(changed.timetable(now).unwrap().next_after(now), Some(at("2026-02-01T09:30:12.345Z")));
        // The same hour by the clocks of another zone is another instant.
        let moved = Typed { time_zone: "Europe/Berlin".to_owned(), ..changed.clone() };
        assert_eq!(moved.changes().unwrap()["starts_at"], json!("2026-01-10T08:30:00.000Z"));
        // Another cadence has another anchor.
        let other = Typed { interval_amount: "2".to_owned(), ..changed };
        assert_eq!(other.timetable(now).unwrap().next_after(now), Some(at("2026-02-03T00:00:00Z")));
    }

    #[test]
    fn windows_are_the_rows_that_are_filled_in() {
        let row = |days: &str, from: &str, to: &str| Typed {
            window_days: vec![String::new(), days.to_owned()],
            window_from: vec![String::new(), from.to_owned()],
            window_to: vec![String::new(), to.to_owned()],
            ..daily()
        };
        let windows = row("saturday,sunday", "22:00", "06:00").windows().unwrap();
        assert_eq!((windows.len(), windows[0].days.as_slice()), (1, &[Weekday::Saturday, Weekday::Sunday][..]));
        assert!(row("", "", "").windows().unwrap().is_empty());
        assert!(row("", "22:00", "").windows().unwrap_err().is_at("windows"));
        assert!(row("", "22:00", "25:00").windows().unwrap_err().is_at("windows"));
        let now = at("2026-02-01T00:00:00Z");
        assert!(row("", "22:00", "22:00").timetable(now).unwrap_err().is_at("windows"));
    }

    #[test]
    fn what_is_wrong_is_at_its_field() {
        let now = at("2026-02-01T00:00:00Z");
        for (typed, field) in [
            (Typed { interval_amount: "often".to_owned(), ..daily() }, "interval_amount"),
            (Typed { interval_amount: String::new(), ..daily() }, "interval_amount"),
            (Typed { interval_amount: "0".to_owned(), ..daily() }, "cadence"),
            (Typed { interval_unit: "year".to_owned(), ..daily() }, "interval_unit"),
            (Typed { time_zone: "Mars/Olympus".to_owned(), ..daily() }, "time_zone"),
            (Typed { starts_at: "soon".to_owned(), ..daily() }, "starts_at"),
        ] {
            let refused = typed.timetable(now).unwrap_err();
            assert!(refused.is_at(field), "{field}: {refused:?}");
        }
        assert!(Typed { budget: "many".to_owned(), ..daily() }.changes().unwrap_err().is_at("budget"));
    }
}
