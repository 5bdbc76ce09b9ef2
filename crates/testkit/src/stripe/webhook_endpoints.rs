//! Webhook endpoints: where events go. The secret is told once, in the answer to the creation.

use serde_json::{Value, json};

use super::{
    API_VERSION,
    answer::{LIST, Refusal},
    form::Form,
    ids,
    state::State,
};

/// Stripe allows this many of one account.
const ENDPOINTS_MAX: usize = 16;

pub(super) fn create(state: &mut State, given: &Form) -> Result<Value, Refusal> {
    given.only(&["url", "enabled_events[]", "api_version", "metadata[*]", "description"])?;
    let url = checked_url(state, given.needed("url")?)?;
    let events = given.list("enabled_events");
    if events.is_empty() {
        return Err(Refusal::missing("enabled_events"));
    }
    if state.ids("webhook_endpoint").len() >= ENDPOINTS_MAX {
        return Err(Refusal::bad("You have reached the maximum of 16 test webhook endpoints."));
    }
    let version = match given.filled("api_version") {
        None => Value::Null,
        Some(version) if version == API_VERSION => json!(version),
        Some(other) => return Err(Refusal::invalid("api_version", &format!("Invalid Stripe API version: {other}"))),
    };
    let endpoint = json!({
        "id": state.draw(ids::WEBHOOK_ENDPOINT), "object": "webhook_endpoint", "api_version": version, "application": null,
        "created": state.now(), "description": given.filled("description"), "enabled_events": events, "livemode": state.livemode,
        "metadata": given.metadata("metadata"), "status": "enabled", "url": url,
    });
    let id = state.insert(endpoint);
    let secret = state.add_secret(&id);
    let mut answer = state.object(&id);
    answer["secret"] = json!(secret);
    Ok(answer)
}

/// Stripe wants https in live mode.
fn checked_url(state: &State, url: &str) -> Result<String, Refusal> {
    let is_fine = url::Url::parse(url).is_ok_and(|parsed| match parsed.scheme() {
        "https" => true,
        "http" => !state.livemode,
        _ => false,
    });
    if is_fine { Ok(url.to_owned()) } else { Err(Refusal::invalid("url", "Invalid URL: URL must be publicly accessible.")) }
}

pub(super) fn get(state: &State, id: &str) -> Result<Value, Refusal> {
    state.get("webhook_endpoint", id, "id").cloned()
}

pub(super) fn update(state: &mut State, id: &str, given: &Form) -> Result<Value, Refusal> {
    given.only(&["url", "enabled_events[]", "metadata[*]", "metadata", "description", "disabled"])?;
    state.get("webhook_endpoint", id, "id")?;
    let url = given.filled("url").map(|url| checked_url(state, url)).transpose()?;
    let (events, disabled) = (given.list("enabled_events"), given.flag("disabled")?);
    state.edit(id, |endpoint| {
        if let Some(url) = url {
            endpoint["url"] = json!(url);
        }
        if !events.is_empty() {
            endpoint["enabled_events"] = json!(events);
        }
        if let Some(disabled) = disabled {
            endpoint["status"] = json!(if disabled { "disabled" } else { "enabled" });
        }
        if let Some(text) = given.text("description") {
            endpoint["description"] = json!(text);
        }
        endpoint["metadata"] = given.merged_metadata("metadata", &endpoint["metadata"]);
    });
    Ok(state.object(id))
}

pub(super) fn list(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&LIST[..3])?;
    state.page("webhook_endpoint", "/v1/webhook_endpoints", given, |_| true)
}
