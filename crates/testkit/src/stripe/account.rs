//! The account that the key belongs to.

use serde_json::{Value, json};

use super::state::State;

pub(super) fn get(state: &State) -> Value {
    json!({
        "id": state.account, "object": "account", "business_type": "company", "charges_enabled": true, "country": "US",
        "created": 1_700_000_000, "default_currency": "usd", "details_submitted": true, "email": "owner@example.com",
        "metadata": {}, "payouts_enabled": true, "type": "standard",
    })
}
