//! Prices. An amount never changes: another amount is another price, to which the lookup key moves.

use super::{
    StripeClient, StripeError,
    client::LIST_MAX,
    form::Form,
    objects::{Metadata, Price},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPrice {
    pub product: String,
    pub currency: String,
    pub unit_amount: i64,
    /// By the month, or once.
    pub monthly: bool,
    /// Taken from the price that has it.
    pub lookup_key: String,
    pub metadata: Metadata,
}

impl StripeClient {
    /// Those that are sold now.
    pub async fn find_prices_by_lookup_keys(&self, lookup_keys: &[&str]) -> Result<Vec<Price>, StripeError> {
        let query = Form::new().list("lookup_keys", lookup_keys).field("active", true);
        self.list(&["prices"], &query, LIST_MAX).await
    }

    pub async fn get_price(&self, price: &str) -> Result<Price, StripeError> {
        self.get(&["prices", price], &Form::new()).await
    }

    pub async fn create_price(&self, new: &NewPrice, idempotency_key: Option<&str>) -> Result<Price, StripeError> {
        let form = Form::new()
            .field("currency", &new.currency)
            .field("unit_amount", new.unit_amount)
            .field("product", &new.product)
            .optional("recurring[interval]", new.monthly.then_some("month"))
            .field("lookup_key", &new.lookup_key)
            .field("transfer_lookup_key", true)
            .metadata(&new.metadata);
        self.post(&["prices"], &form, idempotency_key).await
    }

    pub async fn update_price_metadata(&self, price: &str, metadata: &Metadata) -> Result<Price, StripeError> {
        self.post(&["prices", price], &Form::new().metadata(metadata), None).await
    }
}
