//! Looks at customers: takes one that is due, asks Stripe, works out what follows, writes it in one transaction. Takes no input,
//! may run in several processes and be killed anywhere: the next look does the rest.

use std::time::Duration;

use creel_store::{
    StoreError,
    billing::{CustomerLease, Settled},
    reconcile::Pass,
};

use crate::{Billing, derive::derive, error::BillingError};

/// Customers that one pass looks at.
const CUSTOMERS_MAX: u64 = 50;
/// How long a person waits for a look.
const LOOK_NOW_MS_MAX: u64 = 5_000;
/// How long one look may take: less than the lease lasts.
const LOOK_MS_MAX: u64 = 45_000;

impl Billing {
    /// Looks at customers who are due.
    pub async fn reconcile_customers(&self) -> Result<Pass, StoreError> {
        if self.client().is_err() {
            return Ok(Pass::default());
        }
        let mut pass = Pass::default();
        while pass.changed < CUSTOMERS_MAX {
            let Some(lease) = self.store().claim_stripe_customer(None).await? else { return Ok(pass) };
            self.look_at(lease).await?;
            pass.changed += 1;
        }
        Ok(Pass { more: true, ..pass })
    }

    /// Looks at one customer at once, where nobody else does just now: for whoever waits for the answer, and not for long. The look
    /// goes on without them, and whatever fails is done again by the next pass.
    pub async fn look_now(&self, customer: &str) {
        let (billing, customer) = (self.clone(), customer.to_owned());
        let looking = tokio::spawn(async move { billing.look_once(&customer).await });
        let _ = tokio::time::timeout(Duration::from_millis(LOOK_NOW_MS_MAX), looking).await;
    }

    async fn look_once(&self, customer: &str) {
        let asked = async {
            self.store().nudge_stripe_customer(customer).await?;
            match self.store().claim_stripe_customer(Some(customer)).await? {
                Some(lease) => self.look_at(lease).await,
                None => Ok(()),
            }
        };
        if let Err(error) = asked.await {
            tracing::warn!(customer, %error, "a customer could not be looked at now");
        }
        self.customers_nudge().notify_one();
    }

    async fn look_at(&self, lease: CustomerLease) -> Result<(), StoreError> {
        let looking = tokio::time::timeout(Duration::from_millis(LOOK_MS_MAX), self.settle(&lease)).await;
        let failed = match looking {
            Ok(Ok(settled)) => {
                tell(&lease, &settled);
                return Ok(());
            }
            Ok(Err(BillingError::Store(error))) if error.is_transient() => return Err(error),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("Stripe took longer than {LOOK_MS_MAX} ms"),
        };
        let (customer, organization) = (&lease.customer, lease.organization);
        tracing::error!(%customer, %organization, error = failed, "a customer could not be reconciled; it is tried again");
        self.store().give_back_stripe_customer(&lease, &failed).await
    }

    async fn settle(&self, lease: &CustomerLease) -> Result<Settled, BillingError> {
        let snapshot = self.snapshot(lease).await?;
        self.store().fail_points.pass("stripe.asked");
        let reading = derive(&snapshot, self.terms());
        Ok(self.store().settle_stripe_customer(lease, &reading).await?)
    }
}

fn tell(lease: &CustomerLease, settled: &Settled) {
    let customer = &lease.customer;
    match settled {
        Settled::Done { organization, granted, alarms } => {
            if *granted > 0 {
                tracing::info!(%customer, %organization, granted, "paid lines were granted");
            }
            for alarm in alarms {
                tracing::error!(%customer, %organization, kind = %alarm.kind, subject = alarm.subject, "{}", alarm.message);
            }
        }
        Settled::Lost => tracing::info!(%customer, "another process has the customer"),
    }
}
