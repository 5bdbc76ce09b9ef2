//! Billing from the configuration: what it needs is checked when it is opened, and its reconcilers are put together here.

use std::net::SocketAddr;

use creel_billing::{Billing, BillingError, BillingSettings, Secret};
use creel_store::{ledger::unmetered::BillingMode, reconcile::ReconcilerName};
use url::Url;

use crate::{
    access,
    exit::Failure,
    open::Opened,
    reconcile::{Passing, Reconciler},
    settings::Settings,
};

/// Billing as the settings say.
pub fn open(opened: &Opened, listening: Option<SocketAddr>) -> Result<Billing, Failure> {
    let settings = &opened.settings;
    let address = |setting: &str, text: &str| {
        Url::parse(text).map_err(|error| Failure::usage(format!("--config: {setting} {text:?}: {error}")))
    };
    let billing = BillingSettings {
        mode: settings.billing_mode()?,
        // With a slash at its end, so that pages are joined to it below its path.
        public_url: address("public_url", &format!("{}/", access::public_url(settings, listening)))?,
        secret_key: Secret::new(&settings.stripe_secret_key),
        webhook_secrets: settings.stripe_webhook_secrets.iter().map(Secret::new).collect(),
        api_url: address("stripe_api_url", &settings.stripe_api_url)?,
        grace_ms: settings.cycle_grace_ms(),
        purchased_expire: settings.purchased_expire()?,
        pack: settings.pack(),
    };
    Ok(Billing::new(opened.store.clone(), billing)?)
}

/// Where pages of Stripe are, as a browser's policy names sources. They may have a name of the operator's own, so any that speaks TLS
/// is good; the simulator does not.
pub fn pages(settings: &Settings) -> String {
    let origin = Url::parse(&settings.stripe_api_url).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    if origin.starts_with("http://") { format!("https: {origin}") } else { "https:".to_owned() }
}

/// What recurs where plans are sold.
pub fn reconcilers(opened: &Opened, billing: &Billing) -> Vec<Reconciler> {
    if billing.mode() != BillingMode::Stripe {
        return Vec::new();
    }
    use ReconcilerName as Name;
    let reconciler = |name, pass: fn(Billing) -> Passing| {
        let billing = billing.clone();
        Reconciler::new(name, &opened.store, move |_| pass(billing.clone()))
    };
    let (events, customers) = (billing.events_nudge().into(), billing.customers_nudge().into());
    vec![
        reconciler(Name::StripeEvents, |billing| Box::pin(async move { billing.take_events().await })).on(events),
        reconciler(Name::StripeCustomers, |billing| Box::pin(async move { billing.reconcile_customers().await }))
            .on(customers),
        reconciler(Name::StripePoll, |billing| Box::pin(async move { billing.poll_events().await })),
    ]
}

impl From<BillingError> for Failure {
    fn from(error: BillingError) -> Failure {
        match error {
            BillingError::Store(error) => error.into(),
            BillingError::NotConfigured { .. } | BillingError::Field { .. } => Failure::usage(error.to_string()),
            error => Failure::failed(error.to_string()),
        }
    }
}
