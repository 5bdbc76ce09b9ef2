//! What credits were spent on.

use creel_store::ledger::usage::{UsageGroup, UsageRow};
use creel_types::{Time, time::DAY_MS};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::Page,
    error::ToolError,
    input::{Text, When, Whole, input},
    output::Rows,
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

/// The time that was looked at, and where people see the same.
#[derive(Serialize, ToSchema)]
pub(super) struct AboutUsage {
    link: String,
    from: Time,
    to: Time,
}

pub(super) struct GetUsage;

impl Tool for GetUsage {
    const NAME: &'static str = "get_usage";
    const TITLE: &'static str = "Show usage";
    const DESCRIPTION: &'static str = "Credits spent and how often, in groups.";
    type Asked = Asked;
    type Told = Rows<UsageRow, AboutUsage>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), None)?;
        let to = asked.to.map_or_else(|| scope.store.clock.now().plus_ms(1), |when| when.0);
        let from = asked.from.map_or_else(|| to.plus_ms(-DAYS * DAY_MS), |when| when.0);
        if from >= to {
            return Err(ToolError::field("from", "it is not before `to`"));
        }
        let rows = scope.store.usage(scope.organization, asked.group_by, from, to).await?;
        let link = format!("{}/billing/usage", scope.base());
        page.part(&AboutUsage { link, from, to }, rows)
    }
}
