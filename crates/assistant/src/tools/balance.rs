//! Credits: what is there, when it ends, how long it will last.

use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, object, read};

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "get_balance",
    title: "Look at the balance",
    description: "Credits that are available and held, their lots with expiry, and a forecast of the spending.",
    is_draft: false,
    schema: || object(json!({}), &[]),
    call: |scope, asked| get(scope, asked).boxed(),
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {}

async fn get(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let Asked {} = read(asked)?;
    let balance = scope.store.balance(scope.organization).await?;
    let forecast = scope.store.forecast(scope.organization).await?;
    Ok(answer::bounded(json!({"balance": balance, "forecast": forecast, "link": "/billing"})))
}
