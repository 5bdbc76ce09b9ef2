//! Captures by words and filters.

use std::str::FromStr;

use creel_store::listing::{CaptureCursor, CaptureQuery, CaptureSort};
use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, filter, object, read};

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "search_captures",
    title: "Search captures",
    description: "Captured product pages by words, shop, brand, price, stock and time. Each row links to its capture.",
    is_draft: false,
    schema,
    call: |scope, asked| search(scope, asked).boxed(),
};

fn schema() -> Json {
    object(
        json!({
            "filter": filter::schema(),
            "sort": {"type": "string", "enum": CaptureSort::ALL.iter().map(|sort| sort.as_str()).collect::<Vec<_>>()},
            "limit": {"type": "integer", "minimum": 1, "maximum": 50}, "cursor": {"type": "string"},
            "fields": {"type": "array", "items": {"type": "string"}},
        }),
        &[],
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    filter: filter::Filter,
    sort: Option<CaptureSort>,
    limit: Option<usize>,
    cursor: Option<String>,
    fields: Option<Vec<String>>,
}

async fn search(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    let Some(filter) = asked.filter.read()? else { return Ok(json!({"rows": [], "next_cursor": null})) };
    let sort = asked.sort.unwrap_or(CaptureSort::NewestFirst);
    let wrong = |_| ToolError::wrong("cursor", "it is no next_cursor of this tool");
    let after = asked.cursor.as_deref().map(CaptureCursor::from_str).transpose().map_err(wrong)?;
    if after.as_ref().is_some_and(|cursor| cursor.sort() != sort) {
        return Err(ToolError::wrong("cursor", "it belongs to another sort"));
    }
    answer::page(answer::limit(asked.limit)?, asked.fields.as_deref(), |limit| {
        let query = CaptureQuery { filter: filter.clone(), sort, after: after.clone(), limit };
        async move {
            let page = scope.store.list_captures(scope.organization, &query).await?;
            Ok((page.rows.iter().map(filter::row).collect(), page.next.map(|next| next.to_string())))
        }
    })
    .await
}
