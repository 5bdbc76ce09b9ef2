//! `/billing/statement`: every change of credits, the newest first; by kind, by day, and by the id of what it is about.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use creel_ledger::EntryKind;
use creel_store::ledger::{About, StatementFilter, StatementRow};
use creel_types::{OrganizationId, RunId, Time, time::DAY_MS};
use serde::Deserialize;

use crate::{
    Dashboard,
    figures::{When, grouped},
    form::{Choice, Field, problem},
    list::{self, ROWS},
    member::Member,
    page::render,
    parts::{Badge, Curl, Empty, Pager, Tone},
    place::Place,
    refusal::Refusal,
    shell::Shell,
    typed::day,
};

#[derive(Template)]
#[template(path = "billing/statement.html")]
struct StatementPage {
    shell: Shell,
    problem: String,
    fields: Vec<Field>,
    is_filtered: bool,
    here: String,
    rows: Vec<Row>,
    pager: Pager,
    empty: Empty,
    csv: String,
    curl: Curl,
}

struct Row {
    href: String,
    sequence: String,
    at: When,
    kind: Badge,
    description: String,
    amount: String,
    is_gain: bool,
    balance: String,
}

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    kind: String,
    /// Days.
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// An id of whatever entries are about.
    #[serde(default)]
    about: String,
    #[serde(default)]
    cursor: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let shell = Shell::new(&dashboard, &member, Place::Statement).await?;
    let here = format!("{}/billing/statement", shell.base);
    let refusal = asked.refusal();
    let about = about(&dashboard, member.organization, asked.about.trim()).await?;
    let filter = StatementFilter {
        before: asked.cursor.parse().ok(),
        limit: ROWS.and_one_more(),
        kind: EntryKind::parse(&asked.kind),
        from: day(&asked.from),
        to: day(&asked.to).map(|day| day.plus_ms(DAY_MS)),
        about,
    };
    let mut rows = match refusal {
        None => dashboard.store().statement(member.organization, &filter).await?,
        Some(_) => Vec::new(),
    };
    let now = dashboard.store().clock.now();
    let listed = format!("{here}{}", asked.query());
    let pager = ROWS.turn(&mut rows, &listed, asked.cursor.is_empty(), |row| row.sequence.to_string());
    let api = api_query(&filter);
    let page = StatementPage {
        problem: problem(refusal.as_ref(), &["from", "to"]),
        fields: fields(&asked, refusal.as_ref()),
        is_filtered: !asked.query().is_empty(),
        rows: rows.into_iter().map(|row| self::row(&here, row, now)).collect(),
        pager,
        empty: match asked.query().is_empty() {
            true => {
                Empty::new("No entries yet", "Each grant and each debit of credits stands here, with what is left after it.")
            }
            false => Empty::new("Nothing fits", "No entry fits these filters.").with(&here, "Show all"),
        },
        csv: format!("{}/v1/billing/statement/export{api}", shell.base),
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/billing/statement{api}")),
        here,
        shell,
    };
    Ok(match refusal {
        Some(refusal) => refusal.with(render(&page)),
        None => render(&page),
    })
}

/// What an id names: a run, or what entries refer to.
async fn about(dashboard: &Dashboard, organization: OrganizationId, id: &str) -> Result<Option<About>, Refusal> {
    if id.is_empty() {
        return Ok(None);
    }
    if let Ok(run) = id.parse::<RunId>()
        && dashboard.store().get_run(organization, run).await.is_ok()
    {
        return Ok(Some(About::Run(run)));
    }
    Ok(Some(About::Reference(id.to_owned())))
}

impl Asked {
    fn refusal(&self) -> Option<Refusal> {
        let wrong =
            [("from", &self.from), ("to", &self.to)].into_iter().find(|(_, text)| !text.is_empty() && day(text).is_none());
        wrong.map(|(name, _)| Refusal::at_field(name, "Write a day as 2026-01-31."))
    }

    /// The filters that are set.
    fn query(&self) -> String {
        list::query(&[("kind", &self.kind), ("from", &self.from), ("to", &self.to), ("about", &self.about)])
    }
}

/// The same filters as the API is asked for them.
fn api_query(filter: &StatementFilter) -> String {
    let instant = |at: Option<Time>| at.map(|at| at.to_string()).unwrap_or_default();
    let (run, reference) = match &filter.about {
        Some(About::Run(run)) => (run.to_string(), ""),
        Some(About::Reference(id)) => (String::new(), id.as_str()),
        None => (String::new(), ""),
    };
    list::query(&[
        ("kind", filter.kind.map_or("", EntryKind::as_str)),
        ("from", &instant(filter.from)),
        ("to", &instant(filter.to)),
        ("run_id", &run),
        ("reference_id", reference),
    ])
}

fn fields(asked: &Asked, refusal: Option<&Refusal>) -> Vec<Field> {
    let kinds = EntryKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind_name(*kind)));
    let choices = std::iter::once(Choice::new("", "All kinds")).chain(kinds).collect();
    vec![
        Field::input("search", "about", "Id of a run, capture or invoice").holding(&*asked.about).refused(refusal),
        Field::select("kind", "Kind", choices).holding(&*asked.kind),
        Field::input("date", "from", "From").holding(&*asked.from).refused(refusal),
        Field::input("date", "to", "To").holding(&*asked.to).refused(refusal),
    ]
}

pub(super) fn kind_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Grant => "Grant",
        EntryKind::Debit => "Debit",
        EntryKind::Hold => "Hold",
        EntryKind::Release => "Release",
        EntryKind::Expire => "Expire",
        EntryKind::Revoke => "Revoke",
        EntryKind::Adjust => "Adjust",
        EntryKind::Freeze => "Freeze",
        EntryKind::Unfreeze => "Unfreeze",
    }
}

pub(super) fn kind_badge(kind: EntryKind) -> Badge {
    let tone = match kind {
        EntryKind::Grant | EntryKind::Unfreeze => Tone::Good,
        EntryKind::Expire | EntryKind::Revoke | EntryKind::Freeze => Tone::Warn,
        EntryKind::Debit | EntryKind::Hold | EntryKind::Release | EntryKind::Adjust => Tone::Plain,
    };
    Badge::new(tone, kind_name(kind))
}

/// With its sign, also where it is more.
pub(super) fn signed(amount: i64) -> String {
    if amount > 0 { format!("+{}", grouped(amount)) } else { grouped(amount) }
}

fn row(here: &str, row: StatementRow, now: Time) -> Row {
    Row {
        href: format!("{here}/{}", row.sequence),
        sequence: grouped(row.sequence),
        at: When::of(row.at, now),
        kind: kind_badge(row.kind),
        description: row.description,
        amount: signed(row.amount.0),
        is_gain: row.amount.0 > 0,
        balance: grouped(row.balance_after.0),
    }
}
