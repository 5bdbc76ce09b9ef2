//! Words of a text as categories are told by them: folded, stemmed by language, with the place that each has in its text.
//!
//! Stemming is light and only has to do the same to names and to titles: "Jacken" and "Jacke" become one, right or not.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::taxonomy::Language;

/// Bytes of a text that are read: titles and breadcrumbs are short, and a hostile one must not cost more.
const TEXT_MAX: usize = 400;
/// Words of a text that are read.
const WORDS_MAX: usize = 80;

/// Where in a title a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// In the first phrase, which names the thing.
    Head,
    /// In a later phrase: behind a comma, a bar, a dash.
    Later,
    /// Behind "with" or "without": a part of it.
    With,
    /// Behind "for": what it fits, not what it is.
    For,
}

#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// In [`Words::folded`].
    from: u32,
    to: u32,
    /// In the text as it stands.
    pub start: u32,
    pub end: u32,
    pub zone: Zone,
    /// Part of a script that sets no spaces: one character.
    pub unspaced: bool,
}

pub struct Words {
    folded: String,
    pub words: Vec<Word>,
}

impl Words {
    pub fn of(text: &str) -> Words {
        let mut reader = Reader { out: Words { folded: String::new(), words: Vec::new() }, zone: Zone::Head, from: None };
        let mut end = 0;
        for (at, character) in text.char_indices().take_while(|(at, _)| *at < TEXT_MAX) {
            reader.take(text, at, character);
            end = at + character.len_utf8();
            if reader.out.words.len() >= WORDS_MAX {
                break;
            }
        }
        reader.close(end);
        reader.out
    }

    pub fn text(&self, word: &Word) -> &str {
        &self.folded[word.from as usize..word.to as usize]
    }

    /// All words, folded.
    pub fn joined(&self) -> String {
        self.words.iter().map(|word| self.text(word)).collect::<Vec<_>>().join(" ")
    }
}

struct Reader {
    out: Words,
    zone: Zone,
    /// Where the open word begins: in `folded` and in the text.
    from: Option<(u32, u32)>,
}

impl Reader {
    fn take(&mut self, text: &str, at: usize, character: char) {
        let unspaced = is_unspaced(character);
        if character.is_alphanumeric() || unspaced {
            if unspaced {
                self.close(at);
            }
            let here = (size(self.out.folded.len()), size(at));
            self.from.get_or_insert(here);
            fold(character, &mut self.out.folded);
            if unspaced {
                self.close(at + character.len_utf8());
            }
            return;
        }
        if matches!(character, '\'' | '’') && self.from.is_some() && is_possessive(&text[at + character.len_utf8()..]) {
            return;
        }
        self.close(at);
        if is_break(text, at, character) && !self.out.words.is_empty() {
            self.zone = Zone::Later;
        }
    }

    fn close(&mut self, end: usize) {
        let Some((from, start)) = self.from.take() else { return };
        let to = size(self.out.folded.len());
        let unspaced = self.out.folded[from as usize..].chars().next().is_some_and(is_unspaced);
        let word = Word { from, to, start, end: size(end), zone: self.zone, unspaced };
        match turn(self.out.text(&word)) {
            Some(zone) if !self.out.words.is_empty() => self.zone = zone,
            _ if is_small(self.out.text(&word)) => {}
            _ => self.out.words.push(word),
        }
    }
}

fn size(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// What stands behind the apostrophe of "men's".
fn is_possessive(rest: &str) -> bool {
    let mut rest = rest.chars();
    matches!(rest.next(), Some('s' | 'S')) && !rest.next().is_some_and(char::is_alphanumeric)
}

/// A bar, a comma between words, a dash between spaces; not the comma of "1,7 l".
fn is_break(text: &str, at: usize, character: char) -> bool {
    match character {
        '|' | '(' | '[' | ':' | ';' | '•' | '–' | '—' | '【' | '（' | '/' | '、' => true,
        ',' => !text[at + 1..].starts_with(|next: char| next.is_ascii_digit()),
        '-' => text[at + 1..].starts_with(' ') && text[..at].ends_with(' '),
        _ => false,
    }
}

fn is_unspaced(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{3005}')
}

fn turn(word: &str) -> Option<Zone> {
    Some(match word {
        "with" | "w" | "mit" | "avec" | "con" | "com" | "met" | "med" | "z" | "ze" | "featuring" | "inkl" | "incl"
        | "no" | "without" | "ohne" | "sans" | "sin" | "sem" | "senza" | "zonder" | "bez" | "utan" | "uden" => Zone::With,
        "for" | "fur" | "pour" | "para" | "per" | "voor" | "till" | "til" | "dla" | "do" | "compatible" | "fits" => {
            Zone::For
        }
        _ => return None,
    })
}

/// Words that names are the same without.
fn is_small(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "of"
            | "and"
            | "a"
            | "an"
            | "in"
            | "und"
            | "der"
            | "die"
            | "das"
            | "fuer"
            | "von"
            | "im"
            | "de"
            | "d"
            | "l"
            | "la"
            | "le"
            | "les"
            | "et"
            | "en"
            | "du"
            | "des"
            | "el"
            | "los"
            | "las"
            | "y"
            | "e"
            | "di"
            | "da"
            | "del"
            | "della"
            | "dei"
            | "il"
            | "van"
            | "het"
            | "een"
            | "i"
            | "og"
            | "och"
            | "ja"
            | "na"
            | "o"
            | "os"
            | "do"
            | "a la"
            | "au"
            | "aux"
            | "or"
    )
}

/// Lower case without accents; signs of full width as their plain ones.
fn fold(character: char, out: &mut String) {
    let character = match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        other => other,
    };
    for lower in character.to_lowercase() {
        match lower {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' | 'ă' | 'ā' => out.push('a'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' | 'ē' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' | 'ı' => out.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => out.push('o'),
            'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' => out.push('u'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ś' | 'š' | 'ş' | 'ș' => out.push('s'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'ł' => out.push('l'),
            'ý' => out.push('y'),
            'ř' => out.push('r'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            // What the lower case of a dotted capital I leaves behind, and other marks that stand on their own.
            '\u{300}'..='\u{36f}' => {}
            other => out.push(other),
        }
    }
}

/// The part of a word that its other forms share.
pub fn stem(word: &str, language: Language) -> &str {
    let endings: &[&str] = match language {
        Language::En => return stem_english(word),
        Language::De => &["innen", "ern", "en", "er", "es", "em", "e", "n", "s"],
        Language::Nl => &["jes", "en", "es", "s", "e", "n"],
        Language::Fr => &["eaux", "aux", "es", "s", "x", "e"],
        Language::Es | Language::Pt => {
            &["ones", "oes", "aes", "ao", "on", "ios", "es", "os", "as", "ns", "m", "s", "o", "a", "e"]
        }
        Language::It => &["he", "hi", "i", "e", "o", "a"],
        Language::Pl => &["ami", "ach", "owy", "owa", "owe", "ow", "ie", "y", "i", "a", "e", "o", "u"],
        Language::Da | Language::Sv => {
            &["erne", "ene", "orna", "arna", "er", "ar", "or", "en", "et", "e", "a", "n", "s", "t", "r"]
        }
        Language::Fi => &["iden", "jen", "ien", "ja", "at", "et", "ot", "it", "ut", "t", "n", "a", "e"],
        Language::Ja | Language::Ko | Language::Zh => return word,
    };
    let least = if language == Language::Fi { 4 } else { 3 };
    let cut = endings.iter().find_map(|ending| word.strip_suffix(ending).filter(|stem| stem.len() >= least)).unwrap_or(word);
    // "jassen" and "jas", "ringar" and "ring".
    let doubled =
        language == Language::Nl && cut.len() > 3 && cut.as_bytes()[cut.len() - 1] == cut.as_bytes()[cut.len() - 2];
    if doubled && cut.is_ascii() { &cut[..cut.len() - 1] } else { cut }
}

fn stem_english(word: &str) -> &str {
    if word.len() <= 3 {
        return word;
    }
    for ending in ["ies", "ves"] {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= 2) {
            return stem;
        }
    }
    let word = if word.ends_with("ss") { word } else { word.strip_suffix('s').unwrap_or(word) };
    for ending in ["sse", "xe", "che", "she"] {
        if word.ends_with(ending) {
            return &word[..word.len() - 1];
        }
    }
    let ends = ["fe", "rf", "lf", "af"].iter().any(|ending| word.ends_with(ending));
    if ends && word.len() >= 4 {
        return word[..word.len() - 1].trim_end_matches('f');
    }
    word.strip_suffix('y').filter(|stem| stem.len() >= 3).unwrap_or(word)
}

/// A word's number in one language; phrases are numbered by chaining their words' numbers with [`chain`].
pub fn number(word: &str, language: Language) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u8(language as u8);
    hasher.write(stem(word, language).as_bytes());
    hasher.finish()
}

pub const START: u64 = 0x9e37_79b9_7f4a_7c15;

pub fn chain(phrase: u64, word: u64) -> u64 {
    (phrase.rotate_left(7) ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(String, Zone)> {
        let words = Words::of(text);
        words.words.iter().map(|word| (words.text(word).to_owned(), word.zone)).collect()
    }

    #[test]
    fn words_know_their_place() {
        let all = |zone: Zone, words: &[&str]| words.iter().map(|word| ((*word).to_owned(), zone)).collect::<Vec<_>>();
        let mut drill = all(Zone::Head, &["cordless", "drill"]);
        drill.extend(all(Zone::With, &["2", "batteries"]));
        assert_eq!(shown("Cordless Drill with 2 Batteries"), drill);
        let mut case = all(Zone::Head, &["handyhulle"]);
        case.extend(all(Zone::For, &["galaxy"]));
        assert_eq!(shown("Handyhülle für Galaxy"), case);
        assert_eq!(shown("Men's T-Shirt"), all(Zone::Head, &["mens", "t", "shirt"]));
        assert_eq!(shown("Kocher 1,7 l")[1..3], all(Zone::Head, &["1", "7"]));
        assert_eq!(shown("Tシャツ"), all(Zone::Head, &["t", "シ", "ャ", "ツ"]));
    }

    #[test]
    fn forms_of_a_word_share_its_stem() {
        for (language, one, other) in [
            (Language::En, "batteries", "battery"),
            (Language::En, "knives", "knife"),
            (Language::En, "scarves", "scarf"),
            (Language::En, "watches", "watch"),
            (Language::En, "dresses", "dress"),
            (Language::De, "jacken", "jacke"),
            (Language::De, "hemden", "hemd"),
            (Language::Nl, "jassen", "jas"),
            (Language::Fr, "chaussures", "chaussure"),
            (Language::Es, "pantalones", "pantalon"),
            (Language::It, "giacche", "giacca"),
            (Language::Pl, "sukienki", "sukienka"),
            (Language::Sv, "jackor", "jacka"),
            (Language::Da, "skjorter", "skjorte"),
            (Language::Pt, "vestidos", "vestido"),
        ] {
            assert_eq!(stem(one, language), stem(other, language), "{one} {other}");
        }
    }
}
