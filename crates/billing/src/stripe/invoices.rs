//! Invoices, their lines, and how they were paid. Read only.

use super::{
    PaymentRef, StripeClient, StripeError,
    client::LIST_MAX,
    form::Form,
    objects::{Invoice, InvoiceLine, InvoicePayment},
};

impl StripeClient {
    /// Newest first. An invoice of many lines holds only the first of them: [`List::has_more`](super::objects::List::has_more).
    pub async fn list_paid_invoices(&self, customer: &str) -> Result<Vec<Invoice>, StripeError> {
        let query = Form::new().field("customer", customer).field("status", "paid");
        self.list(&["invoices"], &query, LIST_MAX).await
    }

    pub async fn get_invoice(&self, invoice: &str) -> Result<Invoice, StripeError> {
        self.get(&["invoices", invoice], &Form::new()).await
    }

    pub async fn list_invoice_lines(&self, invoice: &str) -> Result<Vec<InvoiceLine>, StripeError> {
        self.list(&["invoices", invoice, "lines"], &Form::new(), LIST_MAX).await
    }

    pub async fn list_invoice_payments(&self, invoice: &str) -> Result<Vec<InvoicePayment>, StripeError> {
        self.list(&["invoice_payments"], &Form::new().field("invoice", invoice), LIST_MAX).await
    }

    /// Which invoices a payment paid. None for a charge: Stripe finds them by payment intents only, and whatever Creel sells is paid
    /// with one.
    pub async fn find_invoice_payments(&self, payment: &PaymentRef) -> Result<Vec<InvoicePayment>, StripeError> {
        let PaymentRef::Intent(intent) = payment else { return Ok(Vec::new()) };
        let query = Form::new().field("payment[type]", "payment_intent").field("payment[payment_intent]", intent);
        self.list(&["invoice_payments"], &query, LIST_MAX).await
    }
}
