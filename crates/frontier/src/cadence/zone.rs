//! Time zones of the IANA database that is in the program. Exact names alone: what a zone is called is shown, compared and
//! documented, so there is one spelling of it.

use creel_types::Time;
use jiff::{
    civil::DateTime,
    tz::{TimeZone, TimeZoneDatabase},
};

use super::ticks;

/// Where nothing is said.
pub const UTC: &str = "UTC";

/// The zone of that name.
#[must_use]
pub fn find(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok().filter(|zone| zone.iana_name() == Some(name))
}

/// All names, in order.
#[must_use]
pub fn names() -> Vec<String> {
    let database = TimeZoneDatabase::bundled();
    let mut names: Vec<String> =
        database.available().map(|name| name.as_str().to_owned()).filter(|name| find(name).is_some()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What the clocks of a zone show at an instant, as forms take it: `2026-01-31T09:30`.
#[must_use]
pub fn local(at: Time, time_zone: &str) -> Option<String> {
    Some(ticks::local(at, &find(time_zone)?)?.strftime("%Y-%m-%dT%H:%M").to_string())
}

/// The instant at which the clocks of a zone show this, as forms send it. What a gap leaves out moves forward by its length, of
/// two the earlier is taken: as for ticks.
#[must_use]
pub fn instant(local: &str, time_zone: &str) -> Option<Time> {
    ticks::instant(local.parse::<DateTime>().ok()?, &find(time_zone)?)
}

/// An instant by the clocks of a zone, as people read it: `Sat 2026-01-31, 09:30`.
#[must_use]
pub fn spelled(at: Time, time_zone: &str) -> Option<String> {
    Some(ticks::local(at, &find(time_zone)?)?.strftime("%a %Y-%m-%d, %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_read_in_their_zone() {
        let at: Time = "2026-01-31T08:30:00Z".parse().unwrap();
        assert_eq!(local(at, "Europe/Berlin").as_deref(), Some("2026-01-31T09:30"));
        assert_eq!(spelled(at, "Europe/Berlin").as_deref(), Some("Sat 2026-01-31, 09:30"));
        assert_eq!(instant("2026-01-31T09:30", "Europe/Berlin"), Some(at));
        let gap: Time = "2026-03-29T01:30:00Z".parse().unwrap();
        assert_eq!(instant("2026-03-29T02:30", "Europe/Berlin"), Some(gap));
        let fold: Time = "2026-10-25T00:30:00Z".parse().unwrap();
        assert_eq!(instant("2026-10-25T02:30", "Europe/Berlin"), Some(fold));
        for (text, zone) in [("", UTC), ("2026-13-01T00:00", UTC), ("tomorrow", UTC), ("2026-01-31T09:30", "Mars/Olympus")] {
            assert_eq!(instant(text, zone), None, "{text}");
        }
    }

    #[test]
    fn the_database_is_in_the_program() {
        let names = names();
        assert!(names.len() > 400, "{}", names.len());
        for name in [UTC, "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Argentina/Buenos_Aires"] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
    }
}
