//! What credits were spent on.

use creel_store::ledger::usage::UsageGroup;
use creel_types::time::DAY_MS;
use serde_json::{Value, json};

use super::{
    answer::{Page, about, json_of},
    error::ToolError,
    input::{Text, When, Whole, input},
    registry::Tool,
    scope::Scope,
};

/// Days that are looked back where nothing is said.
const DAYS: i64 = 30;

input! {
    Asked {
        group_by: UsageGroup,
        /// 30 days ago where nothing is said.
        from: Option<When>,
        to: Option<When>,
        limit: Option<Whole>,
        cursor: Option<Text>,
    }
}

pub(super) struct GetUsage;

impl Tool for GetUsage {
    const NAME: &'static str = "get_usage";
    const TITLE: &'static str = "Show usage";
    const DESCRIPTION: &'static str = "Credits spent and how often, in groups.";
    type Asked = Asked;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Value, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), None)?;
        let to = asked.to.map_or_else(|| scope.store.clock.now().plus_ms(1), |when| when.0);
        let from = asked.from.map_or_else(|| to.plus_ms(-DAYS * DAY_MS), |when| when.0);
        if from >= to {
            return Err(ToolError::field("from", "it is not before `to`"));
        }
        let rows = scope.store.usage(scope.organization, asked.group_by, from, to).await?;
        let link = format!("{}/billing/usage", scope.base());
        let rows = rows.into_iter().map(json_of).collect::<Result<_, _>>()?;
        page.part(about(json!({"link": link, "from": from, "to": to})), rows)
    }
}
