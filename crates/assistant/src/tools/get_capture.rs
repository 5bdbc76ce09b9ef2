//! One capture whole.

use creel_types::CaptureId;
use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, object, read};

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "get_capture",
    title: "Look at a capture",
    description: "One captured product: description, options, SKUs with prices and stock, where each value came from.",
    is_draft: false,
    schema: || object(json!({"id": {"type": "string"}, "fields": {"type": "array", "items": {"type": "string"}}}), &["id"]),
    call: |scope, asked| get(scope, asked).boxed(),
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    id: CaptureId,
    fields: Option<Vec<String>>,
}

async fn get(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    let found = scope.store.get_capture(scope.organization, asked.id).await;
    let capture = found.map_err(|error| ToolError::of(&error, "id"))?;
    let mut whole = serde_json::to_value(&capture).map_err(|error| ToolError::wrong("id", error.to_string()))?;
    if let Some(all) = whole.as_object_mut() {
        // Addresses of the shop are data: nothing here is to be followed.
        for hidden in ["image_url", "images", "canonical_url"] {
            all.shift_remove(hidden);
        }
        if let Some(url) = all.shift_remove("url") {
            all.insert("shop_url".to_owned(), url);
        }
        if let Some(fields) = &asked.fields {
            all.retain(|name, _| name == "id" || fields.contains(name));
        }
        all.insert("link".to_owned(), json!(format!("/captures/{}", capture.id)));
    }
    Ok(answer::bounded(whole))
}
