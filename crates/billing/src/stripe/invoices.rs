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

    /// Which invoices a payment paid.
    pub async fn find_invoice_payments(&self, payment: &PaymentRef) -> Result<Vec<InvoicePayment>, StripeError> {
        let (kind, id) = (payment.kind(), payment.id());
        let query = Form::new().field("payment[type]", kind).field(format!("payment[{kind}]"), id);
        self.list(&["invoice_payments"], &query, LIST_MAX).await
    }
}
