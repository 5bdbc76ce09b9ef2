//! The account that the key belongs to: asked for to see whether Stripe answers and takes the key.

use super::{StripeClient, StripeError, form::Form, objects::Account};

impl StripeClient {
    pub async fn get_account(&self) -> Result<Account, StripeError> {
        self.get(&["account"], &Form::new()).await
    }
}
