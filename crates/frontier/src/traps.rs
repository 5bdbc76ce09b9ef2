//! Bounds for what a shop links without end: calendars, paths that repeat themselves, filters in every combination. Two tools, both
//! without memory: [`find_trap`] refuses an address by its looks; [`pattern_key`] names the group of addresses that it belongs to
//! and how many of them a run may queue, and the store counts.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use crate::{
    likeness, path_words,
    query_parameters::{Purpose, purpose},
};

pub const URL_BYTES_MAX: usize = 2_048;
pub const PATH_DEPTH_MAX: usize = 20;
/// Times that one segment of three bytes or more may stand in a path; a third time is a link that was resolved against itself.
pub const SEGMENT_REPEATS_MAX: usize = 2;
pub const PARAMETERS_MAX: usize = 16;
/// Pages of one list that are read.
pub const LIST_PAGES_MAX: u32 = 2_000;
/// Combinations of parameters that are read of one path, or of one thing that a parameter such as `id=` names.
pub const COMBINATIONS_MAX: u32 = 200;
/// Pages with a date in their path, of one shape.
pub const DATED_PAGES_MAX: u32 = 200;
/// Pages of one shape deep in the path, where filters are written as path segments.
pub const DEEP_PAGES_MAX: u32 = 5_000;

/// Why an address is a trap by its looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trap {
    #[error("longer than {URL_BYTES_MAX} bytes")]
    TooLong,
    #[error("deeper than {PATH_DEPTH_MAX} path segments")]
    TooDeep,
    #[error("a path that repeats itself")]
    RepeatedSegments,
    #[error("more than {PARAMETERS_MAX} parameters")]
    TooManyParameters,
    #[error("a calendar")]
    Calendar,
}

/// A group of addresses of the same shape, and how many of them a run may queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PatternKey {
    pub key: String,
    pub queued_max: u32,
}

/// Whether the address is to be refused whatever else is queued.
#[must_use]
pub fn find_trap(url: &Url) -> Option<Trap> {
    if url.as_str().len() > URL_BYTES_MAX {
        return Some(Trap::TooLong);
    }
    let segments: Vec<&str> = path_words::segments(url).collect();
    if segments.len() > PATH_DEPTH_MAX {
        return Some(Trap::TooDeep);
    }
    let repeats = |segment: &str| segments.iter().filter(|other| **other == segment).count();
    if segments.iter().any(|segment| segment.len() > 2 && repeats(segment) > SEGMENT_REPEATS_MAX) {
        return Some(Trap::RepeatedSegments);
    }
    if url.query().is_some_and(|query| query.split('&').count() > PARAMETERS_MAX) {
        return Some(Trap::TooManyParameters);
    }
    is_calendar(url, &segments).then_some(Trap::Calendar)
}

/// The group that the address is counted in, or `None` when it needs no bound. Expects what [`crate::queue_url`] returns.
#[must_use]
pub fn pattern_key(url: &Url) -> Option<PatternKey> {
    match url.query().filter(|query| !query.is_empty()) {
        Some(query) => Some(query_key(url.path(), query)),
        None => path_key(url),
    }
}

fn query_key(path: &str, query: &str) -> PatternKey {
    let pairs = || query.split('&').map(|pair| (pair, pair.split('=').next().unwrap_or_default()));
    let things: Vec<&str> = pairs().filter(|(_, name)| path_words::names_a_thing(name)).map(|(pair, _)| pair).collect();
    let only_pages = pairs().all(|(_, name)| purpose(name) == Purpose::Page || path_words::names_a_thing(name));
    let of = if things.is_empty() { path.to_owned() } else { format!("{path}?{}", things.join("&")) };
    if only_pages {
        PatternKey { key: format!("pages {of}"), queued_max: LIST_PAGES_MAX }
    } else {
        PatternKey { key: format!("query {of}"), queued_max: COMBINATIONS_MAX }
    }
}

fn path_key(url: &Url) -> Option<PatternKey> {
    if let Some((list, _)) = path_words::list_of_page_path(url) {
        return Some(PatternKey { key: format!("pages {list}"), queued_max: LIST_PAGES_MAX });
    }
    if likeness::looks_like_product(url) {
        return None;
    }
    let segments: Vec<&str> = path_words::segments(url).collect();
    if segments.windows(2).any(is_year_and_month) {
        return Some(PatternKey { key: format!("dated {}", shape(&segments)), queued_max: DATED_PAGES_MAX });
    }
    (segments.len() >= 6).then(|| PatternKey {
        key: format!("deep /{}/ {}", segments[..2].join("/"), segments.len()),
        queued_max: DEEP_PAGES_MAX,
    })
}

/// The path with its numbers replaced, so that dates of one archive are one shape.
fn shape(segments: &[&str]) -> String {
    let mut shape = String::new();
    for (index, segment) in segments.iter().enumerate() {
        shape.push('/');
        let last = index + 1 == segments.len() && index > 0;
        shape.push_str(if segment.bytes().all(|byte| byte.is_ascii_digit()) {
            "#"
        } else if last {
            "*"
        } else {
            segment
        });
    }
    shape
}

pub(crate) fn is_year_and_month(pair: &[&str]) -> bool {
    matches!(pair, [year, month] if is_number(year, 1970..=2100) && is_number(month, 1..=12) && year.len() == 4 && month.len() <= 2)
}

fn is_number(text: &str, range: std::ops::RangeInclusive<u32>) -> bool {
    text.parse().is_ok_and(|number| range.contains(&number))
}

/// `2031-05`, `2031-05-12`, `20310512`.
fn is_date(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() == 8 && digits(text) {
        return is_number(&text[..4], 1970..=2100) && is_number(&text[4..6], 1..=12) && is_number(&text[6..], 1..=31);
    }
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.len(), 2 | 3) && parts.iter().all(|part| digits(part)) && is_year_and_month(&parts[..2])
}

/// A page of a calendar: its next-month link leads on for ever. A year alone is none: car parts are sold by year.
fn is_calendar(url: &Url, segments: &[&str]) -> bool {
    const WORDS: &[&str] =
        &["calendar", "kalender", "calendrier", "calendario", "kalendarz", "kalendar", "agenda", "events", "takvim"];
    const NAMES: &[&str] = &[
        "date",
        "month",
        "day",
        "week",
        "datum",
        "monat",
        "mois",
        "fecha",
        "mes",
        "data",
        "cal_date",
        "tribe-bar-date",
        "eventdate",
        "event_date",
        "start_date",
        "startdate",
        "end_date",
        "enddate",
        "from_date",
        "to_date",
        "calendar",
        "cal",
    ];
    let named_calendar = segments.iter().any(|segment| WORDS.contains(&segment.to_ascii_lowercase().as_str()));
    let dated = segments.iter().any(|segment| is_date(segment)) || segments.windows(2).any(is_year_and_month);
    if named_calendar && dated {
        return true;
    }
    url.query_pairs().any(|(name, value)| {
        let known = NAMES.contains(&name.to_ascii_lowercase().as_str());
        known && (is_date(&value) || (named_calendar && is_number(&value, 1..=2100)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> Url {
        Url::parse("https://shop.example").unwrap().join(path).unwrap()
    }

    #[test]
    fn traps_by_their_looks() {
        let long = format!("/{}", "x".repeat(URL_BYTES_MAX));
        let deep = "/a".repeat(PATH_DEPTH_MAX + 1);
        let many = format!("/c?{}", (0..=PARAMETERS_MAX).map(|n| format!("a{n}=1")).collect::<Vec<_>>().join("&"));
        for (path, expected) in [
            (long.as_str(), Some(Trap::TooLong)),
            (deep.as_str(), Some(Trap::TooDeep)),
            (many.as_str(), Some(Trap::TooManyParameters)),
            ("/shop/men/shop/men/shop/men/", Some(Trap::RepeatedSegments)),
            ("/men/shoes/men-shoes/men", None),
            ("/calendar/2031/05/", Some(Trap::Calendar)),
            ("/events/2031-05-12", Some(Trap::Calendar)),
            ("/events?month=13&year=2031", Some(Trap::Calendar)),
            ("/?date=2031-05-12", Some(Trap::Calendar)),
            ("/parts?year=2015&make=volvo", None),
            ("/blog/2024/05/a-post", None),
            ("/calendar-2025-wall-art", None),
            ("/p/1", None),
        ] {
            assert_eq!(find_trap(&url(path)), expected, "{path}");
        }
    }

    #[test]
    fn shapes_that_are_counted_together() {
        for (path, expected) in [
            ("/p/blue-shirt-1234.html", None),
            ("/c/shoes", None),
            ("/c/shoes?page=7", Some(("pages /c/shoes", LIST_PAGES_MAX))),
            ("/c/shoes/page/7/", Some(("pages /c/shoes", LIST_PAGES_MAX))),
            ("/c?cat=3&page=7", Some(("pages /c?cat=3", LIST_PAGES_MAX))),
            ("/product.php?id=7", Some(("pages /product.php?id=7", LIST_PAGES_MAX))),
            ("/index.php?cPath=1_2&products_id=7", Some(("query /index.php?products_id=7", COMBINATIONS_MAX))),
            ("/search?q=shoes", Some(("query /search", COMBINATIONS_MAX))),
            ("/blog/2024/05/a-post", Some(("dated /blog/#/#/*", DATED_PAGES_MAX))),
        ] {
            let found = pattern_key(&url(path));
            let found = found.as_ref().map(|key| (key.key.as_str(), key.queued_max));
            assert_eq!(found, expected, "{path}");
        }
    }
}
