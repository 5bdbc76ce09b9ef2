//! What a list of captures is asked for, as it stands in the address: the names are the API's. What is empty is not asked for.

use std::{fmt::Display, str::FromStr};

use creel_store::listing::{CaptureFilter, CaptureSort};
use creel_types::{Currency, Time, time::DAY_MS};
use url::form_urlencoded::parse;

use super::columns::Column;
use crate::{
    list::query,
    refusal::{Refusal, sentence},
    typed::day,
};

/// Names of filters, as they stand in the address.
pub(super) const FILTERS: [&str; 12] = [
    "q",
    "store",
    "brand",
    "robot_id",
    "run_id",
    "import_id",
    "available",
    "currency",
    "min_price",
    "max_price",
    "from",
    "to",
];
/// What says how the list looks, and is kept while filters change.
const LOOKS: [&str; 2] = ["sort", "limit"];
const CURSOR: &str = "cursor";
const COLUMNS: &str = "columns";
/// Rows that somebody may choose, the usual number first.
pub(super) const LIMITS: [usize; 4] = [50, 25, 100, 200];
/// Characters of a value in the address that count.
const VALUE_CHARS_MAX: usize = 400;

#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::pages) struct Asked {
    values: Vec<(&'static str, String)>,
    /// Nothing: the usual ones.
    columns: Vec<Column>,
    /// The address had fields of a form in it that nobody filled in.
    pub(super) is_untidy: bool,
    /// What was done just before.
    pub(super) done: String,
}

impl Asked {
    pub(in crate::pages) fn read(query: &str) -> Asked {
        let mut asked = Asked::default();
        for (name, value) in parse(query.as_bytes()) {
            let value: String = value.trim().chars().take(VALUE_CHARS_MAX).collect();
            if name == "done" {
                asked.done = value;
                continue;
            }
            if value.is_empty() {
                asked.is_untidy = true;
                continue;
            }
            if name == COLUMNS {
                asked.columns.extend(value.split(',').filter_map(Column::parse));
            }
            let known = FILTERS.into_iter().chain(LOOKS).chain([CURSOR]).find(|known| *known == name);
            if let Some(name) = known.filter(|name| asked.get(name).is_empty()) {
                asked.values.push((name, value));
            }
        }
        asked
    }

    /// Empty where it is not asked for.
    pub(in crate::pages) fn get(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        if self.columns.is_empty() { Column::USUAL.to_vec() } else { self.columns.clone() }
    }

    /// The filters that are set.
    pub(in crate::pages) fn filters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        FILTERS.into_iter().map(|name| (name, self.get(name))).filter(|(_, value)| !value.is_empty())
    }

    pub(in crate::pages) fn is_filtered(&self) -> bool {
        self.filters().next().is_some()
    }

    pub(super) fn cursor(&self) -> &str {
        self.get(CURSOR)
    }

    pub(super) fn limit(&self) -> usize {
        let limit: usize = self.get("limit").parse().unwrap_or_default();
        LIMITS.into_iter().find(|known| *known == limit).unwrap_or(LIMITS[0])
    }

    pub(super) fn sort(&self) -> CaptureSort {
        CaptureSort::parse(self.get("sort")).unwrap_or(CaptureSort::NewestFirst)
    }

    /// The query with one value changed, or taken away where it is empty, from the first page on; with its `?`.
    pub(super) fn with(&self, changed: &str, value: &str) -> String {
        let value = |name: &'static str| match name {
            _ if name == changed => value,
            CURSOR => "",
            _ => self.get(name),
        };
        let columns = self.columns.iter().map(|column| column.as_str()).collect::<Vec<_>>().join(",");
        let names = FILTERS.into_iter().chain(LOOKS).chain([CURSOR]);
        query(&names.map(|name| (name, value(name))).chain([(COLUMNS, &*columns)]).collect::<Vec<_>>())
    }

    /// The same list from its first page on.
    pub(super) fn first(&self) -> String {
        self.with(CURSOR, "")
    }

    pub(super) fn at(&self, cursor: &str) -> String {
        self.with(CURSOR, cursor)
    }

    /// The filters alone, with their `?`.
    pub(in crate::pages) fn filters_only(&self) -> String {
        query(&self.filters().collect::<Vec<_>>())
    }

    /// The same list without filters.
    pub(super) fn unfiltered(&self) -> String {
        let values = self.values.iter().filter(|(name, _)| LOOKS.contains(name)).cloned().collect();
        Asked { values, ..self.clone() }.first()
    }

    /// The same as the API takes it, which knows instants and no days.
    pub(in crate::pages) fn api_query(&self, more: &[(&str, &str)]) -> String {
        let instants = ["from", "to"].map(|name| match self.get(name) {
            "" => String::new(),
            day => instant(day, name == "to").unwrap_or_default().to_string(),
        });
        let value = |name: &'static str| match name {
            "from" => &instants[0],
            "to" => &instants[1],
            _ => self.get(name),
        };
        let names = FILTERS.into_iter().chain(["sort"]);
        query(&more.iter().copied().chain(names.map(|name| (name, value(name)))).collect::<Vec<_>>())
    }

    /// What the store is asked for; a refusal at the first field that cannot be meant.
    pub(in crate::pages) fn filter(&self) -> Result<CaptureFilter, Refusal> {
        let text = |name: &str| Some(self.get(name).to_owned()).filter(|value| !value.is_empty());
        let day = |name: &str| {
            let read = |value: String| {
                instant(&value, name == "to").ok_or_else(|| refused(name, "It is not a day such as 2026-01-31"))
            };
            text(name).map(read).transpose()
        };
        let currency = |value: String| {
            Currency::parse(&value).ok_or_else(|| refused("currency", "It is not a currency's code, such as EUR"))
        };
        let available = |value: String| match value.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(refused("available", "It is neither true nor false")),
        };
        Ok(CaptureFilter {
            run: self.parsed("run_id", "It is not a run's id")?,
            robot: self.parsed("robot_id", "It is not a robot's id")?,
            import: self.parsed("import_id", "It is not an import's id")?,
            store: text("store").map(|store| store.to_lowercase()),
            brand: text("brand"),
            q: text("q").map(|q| q.parse().map_err(|why| refused("q", why))).transpose()?,
            min_price: self.parsed("min_price", "It is not an amount, such as 12.50")?,
            max_price: self.parsed("max_price", "It is not an amount, such as 12.50")?,
            currency: text("currency").map(currency).transpose()?,
            available: text("available").map(available).transpose()?,
            from: day("from")?,
            to: day("to")?,
        })
    }

    fn parsed<T: FromStr>(&self, name: &str, why: &str) -> Result<Option<T>, Refusal> {
        let value = self.get(name);
        if value.is_empty() {
            return Ok(None);
        }
        value.parse().map(Some).map_err(|_| refused(name, why))
    }
}

fn refused(name: &str, why: impl Display) -> Refusal {
    Refusal::at_field(name, sentence(&why.to_string()))
}

/// The beginning of a day, or its end: who asks for captures to the 31st means the 31st too. Instants are themselves.
fn instant(text: &str, is_end: bool) -> Option<Time> {
    if text.contains('T') {
        return text.parse().ok();
    }
    let begin = day(text)?;
    Some(if is_end { begin.plus_ms(DAY_MS) } else { begin })
}

/// The day of a filter, as a field of a form has it.
pub(super) fn day_of(text: &str) -> &str {
    text.split_once('T').map_or(text, |(day, _)| day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written() {
        let asked =
            Asked::read("q=red+shoe&store=&brand=A%26B&columns=brand,price&columns=nothing&limit=25&cursor=x&evil=1");
        assert!(asked.is_untidy && asked.is_filtered());
        assert_eq!((asked.get("q"), asked.get("brand"), asked.limit(), asked.cursor()), ("red shoe", "A&B", 25, "x"));
        assert_eq!(asked.first(), "?q=red+shoe&brand=A%26B&limit=25&columns=brand%2Cprice");
        assert_eq!(asked.with("brand", ""), "?q=red+shoe&limit=25&columns=brand%2Cprice");
        assert_eq!(asked.at("y"), "?q=red+shoe&brand=A%26B&limit=25&cursor=y&columns=brand%2Cprice");
        assert_eq!(asked.unfiltered(), "?limit=25&columns=brand%2Cprice");
        assert_eq!((Asked::read("").first(), Asked::read("limit=7").limit()), (String::new(), 50));
    }

    #[test]
    fn the_api_is_asked_for_the_same() {
        let asked = Asked::read("from=2026-01-30&to=2026-01-31&min_price=5&sort=min_price&limit=25&cursor=x");
        assert_eq!(
            asked.api_query(&[("format", "csv")]),
            "?format=csv&min_price=5&from=2026-01-30T00%3A00%3A00.000Z&to=2026-02-01T00%3A00%3A00.000Z&sort=min_price"
        );
        let filter = asked.filter().unwrap();
        assert_eq!(filter.from, "2026-01-30T00:00:00Z".parse().ok());
        assert_eq!(filter.to, "2026-02-01T00:00:00Z".parse().ok());
        let exact = Asked::read("to=2026-01-31T10:00:00Z").filter().unwrap();
        assert_eq!((exact.to, day_of("2026-01-31T10:00:00Z")), ("2026-01-31T10:00:00Z".parse().ok(), "2026-01-31"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_at_its_field() {
        for (query, field) in [
            ("q=...", "q"),
            ("run_id=7", "run_id"),
            ("robot_id=x", "robot_id"),
            ("import_id=x", "import_id"),
            ("available=maybe", "available"),
            ("currency=XXX", "currency"),
            ("min_price=-1", "min_price"),
            ("max_price=cheap", "max_price"),
            ("from=yesterday", "from"),
            ("to=2026-13-01", "to"),
        ] {
            let refusal = Asked::read(query).filter().unwrap_err();
            assert_eq!((refusal.field.as_deref(), refusal.status.as_u16()), (Some(field), 422), "{query}");
        }
        assert!(Asked::read("q=shoe&available=true&currency=eur&min_price=1.5&brand=x").filter().is_ok());
    }
}
