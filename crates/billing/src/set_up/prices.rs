//! The prices. What a price says of its amount and of its credits holds for ever, since paid invoices are read by it: other terms
//! are a new price, to which the lookup key moves. The one before stays good for the subscriptions that have it.

use creel_types::{PackTerms, plan::CURRENCY};

use super::{Outcome, Step};
use crate::{
    catalogue::{Sold, read_price},
    stripe::{StripeClient, StripeError, objects::Price, prices::NewPrice},
};

/// What was done, and the id of the price that is sold from now on.
pub(super) async fn ensure(client: &StripeClient, kind: Sold, pack: PackTerms) -> Result<(Step, String), StripeError> {
    let key = kind.lookup_key();
    let found = client.find_prices_by_lookup_keys(&[&key]).await?.into_iter().find(|price| price.active);
    let what = format!("price {key}");
    let step = match found {
        Some(price) if read_price(&price).is_some_and(|entry| entry.kind == kind && entry.is_sold_by(pack)) => {
            // One of another product would be left out of the portal, which lists prices by product.
            if price.product.as_str() == kind.product_id() {
                Step::new(what, Outcome::Unchanged, &price.id)
            } else {
                replace(client, kind, pack, what, &price).await?
            }
        }
        Some(price) if lacks_metadata_only(&price, kind, pack) => {
            client.update_price_metadata(&price.id, &kind.metadata(pack)).await?;
            Step::new(what, Outcome::Updated, &price.id).noted("it said nothing of credits")
        }
        Some(price) => replace(client, kind, pack, what, &price).await?,
        None => Step::new(what, Outcome::Created, &create(client, kind, pack).await?.id),
    };
    let id = step.id.clone();
    Ok((step, id))
}

async fn replace(
    client: &StripeClient,
    kind: Sold,
    pack: PackTerms,
    what: String,
    before: &Price,
) -> Result<Step, StripeError> {
    let made = create(client, kind, pack).await?;
    let note = format!("takes the place of {}, which stays as it is for those who have it", before.id);
    Ok(Step::new(what, Outcome::Created, &made.id).noted(note))
}

async fn create(client: &StripeClient, kind: Sold, pack: PackTerms) -> Result<Price, StripeError> {
    let new = NewPrice {
        product: kind.product_id(),
        currency: CURRENCY.to_owned(),
        unit_amount: kind.unit_amount(pack),
        monthly: kind.is_monthly(),
        lookup_key: kind.lookup_key(),
        metadata: kind.metadata(pack),
    };
    client.create_price(&new, None).await
}

/// Whether it would be the right price with our metadata, and has none that anything was granted by.
fn lacks_metadata_only(price: &Price, kind: Sold, pack: PackTerms) -> bool {
    let mended = Price { metadata: kind.metadata(pack), ..price.clone() };
    read_price(price).is_none()
        && price.product.as_str() == kind.product_id()
        && read_price(&mended).is_some_and(|entry| entry.is_sold_by(pack))
}
