//! Stripe's portal: invoices, payment method, downgrade, cancelling.

use creel_types::OrganizationId;
use url::Url;

use crate::{
    Billing, billing::in_time, error::BillingError, set_up::portal::find_portal_configuration,
    stripe::portal::UpdateToConfirm,
};

impl Billing {
    /// Where the organization's own pages at Stripe are, for a while.
    pub async fn portal(&self, organization: OrganizationId) -> Result<Url, BillingError> {
        self.client()?;
        let customer = self.find_customer(organization).await?.ok_or(BillingError::NoSubscription)?;
        in_time(self.portal_of(&customer, None)).await
    }

    pub(crate) async fn portal_of(&self, customer: &str, update: Option<&UpdateToConfirm>) -> Result<Url, BillingError> {
        let client = self.client()?;
        let configuration = find_portal_configuration(client).await?;
        let back = self.page("billing?from=portal")?;
        let configuration = configuration.as_ref().map(|known| known.id.as_str());
        let made = client.create_portal_session(customer, &back, configuration, update).await?;
        Url::parse(&made.url).map_err(|error| BillingError::Internal(format!("Stripe's address of a portal: {error}")))
    }
}
