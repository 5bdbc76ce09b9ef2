//! `/billing/statement/{sequence}`: one entry, and everything behind it: the capture, the run that made it, its robot, and the
//! schedule, key or person that began it.

use askama::Template;
use axum::{extract::State, response::Response};
use creel_store::ledger::explain::{ExplainedEntry, Named};
use creel_types::Time;

use super::statement::{kind_badge, kind_name, signed};
use crate::{
    Dashboard,
    figures::{When, grouped},
    member::Member,
    page::render,
    parts::{Badge, Curl},
    path::Id,
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

#[derive(Template)]
#[template(path = "billing/entry.html")]
struct EntryPage {
    shell: Shell,
    title: String,
    kind: Badge,
    at: When,
    amount: String,
    balance: String,
    description: String,
    reference_kind: String,
    reference_id: String,
    by: String,
    hold: String,
    /// From the entry back to what began it.
    steps: Vec<Step>,
    lots: Vec<Lot>,
    has_terms: bool,
    before: String,
    after: String,
    curl: Curl,
}

/// One thing behind the entry.
struct Step {
    what: &'static str,
    name: String,
    /// Empty where there is no page of it any more.
    href: String,
    note: String,
}

struct Lot {
    id: String,
    amount: String,
    terms: String,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    Id(sequence): Id<i64>,
) -> Result<Response, Refusal> {
    let store = dashboard.store();
    let explained = store.explain_entry(member.organization, sequence).await?;
    let shell = Shell::new(&dashboard, &member, Place::Statement).await?;
    let has_next = store.explain_entry(member.organization, sequence.saturating_add(1)).await.is_ok();
    let here = format!("{}/billing/statement", shell.base);
    let (entry, now) = (&explained.entry, store.clock.now());
    Ok(render(&EntryPage {
        title: format!("{} {}", kind_name(entry.kind), grouped(sequence)),
        kind: kind_badge(entry.kind),
        at: When::of(entry.at, now),
        amount: signed(entry.amount.0),
        balance: grouped(entry.balance_after.0),
        description: entry.description.clone(),
        reference_kind: entry.reference.kind.to_string(),
        reference_id: entry.reference.id.clone(),
        by: explained.actor.clone(),
        hold: explained.hold_id.map(|hold| hold.to_string()).unwrap_or_default(),
        steps: steps(&shell.base, &explained, now),
        lots: explained.lots.iter().map(lot).collect(),
        has_terms: explained.lots.iter().any(|part| part.terms.is_some()),
        before: if sequence > 1 { format!("{here}/{}", sequence - 1) } else { String::new() },
        after: if has_next { format!("{here}/{}", sequence + 1) } else { String::new() },
        curl: Curl::get(&dashboard.access.settings().public_url, &format!("/v1/billing/statement/{sequence}")),
        shell,
    }))
}

fn lot(part: &creel_ledger::LotPart) -> Lot {
    let terms = part.terms.map(|terms| {
        let end = terms
            .expires_at
            .map_or_else(|| "without an end".to_owned(), |at| format!("until {}", crate::figures::instant(at)));
        format!("{}, {end}", super::source_name(terms.source))
    });
    Lot { id: part.lot.to_string(), amount: signed(part.amount.0), terms: terms.unwrap_or_default() }
}

fn steps(base: &str, explained: &ExplainedEntry, now: Time) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Some(capture) = &explained.capture {
        let is_there = capture.deleted_at.is_none();
        let when = When::of(capture.extracted_at, now).words();
        steps.push(Step {
            what: "Capture",
            name: if is_there { capture.title.clone() } else { "Deleted since".to_owned() },
            href: if is_there { format!("{base}/captures/{}", capture.id) } else { String::new() },
            note: if is_there { format!("{when}, of {}", capture.url) } else { String::new() },
        });
    }
    let mut named = |what, pages: &str, thing: Option<(String, Option<String>)>| {
        let Some((id, name)) = thing else { return };
        let href = name.as_ref().map(|_| format!("{base}/{pages}/{id}")).unwrap_or_default();
        steps.push(Step { what, href, name: name.unwrap_or_else(|| "Deleted since".to_owned()), note: String::new() });
    };
    named("Enrichment", "enrichments", explained.enrichment.as_ref().map(pair));
    named("Run", "runs", explained.run.as_ref().map(pair));
    named("Robot", "robots", explained.robot.as_ref().map(pair));
    named("Schedule", "schedules", explained.schedule.as_ref().map(pair));
    named("API key", "settings/api-keys", explained.api_key.as_ref().map(pair));
    steps
}

fn pair<Id: ToString>(named: &Named<Id>) -> (String, Option<String>) {
    (named.id.to_string(), named.name.clone())
}
