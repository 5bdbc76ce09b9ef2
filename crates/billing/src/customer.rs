//! An organization's customer at Stripe: made when it first buys, and never twice, whatever dies between the two writes.

use creel_types::{OrganizationId, sha256_hex};

use crate::{
    Billing, Buyer,
    error::BillingError,
    stripe::{customers::CustomerDetails, objects::Metadata},
};

/// Under which Stripe keeps whose customer it is.
pub const ORGANIZATION: &str = "creel_organization";

impl Billing {
    /// The customer, made where there is none. Stripe answers the same one to the same request for a day, so a process that
    /// dies before it is written down makes no second one.
    pub(crate) async fn ensure_customer(&self, organization: OrganizationId, buyer: &Buyer) -> Result<String, BillingError> {
        if let Some(known) = self.find_customer(organization).await? {
            return Ok(known);
        }
        let name = self.store().get_organization(organization).await?.name;
        let email = buyer.email.clone();
        let before = self.store().count_customers_of(organization).await?;
        let who = format!("{name}\n{}", email.as_deref().unwrap_or_default());
        let key = format!("creel-customer-{organization}-{before}-{}", sha256_hex(&who));
        let metadata = Metadata::from([(ORGANIZATION.to_owned(), organization.to_string())]);
        let new = CustomerDetails { name: Some(name), email, metadata };
        let made = self.client()?.create_customer(&new, &key).await?;
        Ok(self.store().add_stripe_customer(organization, &made.id).await?)
    }
}
