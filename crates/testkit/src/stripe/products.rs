//! Products of the catalogue.

use serde_json::{Value, json};

use super::{
    answer::{LIST, Refusal, created_fits},
    form::Form,
    ids,
    state::State,
};

pub(super) fn create(state: &mut State, given: &Form) -> Result<Value, Refusal> {
    given.only(&["id", "name", "description", "active", "unit_label", "metadata[*]"])?;
    let name = given.needed("name")?;
    let id = given.filled("id").map_or_else(|| state.draw(ids::PRODUCT), str::to_owned);
    if state.find(&id).is_some() {
        let mut refusal = Refusal::invalid("id", "Product already exists.");
        refusal.code = Some("resource_already_exists".to_owned());
        return Err(refusal);
    }
    let text = |key: &str| given.filled(key).map_or(Value::Null, |text| json!(text));
    let product = json!({
        "id": id, "object": "product", "active": given.flag("active")?.unwrap_or(true), "created": state.now(), "default_price": null,
        "description": text("description"), "images": [], "livemode": state.livemode, "marketing_features": [],
        "metadata": given.metadata("metadata"), "name": name, "package_dimensions": null, "shippable": null,
        "statement_descriptor": null, "tax_code": null, "unit_label": text("unit_label"), "updated": state.now(),
        "url": null,
    });
    let id = state.create("product.created", product);
    Ok(state.object(&id))
}

pub(super) fn get(state: &State, id: &str) -> Result<Value, Refusal> {
    state.get("product", id, "id").cloned()
}

pub(super) fn update(state: &mut State, id: &str, given: &Form) -> Result<Value, Refusal> {
    given.only(&["name", "description", "active", "unit_label", "metadata[*]", "metadata", "default_price"])?;
    state.get("product", id, "id")?;
    let active = given.flag("active")?;
    let now = state.now();
    state.change("product.updated", id, |product| {
        for key in ["name", "description", "unit_label", "default_price"] {
            if let Some(text) = given.text(key) {
                product[key] = if text.is_empty() { Value::Null } else { json!(text) };
            }
        }
        if let Some(active) = active {
            product["active"] = json!(active);
        }
        product["metadata"] = given.merged_metadata("metadata", &product["metadata"]);
        product["updated"] = json!(now);
    });
    Ok(state.object(id))
}

pub(super) fn list(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&LIST[..], &["active", "ids[]"]].concat())?;
    created_fits(given, &Value::Null)?;
    let (active, wanted) = (given.flag("active")?, given.list("ids"));
    state.page("product", "/v1/products", given, |product| {
        active.is_none_or(|active| product["active"] == active)
            && (wanted.is_empty() || wanted.iter().any(|id| product["id"] == id.as_str()))
            && created_fits(given, product).unwrap_or(false)
    })
}
