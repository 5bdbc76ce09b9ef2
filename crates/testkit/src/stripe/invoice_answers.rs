//! Invoices, their lines and their payments as the API answers them.

use serde_json::Value;

use super::{
    answer::{LIST, Refusal, created_fits, page_of},
    form::Form,
    state::State,
};

pub(super) fn get(state: &State, id: &str) -> Result<Value, Refusal> {
    state.get("invoice", id, "id").map(|invoice| state.shown(invoice))
}

pub(super) fn list(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&LIST[..], &["customer", "status", "subscription", "collection_method"]].concat())?;
    created_fits(given, &Value::Null)?;
    state.page("invoice", "/v1/invoices", given, |invoice| {
        let subscription = &invoice["parent"]["subscription_details"]["subscription"];
        ["customer", "status", "collection_method"]
            .iter()
            .all(|key| given.filled(key).is_none_or(|wanted| invoice[*key] == wanted))
            && given.filled("subscription").is_none_or(|wanted| subscription == wanted)
            && created_fits(given, invoice).unwrap_or(false)
    })
}

pub(super) fn list_lines(state: &State, id: &str, given: &Form) -> Result<Value, Refusal> {
    given.only(&LIST[..3])?;
    let lines = state.get("invoice", id, "id")?["lines"]["data"].as_array().cloned().unwrap_or_default();
    page_of(lines, &format!("/v1/invoices/{id}/lines"), given)
}

pub(super) fn list_payments(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(
        &[&LIST[..], &["invoice", "status", "payment[type]", "payment[payment_intent]", "payment[payment_record]"]].concat(),
    )?;
    created_fits(given, &Value::Null)?;
    if given.has("payment") && !["payment_intent", "payment_record"].contains(&given.needed("payment[type]")?) {
        return Err(Refusal::invalid(
            "payment[type]",
            "Invalid payment[type]: must be one of payment_intent or payment_record",
        ));
    }
    state.page("invoice_payment", "/v1/invoice_payments", given, |payment| {
        let intent = &payment["payment"]["payment_intent"];
        ["invoice", "status"].iter().all(|key| given.filled(key).is_none_or(|wanted| payment[*key] == wanted))
            && given.filled("payment[payment_intent]").is_none_or(|wanted| intent == wanted)
            && given.filled("payment[payment_record]").is_none()
            && created_fits(given, payment).unwrap_or(false)
    })
}
