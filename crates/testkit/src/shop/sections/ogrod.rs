//! Garden tools in zloty: no markup, variants in an inline script.

use super::super::{
    languages,
    price_format::PriceFormat,
    section::{Axis, CanonicalHabit, Charset, Leaf, Section, VariantHabit},
    truth::Template,
};

pub(super) static SECTION: Section = Section {
    key: "ogrod",
    name: "Ogród",
    language: &languages::PL,
    html_lang: "pl-PL",
    price_format: PriceFormat::Pln,
    template: Template::Bare,
    leaves: [
        Leaf {
            slug: "narzedzia",
            name: "Narzędzia",
            count: 18,
            nouns: ["Sekator", "Łopata", "Grabie", "Nożyce do żywopłotu", "Widły"],
        },
        Leaf {
            slug: "doniczki",
            name: "Doniczki",
            count: 10,
            nouns: ["Doniczka ceramiczna", "Skrzynka balkonowa", "Konewka", "Osłonka", "Donica ogrodowa"],
        },
    ],
    brands: ["Grządek", "Rosalka", "Sadownia", "Lipowiec", "Kopacz i Syn"],
    series: [
        "Bratek", "Chaber", "Dąbrowa", "Fiołek", "Głóg", "Jaśmin", "Kalina", "Łubin", "Mięta", "Narcyz", "Orlik", "Rumian",
        "Szałwia",
    ],
    noun_first: true,
    colors: Axis { name: "Kolor", values: &["Zielony", "Terakota", "Grafit", "Biały"], changes_price: false },
    sizes: Axis { name: "Rozmiar", values: &["Mały", "Średni", "Duży"], changes_price: true },
    variants: VariantHabit::InlineScript,
    material_label: "Materiał",
    materials: ["Stal węglowa", "Jesion", "Ceramika", "Stal nierdzewna", "Ocynk"],
    origin_label: "Kraj produkcji",
    origins: ["Polska", "Czechy", "Słowacja"],
    sentences: [
        "{}: z myślą o ogrodnikach, którzy pracują codziennie.",
        "Ostrze jest kute i hartowane w oleju.",
        "Trzonek z jesionu dobrze leży w dłoni i nie pęka.",
        "Po pracy wystarczy wytrzeć go suchą szmatką.",
        "Każdą część można dokupić osobno.",
        "Kolor nie blaknie na słońcu ani na mrozie.",
        "Produkt ręcznie sprawdzony przed wysyłką.",
        "Gwarancja obejmuje dziesięć lat używania w ogrodzie.",
    ],
    prices: (24, 1490),
    endings: [90, 99, 0],
    path_shape: "/ogrod/produkt/{slug}-{id}",
    id_prefix: "OG",
    id_base: 105233,
    canonical: CanonicalHabit::Own,
    charset: Charset::Utf8,
};
