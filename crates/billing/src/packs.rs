//! Credit packs: credits by themselves, for those who have a subscription. When they end is said before they are paid, and what
//! was said is written beside the payment, so that it holds whatever is set later.

use creel_types::{Credits, OrganizationId, PackTerms, Time};
use serde::Serialize;
use url::Url;

use crate::{
    Billing,
    billing::in_time,
    catalogue::Sold,
    checkout::{address, intent},
    error::BillingError,
    settings::PurchasedExpire,
    stripe::{
        checkout::NewPackSession,
        objects::{Metadata, Subscription},
    },
};

/// Where an invoice keeps when its credits end.
pub const EXPIRES: &str = "creel_expires";

/// A page on which credits are paid.
#[derive(Clone, Debug, Serialize)]
pub struct PackCheckout {
    pub url: Url,
    pub credits: Credits,
    /// When they end, if they are paid before that.
    pub expires_at: Time,
}

/// When bought credits end, as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    At(Time),
    /// So many days after they are paid.
    Days(i64),
}

impl Expiry {
    #[must_use]
    pub fn write(self) -> String {
        match self {
            Expiry::At(end) => format!("at:{}", end.0 / 1_000),
            Expiry::Days(days) => format!("days:{days}"),
        }
    }

    /// `None` where nothing was said, or nothing that can be read.
    #[must_use]
    pub fn read(metadata: &Metadata) -> Option<Expiry> {
        let (kind, number) = metadata.get(EXPIRES)?.split_once(':')?;
        let number: i64 = number.parse().ok().filter(|number| *number > 0)?;
        match kind {
            "at" => Some(Expiry::At(Time(number.checked_mul(1_000)?))),
            "days" => Some(Expiry::Days(number)),
            _ => None,
        }
    }
}

/// How many packs can be bought at once: asked by whoever takes a wish, before anything is done about it.
pub fn check_packs(pack: PackTerms, quantity: i64) -> Result<(), BillingError> {
    let most = pack.quantity_max;
    if (1..=most).contains(&quantity) {
        return Ok(());
    }
    Err(BillingError::Field { field: "quantity", message: format!("{quantity} is not between 1 and {most}") })
}

impl Billing {
    /// Where credits are paid. Only with a subscription that goes on.
    pub async fn buy_credits(
        &self,
        organization: OrganizationId,
        quantity: i64,
        key: Option<&str>,
    ) -> Result<PackCheckout, BillingError> {
        in_time(self.page_for_credits(organization, quantity, key)).await
    }

    async fn page_for_credits(
        &self,
        organization: OrganizationId,
        quantity: i64,
        key: Option<&str>,
    ) -> Result<PackCheckout, BillingError> {
        let client = self.client()?;
        check_packs(self.pack(), quantity)?;
        let customer = self.find_customer(organization).await?.ok_or(BillingError::NoSubscription)?;
        let live = self.live_subscriptions(&customer).await?;
        let subscription = live.first().ok_or(BillingError::NoSubscription)?;
        let (expiry, expires_at) = self.purchase_expiry(subscription);
        let price = self.price_of(Sold::Credits).await?;
        let credits = Credits(price.credits_per_unit.0.saturating_mul(quantity));
        let what = format!("credits {quantity} {}", expiry.write());
        if let Some(url) = self.open_page(&customer, &what).await? {
            return Ok(PackCheckout { url, credits, expires_at });
        }
        let new = NewPackSession {
            session: self.session(organization, customer, price.price_id, quantity, what)?,
            invoice_metadata: Metadata::from([(EXPIRES.to_owned(), expiry.write())]),
        };
        let made = client.create_pack_session(&new, &intent(organization, "credits", key, self)).await?;
        Ok(PackCheckout { url: address(made)?, credits, expires_at })
    }

    /// When credits would end that are bought now.
    fn purchase_expiry(&self, subscription: &Subscription) -> (Expiry, Time) {
        let now = self.store().clock.now();
        match self.settings().purchased_expire {
            PurchasedExpire::Days(days) => (Expiry::Days(days), now.plus_ms(days * creel_types::time::DAY_MS)),
            PurchasedExpire::CycleEnd => {
                let end = subscription.items.data.iter().map(|item| item.current_period_end).max();
                let end = Time(end.unwrap_or_default().saturating_mul(1_000));
                (Expiry::At(end), end)
            }
        }
    }
}
