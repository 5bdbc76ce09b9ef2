//! Which fields the captures of a robot's last run have, as bars with their numbers.

use askama::{Template, filters::HtmlSafe};
use creel_store::coverage::Coverage;
use creel_types::Field;

use crate::{
    figures::{count, grouped},
    pages::captures::field_name as name,
    parts::Progress,
};

#[derive(Template)]
#[template(path = "robots/coverage.html")]
pub(super) struct Bars {
    base: String,
    run: Option<String>,
    captures: String,
    rows: Vec<Bar>,
}

impl HtmlSafe for Bars {}

struct Bar {
    name: &'static str,
    bar: Progress,
    percent: i64,
    found: String,
}

impl Bars {
    pub(super) fn of(base: String, coverage: &Coverage) -> Bars {
        let of = coverage.captures;
        let bar = |(field, found): &(Field, i64)| {
            // Rounded down: 100 % is all of them.
            let percent = if of > 0 { found * 100 / of } else { 0 };
            Bar {
                name: name(*field),
                bar: Progress { label: format!("{}: {percent} %", name(*field)), percent: Some(percent) },
                percent,
                found: grouped(*found),
            }
        };
        Bars {
            base,
            run: coverage.run.filter(|_| of > 0).map(|run| run.to_string()),
            captures: count(of, "capture"),
            rows: if of > 0 { coverage.fields.iter().map(bar).collect() } else { Vec::new() },
        }
    }
}
