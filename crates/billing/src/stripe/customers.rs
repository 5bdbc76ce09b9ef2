//! Customers: one for an organization.

use super::{
    StripeClient, StripeError,
    form::Form,
    objects::{Customer, Metadata},
};

/// What Stripe is told of a customer; what is `None` is left as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerDetails {
    pub name: Option<String>,
    pub email: Option<String>,
    pub metadata: Metadata,
}

impl CustomerDetails {
    fn form(&self) -> Form {
        Form::new().optional("name", self.name.as_ref()).optional("email", self.email.as_ref()).metadata(&self.metadata)
    }
}

impl StripeClient {
    pub async fn create_customer(&self, details: &CustomerDetails, idempotency_key: &str) -> Result<Customer, StripeError> {
        self.post(&["customers"], &details.form(), Some(idempotency_key)).await
    }

    /// Also one that was deleted, which says so.
    pub async fn get_customer(&self, customer: &str) -> Result<Customer, StripeError> {
        self.get(&["customers", customer], &Form::new()).await
    }

    pub async fn update_customer(&self, customer: &str, details: &CustomerDetails) -> Result<Customer, StripeError> {
        self.post(&["customers", customer], &details.form(), None).await
    }
}
