//! Stripe's events: taken in once each, answered at once, and later turned into a look at whomever they are about.

use creel_store::{
    StoreError,
    billing::{Alarm, AlarmKind, InboxEvent, StripeEvent},
    reconcile::Pass,
};
use creel_types::{OrganizationId, Time};
use serde_json::Value as Json;

use crate::{
    Billing,
    customer::ORGANIZATION,
    error::{BillingError, ReceiveError},
    stripe::{PaymentRef, StripeError, objects::Event, signature},
};

impl Billing {
    /// Takes an event in, if its signature says that it is Stripe's. Until then nothing is read and no database is asked.
    pub async fn receive(&self, header: &str, body: &[u8]) -> Result<(), ReceiveError> {
        if self.client().is_err() {
            return Err(ReceiveError::NotConfigured);
        }
        let now = self.store().clock.now();
        signature::verify(&self.settings().webhook_secrets, header, body, now)?;
        let event: Event = serde_json::from_slice(body).map_err(|error| ReceiveError::Malformed(error.to_string()))?;
        let live = self.settings().is_live();
        if event.livemode != live {
            let name = |live| if live { "live" } else { "test" };
            return Err(ReceiveError::OtherMode { theirs: name(event.livemode), ours: name(live) });
        }
        self.store().keep_stripe_events(&[kept(&event)]).await?;
        self.events_nudge().notify_one();
        Ok(())
    }

    /// Finds out whom the waiting events are about.
    pub async fn take_events(&self) -> Result<Pass, StoreError> {
        if self.client().is_err() {
            return Ok(Pass::default());
        }
        let waiting = self.store().list_stripe_inbox().await?;
        let changed = waiting.len() as u64;
        for event in &waiting {
            match self.whom(event).await {
                Ok((customer, outcome)) => {
                    self.store().finish_stripe_event(&event.event.id, customer.as_deref(), outcome).await?;
                }
                Err(BillingError::Store(error)) if error.is_transient() => return Err(error),
                Err(error) => {
                    tracing::warn!(event = event.event.id, %error, "it could not be found out whom an event is about");
                    self.store().put_off_stripe_event(event, &error.to_string()).await?;
                }
            }
        }
        if changed > 0 {
            self.customers_nudge().notify_one();
        }
        Ok(Pass { changed, more: changed >= creel_store::billing::events::EVENTS_MAX.unsigned_abs(), next_at: None })
    }

    /// The customer of ours whom the event is about, and what came of it in a word.
    async fn whom(&self, event: &InboxEvent) -> Result<(Option<String>, &'static str), BillingError> {
        let StripeEvent { customer, payment_intent, charge, .. } = &event.event;
        let named = match customer {
            Some(customer) => Some(customer.clone()),
            None => self.payer(payment_intent.as_deref(), charge.as_deref()).await?,
        };
        let Some(customer) = named else { return Ok((None, "nobody")) };
        if self.store().is_stripe_customer(&customer).await? || self.adopt(&customer).await? {
            return Ok((Some(customer), "customer"));
        }
        Ok((None, "stranger"))
    }

    /// Refunds and disputes name a payment, and that leads to an invoice and so to whose it is.
    async fn payer(&self, payment_intent: Option<&str>, charge: Option<&str>) -> Result<Option<String>, BillingError> {
        let client = self.client()?;
        let of_intent = payment_intent.map(|id| PaymentRef::Intent(id.to_owned()));
        for of in of_intent.into_iter().chain(charge.map(|id| PaymentRef::Charge(id.to_owned()))) {
            for payment in client.find_invoice_payments(&of).await? {
                let invoice = client.get_invoice(payment.invoice.as_str()).await?;
                if let Some(customer) = invoice.customer {
                    return Ok(Some(customer.to_string()));
                }
            }
        }
        Ok(None)
    }

    /// A customer who was made for one of our organizations and never written down here: somebody died in between.
    async fn adopt(&self, customer: &str) -> Result<bool, BillingError> {
        let found = match self.client()?.get_customer(customer).await {
            Ok(found) => found,
            Err(StripeError::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let organization = found.metadata.get(ORGANIZATION).and_then(|id| id.parse::<OrganizationId>().ok());
        let Some(organization) = organization.filter(|_| !found.deleted) else { return Ok(false) };
        let known = match self.store().add_stripe_customer(organization, customer).await {
            Ok(known) => known,
            Err(StoreError::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        if known == customer {
            return Ok(true);
        }
        let alarm = Alarm {
            kind: AlarmKind::SecondCustomer,
            subject: customer.to_owned(),
            message: format!(
                "Stripe's customer {customer} says that it is organization {organization}, which is customer {known}: what \
                 {customer} pays grants nothing. Move its subscription or refund it in Stripe."
            ),
        };
        if self.store().raise_alarm(&alarm).await? {
            tracing::error!(customer, %organization, "{}", alarm.message);
        }
        Ok(false)
    }
}

/// What is kept of an event: its id, and what leads to whom it is about.
pub(crate) fn kept(event: &Event) -> StripeEvent {
    let object = &event.data.object;
    let is = |kind: &str| object.get("object").and_then(Json::as_str) == Some(kind);
    let own = object.get("id").and_then(Json::as_str).map(str::to_owned);
    let customer = if is("customer") { own.clone() } else { named(object, "customer") };
    let charge = if is("charge") { own } else { named(object, "charge") };
    StripeEvent {
        id: event.id.clone(),
        kind: event.kind.clone(),
        created_at: Time(event.created.saturating_mul(1_000)),
        customer,
        payment_intent: named(object, "payment_intent"),
        charge,
    }
}

/// An id, or the id of the object that stands in its place.
fn named(object: &Json, field: &str) -> Option<String> {
    let value = object.get(field)?;
    value.as_str().or_else(|| value.get("id")?.as_str()).map(str::to_owned)
}
