//! The files that pages load, all part of the program: one stylesheet, one script, one picture, the flags of countries. Their
//! addresses carry a digest of all of them, so that browsers keep them for good and never mix two versions.

use std::sync::OnceLock;

use axum::{
    extract::Path,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use creel_types::sha256_hex;

use crate::refusal::Refusal;

const STYLE: &str = concat!(
    include_str!("../assets/style/tokens.css"),
    include_str!("../assets/style/elements.css"),
    include_str!("../assets/style/shell.css"),
    include_str!("../assets/style/parts.css"),
    include_str!("../assets/style/chart.css"),
    include_str!("../assets/style/public.css"),
    include_str!("../assets/style/overview.css"),
    include_str!("../assets/style/robots.css"),
    include_str!("../assets/style/runs.css"),
    include_str!("../assets/style/schedules.css"),
    include_str!("../assets/style/captures.css"),
    include_str!("../assets/style/items.css"),
    include_str!("../assets/style/assistant.css"),
    include_str!("../assets/style/billing.css"),
    include_str!("../assets/style/settings.css"),
);
const SCRIPT: &str = concat!(
    include_str!("../assets/vendor/htmx-2.0.11.min.js"),
    ";\n",
    include_str!("../assets/vendor/htmx-ext-sse-2.2.4.js"),
    ";\n",
    include_str!("../assets/script/creel.js"),
);
const ICON: &str = include_str!("../assets/icon.svg");
/// A line a country: its two letters, a space, its picture.
const FLAGS: &str = include_str!("../assets/vendor/flags-1.6.20.txt");

/// Letters of the digest that addresses carry.
const VERSION_LETTERS: usize = 12;
/// An address never changes what it means.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// What tells this version of the files from others.
pub(crate) fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let mut digest = sha256_hex(&[STYLE, SCRIPT, ICON, FLAGS].concat());
        digest.truncate(VERSION_LETTERS);
        digest
    })
}

/// `GET /assets/{version}/{name}`. A page of an older version may still ask under its own; it gets what there is.
pub(crate) async fn show(Path((_, name)): Path<(String, String)>) -> Response {
    match name.as_str() {
        "creel.css" => file("text/css; charset=utf-8", STYLE),
        "creel.js" => file("text/javascript; charset=utf-8", SCRIPT),
        "icon.svg" => file("image/svg+xml", ICON),
        name => match flag(name) {
            Some(picture) => file("image/svg+xml", picture),
            None => Refusal::not_found().into_response(),
        },
    }
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, FOREVER)], text).into_response()
}

/// The picture of `flag-DE.svg`.
fn flag(name: &str) -> Option<&'static str> {
    let country = match name.strip_prefix("flag-")?.strip_suffix(".svg")? {
        // Parts of a state that have letters of their own fly its flag.
        "DG" => "IO",
        "EA" => "ES",
        country => country,
    };
    FLAGS.lines().find_map(|line| line.split_once(' ').filter(|(code, _)| *code == country)).map(|(_, picture)| picture)
}

#[cfg(test)]
mod tests {
    use creel_types::Country;

    use super::*;

    #[test]
    fn every_country_has_its_flag() {
        let missing: Vec<Country> =
            Country::all().filter(|country| flag(&format!("flag-{}.svg", country.as_str())).is_none()).collect();
        assert!(missing.is_empty(), "{:?}", missing.iter().map(Country::as_str).collect::<Vec<_>>());
        assert!(flag("flag-.svg").is_none() && flag("DE.svg").is_none());
    }

    #[test]
    fn the_version_is_of_the_contents() {
        assert_eq!(version().len(), VERSION_LETTERS);
        assert!(version().bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
