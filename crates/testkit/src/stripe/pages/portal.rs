//! The billing portal: the plan with what may be done to it, the card, the invoices. Downgrades only: what costs more at once is
//! bought where Creel offers it.

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::Value;

use super::{
    super::{StripeSimulator, answer::Refusal, subscriptions},
    card_of,
    frame::{button, card_choice, day, esc, money, not_found, page, see_other, text},
};
use crate::stripe::{Card, Form};

pub(super) fn answer(simulator: &StripeSimulator, method: &Method, parts: &[&str], given: &Form) -> Response {
    let id = parts.first().copied().unwrap_or_default();
    let Some(session) = simulator.find(id).filter(|object| object["object"] == "billing_portal.session") else {
        return not_found(simulator.state().now());
    };
    if method != Method::POST {
        return show(simulator, &session, None);
    }
    let action = parts.get(1).copied().unwrap_or_default();
    match act(simulator, &session, action, given) {
        Ok(()) => {
            let after = &session["flow"]["after_completion"];
            let home = format!("/portal/{id}");
            see_other(after["redirect"]["return_url"].as_str().filter(|_| after["type"] == "redirect").unwrap_or(&home))
        }
        Err(refusal) => show(simulator, &session, Some(&refusal.message)),
    }
}

/// What a person does; to the session's own customer's subscription only.
fn act(simulator: &StripeSimulator, session: &Value, action: &str, given: &Form) -> Result<(), Refusal> {
    let customer = session["customer"].as_str().unwrap_or_default();
    let subscription = given.text("subscription").unwrap_or_default();
    if action != "card" && simulator.find(subscription).is_none_or(|found| found["customer"] != customer) {
        return Err(Refusal::no_such("subscription", subscription, "subscription"));
    }
    match action {
        "card" => simulator.set_card(customer, card_of(given)),
        "cancel" => simulator.cancel_at_period_end(subscription).map(drop),
        "uncancel" => simulator.uncancel(subscription).map(drop),
        "keep" => {
            let schedule =
                simulator.find(subscription).unwrap_or_default()["schedule"].as_str().unwrap_or_default().to_owned();
            simulator.drop_schedule(&schedule).map(drop)
        }
        "downgrade" => {
            let (price, quantity) = given.text("to").and_then(|to| to.split_once('*')).unwrap_or_default();
            simulator.schedule_downgrade(subscription, price, quantity.parse().unwrap_or(1)).map(drop)
        }
        _ => Err(Refusal::bad("There is no such thing to do.")),
    }
}

fn show(simulator: &StripeSimulator, session: &Value, refusal: Option<&str>) -> Response {
    let id = session["id"].as_str().unwrap_or_default();
    let features =
        simulator.find(session["configuration"].as_str().unwrap_or_default()).unwrap_or_default()["features"].clone();
    let flow = session["flow"]["type"].as_str();
    let refusal = refusal.map(|refusal| format!("<section><p class=\"bad\" role=\"alert\">{}</p></section>", esc(refusal)));
    let mut body = refusal.clone().unwrap_or_default();
    let customer = session["customer"].as_str().unwrap_or_default();
    if flow != Some("payment_method_update") {
        let alive = subscriptions::alive_of(&simulator.state(), customer);
        for subscription in alive {
            body.push_str(&plan(simulator, id, &subscription, &features, flow, session));
        }
    }
    if features["payment_method_update"]["enabled"] == true && flow.is_none_or(|flow| flow == "payment_method_update") {
        body.push_str(&card(simulator, id, customer));
    }
    if features["invoice_history"]["enabled"] == true && flow.is_none() {
        body.push_str(&invoices(simulator, customer));
    }
    if let Some(url) = session["return_url"].as_str() {
        body.push_str(&format!("<p><a href=\"{}\">Back to Creel</a></p>", esc(url)));
    }
    let status = if refusal.is_none() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    page(status, "Billing", simulator.state().now(), "narrow", &body)
}

fn name_of(simulator: &StripeSimulator, price: &Value) -> String {
    text(&simulator.find(price["product"].as_str().unwrap_or_default()).unwrap_or_default()["name"])
}

fn plan(
    simulator: &StripeSimulator,
    session: &str,
    id: &str,
    features: &Value,
    flow: Option<&str>,
    asked: &Value,
) -> String {
    let subscription = simulator.find(id).unwrap_or_default();
    let item = &subscription["items"]["data"][0];
    let total = item["price"]["unit_amount"].as_i64().unwrap_or(0) * item["quantity"].as_i64().unwrap_or(1);
    let end = day(&item["current_period_end"]);
    let is_set_to_end = subscription["cancel_at_period_end"] == true || !subscription["cancel_at"].is_null();
    let next = if is_set_to_end { format!("Ends on {end}.") } else { format!("Next payment on {end}.") };
    let mut section = format!(
        "<section><h2>{} × {}</h2><p>{} a month, {}. {next}</p>",
        item["quantity"],
        name_of(simulator, &item["price"]),
        money(&total.into()),
        text(&subscription["status"])
    );
    let fields = [("subscription", id)];
    let act = |action: &str, label: &str| button(&format!("/portal/{session}/{action}"), &fields, label);
    if let Some(schedule) = subscription["schedule"].as_str() {
        section.push_str(&planned(simulator, schedule));
        section.push_str(&act("keep", "Keep the present plan"));
    } else if features["subscription_update"]["enabled"] == true
        && flow.is_none_or(|flow| flow.starts_with("subscription_update"))
    {
        section.push_str(&smaller_plans(simulator, session, id, features, total, asked));
    }
    if is_set_to_end {
        section.push_str(&act("uncancel", "Do not end"));
    } else if features["subscription_cancel"]["enabled"] == true && flow.is_none_or(|flow| flow == "subscription_cancel") {
        section.push_str(&act("cancel", "Cancel at the end of the period"));
    }
    section + "</section>"
}

fn planned(simulator: &StripeSimulator, schedule: &str) -> String {
    let schedule = simulator.find(schedule).unwrap_or_default();
    let phase = schedule["phases"].as_array().and_then(|phases| phases.last().cloned()).unwrap_or_default();
    let price = simulator.find(phase["items"][0]["price"].as_str().unwrap_or_default()).unwrap_or_default();
    format!("<p>From {}: {} × {}.</p>", day(&phase["start_date"]), phase["items"][0]["quantity"], name_of(simulator, &price))
}

/// What the configuration offers that costs less than now.
fn smaller_plans(
    simulator: &StripeSimulator,
    session: &str,
    id: &str,
    features: &Value,
    total: i64,
    asked: &Value,
) -> String {
    let mut options = String::new();
    let wanted = &asked["flow"]["subscription_update_confirm"]["items"][0];
    for product in features["subscription_update"]["products"].as_array().into_iter().flatten() {
        for price in product["prices"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let found = simulator.find(price).unwrap_or_default();
            let unit = found["unit_amount"].as_i64().unwrap_or(0);
            let quantity = &product["adjustable_quantity"];
            let most = if quantity["enabled"] == true { quantity["maximum"].as_i64().unwrap_or(1) } else { 1 };
            for quantity in (1..=most).filter(|quantity| unit * quantity < total) {
                let is_wanted = wanted["quantity"] == quantity && (wanted["price"].is_null() || wanted["price"] == price);
                let selected = if is_wanted { " selected" } else { "" };
                let (name, amount) = (name_of(simulator, &found), money(&(unit * quantity).into()));
                options.push_str(&format!(
                    "<option value=\"{price}*{quantity}\"{selected}>{quantity} × {name}, {amount}</option>"
                ));
            }
        }
    }
    if options.is_empty() {
        return String::new();
    }
    format!(
        "<form class=\"row\" method=\"post\" action=\"/portal/{session}/downgrade\"><input type=\"hidden\" name=\"subscription\" value=\"{id}\">\
         <label>Smaller plan <select name=\"to\">{options}</select></label><button>From the next period</button></form>"
    )
}

fn card(simulator: &StripeSimulator, session: &str, customer: &str) -> String {
    let now = match simulator.card(customer) {
        Card::Good => "a card that pays",
        Card::Declines => "a card that is declined",
        Card::RequiresAction => "a card that has to be confirmed",
        Card::None => "no card",
    };
    format!(
        "<section><h2>Payment method</h2><p>Now: {now}.</p><form method=\"post\" action=\"/portal/{session}/card\">{}<button>Use this \
         card</button></form></section>",
        card_choice(false)
    )
}

fn invoices(simulator: &StripeSimulator, customer: &str) -> String {
    let row = |invoice: &Value| {
        let id = text(&invoice["id"]);
        format!(
            "<tr><td><a href=\"/invoice/{id}\">{}</a></td><td>{}</td><td class=\"number\">{}</td></tr>",
            day(&invoice["created"]),
            text(&invoice["status"]),
            money(&invoice["total"])
        )
    };
    let all = simulator.all("invoice");
    let rows: String = all.iter().rev().filter(|invoice| invoice["customer"] == customer).map(row).collect();
    format!(
        "<section><h2>Invoices</h2><div class=\"wide\"><table><tr><th>Date</th><th>Status</th><th>Amount</th></tr>{rows}</table></div></section>"
    )
}
