//! Stripe's portal, where a person sees invoices, changes a card, steps a plan down or cancels: sessions of it, and what it offers.

use super::{
    StripeClient, StripeError,
    client::LIST_MAX,
    form::Form,
    objects::{PortalConfiguration, PortalSession},
};

/// What the portal opens with, instead of its front page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortalFlow {
    /// Another card.
    PaymentMethodUpdate,
    SubscriptionCancel {
        subscription: String,
    },
    /// One change of plan, to be confirmed.
    SubscriptionUpdateConfirm {
        subscription: String,
        item: String,
        price: String,
        quantity: i64,
    },
}

impl PortalFlow {
    fn fields(&self, form: Form) -> Form {
        match self {
            PortalFlow::PaymentMethodUpdate => form.field("flow_data[type]", "payment_method_update"),
            PortalFlow::SubscriptionCancel { subscription } => form
                .field("flow_data[type]", "subscription_cancel")
                .field("flow_data[subscription_cancel][subscription]", subscription),
            PortalFlow::SubscriptionUpdateConfirm { subscription, item, price, quantity } => {
                let within = |name: &str| format!("flow_data[subscription_update_confirm]{name}");
                form.field("flow_data[type]", "subscription_update_confirm")
                    .field(within("[subscription]"), subscription)
                    .field(within("[items][0][id]"), item)
                    .field(within("[items][0][price]"), price)
                    .field(within("[items][0][quantity]"), quantity)
            }
        }
    }
}

impl StripeClient {
    /// Without a configuration the portal is the account's default one.
    pub async fn create_portal_session(
        &self,
        customer: &str,
        return_url: &str,
        configuration: Option<&str>,
        flow: Option<&PortalFlow>,
    ) -> Result<PortalSession, StripeError> {
        let form =
            Form::new().field("customer", customer).field("return_url", return_url).optional("configuration", configuration);
        let form = if let Some(flow) = flow { flow.fields(form) } else { form };
        self.post(&["billing_portal", "sessions"], &form, None).await
    }

    pub async fn list_portal_configurations(&self) -> Result<Vec<PortalConfiguration>, StripeError> {
        self.list(&["billing_portal", "configurations"], &Form::new(), LIST_MAX).await
    }

    pub async fn create_portal_configuration(
        &self,
        form: &Form,
        idempotency_key: Option<&str>,
    ) -> Result<PortalConfiguration, StripeError> {
        self.post(&["billing_portal", "configurations"], form, idempotency_key).await
    }

    pub async fn update_portal_configuration(
        &self,
        configuration: &str,
        form: &Form,
    ) -> Result<PortalConfiguration, StripeError> {
        self.post(&["billing_portal", "configurations", configuration], form, None).await
    }
}
