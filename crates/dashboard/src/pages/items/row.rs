//! An item as a row of the list.

use creel_media::Width;
use creel_types::{Attribute, Item, ItemContent, ItemId, ReviewState};

use super::{tree::last_two, words};
use crate::{
    Dashboard,
    member::Member,
    parts::{Badge, Flag},
    price,
};

/// Attributes that a row shows.
const CHIPS_MAX: usize = 4;

pub(super) struct Row {
    pub(super) id: ItemId,
    pub(super) title: String,
    pub(super) picture: String,
    pub(super) brand: String,
    pub(super) category: String,
    /// The whole path, to point at.
    pub(super) path: String,
    pub(super) chips: Vec<Chip>,
    pub(super) price: String,
    pub(super) flag: String,
    pub(super) store: String,
    pub(super) review: Badge,
    pub(super) needs_review: bool,
}

/// A value of an attribute.
pub(super) struct Chip {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) swatch: &'static str,
}

pub(super) fn row(dashboard: &Dashboard, member: &Member, item: Item) -> Row {
    let content = item.content;
    Row {
        id: item.id,
        picture: dashboard.media(&member.session, picture(&content).unwrap_or_default(), Width::Thumbnail),
        brand: content.brand.as_ref().map(|brand| brand.name.clone()).unwrap_or_default(),
        category: content.category.as_ref().map(|category| last_two(&category.path)).unwrap_or_default(),
        path: content.category.as_ref().map(|category| category.path.clone()).unwrap_or_default(),
        chips: chips(&content.attributes),
        price: price::range(content.min_price, content.max_price, content.currency),
        flag: Flag::of(&dashboard.base(), item.country_code).to_string(),
        store: item.store,
        review: words::review(&content.review),
        needs_review: content.review.state == ReviewState::NeedsReview,
        title: shown_title(&content).to_owned(),
    }
}

/// In English where there is one.
pub(super) fn shown_title(content: &ItemContent) -> &str {
    content.title_en.as_deref().unwrap_or(&content.title)
}

pub(super) fn picture(content: &ItemContent) -> Option<&str> {
    content.media.iter().find(|media| media.selected).map(|media| media.url.as_str())
}

/// Colors first: they are told apart at a glance.
fn chips(attributes: &[Attribute]) -> Vec<Chip> {
    let (colors, rest): (Vec<_>, Vec<_>) = attributes.iter().partition(|attribute| attribute.name == "color");
    colors.into_iter().chain(rest).take(CHIPS_MAX).map(chip).collect()
}

fn chip(attribute: &Attribute) -> Chip {
    Chip {
        name: words::attribute(&attribute.name),
        text: value(attribute),
        swatch: words::swatch(&attribute.name, &attribute.value),
    }
}

/// `0.5 kg`, `80 % cotton`.
pub(super) fn value(attribute: &Attribute) -> String {
    let value = match &attribute.unit {
        Some(unit) => format!("{} {unit}", attribute.value),
        None => attribute.value.clone(),
    };
    match attribute.share {
        Some(share) => format!("{} % {value}", share.decimal().normalize()),
        None => value,
    }
}
