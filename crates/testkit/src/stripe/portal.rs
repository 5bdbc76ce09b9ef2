//! The billing portal: its configurations and sessions, and what a person does in it.

use serde_json::{Value, json};

use super::{StripeSimulator, answer::Refusal, customers, form::Form, ids, schedules, state::State, subscriptions};

const FLOWS: [&str; 4] =
    ["payment_method_update", "subscription_cancel", "subscription_update", "subscription_update_confirm"];

/// What a configuration may say: the features that Creel uses.
const FIELDS: [&str; 28] = [
    "business_profile[headline]",
    "business_profile[privacy_policy_url]",
    "business_profile[terms_of_service_url]",
    "default_return_url",
    "name",
    "metadata[*]",
    "features[customer_update][enabled]",
    "features[customer_update][allowed_updates][]",
    "features[invoice_history][enabled]",
    "features[payment_method_update][enabled]",
    "features[subscription_cancel][enabled]",
    "features[subscription_cancel][mode]",
    "features[subscription_cancel][proration_behavior]",
    "features[subscription_cancel][cancellation_reason][enabled]",
    "features[subscription_cancel][cancellation_reason][options][]",
    "features[subscription_update][enabled]",
    "features[subscription_update][default_allowed_updates][]",
    "features[subscription_update][billing_cycle_anchor]",
    "features[subscription_update][proration_behavior]",
    "features[subscription_update][trial_update_behavior]",
    "features[subscription_update][schedule_at_period_end][conditions][][type]",
    "features[subscription_update][products][][product]",
    "features[subscription_update][products][][prices][]",
    "features[subscription_update][products][][adjustable_quantity][enabled]",
    "features[subscription_update][products][][adjustable_quantity][minimum]",
    "features[subscription_update][products][][adjustable_quantity][maximum]",
    "login_page[enabled]",
    "active",
];

pub(super) fn create_configuration(state: &mut State, given: &Form) -> Result<Value, Refusal> {
    given.only(&FIELDS)?;
    if !given.has("features") {
        return Err(Refusal::missing("features"));
    }
    let (now, id) = (state.now(), state.draw(ids::PORTAL_CONFIGURATION));
    let empty = json!({
        "id": id, "object": "billing_portal.configuration", "active": true, "application": null,
        "business_profile": {"headline": null, "privacy_policy_url": null, "terms_of_service_url": null}, "created": now,
        "default_return_url": null,
        "features": {
            "customer_update": {"allowed_updates": [], "enabled": false}, "invoice_history": {"enabled": false},
            "payment_method_update": {"enabled": false, "payment_method_configuration": null},
            "subscription_cancel": {"cancellation_reason": {"enabled": false, "options": []}, "enabled": false, "mode": "at_period_end",
                "proration_behavior": "none"},
            "subscription_update": {"billing_cycle_anchor": null, "default_allowed_updates": [], "enabled": false, "products": [],
                "proration_behavior": "none", "schedule_at_period_end": {"conditions": []}, "trial_update_behavior": "end_trial"},
        },
        "is_default": false, "livemode": state.livemode, "login_page": {"enabled": false, "url": null}, "metadata": {}, "name": null,
        "updated": now,
    });
    let filled = filled_in(state, empty, given)?;
    state.insert(filled);
    state.tell("billing_portal.configuration.created", &id);
    Ok(state.object(&id))
}

pub(super) fn update_configuration(state: &mut State, id: &str, given: &Form) -> Result<Value, Refusal> {
    given.only(&FIELDS)?;
    let before = state.get("billing_portal.configuration", id, "id")?.clone();
    let mut after = filled_in(state, before, given)?;
    after["updated"] = json!(state.now());
    state.change("billing_portal.configuration.updated", id, |configuration| *configuration = after);
    Ok(state.object(id))
}

/// The configuration with what the form says in its place.
fn filled_in(state: &State, mut configuration: Value, given: &Form) -> Result<Value, Refusal> {
    let tree = given.tree();
    for key in ["business_profile", "default_return_url", "name"] {
        overlay(&mut configuration[key], &tree[key]);
    }
    if let Some(active) = given.flag("active")? {
        configuration["active"] = json!(active);
    }
    if given.has("login_page") {
        configuration["login_page"]["enabled"] = json!(given.flag("login_page[enabled]")?.unwrap_or(false));
    }
    configuration["metadata"] = given.merged_metadata("metadata", &configuration["metadata"]);
    let features = &mut configuration["features"];
    for (name, feature) in tree["features"].as_object().into_iter().flatten() {
        overlay(&mut features[name.as_str()], feature);
    }
    for at in 0..given.elements("features[subscription_update][products]").len() {
        check_product(state, given, &format!("features[subscription_update][products][{at}]"))?;
        let product = &mut features["subscription_update"]["products"][at];
        let quantity = &mut product["adjustable_quantity"];
        if quantity.is_null() {
            *quantity = json!({"enabled": false, "maximum": null, "minimum": 1});
        } else {
            let maximum = quantity.get("maximum").cloned().unwrap_or(Value::Null);
            quantity["maximum"] = maximum;
            quantity["minimum"] = quantity.get("minimum").cloned().unwrap_or(json!(1));
        }
    }
    Ok(configuration)
}

fn check_product(state: &State, given: &Form, element: &str) -> Result<(), Refusal> {
    let name = format!("{element}[product]");
    let product = given.needed(&name)?;
    state.get("product", product, &name)?;
    for price in given.list(&format!("{element}[prices]")) {
        let name = format!("{element}[prices]");
        if state.get("price", &price, &name)?["product"] != product {
            return Err(Refusal::invalid(
                &name,
                &format!("The price `{price}` does not belong to the product `{product}`."),
            ));
        }
    }
    Ok(())
}

/// Puts texts of a form in place, in the type that stands there.
fn overlay(into: &mut Value, from: &Value) {
    match from {
        Value::Null => {}
        Value::Object(fields) => {
            for (key, value) in fields {
                if !into.is_object() {
                    *into = json!({});
                }
                overlay(&mut into[key.as_str()], value);
            }
        }
        Value::Array(_) => *into = typed(from),
        text => *into = typed(text),
    }
}

fn typed(value: &Value) -> Value {
    match value {
        Value::String(text) if text.is_empty() => Value::Null,
        Value::String(text) => match (text.as_str(), text.parse::<i64>()) {
            ("true", _) => json!(true),
            ("false", _) => json!(false),
            (_, Ok(number)) => json!(number),
            (text, Err(_)) => json!(text),
        },
        Value::Array(elements) => elements.iter().map(typed).collect(),
        Value::Object(fields) => Value::Object(fields.iter().map(|(key, value)| (key.clone(), typed(value))).collect()),
        other => other.clone(),
    }
}

pub(super) fn get_configuration(state: &State, id: &str) -> Result<Value, Refusal> {
    state.get("billing_portal.configuration", id, "id").cloned()
}

pub(super) fn list_configurations(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&["limit", "starting_after", "ending_before", "active", "is_default"])?;
    let (active, is_default) = (given.flag("active")?, given.flag("is_default")?);
    state.page("billing_portal.configuration", "/v1/billing_portal/configurations", given, |one| {
        active.is_none_or(|active| one["active"] == active)
            && is_default.is_none_or(|is_default| one["is_default"] == is_default)
    })
}

pub(super) fn create_session(state: &mut State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[
        "customer",
        "return_url",
        "configuration",
        "flow_data[type]",
        "flow_data[subscription_update_confirm][subscription]",
        "flow_data[subscription_update_confirm][items][][id]",
        "flow_data[subscription_update_confirm][items][][price]",
        "flow_data[subscription_update_confirm][items][][quantity]",
        "flow_data[subscription_cancel][subscription]",
        "flow_data[subscription_update][subscription]",
        "flow_data[after_completion][type]",
        "flow_data[after_completion][redirect][return_url]",
    ])?;
    let customer = given.needed("customer")?;
    customers::living(state, customer, "customer")?;
    let Some(configuration) = given.filled("configuration") else {
        return Err(Refusal::bad(
            "No configuration provided and your test mode default configuration has not been created. Provide a configuration or \
             create your default by saving your customer portal settings in test mode.",
        ));
    };
    if state.get("billing_portal.configuration", configuration, "configuration")?["active"] != true {
        return Err(Refusal::invalid("configuration", "The configuration is not active."));
    }
    let flow = flow(state, customer, given)?;
    let id = state.draw(ids::PORTAL_SESSION);
    let session = json!({
        "id": id, "object": "billing_portal.session", "configuration": configuration, "created": state.now(), "customer": customer,
        "customer_account": null, "flow": flow, "livemode": state.livemode, "locale": null, "on_behalf_of": null,
        "return_url": given.filled("return_url"), "url": format!("{}/portal/{id}", state.base_url),
    });
    state.insert(session);
    Ok(state.object(&id))
}

fn flow(state: &State, customer: &str, given: &Form) -> Result<Value, Refusal> {
    if !given.has("flow_data") {
        return Ok(Value::Null);
    }
    let kind = given.needed("flow_data[type]")?;
    if !FLOWS.contains(&kind) {
        return Err(Refusal::invalid("flow_data[type]", &format!("Invalid flow_data[type]: {kind}")));
    }
    let redirect = given.filled("flow_data[after_completion][redirect][return_url]").map(|url| json!({"return_url": url}));
    let after = given.filled("flow_data[after_completion][type]").unwrap_or("portal_homepage");
    let mut flow = json!({
        "after_completion": {"hosted_confirmation": null, "redirect": redirect, "type": after}, "subscription_cancel": null,
        "subscription_update": null, "subscription_update_confirm": null, "type": kind,
    });
    if kind == "payment_method_update" {
        return Ok(flow);
    }
    let name = format!("flow_data[{kind}][subscription]");
    let subscription = state.get("subscription", given.needed(&name)?, &name)?;
    if subscription["customer"] != customer {
        return Err(Refusal::invalid(&name, "The subscription does not belong to the customer."));
    }
    let mut detail = json!({"subscription": subscription["id"]});
    match kind {
        "subscription_cancel" => detail["retention"] = Value::Null,
        "subscription_update_confirm" => {
            let items = given.tree()["flow_data"][kind]["items"].clone();
            if given.filled("flow_data[subscription_update_confirm][items][0][id]").is_none() {
                return Err(Refusal::missing("flow_data[subscription_update_confirm][items]"));
            }
            detail["discounts"] = Value::Null;
            detail["items"] = typed(&items);
        }
        _ => {}
    }
    flow[kind] = detail;
    Ok(flow)
}

impl StripeSimulator {
    /// A person cancels in the portal: at the period's end. What was scheduled before is dropped.
    pub fn cancel_at_period_end(&self, subscription: &str) -> Result<Value, Refusal> {
        set(self, subscription, true)
    }

    /// A person takes the cancellation back.
    pub fn uncancel(&self, subscription: &str) -> Result<Value, Refusal> {
        set(self, subscription, false)
    }

    /// A person keeps the plan after all: the schedule lets go.
    pub fn drop_schedule(&self, schedule: &str) -> Result<Value, Refusal> {
        schedules::release(&mut self.state(), schedule, &Form::default())
    }

    /// Whether the portal's cancellation sets `cancel_at` and leaves `cancel_at_period_end` false, as it does for subscriptions in
    /// flexible billing mode; otherwise it sets both.
    pub fn portal_sets_cancel_at(&self, yes: bool) {
        self.state().portal_sets_cancel_at = yes;
    }
}

fn set(simulator: &StripeSimulator, subscription: &str, is_set: bool) -> Result<Value, Refusal> {
    let mut state = simulator.state();
    let owner = state.get("subscription", subscription, "subscription")?.clone();
    if subscriptions::is_over(&owner) {
        return Err(Refusal::bad("This subscription has ended."));
    }
    if let Some(schedule) = owner["schedule"].as_str() {
        schedules::let_go(&mut state, schedule);
    }
    subscriptions::set_to_end(&mut state, subscription, is_set);
    Ok(state.object(subscription))
}
