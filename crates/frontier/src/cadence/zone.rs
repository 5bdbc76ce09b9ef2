//! Time zones of the IANA database that is in the program. Exact names alone: what a zone is called is shown, compared and
//! documented, so there is one spelling of it.

use jiff::tz::{TimeZone, TimeZoneDatabase};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_in_the_program() {
        let names = names();
        assert!(names.len() > 400, "{}", names.len());
        for name in [UTC, "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Argentina/Buenos_Aires"] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
    }
}
