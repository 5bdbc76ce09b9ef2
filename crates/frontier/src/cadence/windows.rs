//! Windows: hours of the zone's clock outside of which nothing starts.

use creel_types::{ClockTime, Time, Weekday, Window};
use jiff::{
    ToSpan as _,
    civil::{self, Date},
    tz::TimeZone,
};

use super::ticks::{instant, local};

/// Days ahead in which every window opens: the one day of a week on which it does may be a gap of the zone's clock, or left out.
const LOOK_AHEAD_DAYS: i64 = 16;

#[derive(Clone, Debug)]
pub(super) struct Windows {
    windows: Vec<Window>,
    zone: TimeZone,
}

impl Windows {
    pub(super) fn new(windows: &[Window], zone: TimeZone) -> Windows {
        Windows { windows: windows.to_vec(), zone }
    }

    pub(super) fn are_always_open(&self) -> bool {
        self.windows.is_empty()
    }

    /// The instant itself where a window is open, else the next at which one opens.
    pub(super) fn opened(&self, at: Time) -> Option<Time> {
        if self.are_always_open() {
            return Some(at);
        }
        let date = local(at, &self.zone)?.date();
        let mut next: Option<Time> = None;
        // From the day before, whose window may reach over midnight.
        for ahead in -1..=LOOK_AHEAD_DAYS {
            let day = date.checked_add(ahead.days()).ok()?;
            for window in self.windows.iter().filter(|window| opens_on(window, day)) {
                let (Some(from), Some(to)) = self.bounds(window, day) else { continue };
                if from >= to {
                    // A gap of the zone's clock swallowed it.
                    continue;
                }
                if from <= at && at < to {
                    return Some(at);
                }
                if from > at {
                    next = Some(next.map_or(from, |next| next.min(from)));
                }
            }
            // The first day that has an opening ahead has the next one; but not before the day of the instant was looked at.
            if ahead > 0 && next.is_some() {
                return next;
            }
        }
        next
    }

    fn bounds(&self, window: &Window, day: Date) -> (Option<Time>, Option<Time>) {
        let until = if window.to <= window.from { day.tomorrow() } else { Ok(day) };
        let to = until.ok().and_then(|day| self.at(day, window.to));
        (self.at(day, window.from), to)
    }

    fn at(&self, day: Date, time: ClockTime) -> Option<Time> {
        let (day, minutes) = if time == ClockTime::MIDNIGHT { (day.tomorrow().ok()?, 0) } else { (day, time.minutes()) };
        let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
        instant(day.to_datetime(civil::time(hour, minute, 0, 0)), &self.zone)
    }
}

fn opens_on(window: &Window, day: Date) -> bool {
    window.days.is_empty() || window.days.contains(&weekday(day))
}

fn weekday(day: Date) -> Weekday {
    match day.weekday() {
        civil::Weekday::Monday => Weekday::Monday,
        civil::Weekday::Tuesday => Weekday::Tuesday,
        civil::Weekday::Wednesday => Weekday::Wednesday,
        civil::Weekday::Thursday => Weekday::Thursday,
        civil::Weekday::Friday => Weekday::Friday,
        civil::Weekday::Saturday => Weekday::Saturday,
        civil::Weekday::Sunday => Weekday::Sunday,
    }
}
