//! The products: under ids of ours, so that there is never a second one.

use creel_types::PackTerms;

use super::{OURS, Outcome, Step};
use crate::{
    catalogue::Sold,
    stripe::{
        StripeClient, StripeError,
        objects::{Metadata, Product},
        products::ProductDetails,
    },
};

pub(super) async fn ensure(client: &StripeClient, kind: Sold, pack: PackTerms) -> Result<Step, StripeError> {
    let (id, wanted) = (kind.product_id(), details(kind, pack));
    let what = format!("product {}", wanted.name);
    Ok(match client.find_product(&id).await? {
        None => Step::new(what, Outcome::Created, &client.create_product(&id, &wanted).await?.id),
        Some(found) if is_as(&found, &wanted) => Step::new(what, Outcome::Unchanged, &id),
        Some(_) => Step::new(what, Outcome::Updated, &client.update_product(&id, &wanted).await?.id),
    })
}

fn details(kind: Sold, pack: PackTerms) -> ProductDetails {
    let credits = kind.credits_per_unit(pack);
    let (name, description) = match kind {
        Sold::Plan(plan) => (plan.terms().name, format!("{credits} credits a month")),
        Sold::Credits => ("credits", format!("{credits} credits, bought once")),
    };
    let metadata = Metadata::from([(OURS.to_owned(), "1".to_owned())]);
    ProductDetails { name: format!("Creel {name}"), description, metadata }
}

fn is_as(found: &Product, wanted: &ProductDetails) -> bool {
    found.active
        && found.name == wanted.name
        && found.description.as_ref() == Some(&wanted.description)
        && wanted.metadata.iter().all(|(key, value)| found.metadata.get(key) == Some(value))
}
