//! Subscriptions. Creel never makes one by itself: checkout does, where the first month is paid.

use serde::Deserialize;

use super::{
    StripeClient, StripeError,
    client::{LIST_MAX, read},
    form::Form,
    objects::{Invoice, Subscription},
};

/// What became of an upgrade.
#[derive(Clone, Debug)]
pub struct UpgradeAnswer {
    /// With a `pending_update` where the payment has to be confirmed or failed: until it is paid, the old plan goes on.
    pub subscription: Subscription,
    /// The one that the upgrade is paid with.
    pub invoice: Invoice,
}

impl StripeClient {
    /// All of a customer's, also those that ended.
    pub async fn list_subscriptions(&self, customer: &str) -> Result<Vec<Subscription>, StripeError> {
        let query = Form::new().field("customer", customer).field("status", "all");
        self.list(&["subscriptions"], &query, LIST_MAX).await
    }

    /// A new cycle at the new price, beginning and paid now in full; what was left of the old cycle is not paid back.
    pub async fn upgrade_subscription(
        &self,
        subscription: &str,
        item: &str,
        price: &str,
        quantity: i64,
        idempotency_key: &str,
    ) -> Result<UpgradeAnswer, StripeError> {
        #[derive(Deserialize)]
        struct Expanded {
            latest_invoice: Invoice,
        }
        let form = Form::new()
            .field("items[0][id]", item)
            .field("items[0][price]", price)
            .field("items[0][quantity]", quantity)
            .field("billing_cycle_anchor", "now")
            .field("proration_behavior", "none")
            .field("payment_behavior", "pending_if_incomplete")
            .field("expand[]", "latest_invoice");
        let path = ["subscriptions", subscription];
        let body = self.post_bytes(&path, &form, Some(idempotency_key)).await?;
        let Expanded { latest_invoice } = read(&body, &path)?;
        Ok(UpgradeAnswer { subscription: read(&body, &path)?, invoice: latest_invoice })
    }
}
