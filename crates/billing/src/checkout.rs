//! Subscribing: a page of Stripe on which the plan is paid. Refused while a subscription goes on, since it would be paid twice.

use creel_types::{OrganizationId, Plan, hex, sha256_hex};
use url::Url;

use crate::{
    Billing, Buyer,
    billing::in_time,
    catalogue::Sold,
    customer::ORGANIZATION,
    error::BillingError,
    stripe::{
        checkout::{NewSession, NewSubscriptionSession},
        objects::{CheckoutSession, Metadata},
    },
};

/// How long a page of Stripe's can be paid: long enough to find a card, and not so long that what it says grows old.
pub const SESSION_SECONDS: i64 = 60 * 60;
/// Under which a session keeps what it sells, so that the same is not sold on two pages.
const WHAT: &str = "creel_what";

impl Billing {
    /// Where the plan is paid. The same request while that page is open answers the same page; pages for anything else are closed.
    pub async fn checkout(
        &self,
        organization: OrganizationId,
        buyer: &Buyer,
        plan: Plan,
        quantity: i64,
        key: Option<&str>,
    ) -> Result<Url, BillingError> {
        in_time(self.page_for(organization, buyer, plan, quantity, key)).await
    }

    async fn page_for(
        &self,
        organization: OrganizationId,
        buyer: &Buyer,
        plan: Plan,
        quantity: i64,
        key: Option<&str>,
    ) -> Result<Url, BillingError> {
        let client = self.client()?;
        check_quantity(plan, quantity)?;
        let customer = self.ensure_customer(organization, buyer).await?;
        if !self.live_subscriptions(&customer).await?.is_empty() {
            return Err(BillingError::LiveSubscription { portal: self.portal(organization).await? });
        }
        let what = format!("{plan} {quantity}");
        if let Some(open) = self.open_page(&customer, &what).await? {
            return Ok(open);
        }
        let price = self.price_of(Sold::Plan(plan)).await?.price_id;
        let new = NewSubscriptionSession { session: self.session(organization, customer, price, quantity, what)? };
        let made = client.create_subscription_session(&new, &intent(organization, "subscribe", key, self)).await?;
        address(made)
    }

    /// The open page for the same thing, if there is one; other open pages are closed, so that nobody pays for two.
    pub(crate) async fn open_page(&self, customer: &str, what: &str) -> Result<Option<Url>, BillingError> {
        let client = self.client()?;
        let mut same = None;
        for session in client.list_open_sessions(customer).await? {
            let says = session.metadata.as_ref().and_then(|metadata| metadata.get(WHAT));
            if same.is_none() && says.is_some_and(|says| says == what) {
                same = Some(session);
            } else {
                // One that was paid in this moment cannot be closed; then its subscription is found.
                let _ = client.expire_session(&session.id).await;
            }
        }
        same.map(address).transpose()
    }

    pub(crate) fn session(
        &self,
        organization: OrganizationId,
        customer: String,
        price: String,
        quantity: i64,
        what: String,
    ) -> Result<NewSession, BillingError> {
        Ok(NewSession {
            customer,
            price,
            quantity,
            success_url: self.page("billing?from=checkout")?,
            cancel_url: self.page("billing")?,
            client_reference_id: organization.to_string(),
            expires_at: self.store().clock.now().0 / 1_000 + SESSION_SECONDS,
            metadata: Metadata::from([(ORGANIZATION.to_owned(), organization.to_string()), (WHAT.to_owned(), what)]),
        })
    }
}

pub(crate) fn address(session: CheckoutSession) -> Result<Url, BillingError> {
    let url =
        session.url.ok_or_else(|| BillingError::Internal(format!("Stripe's session {} has no address", session.id)))?;
    Url::parse(&url).map_err(|error| BillingError::Internal(format!("Stripe's address of a session: {error}")))
}

/// What Stripe knows one intent by: the caller's own key, else one for this time alone.
pub(crate) fn intent(organization: OrganizationId, what: &str, key: Option<&str>, billing: &Billing) -> String {
    let own = key.map_or_else(|| hex(&billing.store().random.bytes()), sha256_hex);
    format!("creel-{what}-{organization}-{own}")
}

/// What of a plan can be bought: asked by whoever takes a wish, before anything is done about it.
pub fn check_quantity(plan: Plan, quantity: i64) -> Result<(), BillingError> {
    let terms = plan.terms();
    if !terms.is_paid() {
        let message = "the trial is not bought: it begins with the organization".to_owned();
        return Err(BillingError::Field { field: "plan", message });
    }
    if (1..=terms.quantity_max).contains(&quantity) {
        return Ok(());
    }
    let fits = match terms.quantity_max {
        1 => "is had once".to_owned(),
        most => format!("is had in quantities of 1 to {most}"),
    };
    Err(BillingError::Field { field: "quantity", message: format!("{} {fits}, not {quantity}", terms.name) })
}
