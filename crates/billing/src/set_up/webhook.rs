//! The webhook endpoint: where Stripe sends events to. The version of its events is fixed when it is made.

use url::Url;

use super::{OURS, Outcome, Step};
use crate::{
    Secret,
    stripe::{
        StripeClient, StripeError,
        objects::{API_VERSION, Metadata, WebhookEndpoint},
    },
};

/// What Creel wants to be nudged by: whatever may change what a customer paid for.
pub const WEBHOOK_EVENTS: &[&str] = &[
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.refunded",
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "customer.subscription.resumed",
    "customer.subscription.updated",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.voided",
    "refund.created",
    "refund.failed",
    "refund.updated",
    "subscription_schedule.aborted",
    "subscription_schedule.canceled",
    "subscription_schedule.completed",
    "subscription_schedule.created",
    "subscription_schedule.released",
    "subscription_schedule.updated",
];

pub(super) async fn ensure(client: &StripeClient, url: &Url) -> Result<Step, StripeError> {
    let metadata = Metadata::from([(OURS.to_owned(), "1".to_owned())]);
    let endpoints = client.list_webhook_endpoints().await?;
    let here = |endpoint: &WebhookEndpoint| endpoint.url == url.as_str();
    let pinned = |endpoint: &WebhookEndpoint| endpoint.api_version.as_deref() == Some(API_VERSION);
    let what = "webhook endpoint";
    let kept = endpoints.iter().find(|endpoint| here(endpoint) && pinned(endpoint));
    let step = match kept {
        Some(found) if is_as(found, &metadata) => Step::new(what, Outcome::Unchanged, &found.id),
        Some(found) => {
            client.update_webhook_endpoint(&found.id, WEBHOOK_EVENTS, &metadata).await?;
            Step::new(what, Outcome::Updated, &found.id)
        }
        None => {
            let made = client.create_webhook_endpoint(url.as_str(), WEBHOOK_EVENTS, &metadata).await?;
            let secret = made.secret.map(Secret::new);
            Step { secret, ..Step::new(what, Outcome::Created, &made.id) }
        }
    };
    let others = endpoints.iter().filter(|endpoint| endpoint.id != step.id);
    let notes: Vec<String> = others.filter_map(|other| advice(other, here(other))).collect();
    Ok(if notes.is_empty() { step } else { step.noted(notes.join("; ")) })
}

/// What to do about an endpoint that is not the one.
fn advice(other: &WebhookEndpoint, is_here: bool) -> Option<String> {
    let WebhookEndpoint { id, url, api_version, .. } = other;
    if is_here && api_version.as_deref() == Some(API_VERSION) {
        return Some(format!("{id} sends the same events to the same address: delete one of both in Stripe's dashboard"));
    }
    if is_here {
        let version = api_version.as_deref().unwrap_or("the account's own version");
        return Some(format!(
            "{id} sends events of {version} to the same address, where {API_VERSION} is needed, and that cannot be changed: delete \
             it in Stripe's dashboard once the new secret is in the configuration"
        ));
    }
    other
        .metadata
        .contains_key(OURS)
        .then(|| format!("{id} still sends events to {url}: delete it if nothing listens there"))
}

fn is_as(found: &WebhookEndpoint, metadata: &Metadata) -> bool {
    let has = |event: &&str| found.enabled_events.iter().any(|enabled| enabled == event);
    found.status == "enabled"
        && found.enabled_events.len() == WEBHOOK_EVENTS.len()
        && WEBHOOK_EVENTS.iter().all(has)
        && metadata.iter().all(|(key, value)| found.metadata.get(key) == Some(value))
}
