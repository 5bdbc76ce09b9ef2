//! The closed list of word stems in class and id that tell an element's role, and the mark each one sets: the only place to add one.

/// Where in a word a stem may stand. Words end at anything but a letter and at a capital in camel case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fit {
    /// Long enough never to be part of an unrelated word.
    Anywhere,
    /// Only at a word's start.
    Start,
    /// Only a whole word, or its plural in "s".
    Word,
}

macro_rules! stems {
    ($($(#[$doc:meta])* $mark:ident: $($stem:literal $fit:ident),+;)*) => {
        /// What a class or id word can say of an element.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        #[repr(u8)]
        pub enum Mark { $($(#[$doc])* $mark,)* }

        impl Mark {
            /// Every mark, in order of its bit.
            pub const ALL: &'static [Mark] = &[$(Mark::$mark,)*];
        }

        /// A stem, where it may stand, what it says. A hyphen matches a hyphen, an underscore, or nothing.
        pub(super) const STEMS: &[(&str, Fit, Mark)] = &[$($(($stem, Fit::$fit, Mark::$mark),)+)*];
    };
}

stems! {
    /// Amounts of money.
    Price: "price" Anywhere, "preis" Anywhere, "prix" Start, "precio" Anywhere, "prezzo" Anywhere, "prijs" Anywhere,
        "preco" Anywhere, "cena" Word;
    Sale: "sale" Word, "onsale" Anywhere, "on-sale" Anywhere, "sale-price" Anywhere;
    Old: "old" Word, "old-price" Anywhere, "former" Word, "previous-price" Anywhere, "prev-price" Anywhere;
    Was: "was" Word, "was-price" Anywhere;
    Compare: "compare" Anywhere;
    Regular: "regular" Anywhere, "full-price" Anywhere, "original-price" Anywhere, "normal-price" Anywhere;
    Special: "special" Anywhere;
    Current: "current" Anywhere, "now" Word, "final" Word, "final-price" Anywhere, "actual-price" Anywhere;
    Discount: "discount" Anywhere, "rabat" Start, "reduced" Anywhere, "promo" Start;
    Save: "save" Word, "saving" Anywhere;
    Msrp: "msrp" Anywhere, "rrp" Word, "uvp" Word, "list-price" Anywhere, "retail-price" Anywhere;
    Strike: "strike" Anywhere, "crossed" Anywhere, "line-through" Anywhere;
    /// A price by weight, length or piece.
    Unit: "unit" Word, "unit-price" Anywhere, "grundpreis" Anywhere, "base-price" Anywhere, "price-per" Anywhere;
    Installment: "installment" Anywhere, "instalment" Anywhere, "klarna" Anywhere, "afterpay" Anywhere, "affirm" Word,
        "monthly" Anywhere, "financ" Start;
    Currency: "currency" Anywhere;
    /// The part of a price that is set smaller.
    Cents: "cents" Anywhere, "decimal" Anywhere, "fraction" Anywhere;
    Stock: "stock" Anywhere, "inventory" Anywhere;
    Availability: "availab" Anywhere, "verfuegbar" Anywhere;
    InStock: "in-stock" Anywhere;
    OutOfStock: "out-of-stock" Anywhere, "sold-out" Anywhere, "unavailable" Anywhere, "no-stock" Anywhere;
    AddToCart: "add-to-cart" Anywhere, "add-to-bag" Anywhere, "add-to-basket" Anywhere, "buy" Word, "buy-now" Anywhere,
        "buy-box" Anywhere;
    Cart: "cart" Word, "mini-cart" Anywhere, "basket" Anywhere, "checkout" Anywhere;
    Gallery: "gallery" Anywhere;
    Thumb: "thumb" Anywhere;
    Zoom: "zoom" Anywhere;
    Image: "image" Anywhere, "img" Word, "photo" Anywhere, "picture" Anywhere;
    Breadcrumb: "breadcrumb" Anywhere, "crumb" Anywhere;
    /// Any of a product's numbers.
    Sku: "sku" Start, "mpn" Word, "gtin" Anywhere, "ean" Word, "item-number" Anywhere, "item-no" Word,
        "article-number" Anywhere, "artikelnummer" Anywhere, "product-code" Anywhere, "product-number" Anywhere,
        "model-number" Anywhere, "part-number" Anywhere;
    Brand: "brand" Anywhere, "manufacturer" Anywhere, "vendor" Anywhere, "designer" Anywhere;
    Variant: "variant" Anywhere, "variation" Anywhere;
    Swatch: "swatch" Anywhere;
    Option: "option" Anywhere;
    Size: "size" Word;
    Color: "color" Anywhere, "colour" Anywhere, "farbe" Anywhere;
    Quantity: "quantity" Anywhere, "qty" Anywhere;
    Product: "product" Anywhere, "produkt" Anywhere, "prod" Word, "pdp" Word;
    Title: "title" Anywhere;
    Name: "name" Word, "product-name" Anywhere, "itemname" Anywhere;
    Description: "description" Anywhere, "desc" Word;
    Spec: "spec" Word, "specification" Anywhere, "datasheet" Anywhere;
    Attribute: "attribute" Anywhere, "feature" Anywhere;
    Detail: "detail" Anywhere;
    Table: "table" Word;
    Review: "review" Anywhere;
    Rating: "rating" Anywhere, "star" Word;
    Shipping: "shipping" Anywhere, "delivery" Anywhere;
    /// One of many products in a list.
    Card: "card" Word, "tile" Word, "product-item" Anywhere, "product-card" Anywhere, "product-tile" Anywhere,
        "grid-item" Anywhere;
    Carousel: "carousel" Anywhere, "slider" Anywhere, "swiper" Anywhere, "slick" Start, "splide" Anywhere,
        "flickity" Anywhere, "owl" Word;
    Related: "related" Anywhere;
    Recommend: "recommend" Anywhere, "you-may" Anywhere, "also-like" Anywhere, "also-bought" Anywhere,
        "also-viewed" Anywhere, "reco" Word;
    Similar: "similar" Anywhere;
    Upsell: "upsell" Anywhere, "up-sell" Anywhere;
    CrossSell: "cross-sell" Anywhere;
    Recently: "recently" Anywhere, "recent-view" Anywhere;
    Header: "header" Anywhere;
    Footer: "footer" Anywhere;
    Nav: "nav" Word, "navbar" Anywhere, "navigation" Anywhere;
    Menu: "menu" Anywhere;
    Sidebar: "sidebar" Anywhere, "aside" Word;
    Modal: "modal" Anywhere, "popup" Anywhere, "overlay" Anywhere, "drawer" Anywhere, "lightbox" Anywhere;
    Cookie: "cookie" Anywhere, "consent" Anywhere, "gdpr" Anywhere;
    Newsletter: "newsletter" Anywhere, "subscribe" Anywhere;
    /// Said to be unseen.
    Hidden: "hidden" Anywhere, "hide" Word, "sr-only" Anywhere, "invisible" Anywhere, "d-none" Anywhere;
    Main: "main" Word;
}

/// One bit each.
const _: () = assert!(Mark::ALL.len() <= 64);
