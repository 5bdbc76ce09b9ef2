//! What Stripe's portal offers: invoices, another card, cancelling at the end of the period, and smaller plans from the next
//! period on. Larger plans are bought through Creel, where they are paid first.

use creel_types::PackTerms;
use serde_json::{Value as Json, json};

use super::{OURS, Outcome, Step};
use crate::{
    catalogue::Sold,
    stripe::{StripeClient, StripeError, form::Form, objects::PortalConfiguration},
};

/// In the metadata: the prices that are offered, since Stripe leaves them out of its answers.
pub const PRICES: &str = "creel_prices";
/// How deep a form may be nested.
const DEPTH_MAX: usize = 16;

/// The configuration that set-up made.
pub async fn find_portal_configuration(client: &StripeClient) -> Result<Option<PortalConfiguration>, StripeError> {
    let is_ours = |found: &PortalConfiguration| {
        found.active && found.metadata.as_ref().is_some_and(|metadata| metadata.contains_key(OURS))
    };
    Ok(client.list_portal_configurations().await?.into_iter().find(is_ours))
}

pub(super) async fn ensure(client: &StripeClient, sold: &[(Sold, String)], pack: PackTerms) -> Result<Step, StripeError> {
    let what = "portal configuration";
    let features = features(sold, pack);
    let prices = prices(sold);
    let form = fields(Form::new(), "features", &features, 0)
        .field(format!("metadata[{OURS}]"), "1")
        .field(format!("metadata[{PRICES}]"), &prices);
    Ok(match find_portal_configuration(client).await? {
        None => Step::new(what, Outcome::Created, &client.create_portal_configuration(&form, None).await?.id),
        Some(found) if is_as(&found, &features, &prices) => Step::new(what, Outcome::Unchanged, &found.id),
        Some(found) => {
            client.update_portal_configuration(&found.id, &form).await?;
            Step::new(what, Outcome::Updated, &found.id)
        }
    })
}

fn prices(sold: &[(Sold, String)]) -> String {
    let plans = sold.iter().filter(|(kind, _)| kind.is_monthly());
    plans.map(|(_, price)| price.as_str()).collect::<Vec<_>>().join(" ")
}

fn features(sold: &[(Sold, String)], pack: PackTerms) -> Json {
    let products: Vec<Json> = sold
        .iter()
        .filter(|(kind, _)| kind.is_monthly())
        .map(|(kind, price)| {
            let quantity = match kind.quantity_max(pack) {
                1 => json!({"enabled": false}),
                max => json!({"enabled": true, "minimum": 1, "maximum": max}),
            };
            json!({"product": kind.product_id(), "prices": [price], "adjustable_quantity": quantity})
        })
        .collect();
    json!({
        "invoice_history": {"enabled": true},
        "payment_method_update": {"enabled": true},
        "customer_update": {"enabled": true, "allowed_updates": ["email", "address"]},
        "subscription_cancel": {"enabled": true, "mode": "at_period_end", "proration_behavior": "none"},
        "subscription_update": {
            "enabled": true,
            "default_allowed_updates": ["price", "quantity"],
            "products": products,
            // Unused time is not paid back, since credits may be used up on the first day: less begins with the next period.
            "proration_behavior": "none",
            "schedule_at_period_end": {"conditions": [{"type": "decreasing_item_amount"}]},
        },
    })
}

/// The nested value as fields of a form.
fn fields(form: Form, name: &str, value: &Json, depth: usize) -> Form {
    match value {
        _ if depth > DEPTH_MAX => form,
        Json::Object(within) => {
            within.iter().fold(form, |form, (key, value)| fields(form, &format!("{name}[{key}]"), value, depth + 1))
        }
        Json::Array(within) => within
            .iter()
            .enumerate()
            .fold(form, |form, (at, value)| fields(form, &format!("{name}[{at}]"), value, depth + 1)),
        Json::String(text) => form.field(name, text),
        other => form.field(name, other),
    }
}

fn is_as(found: &PortalConfiguration, features: &Json, prices: &str) -> bool {
    let said = found.metadata.as_ref().and_then(|metadata| metadata.get(PRICES));
    said.is_some_and(|said| said == prices) && holds(&found.features, features)
}

/// Whether all that is wanted is found; what is found besides does not count, nor does the order of a list.
fn holds(found: &Json, wanted: &Json) -> bool {
    match (found, wanted) {
        (Json::Object(found), Json::Object(wanted)) => wanted.iter().all(|(key, wanted)| match found.get(key) {
            Some(found) if !found.is_null() => holds(found, wanted),
            _ => key == "products",
        }),
        (Json::Array(found), Json::Array(wanted)) => {
            found.len() == wanted.len() && wanted.iter().all(|wanted| found.iter().any(|found| holds(found, wanted)))
        }
        (found, wanted) => found == wanted,
    }
}

#[cfg(test)]
mod tests {
    use creel_types::{CREDIT_PACK, Plan};

    use super::*;

    fn sold() -> Vec<(Sold, String)> {
        let price = |kind: Sold| (kind, format!("price_{kind}"));
        Sold::ALL.into_iter().map(price).collect()
    }

    #[test]
    fn plans_are_offered_in_their_ranges_and_credits_are_not() {
        let form = fields(Form::new(), "features", &features(&sold(), CREDIT_PACK), 0).encoded();
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        let value = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key == &format!("features[subscription_update]{name}"));
            found.map(|(_, value)| value.as_str())
        };
        assert_eq!(value("[products][0][prices][0]"), Some("price_start"));
        assert_eq!(value("[products][0][adjustable_quantity][enabled]"), Some("false"));
        assert_eq!(value("[products][1][product]"), Some("creel_scale"));
        let max = Plan::Scale.terms().quantity_max.to_string();
        assert_eq!(value("[products][1][adjustable_quantity][maximum]"), Some(max.as_str()));
        assert_eq!(value("[schedule_at_period_end][conditions][0][type]"), Some("decreasing_item_amount"));
        assert_eq!((value("[products][2][product]"), value("[proration_behavior]")), (None, Some("none")));
    }

    #[test]
    fn what_somebody_changed_is_seen() {
        let wanted = features(&sold(), CREDIT_PACK);
        let changed = |path: &str, value: Json| {
            let mut found = wanted.clone();
            *found.pointer_mut(path).unwrap() = value;
            found
        };
        let mut more = wanted.clone();
        more["subscription_cancel"]["cancellation_reason"] = json!({"enabled": false});
        more["customer_update"]["allowed_updates"] = json!(["address", "email"]);
        assert!(holds(&wanted, &wanted) && holds(&more, &wanted), "what Stripe adds is no change");
        assert!(holds(&changed("/subscription_update/products", Json::Null), &wanted), "Stripe leaves it out");
        for (path, value) in [
            ("/subscription_cancel/mode", json!("immediately")),
            ("/subscription_update/schedule_at_period_end/conditions", json!([])),
            ("/customer_update/allowed_updates", json!(["email"])),
            ("/subscription_update/products/1/adjustable_quantity/maximum", json!(99)),
            ("/invoice_history", Json::Null),
        ] {
            assert!(!holds(&changed(path, value), &wanted), "{path}");
        }
    }
}
