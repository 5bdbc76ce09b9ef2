//! Another plan. More is paid in full now and begins now; less is confirmed in Stripe's portal and begins with the next period.
//! What was paid for decides what is granted: nothing is granted here.

use creel_types::{By, OrganizationId, Plan};
use serde::Serialize;
use url::Url;

use crate::{
    Billing,
    billing::in_time,
    catalogue::{CatalogueEntry, Sold, read_price},
    checkout::check_quantity,
    error::BillingError,
    stripe::{
        objects::{Subscription, SubscriptionItem, SubscriptionStatus},
        portal::UpdateToConfirm,
    },
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PlanChangeOutcome {
    /// It is paid and in force.
    Applied,
    /// It takes effect once the invoice at the address is paid, within 23 hours.
    PaymentRequired,
    /// It is confirmed at the address, and takes effect at the end of the period.
    ConfirmInPortal,
}

#[derive(Clone, Debug, Serialize)]
pub struct PlanChange {
    pub url: Url,
    pub outcome: PlanChangeOutcome,
}

impl Billing {
    pub async fn change_plan(
        &self,
        organization: OrganizationId,
        by: &By,
        plan: Plan,
        quantity: i64,
    ) -> Result<PlanChange, BillingError> {
        in_time(self.change(organization, by, plan, quantity)).await
    }

    async fn change(
        &self,
        organization: OrganizationId,
        by: &By,
        plan: Plan,
        quantity: i64,
    ) -> Result<PlanChange, BillingError> {
        self.client()?;
        check_quantity(plan, quantity)?;
        let customer = self.find_customer(organization).await?.ok_or(BillingError::NoSubscription)?;
        let live = self.live_subscriptions(&customer).await?;
        let subscription = live.into_iter().next().ok_or(BillingError::NoSubscription)?;
        let (item, present) = plan_item(&subscription)?;
        let wanted = self.price_of(Sold::Plan(plan)).await?;
        let (now, then) = (monthly(&present, item.quantity.unwrap_or(1)), monthly(&wanted, quantity));
        if then == now {
            return Err(BillingError::Conflict(format!(
                "the subscription is for {} {} already; a change that is set for the end of the period is taken back in the portal",
                plan.terms().name,
                quantity
            )));
        }
        if then < now {
            let update = UpdateToConfirm {
                subscription: subscription.id.clone(),
                item: item.id.clone(),
                price: wanted.price_id,
                quantity,
            };
            let url = self.portal_of(&customer, Some(&update)).await?;
            return Ok(PlanChange { url, outcome: PlanChangeOutcome::ConfirmInPortal });
        }
        tracing::info!(%organization, by = %by.name, %plan, quantity, "a larger plan is bought");
        self.upgrade(&customer, &subscription, item, &wanted, quantity).await
    }

    async fn upgrade(
        &self,
        customer: &str,
        subscription: &Subscription,
        item: &SubscriptionItem,
        wanted: &CatalogueEntry,
        quantity: i64,
    ) -> Result<PlanChange, BillingError> {
        let client = self.client()?;
        if !matches!(subscription.status, SubscriptionStatus::Active | SubscriptionStatus::Trialing) {
            return Err(BillingError::Conflict(format!(
                "the subscription is {}: pay its open invoice in the portal first, POST /v1/billing/portal",
                subscription.status.as_str()
            )));
        }
        // Stripe changes nothing that a schedule will change: a smaller plan that was set for later is dropped for the larger one.
        if let Some(schedule) = &subscription.schedule {
            client.release_schedule(schedule.as_str()).await?;
        }
        let invoice = subscription.latest_invoice.as_ref().map_or("none", |invoice| invoice.as_str());
        // The same while nothing has changed: asked twice it is bought once.
        let key = format!("creel-upgrade-{}-{}-{quantity}-{invoice}", subscription.id, wanted.price_id);
        let answer = client.upgrade_subscription(&subscription.id, &item.id, &wanted.price_id, quantity, &key).await?;
        self.look_now(customer).await;
        if answer.subscription.pending_update.is_none() {
            let url = Url::parse(&self.page("billing")?);
            let url = url.map_err(|error| BillingError::Internal(format!("public_url: {error}")))?;
            return Ok(PlanChange { url, outcome: PlanChangeOutcome::Applied });
        }
        let pay = answer.invoice.hosted_invoice_url;
        let url = match pay.as_deref().map(Url::parse) {
            Some(Ok(url)) => url,
            _ => self.portal_of(customer, None).await?,
        };
        Ok(PlanChange { url, outcome: PlanChangeOutcome::PaymentRequired })
    }
}

/// What the subscription has of ours.
fn plan_item(subscription: &Subscription) -> Result<(&SubscriptionItem, CatalogueEntry), BillingError> {
    let ours = subscription.items.data.iter().find_map(|item| {
        let entry = read_price(&item.price)?;
        matches!(entry.kind, Sold::Plan(_)).then_some((item, entry))
    });
    ours.ok_or_else(|| {
        BillingError::Conflict("the subscription is for nothing that this installation sells; ask its operator".to_owned())
    })
}

fn monthly(entry: &CatalogueEntry, quantity: i64) -> i64 {
    entry.unit_amount.saturating_mul(quantity)
}
