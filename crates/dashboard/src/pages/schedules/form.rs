//! The form of a schedule, for a new one and for one that is changed: when it runs, what it runs, and when that would be next.

use std::sync::LazyLock;

use askama::{Template, filters::HtmlSafe};
use creel_frontier::cadence::zone;
use creel_types::{IntervalUnit, Time, Weekday, schedule::WINDOWS_MAX};

use super::{spelled_days, times::Times, typed::Typed};
use crate::{
    form::{Choice, Field, problem},
    pages::runs::what::{self, More, What},
    refusal::Refusal,
};

/// Reading the database of zones takes a while, and it never changes while a program runs.
static ZONES: LazyLock<Vec<String>> = LazyLock::new(zone::names);

/// Names of the fields, beside those of every run.
const FIELDS: [&str; 10] = [
    "robot",
    "interval_amount",
    "interval_unit",
    "starts_at",
    "time_zone",
    "windows",
    "name",
    "budget",
    "auto_enrich",
    "start_urls",
];

#[derive(Template)]
#[template(path = "schedules/form.html")]
pub(super) struct ScheduleForm {
    base: String,
    /// The whole address that it is sent to.
    action: String,
    form_token: String,
    hidden: Vec<(&'static str, String)>,
    problem: String,
    robot: Option<Field>,
    when: Vec<Field>,
    windows: Vec<WindowRow>,
    windows_problem: String,
    can_add_window: bool,
    what: Vec<Field>,
    more: More,
    times: Times,
    button: &'static str,
    cancel: String,
}

impl HtmlSafe for ScheduleForm {}

struct WindowRow {
    number: usize,
    days: Vec<(Choice, bool)>,
    from: String,
    to: String,
}

/// What the form is for.
pub(super) struct Purpose {
    pub(super) base: String,
    pub(super) action: String,
    pub(super) form_token: String,
    pub(super) button: &'static str,
    pub(super) cancel: String,
    /// To choose from; nothing where the robot stands already.
    pub(super) robots: Option<Vec<Choice>>,
}

impl ScheduleForm {
    pub(super) fn new(purpose: Purpose, typed: &Typed, refusal: Option<&Refusal>, now: Time) -> ScheduleForm {
        let refusal = refusal.map(renamed);
        let refusal = refusal.as_ref();
        let further = What { discover: &typed.discover, include: &typed.include, exclude: &typed.exclude };
        let windows_problem = refusal.filter(|refusal| refusal.is_at("windows")).map(|refusal| refusal.message.clone());
        ScheduleForm {
            base: purpose.base,
            action: purpose.action,
            form_token: purpose.form_token,
            hidden: vec![
                ("edition", typed.edition.clone()),
                ("anchor", typed.anchor.clone()),
                ("anchor_zone", typed.anchor_zone.clone()),
                ("anchor_cadence", typed.anchor_cadence.clone()),
            ],
            problem: problem(refusal, &[&FIELDS[..], &what::FIELDS].concat()),
            robot: purpose.robots.map(|robots| {
                Field::select("robot", "Robot", robots).holding(typed.robot.as_str()).required().refused(refusal)
            }),
            when: when(typed, refusal),
            windows: windows(typed),
            windows_problem: windows_problem.unwrap_or_default(),
            can_add_window: rows_of(typed) < WINDOWS_MAX,
            what: what(typed, refusal),
            more: More::of(further, Vec::new(), refusal),
            times: Times::of_typed(typed, now),
            button: purpose.button,
            cancel: purpose.cancel,
        }
    }
}

/// Where the API names a field otherwise than the form.
fn renamed(refusal: &Refusal) -> Refusal {
    let field = match &refusal.field {
        Some(field) if field.starts_with("cadence") => Some("interval_amount".to_owned()),
        Some(field) if field == "robot_id" => Some("robot".to_owned()),
        other => other.clone(),
    };
    refusal.clone().at(field)
}

fn when(typed: &Typed, refusal: Option<&Refusal>) -> Vec<Field> {
    let units = IntervalUnit::ALL.iter().map(|unit| Choice::new(unit.as_str(), format!("{unit}s"))).collect();
    let zones = ZONES.iter().map(|name| Choice::new(name.as_str(), name.replace('_', " "))).collect();
    let hint = if typed.anchor.is_empty() {
        "By the clocks of the time zone. Empty: one interval from now."
    } else {
        "By the clocks of the time zone. Another cadence begins anew, one interval from now, where this is left as it is."
    };
    vec![
        Field::input("text", "interval_amount", "Every")
            .holding(typed.interval_amount.as_str())
            .having("inputmode", "numeric")
            .required()
            .refused(refusal),
        Field::select("interval_unit", "Unit", units).holding(typed.interval_unit.as_str()).required().refused(refusal),
        Field::input("datetime-local", "starts_at", "First run")
            .holding(typed.starts_at.as_str())
            .hinting(hint)
            .refused(refusal),
        Field::select("time_zone", "Time zone", zones).holding(typed.time_zone.as_str()).required().refused(refusal),
    ]
}

fn what(typed: &Typed, refusal: Option<&Refusal>) -> Vec<Field> {
    vec![
        Field::input("text", "name", "Name")
            .holding(typed.name.as_str())
            .hinting(if typed.anchor.is_empty() { "Empty: how often, and the shop." } else { "" })
            .refused(refusal),
        Field::input("text", "budget", "Budget of each run")
            .holding(typed.budget.as_str())
            .having("inputmode", "numeric")
            .hinting("The most captures that a run makes, 2 credits each. Empty: as many as the shop and the balance have.")
            .refused(refusal),
        what::auto_enrich(&typed.auto_enrich, refusal),
        Field::lines("start_urls", "Start pages")
            .holding(typed.start_urls.as_str())
            .hinting("One address a line, on the robot's host. Empty: the robot's own start pages, as they are at each run.")
            .refused(refusal),
    ]
}

/// Rows that the form has: those that were sent, and one more where that was asked for.
fn rows_of(typed: &Typed) -> usize {
    let asked = usize::from(typed.step == "window");
    (typed.window_from.len() + asked).clamp(1, WINDOWS_MAX)
}

fn windows(typed: &Typed) -> Vec<WindowRow> {
    let text = |list: &[String], at: usize| list.get(at).cloned().unwrap_or_default();
    let row = |at: usize| {
        let chosen = text(&typed.window_days, at);
        let mut choices = day_choices();
        if !choices.iter().any(|choice| choice.value == chosen) {
            let days: Vec<Weekday> = chosen.split(',').filter_map(Weekday::parse).collect();
            choices.push(Choice::new(chosen.as_str(), spelled_days(&days)));
        }
        let days = choices.into_iter().map(|choice| (choice.value == chosen, choice)).map(|(is, choice)| (choice, is));
        WindowRow {
            number: at + 1,
            days: days.collect(),
            from: text(&typed.window_from, at),
            to: text(&typed.window_to, at),
        }
    };
    (0..rows_of(typed)).map(row).collect()
}

fn day_choices() -> Vec<Choice> {
    let joined = |days: &[Weekday]| days.iter().map(|day| day.as_str()).collect::<Vec<_>>().join(",");
    let (week, weekend) = Weekday::ALL.split_at(5);
    let mut choices = vec![
        Choice::new("", "Every day"),
        Choice::new(joined(week), "Monday to Friday"),
        Choice::new(joined(weekend), "Saturday and Sunday"),
    ];
    choices.extend(Weekday::ALL.iter().map(|day| {
        let name = day.as_str();
        Choice::new(name, format!("{}{}", name[..1].to_uppercase(), &name[1..]))
    }));
    choices
}
