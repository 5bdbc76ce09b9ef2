//! What a size is for: which kind of thing, whom it is made for, and where the shop sells.

use std::sync::LazyLock;

use creel_types::{Category, Country, SizeKind};
use rustc_hash::FxHashMap;

use crate::Reading;

/// Words of titles and crumbs that are looked at.
const WORDS_MAX: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    Women,
    Men,
}

/// Countries that share what a bare number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    Us,
    Uk,
    /// Sizes of the United Kingdom in clothes, of the United States in most shoes.
    Au,
    /// France, Belgium, Spain, Portugal.
    Fr,
    It,
    /// Germany and the others on the continent.
    Eu,
    Jp,
    Unknown,
}

/// What surrounds a size and decides what it means.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// `None` where nothing tells; `Other` for things that are not worn.
    pub kind: Option<SizeKind>,
    pub sex: Option<Sex>,
    pub kids: bool,
    pub region: Region,
}

impl Context {
    pub fn of(reading: &Reading<'_>, category: Option<&Category>) -> Context {
        let product = reading.product;
        let crumbs = product.breadcrumbs.iter().rev().take(8).map(String::as_str);
        let properties =
            product.properties.iter().take(40).filter(|one| one.value.len() <= 40).map(|one| one.value.as_str());
        let texts: Vec<&str> = std::iter::once(reading.title.as_str()).chain(crumbs).collect();
        let brand = product.brand.as_deref().unwrap_or_default().to_lowercase();
        let brand: Vec<String> = brand.split_whitespace().map(str::to_owned).collect();
        let said = Said::of(texts.iter().copied(), reading.language, &brand);
        let by_property = Said::of(properties, reading.language, &brand);
        let kids = said.kids || category.is_some_and(|one| one.confidence >= 0.5 && is_of_kids(&one.path));
        let sex = said.sex.or(by_property.sex);
        let kind = category.filter(|one| one.confidence >= 0.5).and_then(|one| of_category(&one.path)).or(said.kind);
        Context {
            kind,
            sex,
            kids,
            region: region(reading.country, reading.language, product.currency.map(|it| it.as_str().to_owned())),
        }
    }
}

/// What words tell.
struct Said {
    kind: Option<SizeKind>,
    sex: Option<Sex>,
    kids: bool,
}

impl Said {
    fn of<'a>(texts: impl Iterator<Item = &'a str>, language: Option<&str>, brand: &[String]) -> Said {
        let (mut kinds, mut women, mut men, mut kids) = ([false; 7], false, false, false);
        let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '\'' | '’')));
        for word in words.filter(|word| !word.is_empty()).take(WORDS_MAX) {
            let word = word.to_lowercase().replace('’', "'");
            // Gant and Tommy Jeans make more than gloves and jeans.
            if brand.contains(&word) {
                continue;
            }
            for kind in WORDS.kinds(&word, language) {
                women |= kind == "women";
                men |= kind == "men";
                kids |= kind == "kids";
                if let Some(at) = KINDS.iter().position(|(name, _)| *name == kind) {
                    kinds[at] = true;
                }
            }
        }
        let sex = match (women, men) {
            (true, false) => Some(Sex::Women),
            (false, true) => Some(Sex::Men),
            _ => None,
        };
        let kind = KINDS.iter().zip(kinds).find(|(_, there)| *there).map(|((_, kind), _)| *kind);
        Said { kind, sex, kids }
    }
}

/// In the order in which they win: `Handschuh` ends like a shoe; a `ring` beside a `shirt` is a detail.
const KINDS: [(&str, SizeKind); 7] = [
    ("gloves", SizeKind::Gloves),
    ("shoes", SizeKind::Shoes),
    ("bra", SizeKind::Bra),
    ("jeans", SizeKind::Jeans),
    ("clothing", SizeKind::Clothing),
    ("hat", SizeKind::Hat),
    ("ring", SizeKind::Ring),
];

/// The kind by the English path of the Shopify taxonomy.
fn of_category(path: &str) -> Option<SizeKind> {
    let has = |word: &str| path.contains(word);
    if has("Apparel & Accessories > Shoes") || has("Boots > ") || path.ends_with("Boots") || path.ends_with("Shoes") {
        return Some(SizeKind::Shoes);
    }
    if path.ends_with("Bras") {
        return Some(SizeKind::Bra);
    }
    if path.ends_with("Jewelry > Rings") {
        return Some(SizeKind::Ring);
    }
    if path.ends_with("Jeans") {
        return Some(SizeKind::Jeans);
    }
    if has("Gloves") {
        return Some(SizeKind::Gloves);
    }
    if has("Accessories > Hats") || has("Headwear") || path.ends_with("Helmets") {
        return Some(SizeKind::Hat);
    }
    if has("Apparel & Accessories > Clothing") || has("Apparel") || has("Costumes") {
        return Some(SizeKind::Clothing);
    }
    // A root alone, or sports, says nothing against clothes.
    (path.contains(" > ") && !path.starts_with("Sporting Goods")).then_some(SizeKind::Other)
}

fn is_of_kids(path: &str) -> bool {
    ["Baby", "Boys'", "Girls'", "Toddler", "Children", "Kids"].iter().any(|word| path.contains(word))
}

/// The country decides, then the currency of one country, then the language.
fn region(country: Option<Country>, language: Option<&str>, currency: Option<String>) -> Region {
    let by_country = match country.as_ref().map_or("", |country| country.as_str()) {
        "US" | "CA" | "PR" => Region::Us,
        "GB" | "IE" | "IN" | "ZA" | "IM" | "JE" | "GG" | "MT" | "AE" => Region::Uk,
        "AU" | "NZ" => Region::Au,
        "FR" | "BE" | "ES" | "PT" | "MC" | "LU" => Region::Fr,
        "IT" | "SM" => Region::It,
        "JP" | "KR" | "CN" | "TW" | "HK" => Region::Jp,
        "DE" | "AT" | "CH" | "NL" | "DK" | "SE" | "NO" | "FI" | "PL" | "CZ" | "SK" | "HU" | "SI" | "HR" | "EE" | "LV"
        | "LT" | "IS" | "RO" | "BG" | "GR" | "RS" | "UA" | "RU" | "TR" | "LI" => Region::Eu,
        _ => Region::Unknown,
    };
    if by_country != Region::Unknown {
        return by_country;
    }
    match (currency.as_deref().unwrap_or(""), language.unwrap_or("")) {
        ("USD" | "CAD", "en" | "") => Region::Us,
        ("GBP", _) => Region::Uk,
        ("AUD" | "NZD", _) => Region::Au,
        ("JPY" | "KRW" | "CNY" | "TWD", _) | (_, "ja" | "ko" | "zh") => Region::Jp,
        (_, "fr" | "es" | "pt") => Region::Fr,
        (_, "it") => Region::It,
        ("EUR" | "CHF" | "SEK" | "DKK" | "NOK" | "PLN" | "CZK" | "HUF" | "RON", _)
        | (_, "de" | "nl" | "sv" | "da" | "no" | "fi" | "pl" | "cs" | "sk" | "hu" | "ro") => Region::Eu,
        _ => Region::Unknown,
    }
}

/// A word of `data/wear.tsv`.
#[derive(Clone, Copy)]
struct Word {
    kind: &'static str,
    word: &'static str,
    /// Languages in which it means that; none for all.
    languages: &'static str,
}

impl Word {
    /// On a page without a language every word counts.
    fn speaks(&self, language: Option<&str>) -> bool {
        self.languages.is_empty() || language.is_none_or(|language| self.languages.split(',').any(|one| one == language))
    }
}

/// Whole words, and those with an open end by their fixed first or last letter.
#[derive(Default)]
struct Words {
    whole: FxHashMap<&'static str, Vec<Word>>,
    starts: FxHashMap<char, Vec<Word>>,
    ends: FxHashMap<char, Vec<Word>>,
    /// Words of scripts without spaces, which stand inside longer runs.
    unspaced: Vec<Word>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words::default();
    for line in include_str!("../../../data/wear.tsv").lines().filter(|line| !line.starts_with('#')) {
        let Some((kind, all)) = line.split_once('\t') else { continue };
        for (word, languages) in all.split('|').map(|word| word.split_once('@').unwrap_or((word, ""))) {
            words.add(Word { kind, word, languages });
        }
    }
    words
});

impl Words {
    fn add(&mut self, one: Word) {
        if let Some(word) = one.word.strip_suffix('*') {
            self.starts.entry(word.chars().next().unwrap_or_default()).or_default().push(Word { word, ..one });
        } else if let Some(word) = one.word.strip_prefix('*') {
            self.ends.entry(word.chars().next_back().unwrap_or_default()).or_default().push(Word { word, ..one });
        } else {
            self.whole.entry(one.word).or_default().push(one);
            if one.word.chars().all(|c| c >= '\u{2e80}') {
                self.unspaced.push(one);
            }
        }
    }

    /// The kinds that `word`, in lower case, tells.
    fn kinds(&self, word: &str, language: Option<&str>) -> impl Iterator<Item = &'static str> {
        let (first, last) = (word.chars().next().unwrap_or_default(), word.chars().next_back().unwrap_or_default());
        let unspaced = if first >= '\u{2e80}' { self.unspaced.as_slice() } else { &[] };
        let whole = self.whole.get(word).into_iter().flatten();
        let starts = self.starts.get(&first).into_iter().flatten().filter(move |one| word.starts_with(one.word));
        let ends = self.ends.get(&last).into_iter().flatten();
        let ends = ends.filter(move |one| word.ends_with(one.word) && word.len() > one.word.len());
        let inside = unspaced.iter().filter(move |one| word.contains(one.word));
        whole.chain(starts).chain(ends).chain(inside).filter(move |one| one.speaks(language)).map(|one| one.kind)
    }

    fn has(&self, kind: &str, word: &str) -> bool {
        self.whole.get(word).is_some_and(|all| all.iter().any(|one| one.kind == kind))
    }
}

/// Whether an option or property of this name holds sizes of things that are worn.
pub fn is_axis(name: &str) -> bool {
    WORDS.has("axis", &axis_key(name))
}

/// The kind that the name of the option itself tells, as in `Schuhgröße`.
pub fn kind_of_axis(name: &str) -> Option<SizeKind> {
    let key = axis_key(name);
    let table = [
        ("schuh", SizeKind::Shoes),
        ("shoe", SizeKind::Shoes),
        ("schoen", SizeKind::Shoes),
        ("pointure", SizeKind::Shoes),
        ("zapato", SizeKind::Shoes),
        ("scarpe", SizeKind::Shoes),
        ("numara", SizeKind::Shoes),
        ("ring", SizeKind::Ring),
        ("bague", SizeKind::Ring),
        ("anello", SizeKind::Ring),
        ("bra", SizeKind::Bra),
        ("bh-", SizeKind::Bra),
        ("soutien", SizeKind::Bra),
        ("glove", SizeKind::Gloves),
        ("handschuh", SizeKind::Gloves),
        ("hat ", SizeKind::Hat),
        ("kopfumfang", SizeKind::Hat),
        ("waist", SizeKind::Jeans),
        ("inseam", SizeKind::Jeans),
        ("bundweite", SizeKind::Jeans),
    ];
    let found = table.iter().find(|(start, _)| key.starts_with(start)).map(|(_, kind)| *kind);
    if key.starts_with("handschuh") { Some(SizeKind::Gloves) } else { found }
}

fn axis_key(name: &str) -> String {
    name.trim_matches([' ', ':', '*', '：', '.']).to_lowercase()
}

/// Whether `value` says that there is one size only.
pub fn is_one_size(value: &str) -> bool {
    WORDS.has("one", &value.to_lowercase())
}
