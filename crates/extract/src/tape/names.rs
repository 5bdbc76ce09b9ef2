//! The names the parser knows: element names ([`Tag`]) and attribute names ([`Attr`]), and the lookup from source bytes to them.
//! A name outside the two lists is `Unknown` and keeps its spelling in the source; the lists hold what tree rules or sources ask for.
//! Refuses to know what a name means for the tree (see `tags.rs`).

use super::lanes::lower_case;

/// Names up to this many bytes are told apart by their key alone; a longer known name is compared byte by byte as well.
const KEY_BYTES: usize = super::lanes::BLOCK;

/// Slots of one lookup table: a power of two, about eight times the names, so that nearly every probe is the first.
const SLOTS: usize = 1024;

/// The key of a name: its first bytes in lower case, as [`super::lanes::Block::name_key`] reads them from the page.
pub(super) const fn key_of(name: &[u8]) -> u128 {
    let (mut key, mut i) = (0u128, 0);
    while i < name.len() && i < KEY_BYTES {
        key |= (name[i] as u128) << (8 * i);
        i += 1;
    }
    lower_case(key)
}

#[inline(always)]
const fn slot_of(key: u128) -> usize {
    let folded = (key as u64) ^ ((key >> 64) as u64).rotate_left(23);
    (folded.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> (64 - SLOTS.ilog2())) as usize
}

macro_rules! names {
    ($(#[$doc:meta])* $kind:ident, $table:ident, $keys:ident, $($variant:ident $text:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        #[repr(u8)]
        pub enum $kind { Unknown, $($variant,)* }

        impl $kind {
            /// Every known name, in order of its number; the first is `Unknown`.
            pub const ALL: &'static [$kind] = &[$kind::Unknown, $($kind::$variant,)*];

            const NAMES: &'static [&'static str] = &["", $($text,)*];

            /// How many numbers there are, `Unknown` included.
            pub const COUNT: usize = Self::ALL.len();

            /// The lower-case name; empty for `Unknown`, whose name only the element or attribute itself can tell.
            pub fn name(self) -> &'static str {
                Self::NAMES[self as usize]
            }

            /// The known name equal to `name`, ignoring ASCII case.
            pub fn find(name: &str) -> Option<$kind> {
                match Self::lookup(key_of(name.as_bytes()), name.as_bytes()) {
                    $kind::Unknown => None,
                    known => Some(known),
                }
            }

            /// The known name with this key, or `Unknown`; `bytes` is the name as the source spells it.
            #[inline(always)]
            pub(super) fn lookup(key: u128, bytes: &[u8]) -> $kind {
                let mut slot = slot_of(key);
                loop {
                    let found = $table[slot];
                    if found as u8 == 0 {
                        return $kind::Unknown;
                    }
                    if $keys[found as usize] == key {
                        let name = $kind::NAMES[found as usize];
                        let short = name.len() <= KEY_BYTES;
                        if name.len() == bytes.len() && (short || name.as_bytes().eq_ignore_ascii_case(bytes)) {
                            return found;
                        }
                    }
                    slot = (slot + 1) % SLOTS;
                }
            }
        }

        static $keys: [u128; $kind::COUNT] = {
            let mut keys = [0; $kind::COUNT];
            let mut i = 1;
            while i < $kind::COUNT {
                keys[i] = key_of($kind::NAMES[i].as_bytes());
                i += 1;
            }
            keys
        };

        static $table: [$kind; SLOTS] = {
            let mut table = [$kind::Unknown; SLOTS];
            let mut i = 1;
            while i < $kind::COUNT {
                let mut slot = slot_of(key_of($kind::NAMES[i].as_bytes()));
                while table[slot] as u8 != 0 {
                    slot = (slot + 1) % SLOTS;
                }
                table[slot] = $kind::ALL[i];
                i += 1;
            }
            table
        };
    };
}

names! {
    /// An element name. Numbers below 128 can be open (they have a bit in a [`super::tags::TagSet`]); void elements come after them.
    Tag, TAG_TABLE, TAG_KEYS,
    Html "html", Head "head", Body "body", Title "title", Style "style", Script "script",
    NoScript "noscript", Template "template", Section "section", Nav "nav", Article "article",
    Aside "aside", H1 "h1", H2 "h2", H3 "h3", H4 "h4", H5 "h5", H6 "h6", HGroup "hgroup", Header "header",
    Footer "footer", Address "address", Main "main", Search "search", P "p", Pre "pre",
    BlockQuote "blockquote", Ol "ol", Ul "ul", Menu "menu", Li "li", Dl "dl", Dt "dt", Dd "dd",
    Figure "figure", FigCaption "figcaption", Div "div", A "a", Em "em", Strong "strong", Small "small",
    S "s", Cite "cite", Q "q", Abbr "abbr", Ruby "ruby", Rt "rt", Rp "rp", Rb "rb", Rtc "rtc", Data "data",
    Time "time", Code "code", Var "var", Samp "samp", Kbd "kbd", Sub "sub", Sup "sup", I "i", B "b", U "u",
    Mark "mark", Span "span", Ins "ins", Del "del", Picture "picture", IFrame "iframe", Object "object",
    Video "video", Audio "audio", Map "map", Svg "svg", Math "math", Table "table", Caption "caption",
    ColGroup "colgroup", TBody "tbody", THead "thead", TFoot "tfoot", Tr "tr", Td "td", Th "th",
    Form "form", Label "label", Button "button", Select "select", DataList "datalist", OptGroup "optgroup",
    Option "option", TextArea "textarea", Output "output", Progress "progress", Meter "meter",
    FieldSet "fieldset", Legend "legend", Details "details", Summary "summary", Dialog "dialog",
    Slot "slot", Canvas "canvas", Applet "applet", Dir "dir", FrameSet "frameset", NoFrames "noframes",
    Listing "listing", NoEmbed "noembed", PlainText "plaintext", Strike "strike", Xmp "xmp", Big "big",
    Center "center", Font "font", Marquee "marquee", NoBr "nobr", Tt "tt",
    // Names that may be added later go here: void elements must stay last, so that every other one keeps a bit.
    Area "area", Base "base", BaseFont "basefont", BgSound "bgsound", Br "br", Col "col", Embed "embed",
    Frame "frame", Hr "hr", Img "img", Input "input", KeyGen "keygen", Link "link", Meta "meta",
    Param "param", Source "source", Track "track", Wbr "wbr",
}

names! {
    /// An attribute name. Only these have a list of their elements ([`super::Document::with_attr`]); at most 127, one bit each.
    Attr, ATTR_TABLE, ATTR_KEYS,
    Id "id", Class "class", Href "href", Src "src", Content "content", Name "name", Property "property",
    ItemProp "itemprop", ItemScope "itemscope", ItemType "itemtype", ItemId "itemid", ItemRef "itemref",
    Type "type", Value "value", Rel "rel", Lang "lang", Title "title", Alt "alt", Charset "charset",
    HttpEquiv "http-equiv", Action "action", Method "method", For "for", Placeholder "placeholder",
    Style "style", Selected "selected", Checked "checked", Disabled "disabled", Hidden "hidden",
    SrcSet "srcset", Sizes "sizes", Media "media", TypeOf "typeof", Vocab "vocab", Resource "resource",
    About "about", DataType "datatype", Datetime "datetime", Role "role", Label "label", Width "width",
    Height "height", Target "target", Hreflang "hreflang", Colspan "colspan", Rowspan "rowspan",
    TabIndex "tabindex", Min "min", Max "max", Step "step", Onclick "onclick", AriaLabel "aria-label",
    AriaHidden "aria-hidden", AriaCurrent "aria-current", AriaDisabled "aria-disabled",
    AriaExpanded "aria-expanded", AriaChecked "aria-checked", AriaSelected "aria-selected",
    DataId "data-id", DataName "data-name", DataValue "data-value", DataLabel "data-label",
    DataTypeName "data-type", DataSrc "data-src", DataSrcset "data-srcset", DataOriginal "data-original",
    DataLazy "data-lazy", DataLazySrc "data-lazy-src", DataImage "data-image", DataImg "data-img",
    DataLargeImage "data-large-image", DataZoomImage "data-zoom-image", DataZoom "data-zoom",
    DataUrl "data-url", DataHref "data-href", DataLink "data-link", DataIndex "data-index",
    DataKey "data-key", DataProduct "data-product", DataProductId "data-product-id",
    DataProductSku "data-product-sku", DataProductName "data-product-name",
    DataProductIdJoined "data-productid", DataPid "data-pid", DataSku "data-sku", DataPrice "data-price",
    DataPriceAmount "data-price-amount", DataPriceType "data-price-type",
    DataProductPrice "data-product-price", DataSalePrice "data-sale-price", DataCurrency "data-currency",
    DataVariant "data-variant", DataVariantId "data-variant-id", DataVariants "data-variants",
    DataProductVariations "data-product_variations", DataOption "data-option", DataColor "data-color",
    DataSize "data-size", DataStock "data-stock", DataAvailability "data-availability",
    DataQuantity "data-quantity", DataBrand "data-brand", DataCategory "data-category",
    DataTestid "data-testid", DataTestId "data-test-id", DataTest "data-test", DataQa "data-qa",
    DataCy "data-cy", DataAutoId "data-auto-id", DataBind "data-bind", DataRole "data-role",
    DataAction "data-action", DataConfig "data-config", DataProps "data-props", DataState "data-state",
    DataJson "data-json", DataOptions "data-options", DataMageInit "data-mage-init",
    DataTitle "data-title",
}

const _: () = assert!((Tag::Tt as u8) < 128 && Attr::COUNT <= 128);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_any_case() {
        for &tag in &Tag::ALL[1..] {
            assert_eq!(Tag::find(&tag.name().to_ascii_uppercase()), Some(tag));
        }
        for &attr in &Attr::ALL[1..] {
            assert_eq!(Attr::find(attr.name()), Some(attr));
        }
    }

    #[test]
    fn strange_names_are_unknown() {
        for name in ["", "\0a", "aa", "my-element", "data-price-amounts", "data-price-amoun\0", "\u{1}itemprop"] {
            assert_eq!((Tag::find(name), Attr::find(name)), (None, None), "{name:?}");
        }
    }
}
