//! Which products are not ordinary, and how. Refuses to act: pages and answers look here and behave accordingly.

use super::truth::{Expected, Reason};

/// What is special about one product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Twist {
    Ordinary,
    PriceOnRequest,
    NoImage,
    /// Sold out, with its price.
    SoldOut,
    /// Sold out, and the price is gone too.
    SoldOutNoPrice,
    /// Lives under `/private/`, which robots_txt forbids, and is linked like any other.
    Private,
    /// Lives under `/private/open/`, which a longer rule allows again.
    PrivateOpen,
    /// Status 403 and a challenge.
    Challenge,
    /// Status 500 for ever.
    ServerError,
    /// Takes its time.
    Slow,
    /// 503 with `Retry-After: 1` at the first request, then well.
    UnavailableOnce,
    NeedsJavaScript,
    /// Linked only with rel=nofollow.
    NofollowLink,
    /// Linked only from a page whose robots meta says nofollow.
    NofollowPage,
    /// In a sitemap and nowhere else.
    SitemapOnly,
    /// Its JSON-LD has a comma too many.
    TrailingComma,
    /// Its JSON-LD has a line break inside a string.
    RawNewline,
    /// Also found under `/sale/`, with the same canonical link and product id.
    TwoPaths,
}

impl Twist {
    /// The twist of a section's product by position.
    pub(crate) fn of(section: &str, index: usize) -> Twist {
        TWISTS.iter().find(|(_, places)| places.contains(&(section, index))).map_or(Twist::Ordinary, |(twist, _)| *twist)
    }

    pub(crate) fn expected(self) -> Expected {
        match self {
            Twist::PriceOnRequest | Twist::SoldOutNoPrice => Expected::Nothing(Reason::NoPrice),
            Twist::NoImage => Expected::Nothing(Reason::NoImage),
            Twist::Private => Expected::Nothing(Reason::RobotsTxtForbids),
            Twist::Challenge => Expected::Nothing(Reason::Blocked),
            Twist::ServerError => Expected::Nothing(Reason::ServerError),
            Twist::NeedsJavaScript => Expected::Nothing(Reason::NeedsJavaScript),
            Twist::NofollowLink | Twist::NofollowPage => Expected::Nothing(Reason::OnlyNofollowLinks),
            _ => Expected::Capture,
        }
    }

    pub(crate) fn has_price(self) -> bool {
        !matches!(self, Twist::PriceOnRequest | Twist::SoldOutNoPrice)
    }

    pub(crate) fn sold_out(self) -> bool {
        matches!(self, Twist::SoldOut | Twist::SoldOutNoPrice)
    }

    /// Whether listings, carousels and sitemaps may link to it. Sitemaps also hold [`Twist::SitemapOnly`].
    pub(crate) fn listed(self) -> bool {
        !matches!(self, Twist::NofollowLink | Twist::NofollowPage | Twist::SitemapOnly)
    }
}

/// Section keys with positions. Sections have between 17 and 38 products, so every position exists; a test checks it.
type Places = &'static [(&'static str, usize)];

const TWISTS: [(Twist, Places); 17] = [
    (Twist::PriceOnRequest, &[("outdoor", 5), ("kueche", 7), ("audio", 4), ("taschen", 6), ("ogrod", 9)]),
    (Twist::NoImage, &[("calcados", 3), ("beaute", 8), ("bungu", 5)]),
    (
        Twist::SoldOut,
        &[
            ("outdoor", 2),
            ("outdoor", 14),
            ("kueche", 3),
            ("kueche", 20),
            ("calcados", 5),
            ("textiles", 6),
            ("beaute", 4),
            ("audio", 9),
            ("audio", 33),
            ("hem", 3),
            ("taschen", 5),
            ("taschen", 25),
            ("bungu", 8),
            ("ogrod", 4),
        ],
    ),
    (Twist::SoldOutNoPrice, &[("hem", 6), ("ogrod", 12)]),
    (Twist::Private, &[("outdoor", 16), ("outdoor", 17), ("taschen", 18), ("textiles", 12)]),
    (Twist::PrivateOpen, &[("outdoor", 18)]),
    (Twist::Challenge, &[("audio", 10)]),
    (Twist::ServerError, &[("hem", 10)]),
    (Twist::Slow, &[("beaute", 12)]),
    (Twist::UnavailableOnce, &[("ogrod", 15)]),
    (Twist::NeedsJavaScript, &[("calcados", 12)]),
    (Twist::NofollowLink, &[("outdoor", 19)]),
    (Twist::NofollowPage, &[("textiles", 13)]),
    (Twist::SitemapOnly, &[("kueche", 22), ("hem", 18), ("bungu", 18)]),
    (Twist::TrailingComma, &[("outdoor", 8), ("kueche", 9)]),
    (Twist::RawNewline, &[("calcados", 6), ("textiles", 5)]),
    (Twist::TwoPaths, &[("outdoor", 3), ("beaute", 5), ("taschen", 9)]),
];

#[cfg(test)]
mod tests {
    use super::{super::sections::SECTIONS, *};

    #[test]
    fn every_position_exists_and_is_named_once() {
        let mut seen = std::collections::BTreeSet::new();
        for place in TWISTS.iter().flat_map(|(_, places)| places.iter()) {
            let section = SECTIONS.iter().find(|section| section.key == place.0);
            assert!(section.is_some_and(|section| place.1 < section.size()), "{place:?}");
            assert!(seen.insert(place), "{place:?} has two twists");
        }
    }
}
