//! One offer out of several statements: amount, full amount, availability. Owns the rule that the visible sale price wins over markup, and when
//! what is shown is good enough for that.

use creel_types::{
    Amount, Availability, AvailabilityStatus, Condition, Currency, Field, Offer, Price, SellerType, Source, Tax,
};

use crate::{
    merge::{Draft, Ordered, Readings},
    reading::{AvailabilityReading, OfferReading, Reading},
    sources::dom::Evidence,
};

/// What a shown price must score to overrule what is stated.
const OVERRULE_SCORE: f32 = 1.6;

/// What a shown price must score where nothing is stated.
const ALONE_SCORE: f32 = 0.5;

/// How often a stated price may be exceeded by a shown one before it is taken for something else.
const RATIO_MAX: i64 = 20;

#[derive(Clone, Copy, Debug)]
pub(super) struct Settled {
    pub amount: Amount,
    pub full: Option<Amount>,
    pub source: Source,
    pub full_source: Source,
}

/// The price of what the page shows, out of what is stated for it and what is shown.
pub(super) fn settle(stated: Option<(Amount, Option<Amount>, Source)>, readings: &Readings) -> Option<Settled> {
    let dom = &readings.dom;
    let best = dom.prices.iter().find(|price| !price.old);
    let Some((amount, full, source)) = stated.filter(|(amount, ..)| amount.is_positive()) else {
        let best = best.filter(|best| best.score >= ALONE_SCORE)?;
        let full = dom.reading.offer.full_amount.filter(|full| *full > best.amount);
        return Some(Settled { amount: best.amount, full, source: Source::Dom, full_source: Source::Dom });
    };
    let shown_full = dom.reading.offer.full_amount;
    let keep = |full: Option<Amount>| {
        let full_source = if full.is_some() { source } else { Source::Dom };
        Settled {
            amount,
            full: full.or(shown_full).filter(|full| *full > amount && plausible(*full, amount)),
            source,
            full_source,
        }
    };
    let Some(best) = best.filter(|best| dom.is_certain && best.score >= OVERRULE_SCORE) else { return Some(keep(full)) };
    if best.amount == amount || !plausible(best.amount, amount) || !plausible(amount, best.amount) {
        return Some(keep(full));
    }
    // The stated price is shown as a current one too, nearly as prominently: a range or a choice, not a contradiction.
    let also_shown = dom.prices.iter().any(|price| !price.old && price.amount == amount && price.score >= best.score - 0.6);
    if also_shown {
        return Some(keep(full));
    }
    let full = [Some(amount), full, shown_full].into_iter().flatten().filter(|full| *full > best.amount).max();
    Some(Settled {
        amount: best.amount,
        full,
        source: Source::Dom,
        full_source: if full == Some(amount) { source } else { Source::Dom },
    })
}

fn plausible(one: Amount, other: Amount) -> bool {
    one.scaled() <= other.scaled().saturating_mul(RATIO_MAX)
}

/// The offer of the product as a whole as stated: amount, full amount and where from.
pub(super) fn stated_price(readings: &Readings) -> Option<(Amount, Option<Amount>, Source)> {
    let order = [Source::JsonLd, Source::Microdata, Source::Platform, Source::OpenGraph, Source::Meta, Source::Rdfa];
    let ordered = Ordered::new(readings, &order);
    let (amount, source) = ordered.first(|reading| reading.offer.amount.filter(|amount| amount.is_positive()))?;
    // Markup that still states the regular price: another source states a lower one and calls this one the full price, or two agree on the lower.
    let lower = |reading: &&Reading| {
        reading.offer.amount.filter(|lower| *lower < amount && lower.is_positive() && plausible(amount, *lower))
    };
    let reduced = ordered.first(|reading| lower(&reading).filter(|_| reading.offer.full_amount == Some(amount)));
    let agreed = || {
        ordered.first(|reading| {
            lower(&reading).filter(|lower| ordered.each().filter(|other| other.offer.amount == Some(*lower)).count() >= 2)
        })
    };
    if let Some((lower, source)) = reduced.or_else(agreed) {
        return Some((lower, Some(amount), source));
    }
    let full = ordered.first(|reading| reading.offer.full_amount.filter(|full| *full > amount && plausible(*full, amount)));
    Some((amount, full.map(|found| found.0), source))
}

/// Whether it can be bought, out of what is stated and what is shown.
pub(super) fn availability(
    stated: Option<(AvailabilityReading, Source)>,
    readings: &Readings,
) -> (Availability, Option<Source>) {
    let shown = readings.dom.stock.clone();
    let (reading, source) = match (stated, shown) {
        (Some((stated, source)), Some((shown, evidence))) => {
            let denies = stated.status.in_stock()
                && !shown.status.in_stock()
                && evidence == Evidence::Strong
                && !readings.dom.can_buy;
            // Markup often speaks of one variant; a button that can be pressed speaks of any.
            let sells =
                !stated.status.in_stock() && shown.status.in_stock() && readings.dom.can_buy && readings.dom.is_certain;
            if denies || sells {
                (shown, Source::Dom)
            } else {
                (
                    AvailabilityReading {
                        text: stated.text.or(shown.text.filter(|_| shown.status.in_stock() == stated.status.in_stock())),
                        ..stated
                    },
                    source,
                )
            }
        }
        (Some(stated), None) => stated,
        (None, Some((shown, _))) => (shown, Source::Dom),
        (None, None) => {
            return (
                of_reading(AvailabilityReading { status: AvailabilityStatus::Unknown, quantity: None, text: None }),
                None,
            );
        }
    };
    (of_reading(reading), Some(source))
}

pub(super) fn of_reading(reading: AvailabilityReading) -> Availability {
    Availability {
        in_stock: reading.status.in_stock(),
        status: reading.status,
        quantity: reading.quantity,
        text: reading.text,
    }
}

/// The availability that is stated for the product as a whole.
pub(super) fn stated_availability(readings: &Readings) -> Option<(AvailabilityReading, Source)> {
    let order = [Source::JsonLd, Source::Microdata, Source::Platform, Source::OpenGraph, Source::Meta, Source::Rdfa];
    Ordered::new(readings, &order).first(|reading| reading.offer.availability.clone())
}

/// An offer with everything but price and availability from a reading.
pub(super) fn offer(
    reading: &OfferReading,
    price: Option<(Amount, Option<Amount>)>,
    availability: Availability,
    currency: Option<Currency>,
) -> Offer {
    let price = price.map(|(amount, full_amount)| Price { amount, full_amount, currency: reading.currency.or(currency) });
    Offer {
        price,
        availability,
        condition: reading.condition.unwrap_or(Condition::New),
        seller: reading.seller.clone(),
        seller_type: SellerType::Store,
        shipping: None,
        tax: reading.tax_included.map(|included| Tax { included: Some(included), rate: None }),
        promotions: Vec::new(),
        unit_price: reading.unit_price.clone(),
    }
}

/// Notes where price and availability came from.
pub(super) fn note(draft: &mut Draft, settled: Option<&Settled>, availability: Option<Source>) {
    if let Some(settled) = settled {
        draft.note(Field::Price, settled.source);
        if settled.full.is_some() {
            draft.note(Field::FullPrice, settled.full_source);
        }
    }
    if let Some(source) = availability {
        draft.note(Field::Availability, source);
    }
}
