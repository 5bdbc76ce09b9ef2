//! Disputes: money that a bank may take back. Read only.

use super::{PaymentRef, StripeClient, StripeError, client::LIST_MAX, form::Form, objects::Dispute};

impl StripeClient {
    pub async fn list_disputes(&self, payment: &PaymentRef) -> Result<Vec<Dispute>, StripeError> {
        self.list(&["disputes"], &Form::new().field(payment.kind(), payment.id()), LIST_MAX).await
    }
}
