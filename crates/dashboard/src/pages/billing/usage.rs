//! `/billing/usage`: what credits were spent on in a stretch of days: by day, action, run, robot or key.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_store::ledger::usage::{UsageGroup, UsageRow};
use creel_types::{Time, time::DAY_MS};
use serde::Deserialize;

use crate::{
    Dashboard,
    columns::{Columns, Day},
    figures::{Number, grouped},
    form::{Field, problem},
    member::Member,
    page::render,
    parts::{Curl, Empty},
    place::Place,
    refusal::Refusal,
    shell::Shell,
    typed::day,
};

/// Days that are looked at where nothing is said.
const DAYS: i64 = 30;
/// Days that are shown side by side.
const COLUMNS_MAX: i64 = 366;
/// Rows of the table; the file has all.
const ROWS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "billing/usage.html")]
struct UsagePage {
    shell: Shell,
    problem: String,
    by: &'static str,
    tabs: Vec<Tab>,
    fields: Vec<Field>,
    total: Number,
    count: Number,
    daily: Number,
    chart: Option<Columns>,
    head: &'static str,
    rows: Vec<Row>,
    more: usize,
    empty: Empty,
    csv: String,
    curl: Curl,
}

struct Tab {
    href: String,
    text: &'static str,
    is_here: bool,
}

struct Row {
    name: String,
    /// Empty where there is no page of it.
    href: String,
    credits: String,
    count: String,
    /// Of all, in percent.
    percent: String,
}

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    by: String,
    /// Days, both looked at.
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// The days that are looked at.
struct Window {
    from: Time,
    /// The beginning of the day after the last.
    to: Time,
}

impl Window {
    fn of(asked: &Asked, now: Time) -> Result<Window, Refusal> {
        let given = |name: &str, text: &str, default: Time| match text {
            "" => Ok(default),
            text => day(text).ok_or_else(|| Refusal::at_field(name, "Write a day as 2026-01-31.")),
        };
        let last = given("to", &asked.to, now.midnight())?;
        let from = given("from", &asked.from, last.plus_ms(-(DAYS - 1) * DAY_MS))?;
        if from > last {
            return Err(Refusal::at_field("from", "It is after the last day."));
        }
        Ok(Window { from, to: last.plus_ms(DAY_MS) })
    }

    fn last(&self) -> Time {
        self.to.plus_ms(-DAY_MS)
    }
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (store, now) = (dashboard.store(), dashboard.store().clock.now());
    let group = UsageGroup::parse(&asked.by).unwrap_or(UsageGroup::Day);
    let (window, refusal) = match Window::of(&asked, now) {
        Ok(window) => (window, None),
        Err(refusal) => (Window::of(&Asked::default(), now)?, Some(refusal)),
    };
    let rows = match refusal {
        None => store.usage(member.organization, group, window.from, window.to).await?,
        Some(_) => Vec::new(),
    };
    let page = page(&dashboard, &member, &asked, &window, (group, rows), refusal.as_ref()).await?;
    Ok(match refusal {
        Some(refusal) => refusal.with(render(&page)),
        None => render(&page),
    })
}

async fn page(
    dashboard: &Dashboard,
    member: &Member,
    asked: &Asked,
    window: &Window,
    (group, rows): (UsageGroup, Vec<UsageRow>),
    refusal: Option<&Refusal>,
) -> Result<UsagePage, Refusal> {
    let shell = Shell::new(dashboard, member, Place::Usage).await?;
    let now = dashboard.store().clock.now();
    let total: i64 = rows.iter().map(|row| row.credits.0).sum();
    let days = (window.to.0.min(now.0) - window.from.0 - 1).max(0) / DAY_MS + 1;
    let span = format!("from={}&to={}", window.from, window.to);
    let api = format!("group_by={group}&{span}");
    Ok(UsagePage {
        problem: problem(refusal, &["from", "to"]),
        by: group.as_str(),
        tabs: tabs(&shell.base, group, window),
        fields: fields(asked, window, refusal),
        total: Number::of(total),
        count: Number::of(rows.iter().map(|row| row.count).sum()),
        daily: Number::of(total / days),
        chart: (group == UsageGroup::Day).then(|| chart(&rows, window, now)).flatten(),
        head: head(group),
        more: rows.len().saturating_sub(ROWS_MAX),
        rows: shown(&shell.base, group, rows, total),
        empty: Empty::new(
            "Nothing was spent on these days",
            "Captures, enrichments and messages stand here with what they cost.",
        ),
        csv: format!("{}/v1/billing/usage/export?{api}", shell.base),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/billing/usage?{api}")),
        shell,
    })
}

fn tabs(base: &str, here: UsageGroup, window: &Window) -> Vec<Tab> {
    let all = [
        (UsageGroup::Day, "By day"),
        (UsageGroup::Action, "By action"),
        (UsageGroup::Robot, "By robot"),
        (UsageGroup::Run, "By run"),
        (UsageGroup::ApiKey, "By API key"),
    ];
    let (from, to) = (window.from.day(), window.last().day());
    let tab = |(group, text): (UsageGroup, &'static str)| Tab {
        href: format!("{base}/billing/usage?by={group}&from={from}&to={to}"),
        text,
        is_here: group == here,
    };
    all.into_iter().map(tab).collect()
}

fn fields(asked: &Asked, window: &Window, refusal: Option<&Refusal>) -> Vec<Field> {
    let (from, to) = match refusal {
        Some(_) => (asked.from.clone(), asked.to.clone()),
        None => (window.from.day(), window.last().day().to_string()),
    };
    vec![
        Field::input("date", "from", "From").holding(from).refused(refusal),
        Field::input("date", "to", "To").holding(to).refused(refusal),
    ]
}

fn head(group: UsageGroup) -> &'static str {
    match group {
        UsageGroup::Day => "Day",
        UsageGroup::Action => "Action",
        UsageGroup::Run => "Run",
        UsageGroup::Robot => "Robot",
        UsageGroup::ApiKey => "API key",
    }
}

/// Every day of the window, also those on which nothing was spent.
fn chart(rows: &[UsageRow], window: &Window, now: Time) -> Option<Columns> {
    let spent: BTreeMap<&str, i64> = rows.iter().filter_map(|row| Some((row.key.as_deref()?, row.credits.0))).collect();
    let count = ((window.to.0 - window.from.0) / DAY_MS).clamp(1, COLUMNS_MAX);
    let first = window.to.plus_ms(-count * DAY_MS);
    let days: Vec<Day> = (0..count)
        .map(|at| {
            let begin = first.plus_ms(at * DAY_MS);
            let day = begin.day();
            let number = spent.get(day.as_str()).copied().unwrap_or(0);
            Day { number, is_faint: begin.plus_ms(DAY_MS) > now, day }
        })
        .collect();
    Columns::of("Credits spent by day", "credits", &days)
}

#[expect(clippy::cast_precision_loss, reason = "a share shown to people")]
fn shown(base: &str, group: UsageGroup, mut rows: Vec<UsageRow>, total: i64) -> Vec<Row> {
    if group == UsageGroup::Day {
        rows.reverse();
    }
    rows.truncate(ROWS_MAX);
    let row = |row: UsageRow| {
        let percent = if total == 0 { 0.0 } else { row.credits.0 as f64 * 100.0 / total as f64 };
        Row {
            href: href(base, group, &row),
            name: name(group, &row),
            credits: grouped(row.credits.0),
            count: grouped(row.count),
            percent: format!("{percent:.1}"),
        }
    };
    rows.into_iter().map(row).collect()
}

fn name(group: UsageGroup, row: &UsageRow) -> String {
    let Some(key) = &row.key else {
        return match group {
            UsageGroup::ApiKey => "Without a key: people and schedules",
            _ => "What no run spent",
        }
        .to_owned();
    };
    match (group, key.as_str()) {
        (UsageGroup::Day, day) => day.to_owned(),
        (UsageGroup::Action, "extract") => "Extract: product pages captured".to_owned(),
        (UsageGroup::Action, "enrich") => "Enrich: captures enriched".to_owned(),
        (UsageGroup::Action, "assistant") => "Assistant: messages answered".to_owned(),
        (_, key) => row.name.clone().unwrap_or_else(|| format!("Deleted since ({key})")),
    }
}

fn href(base: &str, group: UsageGroup, row: &UsageRow) -> String {
    let Some(key) = row.key.as_deref() else { return String::new() };
    match group {
        UsageGroup::Day => format!("{base}/billing/statement?kind=debit&from={key}&to={key}"),
        UsageGroup::Action => String::new(),
        UsageGroup::Run => format!("{base}/runs/{key}"),
        UsageGroup::Robot if row.name.is_some() => format!("{base}/robots/{key}"),
        UsageGroup::ApiKey if row.name.is_some() => format!("{base}/settings/api-keys/{key}"),
        UsageGroup::Robot | UsageGroup::ApiKey => String::new(),
    }
}
