//! What can be spent now.

use creel_store::ledger::Balance;

use super::{
    error::ToolError,
    input::input,
    output::{Linked, One},
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
    type Told = One<Linked<Balance>>;

    async fn answer(scope: &Scope, _: Asked) -> Result<Self::Told, ToolError> {
        let balance = scope.store.balance(scope.organization).await?;
        One::of(&Linked { link: format!("{}/billing", scope.base()), thing: balance })
    }
}
