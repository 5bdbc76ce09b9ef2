//! Bags in Swiss francs: no markup, one select with data attributes.

use super::super::{
    languages,
    price_format::PriceFormat,
    section::{Axis, CanonicalHabit, Charset, Leaf, Section, VariantHabit},
    truth::Template,
};

pub(super) static SECTION: Section = Section {
    key: "taschen",
    name: "Taschen",
    language: &languages::DE,
    html_lang: "de-CH",
    price_format: PriceFormat::Chf,
    template: Template::Bare,
    leaves: [
        Leaf {
            slug: "rucksaecke",
            name: "Rucksäcke",
            count: 30,
            nouns: ["Rucksack", "Kurierrucksack", "Wanderrucksack", "Rollrucksack", "Kinderrucksack"],
        },
        Leaf {
            slug: "lederwaren",
            name: "Lederwaren",
            count: 8,
            nouns: ["Aktentasche", "Umhängetasche", "Weekender", "Geldbeutel", "Gürteltasche"],
        },
    ],
    brands: ["Firnwerk", "Säumer", "Alpgurt", "Gratwandler", "Lederhof Uri"],
    series: [
        "Arve", "Bise", "Calanda", "Dohle", "Enzian", "Föhn", "Gämse", "Hasli", "Illgau", "Joch", "Kandel", "Lawine",
        "Murmel",
    ],
    noun_first: true,
    colors: Axis { name: "Farbe", values: &["Schwarz", "Cognac", "Olive", "Nachtblau"], changes_price: false },
    sizes: Axis { name: "Volumen", values: &["15 l", "20 l", "28 l"], changes_price: true },
    variants: VariantHabit::SelectData,
    material_label: "Material",
    materials: ["Gewachste Baumwolle", "Rindsleder", "LKW-Plane", "Recyceltes Nylon", "Filz"],
    origin_label: "Hergestellt in",
    origins: ["Schweiz", "Italien", "Portugal"],
    sentences: [
        "{}: genäht für den Weg zur Arbeit und den Umweg über den Berg.",
        "Das Leder stammt von Rindern aus dem Alpenraum und ist pflanzlich gegerbt.",
        "Die Reissverschlüsse lassen sich einzeln ersetzen.",
        "Ein Fach auf der Rückseite nimmt ein Notebook bis 15 Zoll auf.",
        "Der Boden steht von selbst und wird nicht nass.",
        "Kleine Narben im Leder sind ein Zeichen seiner Herkunft.",
        "Wir flicken jede Tasche, die wir verkauft haben.",
        "Die Gurte lassen sich mit einer Hand verstellen.",
    ],
    prices: (49, 1290),
    endings: [0, 90, 50],
    path_shape: "/taschen/artikel/{slug}/{id}",
    id_prefix: "T-",
    id_base: 84959,
    canonical: CanonicalHabit::Own,
    charset: Charset::Utf8,
};
