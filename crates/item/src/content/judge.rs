//! Signals and review, which look at the whole item and at nothing else.

use creel_types::{AvailabilityStatus, Condition, ItemContent, Offer, ReviewReason, ReviewState, Signal};
use rustc_hash::FxHashSet;

use super::noise;

/// Pieces in stock from which stock is low.
const LOW_STOCK_MAX: i64 = 5;
/// Confidence under which a category is more likely wrong than right.
const CATEGORY_SURE_MIN: f64 = 0.5;

/// Sets signals and review; reasons that are there already stay.
pub fn judge(item: &mut ItemContent) {
    item.signals = Signal::ALL.iter().copied().filter(|signal| shows(item, *signal)).collect();
    let asked: Vec<ReviewReason> = ReviewReason::ALL
        .iter()
        .copied()
        .filter(|reason| item.review.reasons.contains(reason) || asks(item, *reason))
        .collect();
    item.review.state = if asked.is_empty() { ReviewState::Ready } else { ReviewState::NeedsReview };
    item.review.reasons = asked;
}

fn shows(item: &ItemContent, signal: Signal) -> bool {
    let offers = || item.offers.iter().flat_map(|sku| &sku.offers);
    let any = |test: fn(&Offer) -> bool| offers().any(test);
    match signal {
        Signal::Discounted => offers()
            .filter_map(|offer| offer.price.as_ref())
            .any(|price| price.full_amount.is_some_and(|full| full > price.amount)),
        Signal::LowStock => any(|offer| {
            let stock = &offer.availability;
            stock.status == AvailabilityStatus::Limited
                || stock.in_stock && stock.quantity.is_some_and(|left| (1..=LOW_STOCK_MAX).contains(&left))
        }),
        Signal::OutOfStock => offers().next().is_some() && !any(|offer| offer.availability.in_stock),
        Signal::PartlyOutOfStock => {
            let sold_out = |offers: &[Offer]| !offers.is_empty() && offers.iter().all(|offer| !offer.availability.in_stock);
            any(|offer| offer.availability.in_stock) && item.offers.iter().any(|sku| sold_out(&sku.offers))
        }
        Signal::Preorder => any(|offer| offer.availability.status == AvailabilityStatus::Preorder),
        Signal::Used => {
            any(|offer| matches!(offer.condition, Condition::Used | Condition::Refurbished | Condition::Damaged))
        }
        Signal::Promotion => any(|offer| !offer.promotions.is_empty()),
        Signal::SeveralSellers => {
            let sellers: FxHashSet<String> = offers().filter_map(|offer| offer.seller.as_deref()).map(noise::key).collect();
            sellers.len() > 1
        }
        Signal::MissingPrice => !has_price(item),
        Signal::MissingImages => !item.media.iter().any(|one| one.selected),
        Signal::MissingDescription => item.description.is_none(),
        Signal::MissingBrand => item.brand.is_none(),
        Signal::MissingIdentifiers => item.identifiers.is_empty(),
        Signal::MissingCategory => item.category.is_none(),
    }
}

fn asks(item: &ItemContent, reason: ReviewReason) -> bool {
    match reason {
        ReviewReason::UnsureCategory => {
            item.category.as_ref().is_none_or(|category| category.confidence < CATEGORY_SURE_MIN)
        }
        ReviewReason::ConflictingAttributes => item.attributes.iter().any(|one| one.conflicting),
        ReviewReason::UnknownLanguage => item.language.is_none(),
        ReviewReason::NoPrice => !has_price(item),
        // Only who read the sizes knows; it is set there.
        ReviewReason::UnreadSizes => false,
    }
}

fn has_price(item: &ItemContent) -> bool {
    item.offers.iter().flat_map(|sku| &sku.offers).any(|offer| offer.price.is_some())
}
