//! Furnishing in kronor without decimals, served as ISO-8859-1: microdata with one offer for each SKU.

use super::super::{
    languages,
    price_format::PriceFormat,
    section::{Axis, CanonicalHabit, Charset, Leaf, Section, VariantHabit},
    truth::Template,
};

pub(super) static SECTION: Section = Section {
    key: "hem",
    name: "Heminredning",
    language: &languages::SV,
    html_lang: "sv-SE",
    price_format: PriceFormat::Sek,
    template: Template::Microdata,
    leaves: [
        Leaf {
            slug: "lampor",
            name: "Lampor",
            count: 12,
            nouns: ["Golvlampa", "Bordslampa", "Taklampa", "Vägglampa", "Läslampa"],
        },
        Leaf {
            slug: "mobler", name: "Möbler", count: 10, nouns: ["Fåtölj", "Pall", "Sidobord", "Bokhylla", "Skrivbord"]
        },
    ],
    brands: ["Norrhult Form", "Björkeby", "Stugvik", "Lysmåla", "Tallmo"],
    series: [
        "Fjäll", "Skäret", "Ängen", "Havre", "Lingon", "Måne", "Näver", "Pärla", "Ryssby", "Sälg", "Tjärn", "Ulla", "Vinter",
    ],
    noun_first: true,
    colors: Axis { name: "Färg", values: &["Ek", "Svart", "Vit", "Salviagrön", "Tegelröd"], changes_price: false },
    sizes: Axis { name: "Storlek", values: &["Liten", "Mellan", "Stor"], changes_price: true },
    variants: VariantHabit::MicrodataOffers,
    material_label: "Material",
    materials: ["Massiv ek", "Björk", "Pulverlackerat stål", "Linne", "Munblåst glas"],
    origin_label: "Tillverkad i",
    origins: ["Sverige", "Litauen", "Finland"],
    sentences: [
        "{}: för små rum och långa kvällar.",
        "Virket kommer från skog som är äldre än vi.",
        "Ytan är oljad och kan slipas om hemma.",
        "Den levereras platt och monteras med en enda nyckel.",
        "Tyget går att ta av och tvätta i fyrtio grader.",
        "Alla reservdelar finns kvar i minst femton år.",
        "Sladden är klädd med textil och tre meter lång.",
        "Varje exemplar är numrerat.",
    ],
    prices: (199, 8990),
    endings: [0, 0, 0],
    path_shape: "/hem/{slug}-p{id}",
    id_prefix: "",
    id_base: 74822,
    canonical: CanonicalHabit::Own,
    charset: Charset::HeaderLatin1,
};
