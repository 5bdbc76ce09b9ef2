//! Full text: the words of a capture and of a question, made here so that both databases find the same. Knows no SQL.
//!
//! Case, accents and punctuation do not count. Chinese, Japanese and Korean are written without spaces between words, so each
//! pair of neighbouring characters is a word.

use std::{collections::BTreeSet, fmt};

use creel_types::Identifiers;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// Words that are kept of one capture.
pub const WORDS_MAX: usize = 400;
/// Characters of a word that count.
const WORD_CHARS_MAX: usize = 64;
/// Characters of a question.
pub const SEARCH_CHARS_MAX: usize = 200;
/// Characters before the `*` of a question's word.
const PREFIX_CHARS_MIN: usize = 2;

/// What is found in a capture beside its title and brand.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Content {
    #[serde(default)]
    product_id: Option<String>,
    #[serde(default)]
    breadcrumbs: Vec<String>,
    #[serde(default)]
    skus: Vec<Codes>,
}

#[derive(Debug, Deserialize)]
struct Codes {
    #[serde(default)]
    sku: Option<String>,
    identifiers: Identifiers,
}

/// The words that find a capture: of its title, brand, product id, breadcrumbs and its SKUs' codes, in that order until there
/// are enough.
pub(super) fn words_of(title: &str, brand: Option<&str>, content: &Content) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let texts = [Some(title), brand, content.product_id.as_deref()].into_iter().flatten();
    let codes = content.skus.iter().flat_map(|sku| {
        let gtin = sku.identifiers.gtin.as_deref();
        // Stored with 14 digits and printed with fewer.
        let printed = gtin.map(|gtin| gtin.trim_start_matches('0'));
        [sku.sku.as_deref(), gtin, printed, sku.identifiers.mpn.as_deref()].into_iter().flatten()
    });
    for text in texts.chain(content.breadcrumbs.iter().map(String::as_str)).chain(codes) {
        for word in split(text) {
            if words.len() >= WORDS_MAX {
                return words;
            }
            words.extend(word.stored());
        }
    }
    words
}

/// A run of characters that belong together.
struct Run {
    text: String,
    is_cjk: bool,
}

impl Run {
    /// The words under which it is kept. The last character of a run without spaces stands alone too: a question of one
    /// character asks for whatever begins with it.
    fn stored(self) -> Vec<String> {
        if !self.is_cjk {
            return vec![self.text];
        }
        let characters: Vec<char> = self.text.chars().collect();
        let last = characters.last().map(char::to_string);
        pairs(&characters).chain(last).collect()
    }

    /// The words that a question asks for by it.
    fn asked(self, is_prefix: bool) -> Vec<Asked> {
        let characters: Vec<char> = self.text.chars().collect();
        match characters.len() {
            1 if self.is_cjk => vec![Asked { word: self.text, is_prefix: true }],
            _ if self.is_cjk => pairs(&characters).map(|word| Asked { word, is_prefix: false }).collect(),
            _ => vec![Asked { word: self.text, is_prefix }],
        }
    }
}

fn pairs(characters: &[char]) -> impl Iterator<Item = String> {
    characters.windows(2).map(|pair| pair.iter().collect())
}

/// Text without case, accents and forms of the same character, cut at whatever is neither letter nor digit.
fn split(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut goes_on = false;
    let plain = text.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).nfc().flat_map(char::to_lowercase);
    // Lower case of some capitals is a letter with a mark of its own.
    for character in plain.filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
        if !character.is_alphanumeric() && !is_mark_inside(character) {
            goes_on = false;
            continue;
        }
        let is_cjk = is_cjk(character);
        match runs.last_mut().filter(|run| goes_on && run.is_cjk == is_cjk) {
            Some(run) => push(&mut run.text, character),
            None => {
                let mut text = String::new();
                push(&mut text, character);
                runs.push(Run { text, is_cjk });
            }
        }
        goes_on = true;
    }
    runs.retain(|run| run.text.chars().any(char::is_alphanumeric));
    for run in runs.iter_mut().filter(|run| !run.is_cjk) {
        if let Some((end, _)) = run.text.char_indices().nth(WORD_CHARS_MAX) {
            run.text.truncate(end);
        }
    }
    runs
}

/// As Germans write where the letter is missing.
fn push(text: &mut String, character: char) {
    if character == 'ß' { text.push_str("ss") } else { text.push(character) }
}

/// Vowels and joiners of scripts whose words hold marks (Devanagari, Thai, Arabic and their like) and no letters of their own.
fn is_mark_inside(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
}

fn is_cjk(character: char) -> bool {
    matches!(u32::from(character),
        0x2e80..=0x2fdf | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x3130..=0x318f | 0x31f0..=0x31ff | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff | 0xa960..=0xa97f | 0xac00..=0xd7ff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// One word that must be found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Asked {
    word: String,
    /// Whether any word that begins so will do.
    is_prefix: bool,
}

/// A full-text question: all of its words must be found. A word that ends in `*` finds whatever begins with it; every other
/// mark is as good as a space, so nothing in it can be taken for the syntax of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchText(Vec<Asked>);

/// Why a text asks for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSearch {
    NoWord,
    TooLong,
}

impl fmt::Display for BadSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadSearch::NoWord => f.write_str("there is no word in it; leave it out to search for nothing"),
            BadSearch::TooLong => write!(f, "at most {SEARCH_CHARS_MAX} characters are searched for"),
        }
    }
}

impl std::error::Error for BadSearch {}

impl std::str::FromStr for SearchText {
    type Err = BadSearch;

    fn from_str(text: &str) -> Result<SearchText, BadSearch> {
        if text.chars().count() > SEARCH_CHARS_MAX {
            return Err(BadSearch::TooLong);
        }
        let mut asked = BTreeSet::new();
        for piece in text.split_whitespace() {
            let mut runs = split(piece);
            let last = runs.pop();
            asked.extend(runs.into_iter().flat_map(|run| run.asked(false)));
            let is_prefix = piece.ends_with('*');
            for word in last.into_iter().flat_map(|run| run.asked(is_prefix)) {
                // What begins with one letter is half of everything: such a letter is a word of its own.
                let is_short = word.word.is_ascii() && word.word.len() < PREFIX_CHARS_MIN;
                asked.insert(Asked { is_prefix: word.is_prefix && !is_short, ..word });
            }
        }
        if asked.is_empty() {
            return Err(BadSearch::NoWord);
        }
        Ok(SearchText(asked.into_iter().collect()))
    }
}

impl SearchText {
    /// What is looked for in `listing_words` of SQLite, each on its own.
    pub(super) fn needles(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|asked| format!(" {}{}", asked.word, if asked.is_prefix { "" } else { " " }))
    }

    /// The question to SQLite's index, where words stand behind the organization's number.
    pub(super) fn for_sqlite(&self, organization: i64) -> String {
        let word = |asked: &Asked| format!("\"{organization}:{}\"{}", asked.word, if asked.is_prefix { " *" } else { "" });
        self.0.iter().map(word).collect::<Vec<_>>().join(" AND ")
    }

    /// The question to PostgreSQL's. Nothing needs to be masked: a word has letters, digits and marks inside letters.
    pub(super) fn for_postgres(&self, organization: i64) -> String {
        let word = |asked: &Asked| format!("'{organization}:{}'{}", asked.word, if asked.is_prefix { ":*" } else { "" });
        self.0.iter().map(word).collect::<Vec<_>>().join(" & ")
    }

    /// Whether a capture with these words is found; what both databases must agree with.
    #[must_use]
    pub fn finds(&self, words: &BTreeSet<String>) -> bool {
        self.0.iter().all(|asked| {
            if asked.is_prefix {
                words.range(asked.word.clone()..).next().is_some_and(|word| word.starts_with(&asked.word))
            } else {
                words.contains(&asked.word)
            }
        })
    }
}

/// The words under which a product is found; for tests that compare.
#[must_use]
pub fn words_of_product(product: &creel_types::Product) -> BTreeSet<String> {
    let content = serde_json::to_string(product).ok().and_then(|text| serde_json::from_str(&text).ok());
    words_of(&product.title, product.brand.as_deref(), &content.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(text: &str) -> String {
        words_of(text, None, &Content::default()).into_iter().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn texts_become_words() {
        let cases = [
            ("Big RED Shoe", "big red shoe"),
            ("Café crème, Señor!", "cafe creme senor"),
            ("HV1878-350", "350 hv1878"),
            ("Größe 42½ weiß", "2 421 grosse weiss"),
            ("İstanbul", "istanbul"),
            ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
            ("東京タワー", "タワ ワー ー 京タ 東京"),
            ("한국어", "국어 어 한국"),
            ("iPhone手机", "iphone 手机 机"),
            ("हिन्दी", "हिन्दी"),
            ("... --- ''", ""),
        ];
        for (text, words) in cases {
            assert_eq!(stored(text), words, "{text}");
        }
        assert_eq!(stored(&"x".repeat(500)).len(), WORD_CHARS_MAX);
    }

    #[test]
    fn codes_are_found_as_printed_and_as_stored() {
        let content = serde_json::from_str(
            r#"{"product_id":"A.7","breadcrumbs":["Men"],"skus":[{"sku":"K-1","identifiers":{"gtin":"04006381333931","mpn":"M9"}}]}"#,
        )
        .unwrap();
        let words = words_of("T", None, &content);
        for text in ["4006381333931", "04006381333931", "k-1", "m9", "men", "a.7", "T men k", "4006*"] {
            assert!(text.parse::<SearchText>().unwrap().finds(&words), "{text}");
        }
        assert!(!"k2".parse::<SearchText>().unwrap().finds(&words));
    }

    #[test]
    fn questions_are_words_whatever_they_look_like() {
        let sql = |text: &str| text.parse::<SearchText>().map(|search| search.for_sqlite(7));
        assert_eq!(sql("Red shoe").as_deref(), Ok("\"7:red\" AND \"7:shoe\""));
        assert_eq!(sql("sho*").as_deref(), Ok("\"7:sho\" *"));
        assert_eq!(sql("\" OR 1=1 --").as_deref(), Ok("\"7:1\" AND \"7:or\""));
        assert_eq!(
            sql("a NEAR(b c) title:x").as_deref(),
            Ok("\"7:a\" AND \"7:b\" AND \"7:c\" AND \"7:near\" AND \"7:title\" AND \"7:x\"")
        );
        assert_eq!("it's & | !x:*".parse::<SearchText>().unwrap().for_postgres(3), "'3:it' & '3:s' & '3:x'");
        assert_eq!("it's \\' | !xy*".parse::<SearchText>().unwrap().for_postgres(3), "'3:it' & '3:s' & '3:xy':*");
        assert_eq!(sql("京").as_deref(), Ok("\"7:京\" *"));
        for (text, why) in [("", BadSearch::NoWord), (" *' ", BadSearch::NoWord)] {
            assert_eq!(sql(text), Err(why), "{text}");
        }
        assert_eq!(sql(&"a".repeat(SEARCH_CHARS_MAX + 1)), Err(BadSearch::TooLong));
        assert!(sql(&"京".repeat(SEARCH_CHARS_MAX)).is_ok() && sql(&"a ".repeat(SEARCH_CHARS_MAX / 2)).is_ok());
    }
}
