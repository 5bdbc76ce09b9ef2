//! What can be spent now.

use serde_json::Value;

use super::{
    answer::{json_of, linked},
    bounded,
    error::ToolError,
    input::input,
    registry::Tool,
    scope::Scope,
};

input! {
    Asked {}
}

pub(super) struct GetBalance;

impl Tool for GetBalance {
    const NAME: &'static str = "get_balance";
    const TITLE: &'static str = "Show the balance";
    const DESCRIPTION: &'static str = "Credits available and held, their lots and expiry, and this cycle's spending.";
    type Asked = Asked;

    async fn answer(scope: &Scope, _: Asked) -> Result<Value, ToolError> {
        let balance = scope.store.balance(scope.organization).await?;
        Ok(bounded::whole(linked(Value::String(format!("{}/billing", scope.base())), json_of(&balance)?)))
    }
}
