//! Stripe's portal: invoices, payment method, downgrade, cancelling.

use creel_types::OrganizationId;
use url::Url;

use crate::{
    Billing,
    billing::in_time,
    error::BillingError,
    set_up::OURS,
    stripe::{objects::Metadata, portal::PortalFlow},
};

impl Billing {
    /// Where the organization's own pages at Stripe are, for a while.
    pub async fn portal(&self, organization: OrganizationId) -> Result<Url, BillingError> {
        self.client()?;
        let customer = self.find_customer(organization).await?.ok_or(BillingError::NoSubscription)?;
        in_time(self.portal_of(&customer, None)).await
    }

    pub(crate) async fn portal_of(&self, customer: &str, flow: Option<&PortalFlow>) -> Result<Url, BillingError> {
        let client = self.client()?;
        let configurations = client.list_portal_configurations().await?;
        let ours = |metadata: &Metadata| metadata.contains_key(OURS);
        let configuration = configurations.iter().find(|known| known.active && known.metadata.as_ref().is_some_and(ours));
        let back = self.page("billing?from=portal")?;
        let configuration = configuration.map(|known| known.id.as_str());
        let made = client.create_portal_session(customer, &back, configuration, flow).await?;
        Url::parse(&made.url).map_err(|error| BillingError::Internal(format!("Stripe's address of a portal: {error}")))
    }
}
