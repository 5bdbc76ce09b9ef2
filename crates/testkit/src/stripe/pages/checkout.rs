//! The checkout: what is bought, and the card that pays it or does not.

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::Value;

use super::{
    super::{StripeSimulator, checkout},
    card_of,
    frame::{card_choice, esc, money, not_found, page, see_other, text},
};
use crate::stripe::Form;

pub(super) fn answer(simulator: &StripeSimulator, method: &Method, id: &str, given: &Form) -> Response {
    let Some(session) = simulator.find(id).filter(|object| object["object"] == "checkout.session") else {
        return not_found(simulator.state().now());
    };
    if method != Method::POST {
        return show(simulator, &session, None);
    }
    let paid = checkout::pay(&mut simulator.state(), id, card_of(given));
    match paid {
        Ok(session) => {
            let to = session["success_url"].as_str().unwrap_or("/").replace("{CHECKOUT_SESSION_ID}", id);
            see_other(&to)
        }
        Err(refusal) => show(simulator, &simulator.find(id).unwrap_or(session), Some(&refusal.message)),
    }
}

fn show(simulator: &StripeSimulator, session: &Value, refusal: Option<&str>) -> Response {
    let (now, lines) = {
        let state = simulator.state();
        (state.now(), state.checkouts.get(session["id"].as_str().unwrap_or_default()).cloned().unwrap_or_default())
    };
    let rows: String = lines.elements("line_items").iter().map(|element| row(simulator, &lines, element)).collect();
    let (total, email) = (money(&session["amount_total"]), text(&session["customer_details"]["email"]));
    let what = if session["mode"] == "subscription" { "a month" } else { "once" };
    let bought = format!(
        "<section><p class=\"total\">{total} <span class=\"soft\">{what}</span></p><p class=\"soft\">for {email}</p><div class=\"wide\">\
         <table>{rows}</table></div></section>"
    );
    let refusal = refusal.map(|refusal| format!("<p class=\"bad\" role=\"alert\">{}</p>", esc(refusal))).unwrap_or_default();
    let label = if session["status"] == "open" { "Cancel" } else { "Back" };
    let back = session["cancel_url"].as_str().map(|url| format!("<a href=\"{}\">{label}</a>", esc(url))).unwrap_or_default();
    let form = if session["status"] == "open" {
        let cards = card_choice(false);
        format!(
            "<section>{refusal}<form method=\"post\">{cards}<div class=\"row\"><button class=\"main\">Pay {total}</button>{back}</div>\
             </form></section>"
        )
    } else {
        format!("<section><p>This session is {}.</p>{back}</section>", text(&session["status"]))
    };
    let status = if refusal.is_empty() { StatusCode::OK } else { StatusCode::PAYMENT_REQUIRED };
    page(status, "Checkout", now, "narrow", &format!("{bought}{form}"))
}

fn row(simulator: &StripeSimulator, lines: &Form, element: &str) -> String {
    let price = simulator.find(lines.text(&format!("{element}[price]")).unwrap_or_default()).unwrap_or_default();
    let product = simulator.find(price["product"].as_str().unwrap_or_default()).unwrap_or_default();
    let quantity = lines.text(&format!("{element}[quantity]")).unwrap_or("1");
    let amount = price["unit_amount"].as_i64().unwrap_or(0) * quantity.parse::<i64>().unwrap_or(1);
    format!(
        "<tr><td>{} × {}</td><td class=\"number\">{}</td></tr>",
        esc(quantity),
        text(&product["name"]),
        money(&amount.into())
    )
}
