//! How often each category, brand, shop or attribute value occurs among items.

use creel_item::category;
use creel_store::items::{FacetName, ItemFilter};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::Page,
    error::ToolError,
    input::{Text, Whole, input},
    output::Rows,
    registry::Tool,
    scope::Scope,
    search_captures::word_filter,
    search_items::attributes,
};

input! {
    Asked {
        /// category, brand, store, language, review, signal or attribute:NAME.
        of: Text,
        category: Option<Text>,
        attributes: Option<Text>,
        brand: Option<Text>,
        store: Option<Text>,
        limit: Option<Whole>,
        cursor: Option<Text>,
    }
}

/// How often one value occurs.
#[derive(Serialize, ToSchema)]
pub(super) struct Counted {
    value: String,
    /// The path of a category.
    category: Option<String>,
    items: i64,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AboutCounted {
    of: String,
    /// Items that were looked at.
    items: i64,
}

pub(super) struct CountItems;

impl Tool for CountItems {
    const NAME: &'static str = "count_items";
    const TITLE: &'static str = "Count items by value";
    const DESCRIPTION: &'static str =
        "How many of the newest 2000 items have each value, most first; a category counts those below it too.";
    type Asked = Asked;
    type Told = Rows<Counted, AboutCounted>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), None)?;
        let name = asked.of.0.trim();
        let is_attribute = name.strip_prefix("attribute:").is_some_and(|attribute| !attribute.is_empty());
        if !is_attribute && FacetName::parse(name).is_none() {
            let names: Vec<&str> = FacetName::ALL.iter().map(|name| name.as_str()).collect();
            return Err(ToolError::field("of", format!("give one of {} or attribute:NAME", names.join(", "))));
        }
        let facets =
            [(FacetName::Category, &asked.category), (FacetName::Brand, &asked.brand), (FacetName::Store, &asked.store)];
        let facets = facets.into_iter().filter_map(|(name, text)| Some((name, word_filter(text.as_ref())?.to_owned())));
        let filter = ItemFilter {
            facets: facets.collect(),
            attributes: attributes(word_filter(asked.attributes.as_ref()))?,
            ..ItemFilter::default()
        };
        let (counts, items) = scope.store.count_item_facets(scope.organization, &filter).await?;
        let rows = counts.into_iter().filter(|count| count.name == name).map(|count| {
            let path = category::get(&count.value).filter(|_| name == "category").map(|node| node.path());
            Counted { value: count.value, category: path, items: count.items }
        });
        page.part(&AboutCounted { of: name.to_owned(), items }, rows.collect())
    }
}
