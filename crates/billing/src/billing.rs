//! What everything about billing is done with: the store, the client, the operator's choices, and who is woken by what.

use std::{sync::Arc, time::Duration};

use creel_store::{Store, billing::SubscriptionView, ledger::unmetered::BillingMode};
use creel_types::{By, OrganizationId, PackTerms};
use tokio::sync::Notify;

use crate::{
    catalogue::{CatalogueEntry, CatalogueError, Sold, find_current_price},
    derive::Terms,
    error::BillingError,
    settings::BillingSettings,
    stripe::{Patience, StripeClient, objects::Subscription},
};

/// Cheap to clone; clones are the same.
#[derive(Clone, Debug)]
pub struct Billing(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    settings: BillingSettings,
    client: Option<StripeClient>,
    events: Arc<Notify>,
    customers: Arc<Notify>,
}

/// How long a person waits for all that Stripe is asked for one page. What was begun goes on at Stripe, and is not done twice by
/// whoever tries again.
const PERSON_MS_MAX: u64 = 25_000;
/// When they may try again.
const PERSON_RETRY_SECONDS: i64 = 30;

/// All that Stripe is asked for one page, in a bounded time.
pub(crate) async fn in_time<T>(asking: impl Future<Output = Result<T, BillingError>>) -> Result<T, BillingError> {
    match tokio::time::timeout(Duration::from_millis(PERSON_MS_MAX), asking).await {
        Ok(answer) => answer,
        Err(_) => Err(BillingError::Unavailable { retry_after_seconds: PERSON_RETRY_SECONDS }),
    }
}

/// Who buys, as Stripe is told.
#[derive(Clone, Debug)]
pub struct Buyer {
    pub email: Option<String>,
    pub name: Option<String>,
    pub by: By,
}

impl Billing {
    /// Fails where mode `stripe` lacks its key.
    pub fn new(store: Store, settings: BillingSettings) -> Result<Billing, BillingError> {
        let client = if settings.mode == BillingMode::Stripe {
            if settings.secret_key.as_str().is_empty() {
                return Err(not_configured("stripe_secret_key"));
            }
            let key = settings.secret_key.clone();
            Some(StripeClient::new(key, &settings.api_url, store.random.clone())?)
        } else {
            None
        };
        Ok(Billing(Arc::new(Inner { store, settings, client, events: Arc::default(), customers: Arc::default() })))
    }

    #[must_use]
    pub fn mode(&self) -> BillingMode {
        self.0.settings.mode
    }

    #[must_use]
    pub fn pack(&self) -> PackTerms {
        self.0.settings.pack
    }

    /// Wakes whoever takes events.
    #[must_use]
    pub fn events_nudge(&self) -> Arc<Notify> {
        Arc::clone(&self.0.events)
    }

    /// Wakes whoever looks at customers.
    #[must_use]
    pub fn customers_nudge(&self) -> Arc<Notify> {
        Arc::clone(&self.0.customers)
    }

    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    #[must_use]
    pub fn settings(&self) -> &BillingSettings {
        &self.0.settings
    }

    /// Stripe, where this installation sells through it.
    pub(crate) fn client(&self) -> Result<&StripeClient, BillingError> {
        self.0.client.as_ref().ok_or_else(|| not_configured("billing_mode"))
    }

    /// The same while nobody waits for the answer.
    pub(crate) fn patient_client(&self) -> Result<StripeClient, BillingError> {
        Ok(self.client()?.with_patience(Patience::BACKGROUND))
    }

    pub(crate) fn terms(&self) -> Terms {
        Terms { grace_ms: self.0.settings.grace_ms, purchased: self.0.settings.purchased_expire }
    }

    /// A page of this installation.
    pub(crate) fn page(&self, path: &str) -> Result<String, BillingError> {
        let joined = self.0.settings.public_url.join(path);
        joined.map(String::from).map_err(|error| BillingError::Internal(format!("public_url: {error}")))
    }

    /// The subscriptions that go on, by what Stripe says now, the first first.
    pub(crate) async fn live_subscriptions(&self, customer: &str) -> Result<Vec<Subscription>, BillingError> {
        let mut live = self.client()?.list_subscriptions(customer).await?;
        live.retain(|subscription| !subscription.status.is_ended());
        live.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        Ok(live)
    }

    /// Plan, trial and subscription, as they are known here.
    pub async fn subscription(&self, organization: OrganizationId) -> Result<SubscriptionView, BillingError> {
        Ok(self.store().subscription_view(organization).await?)
    }

    /// The price at which it is sold now.
    pub(crate) async fn price_of(&self, sold: Sold) -> Result<CatalogueEntry, BillingError> {
        find_current_price(self.client()?, sold, self.pack()).await.map_err(|error| match error {
            CatalogueError::Stripe(error) => error.into(),
            not_set_up @ CatalogueError::NotSetUp { .. } => BillingError::NotConfigured {
                setting: "stripe_secret_key",
                message: format!("the operator has to finish the set-up: {not_set_up}"),
            },
        })
    }

    /// The organization's customer at Stripe; `None` before it ever bought anything.
    pub(crate) async fn find_customer(&self, organization: OrganizationId) -> Result<Option<String>, BillingError> {
        Ok(self.store().find_stripe_customer(organization).await?.map(|known| known.id))
    }
}

fn not_configured(setting: &'static str) -> BillingError {
    let message = if setting == "billing_mode" {
        "this installation sells no plans: its operator sets billing_mode = \"stripe\" in the configuration, with stripe_secret_key"
            .to_owned()
    } else {
        format!("billing_mode is \"stripe\" and {setting} is not set: the operator sets it in the configuration")
    };
    BillingError::NotConfigured { setting, message }
}
