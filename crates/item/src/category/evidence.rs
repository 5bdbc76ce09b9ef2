//! What the texts of a capture name: every phrase of title, breadcrumbs and product type that is a category's name.

use creel_types::EvidenceSource;

use super::{
    phrases::{PHRASE_MAX, Phrases, Posting, UNSPACED_MAX},
    taxonomy::Language,
    words::{self, Word, Words, Zone},
};
use crate::Reading;

/// Breadcrumbs that are read, from the last.
const CRUMBS_MAX: usize = 6;
/// Letters of the shortest word that a compound may end with.
const TAIL_MIN: usize = 4;

/// Property names under which shops say what a thing is.
const TYPES: [&str; 22] = [
    "product type",
    "type",
    "category",
    "product category",
    "kategorie",
    "produktart",
    "produkttyp",
    "artikelart",
    "art",
    "type de produit",
    "categorie",
    "tipo de producto",
    "tipo",
    "categoria",
    "tipo di prodotto",
    "producttype",
    "productsoort",
    "rodzaj",
    "typ produktu",
    "produkttype",
    "varetype",
    "商品カテゴリ",
];

/// One text that may name what the product is.
pub struct Text {
    pub source: EvidenceSource,
    /// Breadcrumbs from the last, which is 0.
    pub from_end: usize,
    pub shown: String,
    pub words: Words,
    pub hits: Vec<Hit>,
}

/// A phrase that names categories.
#[derive(Clone)]
pub struct Hit {
    pub postings: &'static [Posting],
    /// Which words of the text it is.
    pub from: usize,
    pub to: usize,
    pub zone: Zone,
    /// 1 for the language of the capture, less for others.
    pub trust: f32,
    /// The tail of a compound such as "Kapuzenpullover".
    pub tail: bool,
    /// Only looks like a name: a material or a colour.
    pub weak: bool,
}

/// The texts of a capture with all that they name.
pub fn gather(reading: &Reading<'_>, phrases: &'static Phrases) -> Vec<Text> {
    let languages = languages(reading);
    let mut texts = vec![read(EvidenceSource::Title, 0, &reading.title, &languages, phrases)];
    let title = texts[0].words.joined();
    let mut from_end = 0;
    for crumb in reading.product.breadcrumbs.iter().rev() {
        let text = read(EvidenceSource::Breadcrumbs, from_end, crumb, &languages, phrases);
        // The last one often is the product itself.
        let own = text.words.joined() == title || text.words.words.len() > 8;
        if !own && !text.words.words.is_empty() && !phrases.is_noise(&text.words) {
            texts.push(text);
            from_end += 1;
        }
        if from_end == CRUMBS_MAX {
            break;
        }
    }
    for property in reading.product.properties.iter().take(40) {
        let name = property.name.trim().trim_end_matches(':').to_lowercase();
        if TYPES.contains(&name.as_str()) {
            texts.push(read(EvidenceSource::Properties, 0, &property.value, &languages, phrases));
        }
    }
    texts
}

/// The languages to read words in, each with how far to trust it.
pub fn languages(reading: &Reading<'_>) -> Vec<(Language, f32)> {
    let tag = reading.language.or(reading.product.language.as_deref());
    let own = tag.and_then(|tag| Language::of(tag.split(['-', '_']).next().unwrap_or(tag)));
    let Some(own) = own else {
        return Language::ALL
            .iter()
            .map(|language| (*language, if *language == Language::En { 1.0 } else { 0.9 }))
            .collect();
    };
    let mut languages = vec![(own, 1.0)];
    // A language without names of its own leans on its neighbour's; shops everywhere use English words.
    let leaning: &[Language] = match own {
        Language::Pt => &[Language::Es, Language::En],
        Language::Sv => &[Language::Da, Language::En],
        Language::Da => &[Language::Sv, Language::En],
        Language::En => &[],
        _ => &[Language::En],
    };
    languages.extend(leaning.iter().map(|language| (*language, 0.85)));
    languages
}

fn read(
    source: EvidenceSource,
    from_end: usize,
    shown: &str,
    languages: &[(Language, f32)],
    phrases: &'static Phrases,
) -> Text {
    let words = Words::of(shown);
    let mut hits = Vec::new();
    for (language, trust) in languages {
        find(&words, source, (*language, *trust), phrases, &mut hits);
    }
    keep_longest(&mut hits);
    Text { source, from_end, shown: shown.to_owned(), words, hits }
}

fn find(
    words: &Words,
    source: EvidenceSource,
    (language, trust): (Language, f32),
    phrases: &'static Phrases,
    hits: &mut Vec<Hit>,
) {
    let numbers: Vec<u64> = words.words.iter().map(|word| words::number(words.text(word), language)).collect();
    for from in 0..numbers.len() {
        let longest = if words.words[from].unspaced { UNSPACED_MAX } else { PHRASE_MAX };
        let mut phrase = words::START;
        let mut found = false;
        for (to, number) in numbers.iter().enumerate().skip(from).take(longest) {
            // A phrase does not reach over a comma, but "crema de manos" may be "crema para manos".
            let (zone, first) = (words.words[to].zone, words.words[from].zone);
            if zone != first && (first != Zone::Head || zone == Zone::Later) {
                break;
            }
            phrase = words::chain(phrase, *number);
            let department = if source == EvidenceSource::Title { &[] } else { phrases.department(phrase) };
            for postings in [phrases.find(phrase), department].into_iter().filter(|postings| !postings.is_empty()) {
                found |= to == from;
                let weak = to == from && is_weak(words, from, phrases);
                hits.push(Hit { postings, from, to: to + 1, zone: first, trust, tail: false, weak });
            }
        }
        if !found {
            hits.extend(tail(words, from, language, trust, phrases));
        }
    }
}

/// A material, a colour, or a single character in a longer text, such as the "s" of a size.
fn is_weak(words: &Words, at: usize, phrases: &Phrases) -> bool {
    let text = words.text(&words.words[at]);
    phrases.is_weak(text) || (text.chars().nth(1).is_none() && words.words.len() > 1)
}

/// The longest end of a compound that names something, in languages that write compounds as one word.
fn tail(words: &Words, at: usize, language: Language, trust: f32, phrases: &'static Phrases) -> Option<Hit> {
    if !matches!(language, Language::De | Language::Nl | Language::Da | Language::Sv | Language::Fi) {
        return None;
    }
    let word: &Word = &words.words[at];
    let text = words.text(word);
    for (cut, _) in text.char_indices().skip(2) {
        if text.len() - cut < TAIL_MIN {
            return None;
        }
        let end = &text[cut..];
        let postings = phrases.find(words::chain(words::START, words::number(end, language)));
        if !postings.is_empty() && !phrases.is_weak(end) {
            return Some(Hit {
                postings,
                from: at,
                to: at + 1,
                zone: word.zone,
                trust: trust * 0.9,
                tail: true,
                weak: false,
            });
        }
    }
    None
}

/// Inside "dog food" there is no dog and no food; the same words in two languages are kept for both.
fn keep_longest(hits: &mut Vec<Hit>) {
    let spans: Vec<(usize, usize, bool)> = hits.iter().map(|hit| (hit.from, hit.to, hit.tail)).collect();
    hits.retain(|hit| {
        !spans.iter().any(|(from, to, tail)| {
            let inside = *from <= hit.from && hit.to <= *to;
            let longer = to - from > hit.to - hit.from;
            inside && (longer || (hit.tail && !tail && (*from, *to) == (hit.from, hit.to)))
        })
    });
}
