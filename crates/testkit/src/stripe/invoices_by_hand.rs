//! What people do with invoices: they pay them late, take them back, and write their own.

use serde_json::{Value, json};

use super::{
    StripeSimulator,
    answer::Refusal,
    cards::Card,
    drafts::{LineOf, NewInvoice, NewLine, draft},
    invoices::{attempt, finalize_and_pay, void},
    payments::Taken,
};

impl StripeSimulator {
    /// Pays an open invoice as a person does on its page, with that card; the card is kept.
    pub fn pay_invoice_with(&self, invoice: &str, card: Card) -> Result<Value, Refusal> {
        let mut state = self.state();
        let customer = state.get("invoice", invoice, "invoice")?["customer"].as_str().unwrap_or_default().to_owned();
        if state.object(invoice)["status"] != "open" {
            return Err(Refusal::bad("Invoice is not open."));
        }
        state.put_card(&customer, card);
        match attempt(&mut state, invoice, card) {
            Taken::Paid => Ok(state.object(invoice)),
            Taken::Declined => Err(Refusal::declined("generic_decline")),
            Taken::NeedsAction => Err(Refusal::declined("authentication_required")),
        }
    }

    /// Pays an open invoice with a good card.
    pub fn pay_invoice(&self, invoice: &str) -> Result<Value, Refusal> {
        self.pay_invoice_with(invoice, Card::Good)
    }

    /// Takes an open invoice back, as an operator does.
    pub fn void_invoice(&self, invoice: &str) -> Result<Value, Refusal> {
        let mut state = self.state();
        state.get("invoice", invoice, "invoice")?;
        void(&mut state, invoice);
        Ok(state.object(invoice))
    }

    /// An operator's own invoice for a customer, finalized and paid by the card on file: `(price, quantity)` for each line.
    pub fn add_invoice(&self, customer: &str, lines: &[(&str, i64)]) -> Result<String, Refusal> {
        let mut state = self.state();
        state.get("customer", customer, "customer")?;
        let now = state.now();
        let mut new = Vec::new();
        for (price, quantity) in lines {
            let amount = state.get("price", price, "price")?["unit_amount"].as_i64().unwrap_or(0) * quantity;
            new.push(NewLine {
                of: LineOf::InvoiceItem,
                price: (*price).to_owned(),
                quantity: *quantity,
                amount,
                period: (now, now),
            });
        }
        let invoice = NewInvoice {
            customer,
            reason: "manual",
            subscription: None,
            lines: new,
            period: (now, now),
            metadata: json!({}),
        };
        let id = draft(&mut state, invoice);
        finalize_and_pay(&mut state, &id);
        Ok(id)
    }

    /// An invoice as somebody's change in the middle of a period makes it: one line, marked as proration, of that many cents.
    pub fn add_proration_invoice(&self, subscription: &str, amount: i64) -> Result<String, Refusal> {
        let mut state = self.state();
        let owner = state.get("subscription", subscription, "subscription")?.clone();
        let item = &owner["items"]["data"][0];
        let (now, end) = (state.now(), item["current_period_end"].as_i64().unwrap_or(0));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let line = NewLine {
            of: LineOf::Proration { subscription: subscription.to_owned(), item: text(&item["id"]) },
            price: text(&item["price"]["id"]),
            quantity: item["quantity"].as_i64().unwrap_or(1),
            amount,
            period: (now, end),
        };
        let customer = text(&owner["customer"]);
        let invoice = NewInvoice {
            customer: &customer,
            reason: "subscription_update",
            subscription: Some(subscription),
            lines: vec![line],
            period: (now, now),
            metadata: json!({}),
        };
        let id = draft(&mut state, invoice);
        finalize_and_pay(&mut state, &id);
        Ok(id)
    }
}
