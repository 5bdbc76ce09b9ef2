//! An invoice as a person sees it, with a card to pay it while it is open.

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::Value;

use super::{
    super::StripeSimulator,
    card_of,
    frame::{card_choice, day, esc, money, not_found, page, see_other, text},
};
use crate::stripe::Form;

pub(super) fn answer(simulator: &StripeSimulator, method: &Method, id: &str, given: &Form) -> Response {
    let Some(invoice) = simulator.find(id).filter(|object| object["object"] == "invoice") else {
        return not_found(simulator.state().now());
    };
    if method != Method::POST {
        return show(simulator, &invoice, None);
    }
    match simulator.pay_invoice_with(id, card_of(given)) {
        Ok(_) => see_other(&format!("/invoice/{id}")),
        Err(refusal) => show(simulator, &simulator.find(id).unwrap_or(invoice), Some(&refusal.message)),
    }
}

fn show(simulator: &StripeSimulator, invoice: &Value, refusal: Option<&str>) -> Response {
    let lines = invoice["lines"]["data"].as_array().into_iter().flatten();
    let row = |line: &Value| {
        let period = &line["period"];
        let days = if period["start"] == period["end"] {
            day(&period["start"])
        } else {
            format!("{} to {}", day(&period["start"]), day(&period["end"]))
        };
        format!(
            "<tr><td>{}<br><span class=\"soft\">{days}</span></td><td class=\"number\">{}</td></tr>",
            text(&line["description"]),
            money(&line["amount"])
        )
    };
    let rows: String = lines.map(row).collect();
    let status = text(&invoice["status"]);
    let body = format!(
        "<section><p class=\"total\">{}</p><p class=\"soft\">{status}, of {}, for {}</p><div class=\"wide\"><table>{rows}</table></div></section>",
        money(&invoice["total"]),
        day(&invoice["created"]),
        text(&invoice["customer_email"])
    );
    let refusal = refusal.map(|refusal| format!("<p class=\"bad\" role=\"alert\">{}</p>", esc(refusal))).unwrap_or_default();
    let form = if invoice["status"] == "open" {
        format!(
            "<section>{refusal}<form method=\"post\">{}<button class=\"main\">Pay {}</button></form></section>",
            card_choice(false),
            money(&invoice["amount_remaining"])
        )
    } else {
        String::new()
    };
    let title = format!("Invoice {}", text(&invoice["number"]));
    let code = if refusal.is_empty() { StatusCode::OK } else { StatusCode::PAYMENT_REQUIRED };
    page(code, &title, simulator.state().now(), "narrow", &format!("{body}{form}"))
}
