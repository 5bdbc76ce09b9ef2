//! Stripe's portal, where a person sees invoices, changes a card, steps a plan down or cancels: sessions of it, and what it offers.

use super::{
    StripeClient, StripeError,
    client::LIST_MAX,
    form::Form,
    objects::{PortalConfiguration, PortalSession},
};

/// One change of plan that the portal opens with, instead of its front page, to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateToConfirm {
    pub subscription: String,
    pub item: String,
    pub price: String,
    pub quantity: i64,
}

impl UpdateToConfirm {
    fn fields(&self, form: Form) -> Form {
        let within = |name: &str| format!("flow_data[subscription_update_confirm]{name}");
        form.field("flow_data[type]", "subscription_update_confirm")
            .field(within("[subscription]"), &self.subscription)
            .field(within("[items][0][id]"), &self.item)
            .field(within("[items][0][price]"), &self.price)
            .field(within("[items][0][quantity]"), self.quantity)
    }
}

impl StripeClient {
    /// Without a configuration the portal is the account's default one.
    pub async fn create_portal_session(
        &self,
        customer: &str,
        return_url: &str,
        configuration: Option<&str>,
        update: Option<&UpdateToConfirm>,
    ) -> Result<PortalSession, StripeError> {
        let form =
            Form::new().field("customer", customer).field("return_url", return_url).optional("configuration", configuration);
        let form = if let Some(update) = update { update.fields(form) } else { form };
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
