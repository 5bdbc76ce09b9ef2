//! What credits were spent on.

use creel_store::ledger::usage::UsageGroup;
use creel_types::{Time, time::DAY_MS};
use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, object, read};

/// How far is looked back where nothing is said.
const BACK_MS: i64 = 30 * DAY_MS;
const ROWS_MAX: usize = 60;

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "get_usage",
    title: "Look at usage",
    description: "Credits spent by day, action, run, robot or API key; the last 30 days where nothing is said.",
    is_draft: false,
    schema: || {
        object(
            json!({
                "group_by": {"type": "string", "enum": UsageGroup::ALL.iter().map(|group| group.as_str()).collect::<Vec<_>>()},
                "from": {"type": "string", "description": "RFC 3339"}, "to": {"type": "string"},
            }),
            &["group_by"],
        )
    },
    call: |scope, asked| get(scope, asked).boxed(),
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    group_by: UsageGroup,
    from: Option<Time>,
    to: Option<Time>,
}

async fn get(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    let to = asked.to.unwrap_or_else(|| scope.store.clock.now().plus_ms(1));
    let from = asked.from.unwrap_or_else(|| to.plus_ms(-BACK_MS));
    let mut rows = scope.store.usage(scope.organization, asked.group_by, from, to).await?;
    let all = rows.len();
    rows.truncate(ROWS_MAX);
    Ok(answer::bounded(json!({"rows": rows, "groups": all, "from": from, "to": to, "link": "/billing/usage"})))
}
