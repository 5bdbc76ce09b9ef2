//! Prices: what they cost never changes, what they are called may. A lookup key belongs to one price at a time.

use serde_json::{Value, json};

use super::{
    StripeSimulator,
    answer::{LIST, Refusal, created_fits},
    form::Form,
    ids,
    state::State,
};

pub(super) fn create(state: &mut State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[
        "currency",
        "unit_amount",
        "product",
        "recurring[interval]",
        "recurring[interval_count]",
        "lookup_key",
        "transfer_lookup_key",
        "metadata[*]",
        "active",
        "nickname",
        "billing_scheme",
        "tax_behavior",
    ])?;
    let currency = given.needed("currency")?;
    let product = given.needed("product")?;
    state.get("product", product, "product")?;
    let Some(unit_amount) = given.integer("unit_amount")? else { return Err(Refusal::missing("unit_amount")) };
    if unit_amount < 0 {
        return Err(Refusal::invalid("unit_amount", "Invalid non-negative integer"));
    }
    let recurring = recurring(given)?;
    take_lookup_key(state, given, None)?;
    let text = |key: &str| given.filled(key).map_or(Value::Null, |text| json!(text));
    let price = json!({
        "id": state.draw(ids::PRICE), "object": "price", "active": given.flag("active")?.unwrap_or(true), "billing_scheme": "per_unit",
        "created": state.now(), "currency": currency, "custom_unit_amount": null, "livemode": state.livemode,
        "lookup_key": text("lookup_key"), "metadata": given.metadata("metadata"), "nickname": text("nickname"), "product": product,
        "recurring": recurring, "tax_behavior": given.filled("tax_behavior").unwrap_or("unspecified"), "tiers_mode": null,
        "transform_quantity": null, "type": if recurring.is_null() { "one_time" } else { "recurring" }, "unit_amount": unit_amount,
        "unit_amount_decimal": unit_amount.to_string(),
    });
    let id = state.create("price.created", price);
    Ok(state.object(&id))
}

fn recurring(given: &Form) -> Result<Value, Refusal> {
    match given.filled("recurring[interval]") {
        None if given.has("recurring") => Err(Refusal::missing("recurring[interval]")),
        None => Ok(Value::Null),
        Some(interval @ ("month" | "year")) => {
            let count = given.integer("recurring[interval_count]")?.unwrap_or(1);
            Ok(json!({"interval": interval, "interval_count": count, "meter": null, "usage_type": "licensed"}))
        }
        Some(other) => {
            let message = format!("Invalid recurring[interval]: must be one of month or year here, not {other}");
            Err(Refusal::invalid("recurring[interval]", &message))
        }
    }
}

/// Takes the lookup key from whoever has it, where that was asked for.
fn take_lookup_key(state: &mut State, given: &Form, own: Option<&str>) -> Result<(), Refusal> {
    let Some(key) = given.filled("lookup_key") else { return Ok(()) };
    let others = state.newest_first("price").filter(|price| price["lookup_key"] == key);
    let holder = others.filter_map(|price| price["id"].as_str()).find(|id| Some(*id) != own).map(str::to_owned);
    let Some(holder) = holder else { return Ok(()) };
    if given.flag("transfer_lookup_key")? != Some(true) {
        let message = format!("A price (`{holder}`) already uses that lookup key.");
        return Err(Refusal::invalid("lookup_key", &message));
    }
    state.change("price.updated", &holder, |price| price["lookup_key"] = Value::Null);
    carry_over(state, &holder);
    Ok(())
}

pub(super) fn get(state: &State, id: &str) -> Result<Value, Refusal> {
    state.get("price", id, "id").cloned()
}

pub(super) fn update(state: &mut State, id: &str, given: &Form) -> Result<Value, Refusal> {
    given.only(&["active", "lookup_key", "transfer_lookup_key", "metadata[*]", "metadata", "nickname", "tax_behavior"])?;
    state.get("price", id, "id")?;
    let active = given.flag("active")?;
    take_lookup_key(state, given, Some(id))?;
    state.change("price.updated", id, |price| {
        for key in ["lookup_key", "nickname"] {
            if let Some(text) = given.text(key) {
                price[key] = if text.is_empty() { Value::Null } else { json!(text) };
            }
        }
        if let Some(active) = active {
            price["active"] = json!(active);
        }
        price["metadata"] = given.merged_metadata("metadata", &price["metadata"]);
    });
    carry_over(state, id);
    Ok(state.object(id))
}

/// Items of subscriptions show their price as it is now.
fn carry_over(state: &mut State, id: &str) {
    let price = state.object(id);
    for subscription in state.ids("subscription") {
        state.edit(&subscription, |subscription| {
            for item in
                subscription["items"]["data"].as_array_mut().into_iter().flatten().filter(|item| item["price"]["id"] == id)
            {
                item["price"] = price.clone();
            }
        });
    }
}

pub(super) fn list(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&LIST[..], &["active", "product", "lookup_keys[]", "type", "currency"]].concat())?;
    created_fits(given, &Value::Null)?;
    let (active, keys) = (given.flag("active")?, given.list("lookup_keys"));
    state.page("price", "/v1/prices", given, |price| {
        active.is_none_or(|active| price["active"] == active)
            && (keys.is_empty() || keys.iter().any(|key| price["lookup_key"] == key.as_str()))
            && ["product", "type", "currency"].iter().all(|key| given.filled(key).is_none_or(|wanted| price[*key] == wanted))
            && created_fits(given, price).unwrap_or(false)
    })
}

impl StripeSimulator {
    /// A price that nobody's catalogue knows, by the month or once; its id.
    pub fn add_foreign_price(&self, unit_amount: i64, is_monthly: bool) -> String {
        let mut state = self.state();
        let product = products_form();
        let product = super::products::create(&mut state, &product).map(|product| product["id"].clone()).unwrap_or_default();
        let recurring = if is_monthly { "&recurring[interval]=month" } else { "" };
        let text =
            format!("currency=usd&unit_amount={unit_amount}&product={}{recurring}", product.as_str().unwrap_or_default());
        let price = create(&mut state, &Form::read(text.as_bytes()));
        price.ok().and_then(|price| price["id"].as_str().map(str::to_owned)).unwrap_or_default()
    }
}

fn products_form() -> Form {
    Form::read(b"name=Something+else")
}
