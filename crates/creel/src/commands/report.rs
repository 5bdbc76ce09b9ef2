//! The statement at the end of a run: captures, credits, balance, what was skipped and why.

use std::{io::Write, path::Path};

use creel_store::{Store, pages::OutcomeCount, runs::RunView};
use creel_types::{Action, OrganizationId, PageOutcome};
use serde_json::{Value, json};

use crate::{
    cli::Common,
    exit::Failure,
    print::{self, cut, number},
};

/// Reasons that are shown; the rest is one line.
const REASONS_MAX: usize = 12;

/// Writes the statement: to standard output when the captures went to a file, else beside them on standard error.
pub async fn statement(
    common: &Common,
    store: &Store,
    organization: OrganizationId,
    view: &RunView,
    output: Option<(&Path, usize)>,
) -> Result<(), Failure> {
    let balance = store.spendable(organization).await?;
    let counts = store.outcome_counts(view.id).await?;
    let text =
        if common.json { as_json(view, balance.0, &counts).to_string() } else { as_text(view, balance.0, &counts, output) };
    match output {
        Some(_) => writeln!(std::io::stdout().lock(), "{text}")?,
        None => print::say(&text),
    }
    Ok(())
}

fn as_json(run: &RunView, balance: i64, counts: &[OutcomeCount]) -> Value {
    let outcomes: Vec<Value> = counts
        .iter()
        .map(|count| {
            json!({
                "outcome": count.outcome, "reason": count.reason, "pages": count.count, "example": count.example
            })
        })
        .collect();
    json!({"run": run, "balance": balance, "pages": outcomes})
}

/// The statement for a person.
pub fn as_text(run: &RunView, balance: i64, counts: &[OutcomeCount], output: Option<(&Path, usize)>) -> String {
    let mut lines = vec![String::new(), headline(run)];
    let price = Action::Extract.price();
    lines.push(format!("  captures       {:>9}", number(run.extracted)));
    lines.push(format!(
        "  credits spent  {:>9}   {price} per capture, nothing for anything else",
        number(run.credits_spent.0)
    ));
    lines.push(format!("  balance        {:>9}", number(balance)));
    lines.push(format!("  pages fetched  {:>9}", number(run.pages_fetched)));
    if let Some((path, written)) = output {
        lines.push(format!("  written        {:>9}   captures to {}", number(written as i64), path.display()));
    }
    let free: Vec<&OutcomeCount> = counts.iter().filter(|count| count.outcome != PageOutcome::Captured).collect();
    if !free.is_empty() {
        lines.push("  pages without a capture, all free:".to_owned());
    }
    for count in free.iter().take(REASONS_MAX) {
        let reason = count.reason.as_deref().map_or(String::new(), |reason| format!("  {}", cut(reason, 96)));
        lines.push(format!("  {:>9}  {:<12}{reason}", number(count.count), count.outcome));
        if count.reason.is_some() {
            lines.push(format!("             e.g. {}", cut(&count.example, 90)));
        }
    }
    if free.len() > REASONS_MAX {
        let rest: i64 = free[REASONS_MAX..].iter().map(|count| count.count).sum();
        lines.push(format!("  {:>9}  for other reasons", number(rest)));
    }
    lines.join("\n")
}

fn headline(run: &RunView) -> String {
    let how = match (&run.error, run.end_reason) {
        (Some(error), _) => format!("{} ({}): {}", run.status, error.code, error.message),
        (None, Some(reason)) => format!("{}: {}", run.status, reason.as_str().replace('_', " ")),
        (None, None) => run.status.to_string(),
    };
    format!("Run {} {how}.", run.id)
}
