//! Schedules drawn from a seed, with a liking for what is hard: the ends of months, hours that a clock leaves out or has twice,
//! both hemispheres, odd offsets. And what python-dateutil says about them.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use creel_frontier::{Timetable, cadence::zone};
use creel_types::{Cadence, ClockTime, IntervalUnit, Random, Time, Weekday, Window, time::DAY_MS};
use jiff::civil::date;
use serde_json::{Value, json};

pub const ZONES: [&str; 30] = [
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/St_Johns",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Chisinau",
    "America/New_York",
    "America/Los_Angeles",
    "America/Havana",
    "America/Asuncion",
    "America/Santiago",
    "America/Nuuk",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Kiritimati",
    "Australia/Sydney",
    "Australia/Adelaide",
    "Asia/Tehran",
    "Asia/Kolkata",
    "Asia/Jerusalem",
    "Asia/Beirut",
    "Asia/Tokyo",
    "Africa/Cairo",
    "Antarctica/Troll",
    "UTC",
];

/// Days of the months at which clocks are set somewhere, for anchors whose ticks come to lie there.
const DAYS_MAX: [i8; 6] = [29, 30, 31, 31, 31, 28];

#[derive(Clone, Debug)]
pub struct Drawn {
    pub cadence: Cadence,
    pub starts_at: Time,
    pub zone: &'static str,
    pub windows: Vec<Window>,
}

pub struct Dice(pub Random);

impl Dice {
    pub fn below(&self, bound: i64) -> i64 {
        self.0.below(bound.unsigned_abs()) as i64
    }

    pub fn one<T: Copy>(&self, of: &[T]) -> T {
        of[self.below(of.len() as i64) as usize]
    }

    pub fn one_in(&self, times: i64) -> bool {
        self.below(times) == 0
    }
}

impl Drawn {
    /// `often`: with hours that come often, of which a year has thousands.
    pub fn new(dice: &Dice, at: usize, year: i16, often: bool) -> Drawn {
        let zone = ZONES[at % ZONES.len()];
        let interval_unit = IntervalUnit::ALL[at / ZONES.len() % 4];
        let interval_amount = match interval_unit {
            IntervalUnit::Hour if often => 5 + dice.below(100),
            IntervalUnit::Hour => 200 + dice.below(2_000),
            IntervalUnit::Day if often => 1 + dice.below(3),
            IntervalUnit::Day => 20 + dice.below(60),
            IntervalUnit::Week => 1 + dice.below(if often { 6 } else { 12 }) + if often { 0 } else { 3 },
            IntervalUnit::Month => 1 + dice.below(12),
        };
        let cadence = Cadence { interval_amount, interval_unit };
        let windows = if dice.one_in(4) { (0..=dice.below(3)).map(|_| window(dice)).collect() } else { Vec::new() };
        Drawn { cadence, starts_at: anchor(dice, zone, year), zone, windows }
    }

    pub fn timetable(&self) -> Timetable {
        Timetable::new(self.cadence, self.starts_at, self.zone, &self.windows).unwrap()
    }
}

/// Mostly between midnight and four by the clocks of the zone, where those are set.
fn anchor(dice: &Dice, name: &str, year: i16) -> Time {
    if dice.one_in(4) {
        let year_ms = 365 * DAY_MS;
        return Time((i64::from(year) - 1970) * year_ms + dice.below(2 * year_ms));
    }
    let (month, day) = (1 + dice.below(12) as i8, dice.one(&DAYS_MAX));
    let first = date(year, month, 1);
    let day = day.min(first.days_in_month()) - if dice.one_in(2) { dice.below(9) as i8 } else { 0 };
    let minute = 15 * dice.below(16);
    let local = date(year, month, day).at((minute / 60) as i8, (minute % 60) as i8, dice.below(60) as i8, 0);
    Time(local.to_zoned(zone::find(name).unwrap()).unwrap().timestamp().as_millisecond())
}

fn window(dice: &Dice) -> Window {
    let time = |minutes: i64| -> ClockTime { format!("{:02}:{:02}", minutes / 60, minutes % 60).parse().unwrap() };
    let days = if dice.one_in(2) { vec![dice.one(Weekday::ALL), dice.one(Weekday::ALL)] } else { Vec::new() };
    loop {
        let (from, to) = (15 * dice.below(96), 15 * dice.below(97));
        if from != to {
            return Window { days, from: time(from), to: time(to) };
        }
    }
}

/// What python-dateutil says: the instants of each, and how often it met what.
pub fn by_dateutil(drawn: &[(Drawn, Time, Time)]) -> (Vec<Vec<Time>>, Value) {
    let python = std::env::var("CREEL_PYTHON").expect(
        "CREEL_PYTHON is not set: run `cargo xtask test`, or set it to a Python that has python-dateutil and tzdata",
    );
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/year/ticks.py");
    let mut child = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = String::new();
    for (one, from, until) in drawn {
        let line = json!({
            "amount": one.cadence.interval_amount, "unit": one.cadence.interval_unit, "starts_at": one.starts_at.0,
            "zone": one.zone, "windows": one.windows, "from": from.0, "until": until.0,
        });
        lines.push_str(&format!("{line}\n"));
    }
    let mut stdin = child.stdin.take().unwrap();
    let writing = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let out = child.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(out.status.success(), "python-dateutil");
    let text = String::from_utf8(out.stdout).unwrap();
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let met = lines.pop().unwrap();
    assert_eq!(lines.len(), drawn.len());
    let instants = |line: &Value| line.as_array().unwrap().iter().map(|at| Time(at.as_i64().unwrap())).collect();
    (lines.iter().map(instants).collect(), met)
}
