//! What items say, in words for people.

use creel_types::{EnglishReason, EvidenceSource, MediaReason, Review, ReviewReason, ReviewState, Signal, SizeKind};

use crate::parts::{Badge, Tone};

pub(super) fn review(review: &Review) -> Badge {
    review_state(review.state)
}

pub(super) fn review_state(state: ReviewState) -> Badge {
    match state {
        ReviewState::Ready => Badge::new(Tone::Good, "Ready"),
        ReviewState::NeedsReview => Badge::new(Tone::Warn, "Needs review"),
    }
}

pub(super) const fn review_reason(reason: ReviewReason) -> &'static str {
    match reason {
        ReviewReason::UnsureCategory => "There is no category, or one that is more likely wrong than right.",
        ReviewReason::ConflictingAttributes => "The shop says two things of one attribute. Both are kept.",
        ReviewReason::UnknownLanguage => "The language could not be told.",
        ReviewReason::NoPrice => "There is no price.",
        ReviewReason::UnreadSizes => "A size could not be understood.",
    }
}

pub(super) const fn signal(signal: Signal) -> &'static str {
    match signal {
        Signal::Discounted => "Discounted",
        Signal::LowStock => "Low stock",
        Signal::OutOfStock => "Out of stock",
        Signal::PartlyOutOfStock => "Partly out of stock",
        Signal::Preorder => "Preorder",
        Signal::Used => "Used",
        Signal::Promotion => "Promotion",
        Signal::SeveralSellers => "Several sellers",
        Signal::MissingPrice => "Price missing",
        Signal::MissingImages => "Pictures missing",
        Signal::MissingDescription => "Description missing",
        Signal::MissingBrand => "Brand missing",
        Signal::MissingIdentifiers => "Identifiers missing",
        Signal::MissingCategory => "Category missing",
    }
}

pub(super) const fn source(source: EvidenceSource) -> &'static str {
    match source {
        EvidenceSource::Title => "title",
        EvidenceSource::Brand => "brand",
        EvidenceSource::Breadcrumbs => "breadcrumbs",
        EvidenceSource::Options => "options",
        EvidenceSource::Properties => "properties",
        EvidenceSource::Description => "description",
        EvidenceSource::Offers => "offers",
        EvidenceSource::Url => "address",
        EvidenceSource::Model => "model",
    }
}

pub(super) const fn media_reason(reason: MediaReason) -> &'static str {
    match reason {
        MediaReason::Placeholder => "A placeholder",
        MediaReason::Logo => "A logo",
        MediaReason::Icon => "An icon",
        MediaReason::TooSmall => "Too small",
        MediaReason::Duplicate => "The same picture in another size",
        MediaReason::NotAPicture => "Not a picture",
    }
}

pub(super) const fn english_reason(reason: EnglishReason) -> &'static str {
    match reason {
        EnglishReason::NoModel => "No English text: the page is in another language, and no model is configured.",
        EnglishReason::ModelFailed => "No English text: the model gave nothing that could be used.",
        EnglishReason::UnknownLanguage => "No English text: the language could not be told.",
    }
}

pub(super) const fn size_kind(kind: SizeKind) -> &'static str {
    match kind {
        SizeKind::Clothing => "Clothing",
        SizeKind::Shoes => "Shoes",
        SizeKind::Bra => "Bra",
        SizeKind::Ring => "Ring",
        SizeKind::Kids => "Children",
        SizeKind::Jeans => "Jeans",
        SizeKind::Hat => "Hat",
        SizeKind::Gloves => "Gloves",
        SizeKind::Other => "Other",
    }
}

/// `shoe_width` as `Shoe width`.
pub(super) fn attribute(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `kg` as `a kilogram`.
pub(super) fn of_unit(unit: &str) -> String {
    match unit {
        "kg" => "a kilogram",
        "l" => "a litre",
        "m" => "a metre",
        "m2" => "a square metre",
        "piece" => "a piece",
        other => other,
    }
    .to_owned()
}

/// How sure a reading is: `sure, 97 %`.
pub(super) fn confidence(confidence: f64) -> String {
    let word = match confidence {
        ..0.5 => "unsure",
        0.5..0.75 => "likely",
        0.75..0.95 => "very likely",
        _ => "sure",
    };
    format!("{word}, {:.0} %", (confidence.clamp(0.0, 1.0) * 100.0).floor())
}

/// The class of a colour of the vocabulary, which the stylesheet paints; nothing for another word.
pub(super) fn swatch(attribute: &str, value: &str) -> &'static str {
    const COLORS: [&str; 16] = [
        "black",
        "white",
        "gray",
        "red",
        "orange",
        "yellow",
        "green",
        "blue",
        "purple",
        "pink",
        "brown",
        "beige",
        "gold",
        "silver",
        "multicolor",
        "transparent",
    ];
    let is_color = attribute == "color";
    COLORS.into_iter().find(|color| is_color && *color == value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_sure_something_is_is_never_rounded_up() {
        for (share, text) in [
            (0.999, "sure, 99 %"),
            (1.0, "sure, 100 %"),
            (0.8, "very likely, 80 %"),
            (0.75, "very likely, 75 %"),
            (0.5, "likely, 50 %"),
            (0.25, "unsure, 25 %"),
        ] {
            assert_eq!(confidence(share), text);
        }
    }

    #[test]
    fn names_are_read_as_words() {
        assert_eq!((attribute("shoe_width"), attribute("")), ("Shoe width".to_owned(), String::new()));
        assert_eq!((swatch("color", "red"), swatch("color", "puce"), swatch("material", "gold")), ("red", "", ""));
    }
}
