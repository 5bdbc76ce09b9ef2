//! One item with how sure each reading is, and the words that say so.

use creel_types::{Item, ItemId};

use super::{
    error::ToolError,
    input::{Id, Text, input},
    output::{Linked, One, Renamed},
    registry::Tool,
    scope::Scope,
};

input! {
    Asked {
        item_id: Id<ItemId>,
        fields: Option<Vec<Text>>,
    }
}

pub(super) struct GetItem;

impl Tool for GetItem {
    const NAME: &'static str = "get_item";
    const TITLE: &'static str = "Show an item";
    const DESCRIPTION: &'static str = "One item: category, attributes, sizes, offers, with confidence and evidence.";
    type Asked = Asked;
    type Told = One<Linked<Renamed<Item>>>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let found = scope.store.get_item(scope.organization, asked.item_id.get("item_id")?).await;
        let item = found.map_err(|error| ToolError::from(error).about("item_id"))?;
        One::chosen(&Linked { link: scope.link("items", item.id), thing: Renamed(item) }, asked.fields.as_ref())
    }
}
