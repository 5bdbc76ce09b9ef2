//! Products, under ids that Creel chooses.

use super::{
    StripeClient, StripeError,
    form::Form,
    objects::{Metadata, Product},
};

/// What a product is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductDetails {
    pub name: String,
    pub description: String,
    pub metadata: Metadata,
}

impl ProductDetails {
    fn fields(&self, form: Form) -> Form {
        form.field("name", &self.name).field("description", &self.description).field("active", true).metadata(&self.metadata)
    }
}

impl StripeClient {
    pub async fn find_product(&self, product: &str) -> Result<Option<Product>, StripeError> {
        match self.get(&["products", product], &Form::new()).await {
            Ok(product) => Ok(Some(product)),
            Err(StripeError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub async fn create_product(&self, product: &str, details: &ProductDetails) -> Result<Product, StripeError> {
        self.post(&["products"], &details.fields(Form::new().field("id", product)), None).await
    }

    pub async fn update_product(&self, product: &str, details: &ProductDetails) -> Result<Product, StripeError> {
        self.post(&["products", product], &details.fields(Form::new()), None).await
    }
}
