//! Which language a text is written in.
//!
//! Two detectors vote, and the page's own tag is the prior: it decides where texts are short, between close relatives, and
//! where the votes differ. Texts that say too little on a page that says nothing have no language.

use whatlang::Lang as What;
use whichlang::Lang as Which;

/// Bytes of the description that are looked at; more does not change the answer.
const SAMPLE_MAX: usize = 500;
/// Letters from which texts may speak against their page.
const OVERRULE_MIN: usize = 80;
/// Letters from which texts may speak for themselves on a silent page.
const ALONE_MIN: usize = 24;

/// Languages that detectors mix up; inside a family the page's word is better, up to [`FAMILY_MIN`] letters.
const FAMILIES: &[&[&str]] = &[
    &["da", "no", "sv"],
    &["cs", "sk"],
    &["es", "pt", "ca", "gl", "it"],
    &["hr", "sr", "bs", "sl"],
    &["ru", "uk", "bg", "mk", "be", "sr"],
    &["id", "ms"],
    &["nl", "af", "de"],
];
const FAMILY_MIN: usize = 300;

/// Primary tag of the language of `title` and `description`; `page` is what the page says of itself. Norwegian is `no`.
#[must_use]
pub fn of(title: &str, description: &str, page: Option<&str>) -> Option<&'static str> {
    let page = page.and_then(known);
    let sample = sample(title, description);
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    // A character of these scripts is a syllable or word.
    let weight = letters + 5 * sample.chars().filter(|c| *c >= '\u{2e80}').count();
    if weight < ALONE_MIN {
        return page.or_else(|| by_script(&sample));
    }
    let which = which_tag(whichlang::detect_language(&sample));
    if page == Some(which) {
        return page;
    }
    match (vote(&sample, which), page) {
        (None, page) => page,
        (Some(vote), None) => vote.sure.then_some(vote.tag),
        (Some(vote), Some(page)) if vote.tag == page => Some(page),
        (Some(vote), Some(page)) => {
            let akin = FAMILIES.iter().any(|family| family.contains(&vote.tag) && family.contains(&page));
            let needed = if akin { FAMILY_MIN } else { OVERRULE_MIN };
            Some(if vote.sure && weight >= needed { vote.tag } else { page })
        }
    }
}

fn sample(title: &str, description: &str) -> String {
    let end = description.floor_char_boundary(SAMPLE_MAX);
    format!("{title}\n{}", &description[..end])
}

struct Vote {
    tag: &'static str,
    /// Whether both detectors say it, or the only one that knows the language is sure.
    sure: bool,
}

/// `which` is the first detector's word; the second is asked, which costs most, only where the page does not agree.
fn vote(sample: &str, which: &'static str) -> Option<Vote> {
    let Some(what) = whatlang::detect(sample) else { return Some(Vote { tag: which, sure: false }) };
    let tag = known(what_tag(what.lang()))?;
    if tag == which {
        return Some(Vote { tag, sure: true });
    }
    // Whichlang answers with one of its sixteen whatever it reads.
    let only_what = !WHICH.contains(&tag);
    if only_what && (what.is_reliable() || what.confidence() > 0.6) {
        return Some(Vote { tag, sure: true });
    }
    Some(Vote { tag: which, sure: false })
}

/// Scripts of one language, for texts too short to vote on.
fn by_script(sample: &str) -> Option<&'static str> {
    let has = |range: std::ops::RangeInclusive<char>| sample.chars().any(|c| range.contains(&c));
    if has('\u{3040}'..='\u{30ff}') {
        return Some("ja");
    }
    if has('\u{ac00}'..='\u{d7af}') {
        return Some("ko");
    }
    let scripts = [('\u{370}'..='\u{3ff}', "el"), ('\u{590}'..='\u{5ff}', "he"), ('\u{e00}'..='\u{e7f}', "th")];
    scripts.into_iter().find(|(range, _)| sample.chars().filter(|c| range.contains(c)).count() > 3).map(|(_, tag)| tag)
}

const WHICH: &[&str] = &["ar", "zh", "de", "en", "fr", "hi", "it", "ja", "ko", "nl", "pt", "ru", "es", "sv", "tr", "vi"];

fn which_tag(lang: Which) -> &'static str {
    match lang {
        Which::Ara => "ar",
        Which::Cmn => "zh",
        Which::Deu => "de",
        Which::Eng => "en",
        Which::Fra => "fr",
        Which::Hin => "hi",
        Which::Ita => "it",
        Which::Jpn => "ja",
        Which::Kor => "ko",
        Which::Nld => "nl",
        Which::Por => "pt",
        Which::Rus => "ru",
        Which::Spa => "es",
        Which::Swe => "sv",
        Which::Tur => "tr",
        Which::Vie => "vi",
    }
}

/// ISO 639-1 of the languages that shops write.
#[rustfmt::skip]
fn what_tag(lang: What) -> &'static str {
    match lang {
        What::Ara => "ar", What::Aze => "az", What::Bel => "be", What::Ben => "bn", What::Bul => "bg", What::Cat => "ca",
        What::Ces => "cs", What::Cmn => "zh", What::Dan => "da", What::Deu => "de", What::Ell => "el", What::Eng => "en",
        What::Est => "et", What::Fin => "fi", What::Fra => "fr", What::Heb => "he", What::Hin => "hi", What::Hrv => "hr",
        What::Hun => "hu", What::Hye => "hy", What::Ind => "id", What::Ita => "it", What::Jpn => "ja", What::Kat => "ka",
        What::Kor => "ko", What::Lav => "lv", What::Lit => "lt", What::Mkd => "mk", What::Nld => "nl", What::Nob => "no",
        What::Pes => "fa", What::Pol => "pl", What::Por => "pt", What::Ron => "ro", What::Rus => "ru", What::Slk => "sk",
        What::Slv => "sl", What::Spa => "es", What::Srp => "sr", What::Swe => "sv", What::Tha => "th", What::Tur => "tr",
        What::Ukr => "uk", What::Urd => "ur", What::Vie => "vi",
        _ => "",
    }
}

/// The tag of `page` as one that is used here: primary, lower case, old and twin codes made one.
fn known(page: &str) -> Option<&'static str> {
    let primary = page.split(['-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase();
    let primary = match primary.as_str() {
        "nb" | "nn" => "no",
        "iw" => "he",
        "in" => "id",
        "cn" => "zh",
        "jp" => "ja",
        other => other,
    };
    TAGS.iter().copied().find(|tag| *tag == primary)
}

#[rustfmt::skip]
const TAGS: &[&str] = &[
    "af", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl", "he", "hi",
    "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "ko", "lb", "lt", "lv", "mk", "ms", "mt", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl",
    "sq", "sr", "sv", "sw", "ta", "th", "tr", "uk", "ur", "uz", "vi", "zh",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_pages() {
        let shirt_de = "Dieses Hemd aus weicher Baumwolle ist angenehm zu tragen und lässt sich leicht waschen, ohne dass es bügeln muss, wer es trägt.";
        let shirt_en = "This soft cotton shirt is pleasant to wear and easy to wash, and whoever wears it will not have to iron it at all, ever again.";
        let shirt_pl = "Ta miękka bawełniana koszula jest przyjemna w noszeniu i łatwa do prania, a kto ją nosi, nie musi jej wcale prasować po praniu.";
        let shirt_da = "Denne bløde bomuldsskjorte er behagelig at have på og nem at vaske, og den, der bærer den, behøver slet ikke at stryge den bagefter.";
        let shirt_ja = "やわらかいコットンのシャツです。洗濯も簡単で、アイロンがけは必要ありません。";
        let table = [
            ("Hemd", shirt_de, None, Some("de")),
            ("Hemd", shirt_de, Some("en"), Some("de")),
            ("Shirt", shirt_en, Some("de-DE"), Some("en")),
            ("Koszula", shirt_pl, Some("en"), Some("pl")),
            ("Koszula", shirt_pl, None, Some("pl")),
            ("Skjorte", shirt_da, Some("da"), Some("da")),
            ("Skjorte", shirt_da, Some("nb-NO"), Some("no")),
            ("シャツ", shirt_ja, None, Some("ja")),
            ("シャツ", "", None, Some("ja")),
            ("Air Max 90", "", Some("fr-FR"), Some("fr")),
            ("Air Max 90", "", None, None),
            ("Samsung Galaxy S21 128GB Phantom Grey", "", Some("pl"), Some("pl")),
            ("", "", None, None),
            ("", "", Some("xx"), None),
            ("👕👕👕", "", Some("EN_us"), Some("en")),
        ];
        for (title, description, page, expected) in table {
            assert_eq!(of(title, description, page), expected, "{title} {page:?}");
        }
    }
}
