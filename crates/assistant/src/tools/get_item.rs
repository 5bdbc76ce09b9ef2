//! One item with how sure each reading is, and the words that say so.

use creel_types::ItemId;
use serde_json::Value;

use super::{
    answer::{json_of, linked, renamed},
    bounded,
    error::ToolError,
    input::{Id, input},
    registry::Tool,
    scope::Scope,
};

input! {
    Asked {
        item_id: Id<ItemId>,
    }
}

pub(super) struct GetItem;

impl Tool for GetItem {
    const NAME: &'static str = "get_item";
    const TITLE: &'static str = "Show an item";
    const DESCRIPTION: &'static str = "One item: category, attributes, sizes, offers, with confidence and evidence.";
    type Asked = Asked;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Value, ToolError> {
        let found = scope.store.get_item(scope.organization, asked.item_id.get("item_id")?).await;
        let item = found.map_err(|error| ToolError::from(error).about("item_id"))?;
        Ok(bounded::whole(linked(scope.link("items", item.id), renamed(json_of(&item)?))))
    }
}
