//! Refunds: money that went back of somebody's free will. Read only.

use super::{PaymentRef, StripeClient, StripeError, client::LIST_MAX, form::Form, objects::Refund};

impl StripeClient {
    pub async fn list_refunds(&self, payment: &PaymentRef) -> Result<Vec<Refund>, StripeError> {
        self.list(&["refunds"], &Form::new().field(payment.kind(), payment.id()), LIST_MAX).await
    }
}
