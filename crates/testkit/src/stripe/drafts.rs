//! Drafts of invoices: what an invoice and its lines say before anybody pays.

use serde_json::{Value, json};

use super::{ids, state::State};

/// An invoice of a cycle stays a draft for about an hour.
const DRAFT_SECONDS: i64 = 60 * 60;

/// What a line comes from.
#[derive(Clone, Debug)]
pub(super) enum LineOf {
    SubscriptionItem {
        subscription: String,
        item: String,
    },
    InvoiceItem,
    /// What is left to pay for a change in the middle of a period.
    Proration {
        subscription: String,
        item: String,
    },
}

#[derive(Clone, Debug)]
pub(super) struct NewLine {
    pub of: LineOf,
    pub price: String,
    pub quantity: i64,
    pub amount: i64,
    pub period: (i64, i64),
}

#[derive(Clone, Debug)]
pub(super) struct NewInvoice<'a> {
    pub customer: &'a str,
    /// Stripe's `billing_reason`.
    pub reason: &'a str,
    pub subscription: Option<&'a str>,
    pub lines: Vec<NewLine>,
    /// What the invoice looks back on.
    pub period: (i64, i64),
    pub metadata: Value,
}

/// Makes a draft.
pub(super) fn draft(state: &mut State, new: NewInvoice<'_>) -> String {
    let id = state.draw(ids::INVOICE);
    let now = state.now();
    let lines: Vec<Value> = new.lines.iter().map(|line| line_of(state, &id, line)).collect();
    let total: i64 = new.lines.iter().map(|line| line.amount).sum();
    let owner = state.object(new.customer);
    let parent = new.subscription.map_or(Value::Null, |subscription| {
        let metadata = state.object(subscription)["metadata"].clone();
        json!({"quote_details": null, "subscription_details": {"metadata": metadata, "subscription": subscription}, "type": "subscription_details"})
    });
    let invoice = json!({
        "id": id, "object": "invoice", "account_country": "US", "account_name": "Creel", "account_tax_ids": null, "amount_due": total.max(0),
        "amount_overpaid": 0, "amount_paid": 0, "amount_paid_off_stripe": 0, "amount_remaining": total.max(0), "amount_shipping": 0,
        "application": null, "attempt_count": 0, "attempted": false, "auto_advance": true,
        "automatic_tax": {"disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null},
        "automatically_finalizes_at": now + DRAFT_SECONDS, "billing_reason": new.reason, "collection_method": "charge_automatically",
        "created": now, "currency": "usd", "custom_fields": null, "customer": new.customer, "customer_account": null,
        "customer_address": null, "customer_email": owner["email"], "customer_name": owner["name"], "customer_phone": null,
        "customer_shipping": null, "customer_tax_exempt": "none", "customer_tax_ids": [], "default_payment_method": null,
        "default_source": null, "default_tax_rates": [], "description": null, "discounts": [], "due_date": null, "effective_at": null,
        "ending_balance": null, "footer": null, "from_invoice": null, "hosted_invoice_url": null, "invoice_pdf": null,
        "issuer": {"type": "self"}, "last_finalization_error": null, "latest_revision": null,
        "lines": {"object": "list", "data": lines, "has_more": false, "url": format!("/v1/invoices/{id}/lines")},
        "livemode": state.livemode, "metadata": new.metadata, "next_payment_attempt": now + DRAFT_SECONDS, "number": null,
        "on_behalf_of": null, "parent": parent,
        "payment_settings": {"default_mandate": null, "payment_method_options": null, "payment_method_types": null},
        "period_end": new.period.1, "period_start": new.period.0, "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0, "receipt_number": null, "rendering": null, "shipping_cost": null,
        "shipping_details": null, "starting_balance": 0, "statement_descriptor": null, "status": "draft",
        "status_transitions": {"finalized_at": null, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null},
        "subtotal": total, "subtotal_excluding_tax": total, "test_clock": null, "total": total, "total_discount_amounts": [],
        "total_excluding_tax": total, "total_pretax_credit_amounts": [], "total_taxes": [], "webhooks_delivered_at": now,
    });
    state.create("invoice.created", invoice)
}

fn line_of(state: &State, invoice: &str, line: &NewLine) -> Value {
    let price = state.object(&line.price);
    let product = state.object(price["product"].as_str().unwrap_or_default());
    let name = product["name"].as_str().unwrap_or_default();
    let subscription_item = |subscription: &String, item: &String, proration: bool| {
        json!({"invoice_item_details": null, "subscription_item_details": {"invoice_item": null, "proration": proration,
            "proration_details": {"credited_items": null}, "subscription": subscription, "subscription_item": item},
            "type": "subscription_item_details"})
    };
    let (parent, subscription) = match &line.of {
        LineOf::SubscriptionItem { subscription, item } => {
            (subscription_item(subscription, item, false), json!(subscription))
        }
        LineOf::Proration { subscription, item } => (subscription_item(subscription, item, true), json!(subscription)),
        LineOf::InvoiceItem => {
            let details = json!({"invoice_item": state.draw(ids::INVOICE_ITEM), "proration": false,
                "proration_details": {"credited_items": null}, "subscription": null});
            (
                json!({"invoice_item_details": details, "subscription_item_details": null, "type": "invoice_item_details"}),
                Value::Null,
            )
        }
    };
    json!({
        "id": state.draw(ids::INVOICE_LINE), "object": "line_item", "amount": line.amount, "currency": "usd",
        "description": format!("{} × {name}", line.quantity), "discount_amounts": [], "discountable": true, "discounts": [],
        "invoice": invoice, "livemode": state.livemode, "metadata": {}, "parent": parent,
        "period": {"end": line.period.1, "start": line.period.0}, "pretax_credit_amounts": [],
        "pricing": {"price_details": {"price": line.price, "product": price["product"]}, "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"]},
        "quantity": line.quantity, "quantity_decimal": line.quantity.to_string(), "subscription": subscription,
        "subtotal": line.amount, "taxes": [],
    })
}
