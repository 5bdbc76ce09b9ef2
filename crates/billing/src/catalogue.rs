//! What Creel sells, as Stripe's prices: found by their lookup keys, known by their metadata, which also say what a unit is worth.
//! A price that was replaced stays good for those who have it.

use creel_types::{Credits, Plan};

use crate::stripe::objects::Price;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sold {
    Plan(Plan),
    Credits,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueEntry {
    pub kind: Sold,
    pub price_id: String,
    pub credits_per_unit: Credits,
    pub unit_amount: i64,
    pub currency: String,
}

#[must_use]
pub fn read_price(price: &Price) -> Option<CatalogueEntry> {
    let kind = match price.metadata.get("creel_plan")?.as_str() {
        "start" => Sold::Plan(Plan::Start),
        "scale" => Sold::Plan(Plan::Scale),
        "credits" => Sold::Credits,
        _ => return None,
    };
    Some(CatalogueEntry {
        kind,
        price_id: price.id.clone(),
        credits_per_unit: Credits(price.metadata.get("creel_credits_per_unit")?.parse().ok()?),
        unit_amount: price.unit_amount?,
        currency: price.currency.clone(),
    })
}

pub async fn find_current_prices(
    client: &crate::stripe::StripeClient,
) -> Result<Vec<CatalogueEntry>, crate::stripe::StripeError> {
    let found = client.find_prices_by_lookup_keys(&["creel_start_monthly", "creel_scale_monthly", "creel_credits"]).await?;
    Ok(found.iter().filter_map(read_price).collect())
}
