//! `GET /v1/enrich/categories?parent=&search=&language=`: the tree that items' categories are places in, a level at a time or by
//! words. It is the same for everybody.

use axum::Json;
use creel_item::category::{Node, TAXONOMY, children, find, roots};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{body::QueryString, caller::Caller, error::ApiError};

/// Categories that a search finds.
const FOUND_MAX: usize = 100;
/// Characters of what is searched for.
const SEARCH_MAX: usize = 200;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Id of a category: what stands right below it, with `search` anywhere below it. Without it, the verticals at the top.
    parent: Option<String>,
    /// Words of a name, in `language` or in English: at most 100 categories.
    #[param(max_length = 200)]
    search: Option<String>,
    /// Primary tag of the language that names are in, one of `en`, `de`, `fr`, `es`, `it`, `nl`, `pl`, `da`, `fi`, `ja`, `ko`, `zh`;
    /// English in any other.
    language: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Categories {
    /// The release of the Shopify product taxonomy.
    taxonomy: &'static str,
    rows: Vec<CategoryRow>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct CategoryRow {
    id: &'static str,
    /// In the language that was asked for.
    name: &'static str,
    /// English names from the top, joined by ` > `.
    path: String,
    /// The Google product category of the same name, where there is one.
    google_id: Option<u32>,
    has_children: bool,
}

/// The categories that items may have
#[utoipa::path(
    get,
    path = "/v1/enrich/categories",
    tag = "items",
    params(Asked),
    responses((status = 200, body = Categories))
)]
pub(crate) async fn list_categories(
    _: Caller,
    QueryString(asked): QueryString<Asked>,
) -> Result<Json<Categories>, ApiError> {
    let language = asked.language.as_deref().unwrap_or("en");
    let parent = asked.parent.as_deref().filter(|id| !id.is_empty());
    let nodes = match (&asked.search, parent) {
        (Some(words), _) if words.chars().count() > SEARCH_MAX => {
            return Err(ApiError::field("search", format!("it may have up to {SEARCH_MAX} characters")));
        }
        (Some(words), parent) => find(words, language, parent, FOUND_MAX),
        (None, Some(id)) => children(id),
        (None, None) => roots(),
    };
    let rows = nodes.iter().map(|node| row(node, language)).collect();
    Ok(Json(Categories { taxonomy: TAXONOMY, rows }))
}

fn row(node: &Node, language: &str) -> CategoryRow {
    CategoryRow {
        id: node.id,
        name: node.name_in(language),
        path: node.path(),
        google_id: node.google_id(),
        has_children: !node.is_leaf(),
    }
}
