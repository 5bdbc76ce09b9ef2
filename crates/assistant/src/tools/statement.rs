//! The ledger's entries, newest first.

use creel_ledger::EntryKind;
use creel_store::ledger::StatementFilter;
use creel_types::Time;
use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, object, read};

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "list_statement",
    title: "Look at the statement",
    description: "Entries of the credit ledger, newest first: grants, debits, holds, expiries, with the balance after each.",
    is_draft: false,
    schema: || {
        object(
            json!({
                "kind": {"type": "string", "enum": EntryKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>()},
                "from": {"type": "string", "description": "RFC 3339"}, "to": {"type": "string"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50}, "cursor": {"type": "string"},
            }),
            &[],
        )
    },
    call: |scope, asked| list(scope, asked).boxed(),
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    kind: Option<EntryKind>,
    from: Option<Time>,
    to: Option<Time>,
    limit: Option<usize>,
    cursor: Option<String>,
}

async fn list(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    let wrong = |_| ToolError::wrong("cursor", "it is no next_cursor of this tool");
    let before = asked.cursor.as_deref().map(str::parse::<i64>).transpose().map_err(wrong)?;
    let Asked { kind, from, to, .. } = asked;
    answer::page(answer::limit(asked.limit)?, None, |limit| async move {
        let rows = i64::try_from(limit).unwrap_or(1) + 1;
        let filter = StatementFilter { before, limit: rows, kind, from, to, about: None };
        let mut entries = scope.store.statement(scope.organization, &filter).await?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| more).map(|entry| entry.sequence.to_string());
        let row = |entry: &creel_store::ledger::StatementRow| {
            let mut row = json!(entry);
            row["link"] = json!(format!("/billing/statement/{}", entry.sequence));
            row
        };
        Ok((entries.iter().map(row).collect(), next))
    })
    .await
}
