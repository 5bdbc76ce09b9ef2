//! What Creel sells, as Stripe's prices: found by their lookup keys, known by their metadata, which also say what a unit is worth.
//! A price that was replaced stays good for those who have it.

use std::fmt;

use creel_types::{Credits, PackTerms, Plan, plan::CURRENCY};
use thiserror::Error;

use crate::stripe::{
    StripeClient, StripeError,
    objects::{Metadata, Price},
};

/// In the metadata of a price: what it sells.
pub const PLAN: &str = "creel_plan";
/// In the metadata of a price: credits of one unit.
pub const CREDITS_PER_UNIT: &str = "creel_credits_per_unit";
/// Credits of one unit; a price that promises more is misspelled.
pub const CREDITS_PER_UNIT_MAX: i64 = 1_000_000_000;

/// A kind of thing that is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sold {
    /// By the month.
    Plan(Plan),
    /// Once.
    Credits,
}

/// What a price of Stripe's is to Creel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueEntry {
    pub kind: Sold,
    pub price_id: String,
    pub credits_per_unit: Credits,
    /// In hundredths of the currency.
    pub unit_amount: i64,
    /// As Stripe spells it.
    pub currency: String,
}

#[derive(Debug, Error)]
pub enum CatalogueError {
    #[error("{what}; run `creel billing setup-stripe`")]
    NotSetUp { what: String },
    #[error(transparent)]
    Stripe(#[from] StripeError),
}

impl Sold {
    pub const ALL: [Sold; 3] = [Sold::Plan(Plan::Start), Sold::Plan(Plan::Scale), Sold::Credits];

    /// As the metadata of a price says it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Sold::Plan(plan) => plan.as_str(),
            Sold::Credits => "credits",
        }
    }

    /// `None` for the trial, which has no price, and for what is not known.
    #[must_use]
    pub fn read(word: &str) -> Option<Sold> {
        Sold::ALL.into_iter().find(|sold| sold.word() == word)
    }

    /// The name under which the price that is sold now is found.
    #[must_use]
    pub fn lookup_key(self) -> String {
        match self {
            Sold::Plan(plan) => format!("creel_{plan}_monthly"),
            Sold::Credits => "creel_credits".to_owned(),
        }
    }

    /// The id of the product at Stripe.
    #[must_use]
    pub fn product_id(self) -> String {
        format!("creel_{}", self.word())
    }

    #[must_use]
    pub const fn is_monthly(self) -> bool {
        matches!(self, Sold::Plan(_))
    }

    #[must_use]
    pub const fn unit_amount(self, pack: PackTerms) -> i64 {
        match self {
            Sold::Plan(plan) => plan.terms().unit_price_cents,
            Sold::Credits => pack.price_cents,
        }
    }

    #[must_use]
    pub const fn credits_per_unit(self, pack: PackTerms) -> Credits {
        match self {
            Sold::Plan(plan) => plan.terms().unit_credits,
            Sold::Credits => pack.credits,
        }
    }

    #[must_use]
    pub const fn quantity_max(self, pack: PackTerms) -> i64 {
        match self {
            Sold::Plan(plan) => plan.terms().quantity_max,
            Sold::Credits => pack.quantity_max,
        }
    }

    /// What the metadata of its price is to be.
    #[must_use]
    pub fn metadata(self, pack: PackTerms) -> Metadata {
        let credits = self.credits_per_unit(pack).0.to_string();
        Metadata::from([(PLAN.to_owned(), self.word().to_owned()), (CREDITS_PER_UNIT.to_owned(), credits)])
    }
}

impl fmt::Display for Sold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl CatalogueEntry {
    /// Whether it is what is sold by these terms.
    #[must_use]
    pub fn is_sold_by(&self, pack: PackTerms) -> bool {
        self.currency == CURRENCY
            && self.unit_amount == self.kind.unit_amount(pack)
            && self.credits_per_unit == self.kind.credits_per_unit(pack)
    }
}

/// What the price sells, by its metadata; `None` where it is not of the catalogue. Also for prices that are sold no more.
#[must_use]
pub fn read_price(price: &Price) -> Option<CatalogueEntry> {
    let kind = Sold::read(price.metadata.get(PLAN)?)?;
    let credits: i64 = price.metadata.get(CREDITS_PER_UNIT)?.parse().ok()?;
    let is_monthly = price.recurring.as_ref().is_some_and(|every| every.interval == "month" && every.interval_count == 1);
    // A plan by the year, or one that is paid once, was made by somebody else: a unit of it is not what is said here.
    let fits = (1..=CREDITS_PER_UNIT_MAX).contains(&credits)
        && if kind.is_monthly() { is_monthly } else { price.recurring.is_none() };
    Some(CatalogueEntry {
        kind,
        price_id: price.id.clone(),
        credits_per_unit: Credits(credits),
        unit_amount: price.unit_amount.filter(|amount| fits && *amount > 0)?,
        currency: price.currency.clone(),
    })
}

/// The prices that are sold now, in the order of [`Sold::ALL`]. Fails unless they are those of these terms: nobody is to pay
/// anything else than what Creel's pages say.
pub async fn find_current_prices(
    client: &StripeClient,
    pack: PackTerms,
) -> Result<[CatalogueEntry; Sold::ALL.len()], CatalogueError> {
    let keys = Sold::ALL.map(Sold::lookup_key);
    let prices = client.find_prices_by_lookup_keys(&keys.each_ref().map(String::as_str)).await?;
    let [start, scale, credits] = Sold::ALL.map(|sold| current(sold, &prices, pack));
    Ok([start?, scale?, credits?])
}

/// The price that is sold now for one thing.
pub async fn find_current_price(
    client: &StripeClient,
    sold: Sold,
    pack: PackTerms,
) -> Result<CatalogueEntry, CatalogueError> {
    current(sold, &client.find_prices_by_lookup_keys(&[&sold.lookup_key()]).await?, pack)
}

fn current(sold: Sold, prices: &[Price], pack: PackTerms) -> Result<CatalogueEntry, CatalogueError> {
    let key = sold.lookup_key();
    let not_set_up = |what: String| CatalogueError::NotSetUp { what };
    let price = prices.iter().find(|price| price.active && price.lookup_key.as_ref() == Some(&key));
    let price = price.ok_or_else(|| not_set_up(format!("Stripe has no active price with the lookup key {key}")))?;
    let entry = read_price(price).filter(|entry| entry.kind == sold && entry.is_sold_by(pack));
    entry.ok_or_else(|| not_set_up(format!("the price {} with the lookup key {key} is not what is sold here", price.id)))
}

#[cfg(test)]
mod tests {
    use creel_types::CREDIT_PACK;
    use serde_json::json;

    use super::*;

    fn price(word: &str, credits: &str, amount: i64, interval: Option<&str>) -> Price {
        let recurring = interval.map(|interval| json!({"interval": interval, "interval_count": 1}));
        serde_json::from_value(json!({
            "id": "price_1", "active": true, "currency": "usd", "unit_amount": amount, "recurring": recurring, "product": "creel_start",
            "lookup_key": "creel_start_monthly", "metadata": {"creel_plan": word, "creel_credits_per_unit": credits},
        }))
        .unwrap()
    }

    #[test]
    fn prices_are_known_by_what_they_say() {
        let start = read_price(&price("start", "10000", 2_900, Some("month"))).unwrap();
        assert_eq!((start.kind, start.credits_per_unit), (Sold::Plan(Plan::Start), Credits(10_000)));
        assert!(start.is_sold_by(CREDIT_PACK));
        let earlier = read_price(&price("start", "8000", 1_900, Some("month"))).unwrap();
        assert!(!earlier.is_sold_by(CREDIT_PACK), "and is good for those who have it");
        assert_eq!(read_price(&price("credits", "10000", 2_900, None)).map(|entry| entry.kind), Some(Sold::Credits));
        for (word, credits, amount, interval) in [
            ("trial", "5000", 100, Some("month")),
            ("gold", "10000", 2_900, Some("month")),
            ("start", "", 2_900, Some("month")),
            ("start", "-1", 2_900, Some("month")),
            ("start", "99999999999", 2_900, Some("month")),
            ("start", "10000", 0, Some("month")),
            ("start", "10000", 2_900, Some("year")),
            ("start", "10000", 2_900, None),
            ("credits", "10000", 2_900, Some("month")),
        ] {
            assert_eq!(read_price(&price(word, credits, amount, interval)), None, "{word} {credits} {amount} {interval:?}");
        }
    }

    #[test]
    fn the_keys_are_those_that_were_decided() {
        assert_eq!(Sold::ALL.map(Sold::lookup_key), ["creel_start_monthly", "creel_scale_monthly", "creel_credits"]);
        assert_eq!(Sold::ALL.map(Sold::product_id), ["creel_start", "creel_scale", "creel_credits"]);
    }

    #[test]
    fn what_is_shown_is_what_is_paid() {
        let start = Sold::Plan(Plan::Start);
        let good = price("start", "10000", 2_900, Some("month"));
        assert_eq!(current(start, std::slice::from_ref(&good), CREDIT_PACK).unwrap().price_id, "price_1");
        let archived = Price { active: false, ..good.clone() };
        let dearer = price("start", "10000", 3_900, Some("month"));
        for prices in [vec![], vec![archived], vec![dearer]] {
            let error = current(start, &prices, CREDIT_PACK).unwrap_err().to_string();
            assert!(error.contains("creel_start_monthly") && error.ends_with("run `creel billing setup-stripe`"), "{error}");
        }
        assert!(current(Sold::Plan(Plan::Scale), &[good], CREDIT_PACK).is_err());
    }
}
