//! Asks Stripe for everything that counts about one customer, as it is now.

use std::collections::{BTreeMap, BTreeSet};

use creel_store::billing::CustomerLease;

use crate::{
    Billing,
    catalogue::read_price,
    derive::{PaidInvoice, Snapshot},
    error::BillingError,
    stripe::{
        PaymentRef, StripeClient, StripeError,
        objects::{DisputeStatus, Invoice, InvoiceStatus, Payment, RefundStatus, Subscription, SubscriptionStatus},
    },
};

impl Billing {
    /// The customer's objects. Invoices of which everything granted has ended are left out: nothing about them can change any
    /// more.
    pub(crate) async fn snapshot(&self, lease: &CustomerLease) -> Result<Snapshot, BillingError> {
        let client = &self.patient_client()?;
        let customer = client.get_customer(&lease.customer).await?;
        if customer.deleted {
            // Its subscriptions have ended with it, and what it has paid for stays to its end.
            return Ok(Snapshot { deleted: true, ..Snapshot::default() });
        }
        let over: BTreeSet<String> = self.store().list_ended_invoices(lease.organization).await?.into_iter().collect();
        let subscriptions = client.list_subscriptions(&lease.customer).await?;
        let mut snapshot = Snapshot { subscriptions, ..Snapshot::default() };
        for subscription in &snapshot.subscriptions {
            if let Some(schedule) = &subscription.schedule {
                snapshot.schedules.push(client.get_schedule(schedule.as_str()).await?);
            }
        }
        snapshot.open_invoice = open_invoice(client, &snapshot.subscriptions).await?;
        for invoice in client.list_paid_invoices(&lease.customer).await? {
            if over.contains(&invoice.id) || invoice.total <= 0 {
                continue;
            }
            snapshot.invoices.push(paid_invoice(client, invoice).await?);
        }
        snapshot.prices = prices(client, &snapshot).await?;
        Ok(snapshot)
    }
}

/// The invoice that is to be paid next: a renewal that failed, or an upgrade that waits.
async fn open_invoice(client: &StripeClient, subscriptions: &[Subscription]) -> Result<Option<Invoice>, StripeError> {
    let waits = |subscription: &&Subscription| {
        let unpaid = matches!(
            subscription.status,
            SubscriptionStatus::PastDue | SubscriptionStatus::Unpaid | SubscriptionStatus::Incomplete
        );
        unpaid || subscription.pending_update.is_some()
    };
    let latest = subscriptions.iter().find(waits).and_then(|subscription| subscription.latest_invoice.as_ref());
    let Some(latest) = latest else { return Ok(None) };
    let invoice = client.get_invoice(latest.as_str()).await?;
    Ok(Some(invoice).filter(|invoice| invoice.status == InvoiceStatus::Open))
}

/// An invoice with all its lines, and what became of its money.
async fn paid_invoice(client: &StripeClient, mut invoice: Invoice) -> Result<PaidInvoice, StripeError> {
    if invoice.lines.has_more {
        invoice.lines.data = client.list_invoice_lines(&invoice.id).await?;
    }
    let mut paid = PaidInvoice { invoice, paid: 0, went_back: 0, disputed: false };
    for payment in client.list_invoice_payments(&paid.invoice.id).await? {
        let Some(of) = paid_by(&payment.payment).filter(|_| payment.status == "paid") else { continue };
        paid.paid += payment.amount_paid.unwrap_or(0);
        for refund in client.list_refunds(&of).await? {
            // Money that is on its way back is as good as gone; what failed or was called off came back.
            if !matches!(refund.status, RefundStatus::Failed | RefundStatus::Canceled) {
                paid.went_back += refund.amount;
            }
        }
        for dispute in client.list_disputes(&of).await? {
            match dispute.status {
                DisputeStatus::Lost => paid.went_back += dispute.amount,
                DisputeStatus::Won | DisputeStatus::WarningClosed | DisputeStatus::Prevented => {}
                _ => paid.disputed = true,
            }
        }
    }
    Ok(paid)
}

/// How the payment is named.
fn paid_by(payment: &Payment) -> Option<PaymentRef> {
    let intent = payment.payment_intent.as_ref().map(|id| PaymentRef::Intent(id.to_string()));
    intent.or_else(|| payment.charge.as_ref().map(|id| PaymentRef::Charge(id.to_string())))
}

/// The prices that were met and are of the catalogue.
async fn prices(
    client: &StripeClient,
    snapshot: &Snapshot,
) -> Result<BTreeMap<String, crate::catalogue::CatalogueEntry>, StripeError> {
    let mut entries = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for item in snapshot.subscriptions.iter().flat_map(|subscription| &subscription.items.data) {
        seen.insert(item.price.id.clone());
        if let Some(entry) = read_price(&item.price) {
            entries.insert(item.price.id.clone(), entry);
        }
    }
    let lines = snapshot.invoices.iter().flat_map(|paid| &paid.invoice.lines.data).filter_map(|line| line.price());
    let phases = snapshot.schedules.iter().flat_map(|schedule| &schedule.phases).flat_map(|phase| &phase.items);
    for price in lines.chain(phases.map(|item| &item.price)) {
        if !seen.insert(price.to_string()) {
            continue;
        }
        match client.get_price(price.as_str()).await {
            Ok(found) => entries.extend(read_price(&found).map(|entry| (found.id.clone(), entry))),
            // A price cannot be deleted, but one may belong to somebody else.
            Err(StripeError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(entries)
}
