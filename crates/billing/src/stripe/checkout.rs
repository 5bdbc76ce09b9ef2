//! Checkout sessions: pages of Stripe's on which a person enters a card and pays.

use super::{
    StripeClient, StripeError,
    client::LIST_MAX,
    form::Form,
    objects::{CheckoutSession, Metadata},
};

/// What both kinds of session have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    pub customer: String,
    pub price: String,
    pub quantity: i64,
    pub success_url: String,
    pub cancel_url: String,
    /// The organization.
    pub client_reference_id: String,
    /// Seconds since 1970, 30 minutes to 24 hours ahead.
    pub expires_at: i64,
    /// Of the session, and of what comes of it: the subscription, or the payment and the invoice.
    pub metadata: Metadata,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSubscriptionSession {
    pub session: NewSession,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPackSession {
    pub session: NewSession,
    /// Of the invoice, besides the session's.
    pub invoice_metadata: Metadata,
}

impl NewSession {
    fn form(&self, mode: &str) -> Form {
        Form::new()
            .field("mode", mode)
            .field("customer", &self.customer)
            .field("line_items[0][price]", &self.price)
            .field("line_items[0][quantity]", self.quantity)
            .field("success_url", &self.success_url)
            .field("cancel_url", &self.cancel_url)
            .field("client_reference_id", &self.client_reference_id)
            .field("expires_at", self.expires_at)
            .metadata(&self.metadata)
    }
}

impl StripeClient {
    pub async fn create_subscription_session(
        &self,
        new: &NewSubscriptionSession,
        idempotency_key: &str,
    ) -> Result<CheckoutSession, StripeError> {
        let form = within(new.session.form("subscription"), "subscription_data", &new.session.metadata);
        self.post(&["checkout", "sessions"], &form, Some(idempotency_key)).await
    }

    pub async fn create_pack_session(
        &self,
        new: &NewPackSession,
        idempotency_key: &str,
    ) -> Result<CheckoutSession, StripeError> {
        let mut invoice_metadata = new.session.metadata.clone();
        invoice_metadata.extend(new.invoice_metadata.clone());
        // Without an invoice a single payment would be no line that credits are granted for.
        let form = new.session.form("payment").field("invoice_creation[enabled]", true);
        let form = within(form, "invoice_creation[invoice_data]", &invoice_metadata);
        let form = within(form, "payment_intent_data", &new.session.metadata);
        self.post(&["checkout", "sessions"], &form, Some(idempotency_key)).await
    }

    /// Refused by Stripe for one that is not open any more.
    pub async fn expire_session(&self, session: &str) -> Result<CheckoutSession, StripeError> {
        self.post(&["checkout", "sessions", session, "expire"], &Form::new(), None).await
    }

    pub async fn list_open_sessions(&self, customer: &str) -> Result<Vec<CheckoutSession>, StripeError> {
        let query = Form::new().field("customer", customer).field("status", "open");
        self.list(&["checkout", "sessions"], &query, LIST_MAX).await
    }
}

fn within(form: Form, part: &str, metadata: &Metadata) -> Form {
    metadata.iter().fold(form, |form, (key, value)| form.field(format!("{part}[metadata][{key}]"), value))
}
