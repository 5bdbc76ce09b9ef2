//! The next times of a schedule that is being typed: worked out by the arithmetic of the scheduler, shown in its zone.

use askama::{Template, filters::HtmlSafe};
use axum::{extract::State, response::Response};
use creel_frontier::cadence::zone;
use creel_types::Time;

use super::typed::Typed;
use crate::{Dashboard, figures::When, form::Sent, member::Member, page::render, refusal::Refusal};

pub(super) const TIMES: usize = 5;

#[derive(Template)]
#[template(path = "schedules/times.html")]
pub(super) struct Times {
    zone: String,
    rows: Vec<Row>,
    /// Why there are none.
    problem: String,
}

impl HtmlSafe for Times {}

struct Row {
    local: String,
    when: When,
}

impl Times {
    pub(super) fn of(times: &[Time], time_zone: &str, now: Time) -> Times {
        let row = |at: &Time| Row { local: zone::spelled(*at, time_zone).unwrap_or_default(), when: When::of(*at, now) };
        Times { zone: time_zone.to_owned(), rows: times.iter().map(row).collect(), problem: String::new() }
    }

    /// Of a form as it stands.
    pub(super) fn of_typed(typed: &Typed, now: Time) -> Times {
        match typed.timetable(now) {
            Ok(timetable) => Times::of(&timetable.next(now, TIMES), &typed.time_zone, now),
            Err(refusal) => Times { zone: typed.time_zone.clone(), rows: Vec::new(), problem: refusal.message },
        }
    }
}

/// `POST /schedules/times`: for the form, while somebody types.
pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Sent(typed): Sent<Typed>,
) -> Result<Response, Refusal> {
    member.check(&typed.form_token)?;
    Ok(render(&Times::of_typed(&typed, dashboard.store().clock.now())))
}
