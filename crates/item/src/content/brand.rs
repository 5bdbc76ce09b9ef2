//! Who makes it, in its own spelling.
//!
//! Said by the shop, else by a property, else found in the title or breadcrumbs among brands that are known, else by a reader that
//! learned from titles. Legal forms, words before the name and placeholders are no part of it. A capture that names nobody has no brand.

use creel_types::{Brand, Evidence, EvidenceSource};

use super::{casing, noise, plain};
use crate::{Reading, attributes};

/// Characters of a brand; longer ones are sentences.
const NAME_MAX: usize = 60;
/// Words of the longest known brand.
const WORDS_MAX: usize = 4;
/// How sure the learned reader of titles must be.
const LEARNED_MIN: f64 = 0.5;

/// The brand, with how sure it is and where it stood.
#[must_use]
pub fn find(reading: &Reading<'_>) -> Option<Brand> {
    stated(reading)
        .or_else(|| in_properties(reading))
        .or_else(|| in_title(reading))
        .or_else(|| in_breadcrumbs(reading))
        .or_else(|| learned(reading))
}

/// What the learned reader of titles takes for the brand, where it is more likely right than wrong.
fn learned(reading: &Reading<'_>) -> Option<Brand> {
    // A shop that says that there is none is believed.
    if reading.product.brand.as_deref().is_some_and(|shown| noise::BRANDLESS.contains(&noise::key(shown))) {
        return None;
    }
    let (words, confidence) = attributes::brand_in_title(reading)?;
    // A title that is nothing but its maker's name says nothing.
    let is_likely = confidence >= LEARNED_MIN && words.len() < reading.title.len();
    is_likely.then(|| named(reading.title.get(words)?, reading, confidence, EvidenceSource::Title)).flatten()
}

/// What the shop gives as the brand.
fn stated(reading: &Reading<'_>) -> Option<Brand> {
    let shown = plain::text(reading.product.brand.as_deref()?);
    let name = name(&shown, reading)?;
    let key = noise::key(&name);
    let seller = reading.product.skus.iter().flat_map(|sku| &sku.offers).filter_map(|offer| offer.seller.as_deref());
    let sold_by_itself = seller.take(3).any(|seller| noise::key(seller) == key);
    let confidence = if noise::BRANDS.contains_key(&key) || noise::key(&reading.title).contains(&key) {
        0.97
    } else if sold_by_itself {
        // A shop that names itself for everything it sells.
        0.7
    } else {
        0.9
    };
    Some(brand(name, shown, confidence, EvidenceSource::Brand))
}

/// `Marke: Bosch` in the specification table.
fn in_properties(reading: &Reading<'_>) -> Option<Brand> {
    let property = reading.properties().iter().take(60).find(|property| {
        let named = noise::key(&property.name);
        named.len() > 3 && noise::NAMED.contains(&named)
    })?;
    named(&property.value, reading, 0.88, EvidenceSource::Properties)
}

/// `words` as a brand, wherever somebody found them; `None` where they are a placeholder or a sentence.
#[must_use]
fn named(words: &str, reading: &Reading<'_>, confidence: f64, source: EvidenceSource) -> Option<Brand> {
    let shown = plain::text(words);
    Some(brand(name(&shown, reading)?, shown, confidence, source))
}

/// A known brand among the words of the title; not behind "for", where it names what the product fits.
#[must_use]
pub fn in_title(reading: &Reading<'_>) -> Option<Brand> {
    let words: Vec<&str> = reading
        .title
        .split([' ', ',', '|', '/', '(', ')', '»', '«', '"', ':'])
        .filter(|word| !word.is_empty())
        .take(24)
        .collect();
    let keys: Vec<String> = words.iter().map(|word| noise::key(word)).collect();
    for at in 0..words.len() {
        if noise::FOR.contains(&keys[at]) {
            return None;
        }
        let shouts = |word: &str| word.chars().next().is_some_and(|c| !c.is_lowercase());
        if !shouts(words[at]) || at > 0 && words[at - 1].ends_with(|c: char| c.is_ascii_digit()) && keys[at].len() <= 2 {
            continue;
        }
        for length in (1..=WORDS_MAX.min(words.len() - at)).rev() {
            let found = noise::BRANDS.get(&keys[at..at + length].concat());
            if let Some(known) = found.filter(|known| !known.word) {
                let confidence = if at == 0 { 0.9 } else { 0.75 };
                return Some(brand(
                    known.name.to_owned(),
                    words[at..at + length].join(" "),
                    confidence,
                    EvidenceSource::Title,
                ));
            }
        }
    }
    None
}

/// A crumb that is a known brand, as shops have pages of brands.
fn in_breadcrumbs(reading: &Reading<'_>) -> Option<Brand> {
    reading.product.breadcrumbs.iter().rev().take(8).find_map(|crumb| {
        let known = noise::BRANDS.get(&noise::key(crumb)).filter(|known| !known.word)?;
        Some(brand(known.name.to_owned(), plain::text(crumb), 0.7, EvidenceSource::Breadcrumbs))
    })
}

fn brand(name: String, shown: String, confidence: f64, source: EvidenceSource) -> Brand {
    Brand { name, as_shown: shown.clone(), confidence, evidence: Evidence { source, text: shown } }
}

/// The brand's own name in `shown`; `None` for placeholders and sentences.
fn name(shown: &str, reading: &Reading<'_>) -> Option<String> {
    let bare = without_frame(shown);
    if noise::BRANDLESS.contains(&noise::key(bare))
        || bare.chars().count() > NAME_MAX
        || !bare.chars().any(char::is_alphanumeric)
    {
        return None;
    }
    if let Some(known) = noise::BRANDS.get(&noise::key(bare)) {
        return Some(known.name.to_owned());
    }
    let bare = without_legal(bare);
    if let Some(known) = noise::BRANDS.get(&noise::key(bare)) {
        return Some(known.name.to_owned());
    }
    Some(casing::of_name(bare, &reading.title))
}

/// Without what stands around the name: `by`, `Marke:`, quotes, `Visit the … Store`, signs and a second name in brackets.
fn without_frame(shown: &str) -> &str {
    let mut bare =
        shown.trim_matches([' ', '"', '\'', '“', '”', '„', '«', '»', '®', '™', '©', ':', ',', ';', '|', '-', '.']);
    bare = bare.split_once(" | ").map_or(bare, |(before, _)| before.trim());
    if let Some((before, after)) = bare.split_once([':', '：'])
        && noise::NAMED.contains(&noise::key(before))
    {
        bare = after.trim();
    }
    if let Some((before, after)) = bare.split_once(' ')
        && before.chars().all(char::is_lowercase)
        && matches!(before, "by" | "from" | "von" | "par" | "por" | "di" | "av" | "af")
    {
        bare = after.trim();
    }
    bare = bare.strip_prefix("Visit the ").and_then(|rest| rest.strip_suffix(" Store")).unwrap_or(bare);
    for end in [" Official Store", " Official Shop", " Official", " Online Shop", " Online Store"] {
        bare = bare.strip_suffix(end).unwrap_or(bare);
    }
    if let Some(open) = bare.rfind(" (").filter(|open| *open > 0 && bare.ends_with(')')) {
        bare = &bare[..open];
    }
    bare.trim_matches([' ', '®', '™', '©', ',', ':'])
}

/// Without `GmbH & Co. KG`, `S.p.A.`, `Inc.` at the end, or 株式会社 at either end.
fn without_legal(bare: &str) -> &str {
    for form in ["株式会社", "有限会社", "有限公司", "주식회사", "ООО ", "ЗАО ", "ОАО "] {
        let rest = bare.strip_prefix(form).or_else(|| bare.strip_suffix(form)).map(str::trim);
        if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
            return rest;
        }
    }
    let starts: Vec<usize> = bare.match_indices([' ', ',']).map(|(at, _)| at).filter(|at| *at > 0).collect();
    let longest = starts.iter().rev().take(5).rev();
    let cut = longest.copied().find(|at| {
        let tail = bare[*at..].trim_matches([' ', ',']);
        // Two letters say a form only in capitals or with points: `Sola AG`, `Acqua S.p.A.`, not `Yes no`.
        let formal = tail.contains('.') || tail.chars().any(char::is_uppercase);
        formal && noise::LEGAL.contains(&noise::key(tail))
    });
    cut.map_or(bare, |at| bare[..at].trim_end_matches([' ', ',', '&']))
}

#[cfg(test)]
mod tests {
    use creel_types::{Product, Property};

    use super::*;

    fn of(brand: &str, title: &str) -> Option<String> {
        let product = Product { brand: Some(brand.into()), title: title.into(), ..Product::default() };
        find(&Reading::of(&product, None)).map(|brand| brand.name)
    }

    #[test]
    fn stated_brands() {
        let table = [
            ("adidas", "", "Adidas"),
            ("ADIDAS ORIGINALS", "", "Adidas"),
            ("KÄRCHER", "", "Kärcher"),
            ("Hewlett-Packard", "", "HP"),
            ("L'OREAL PARIS", "", "L'Oréal"),
            ("Levi’s®", "", "Levi's"),
            ("Robert Bosch GmbH", "", "Bosch"),
            ("Sola AG", "", "Sola"),
            ("Acqua Viva S.p.A.", "", "Acqua Viva"),
            ("Müller GmbH & Co. KG", "", "Müller"),
            ("Brightwell, Inc.", "", "Brightwell"),
            ("Sakura Co., Ltd.", "", "Sakura"),
            ("Fabryka Sp. z o.o.", "", "Fabryka"),
            ("株式会社さくら", "", "さくら"),
            ("by Nordlys", "", "Nordlys"),
            ("Marke: Nordlys", "", "Nordlys"),
            ("Marque : Nordlys", "", "Nordlys"),
            ("Visit the Nordlys Store", "", "Nordlys"),
            ("NORDLYS", "", "Nordlys"),
            ("NORDLYS", "NordLys lamp", "NordLys"),
            ("eSun", "", "eSun"),
            ("BRAX", "", "BRAX"),
            ("SILVER & OAK", "", "Silver & Oak"),
            ("nordlys", "", "Nordlys"),
            ("Nutrilon (Nutricia)", "", "Nutrilon"),
            ("3m", "", "3M"),
            ("CIC", "Cama Cic", "CIC"),
            ("Nordlys | Lampen", "", "Nordlys"),
            ("ソニー", "", "Sony"),
        ];
        for (shown, title, expected) in table {
            assert_eq!(of(shown, title).as_deref(), Some(expected), "{shown}");
        }
    }

    #[test]
    fn placeholders_are_no_brand() {
        for shown in
            ["Unbranded", "n/a", "No Brand", "Generic", "ohne Marke", "---", "", "ノーブランド品", "Sans marque", "NONE"]
        {
            assert_eq!(of(shown, "Mug"), None, "{shown}");
        }
    }

    #[test]
    fn titles() {
        let table = [
            ("Samsung Galaxy S21 128 GB", Some("Samsung")),
            ("Trampki New Balance 574", Some("New Balance")),
            ("Case for Samsung Galaxy S21", None),
            ("Hülle passend für Samsung Galaxy", None),
            ("Coque compatible Samsung", None),
            ("Apple juice 1 l", None),
            ("Motor 10 hp", None),
            ("The North Face jacket", Some("The North Face")),
            ("Plain mug", None),
            ("", None),
        ];
        for (title, expected) in table {
            assert_eq!(of("", title).as_deref(), expected, "{title}");
        }
    }

    #[test]
    fn properties_come_before_titles() {
        let property = Property { name: "Hersteller".into(), value: "Nordlys GmbH".into() };
        let product = Product { title: "Samsung TV".into(), properties: vec![property], ..Product::default() };
        let found = find(&Reading::of(&product, None)).unwrap();
        assert_eq!((found.name.as_str(), found.evidence.source), ("Nordlys", EvidenceSource::Properties));
        assert_eq!(found.as_shown, "Nordlys GmbH");
    }
}
