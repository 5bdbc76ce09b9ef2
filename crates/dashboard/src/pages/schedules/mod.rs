//! Schedules: all of them, one with when it runs next and what it did, and a new one.

mod change;
mod edit;
mod form;
mod list;
mod new;
mod show;
mod times;
mod typed;

use axum::{
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use creel_store::schedules::Schedule;
use creel_types::{ScheduleStatus, Time, Weekday, Window};

use crate::{
    LONG_FORM_BYTES_MAX,
    area::Area,
    figures::When,
    parts::{Badge, Tone},
};

pub(crate) fn area() -> Area {
    let long = || DefaultBodyLimit::max(LONG_FORM_BYTES_MAX);
    Area::new()
        .page("/schedules", get(list::show))
        .page("/schedules/new", get(new::show).post(new::submit).layer(long()))
        .route("/schedules/times", post(times::show).layer(long()))
        .page("/schedules/{id}", get(show::show))
        .page("/schedules/{id}/edit", get(edit::show).post(edit::submit).layer(long()))
        .route("/schedules/{id}/pause", post(change::pause))
        .route("/schedules/{id}/resume", post(change::resume))
        .route("/schedules/{id}/delete", post(change::delete))
}

/// How a schedule stands, in a word.
fn badge(status: ScheduleStatus) -> Badge {
    let (tone, text) = match status {
        ScheduleStatus::Active => (Tone::Good, "Active"),
        ScheduleStatus::Paused => (Tone::Plain, "Paused"),
        ScheduleStatus::PausedNoCredits => (Tone::Warn, "Out of credits"),
    };
    Badge::new(tone, text)
}

/// What will wake it, where it sleeps.
fn note(status: ScheduleStatus) -> &'static str {
    match status {
        ScheduleStatus::Active => "",
        ScheduleStatus::Paused => "It sleeps until somebody resumes it.",
        ScheduleStatus::PausedNoCredits => {
            "The credits left do not pay one capture. It wakes by itself as soon as they do, with the next run that is due then."
        }
    }
}

/// A schedule on another page.
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) badge: Badge,
    pub(crate) next: Option<When>,
}

pub(crate) fn line(schedule: &Schedule, now: Time) -> Line {
    Line {
        id: schedule.id.to_string(),
        name: schedule.name.clone(),
        badge: badge(schedule.status),
        next: schedule.next_run_at.map(|at| When::of(at, now)),
    }
}

/// `Mon to Fri, 22:00 to 06:00`.
fn window(window: &Window) -> String {
    let hours = format!("{} to {}", window.from, window.to);
    match window.days.as_slice() {
        [] => hours,
        days => format!("{}, {hours}", spelled_days(days)),
    }
}

fn spelled_days(days: &[Weekday]) -> String {
    let short = |day: &Weekday| {
        let name = day.as_str();
        format!("{}{}", name[..1].to_uppercase(), &name[1..3])
    };
    match Weekday::ALL {
        all if days == &all[..5] => "Mon to Fri".to_owned(),
        _ => days.iter().map(short).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_said_as_people_say_them() {
        let of =
            |days: &[Weekday]| Window { days: days.to_vec(), from: "22:00".parse().unwrap(), to: "06:00".parse().unwrap() };
        for (days, said) in [
            (&[][..], "22:00 to 06:00"),
            (&Weekday::ALL[..5], "Mon to Fri, 22:00 to 06:00"),
            (&[Weekday::Saturday, Weekday::Sunday], "Sat, Sun, 22:00 to 06:00"),
        ] {
            assert_eq!(window(&of(days)), said);
        }
    }
}
