//! Webhook endpoints: where Stripe sends events. The version that events are made in is fixed when an endpoint is made.

use super::{
    StripeClient, StripeError,
    client::LIST_MAX,
    form::Form,
    objects::{API_VERSION, Metadata, WebhookEndpoint},
};

impl StripeClient {
    pub async fn list_webhook_endpoints(&self) -> Result<Vec<WebhookEndpoint>, StripeError> {
        self.list(&["webhook_endpoints"], &Form::new(), LIST_MAX).await
    }

    /// The answer holds the endpoint's secret, which is told only now.
    pub async fn create_webhook_endpoint(
        &self,
        url: &str,
        events: &[&str],
        metadata: &Metadata,
    ) -> Result<WebhookEndpoint, StripeError> {
        let form = Form::new()
            .field("url", url)
            .field("api_version", API_VERSION)
            .list("enabled_events", events)
            .metadata(metadata);
        self.post(&["webhook_endpoints"], &form, None).await
    }

    /// Sets the events and turns the endpoint on.
    pub async fn update_webhook_endpoint(
        &self,
        endpoint: &str,
        events: &[&str],
        metadata: &Metadata,
    ) -> Result<WebhookEndpoint, StripeError> {
        let form = Form::new().field("disabled", false).list("enabled_events", events).metadata(metadata);
        self.post(&["webhook_endpoints", endpoint], &form, None).await
    }
}
