//! Customers: made and changed over the API, deleted by an operator.

use serde_json::{Value, json};

use super::{
    StripeSimulator,
    answer::{LIST, Refusal, created_fits},
    form::Form,
    ids,
    state::State,
    subscriptions,
};

const FIELDS: [&str; 4] = ["name", "email", "description", "metadata[*]"];

pub(super) fn create(state: &mut State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&FIELDS[..], &["metadata"]].concat())?;
    check_email(given)?;
    let text = |key: &str| given.filled(key).map_or(Value::Null, |text| json!(text));
    let customer = json!({
        "id": state.draw(ids::CUSTOMER), "object": "customer", "address": null, "balance": 0, "created": state.now(), "currency": null,
        "customer_account": null, "default_source": null, "delinquent": false, "description": text("description"), "discount": null,
        "email": text("email"), "invoice_prefix": invoice_prefix(state),
        "invoice_settings": {"custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null},
        "livemode": state.livemode, "metadata": given.metadata("metadata"), "name": text("name"), "next_invoice_sequence": 1,
        "phone": null, "preferred_locales": [], "shipping": null, "tax_exempt": "none", "test_clock": null,
    });
    let id = state.create("customer.created", customer);
    Ok(state.object(&id))
}

fn invoice_prefix(state: &State) -> String {
    state.draw(ids::IdShape("", 8)).to_uppercase()
}

fn check_email(given: &Form) -> Result<(), Refusal> {
    match given.filled("email") {
        Some(email) if !email.contains('@') => {
            let mut refusal = Refusal::invalid("email", &format!("Invalid email address: {email}"));
            refusal.code = Some("email_invalid".to_owned());
            Err(refusal)
        }
        _ => Ok(()),
    }
}

/// A deleted customer is answered as such, for ever.
pub(super) fn get(state: &State, id: &str) -> Result<Value, Refusal> {
    state.get("customer", id, "id").cloned()
}

pub(super) fn update(state: &mut State, id: &str, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&FIELDS[..], &["metadata"]].concat())?;
    check_email(given)?;
    living(state, id, "id")?;
    state.change("customer.updated", id, |customer| {
        for key in ["name", "email", "description"] {
            if let Some(text) = given.text(key) {
                customer[key] = if text.is_empty() { Value::Null } else { json!(text) };
            }
        }
        customer["metadata"] = given.merged_metadata("metadata", &customer["metadata"]);
    });
    Ok(state.object(id))
}

pub(super) fn list(state: &State, given: &Form) -> Result<Value, Refusal> {
    given.only(&[&LIST[..], &["email"]].concat())?;
    created_fits(given, &Value::Null)?;
    state.page("customer", "/v1/customers", given, |customer| {
        customer["deleted"] != true
            && given.filled("email").is_none_or(|email| customer["email"] == email)
            && created_fits(given, customer).unwrap_or(false)
    })
}

/// The customer, who must be there and not be deleted.
pub(super) fn living<'a>(state: &'a State, id: &str, param: &str) -> Result<&'a Value, Refusal> {
    let customer = state.get("customer", id, param)?;
    if customer["deleted"] == true { Err(Refusal::no_such("customer", id, param)) } else { Ok(customer) }
}

/// Deletes a customer: subscriptions end at once, the object stays as `deleted: true`.
pub(super) fn delete(state: &mut State, id: &str) -> Result<Value, Refusal> {
    living(state, id, "id")?;
    for subscription in subscriptions::alive_of(state, id) {
        subscriptions::end(state, &subscription, "cancellation_requested");
    }
    state.tell("customer.deleted", id);
    state.edit(id, |customer| *customer = json!({"id": id, "object": "customer", "deleted": true}));
    state.cards.remove(id);
    Ok(state.object(id))
}

impl StripeSimulator {
    /// Deletes a customer, as an operator does in Stripe's dashboard.
    pub fn delete_customer(&self, customer: &str) -> Result<Value, Refusal> {
        delete(&mut self.state(), customer)
    }

    /// A customer whom nobody asked for over the API.
    pub fn add_customer(&self, email: &str) -> String {
        let mut state = self.state();
        let given = Form::read(format!("email={email}").as_bytes());
        create(&mut state, &given).ok().and_then(|customer| customer["id"].as_str().map(str::to_owned)).unwrap_or_default()
    }
}
