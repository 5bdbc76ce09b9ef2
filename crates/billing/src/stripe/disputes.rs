//! Disputes: money that a bank may take back. Read only.

use super::{PaymentRef, StripeClient, StripeError, client::LIST_MAX, form::Form, objects::Dispute};

impl StripeClient {
    pub async fn list_disputes(&self, payment: &PaymentRef) -> Result<Vec<Dispute>, StripeError> {
        self.list(&["disputes"], &Form::new().field(payment.kind(), payment.id()), LIST_MAX).await
    }

    pub async fn get_dispute(&self, dispute: &str) -> Result<Dispute, StripeError> {
        self.get(&["disputes", dispute], &Form::new()).await
    }
}
