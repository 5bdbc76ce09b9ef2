//! Values with a printed label: "SKU: 123", "Art.-Nr. 123", "Brand: X". Owns the labels of the languages that shops trade in and what a product's
//! number may look like.

use crate::{
    sources::dom::{
        DomReading,
        label_words::{FIRST_TWO, Kind, LABELS, pair_of},
        runs::Runs,
        scene::{Context, Scene},
    },
    tape::{Attr, Mark, Node, Tag},
};

/// Letters of a product's number.
const CODE_LETTERS_MAX: usize = 40;

/// Numbers of one page that are kept.
const CODES_MAX: usize = 12;

/// Whether a text may begin with a label; quick, because it is asked of every text of the page.
pub(super) fn may_begin(text: &str) -> bool {
    let bytes = text.as_bytes();
    let first = bytes[0];
    let starts = match bytes {
        [one, two, ..] if one.is_ascii_alphabetic() && two.is_ascii_alphabetic() => {
            FIRST_TWO[pair_of(*one, *two) / 64] >> (pair_of(*one, *two) % 64) & 1 == 1
        }
        _ => first.is_ascii_alphabetic() || first >= 0x80 || matches!(first, b'#' | b'('),
    };
    starts
        && bytes.len() <= 80
        && (bytes.len() <= 30 || bytes.iter().any(|byte| matches!(byte, b':' | b'#') || byte.is_ascii_digit()))
}

/// Whether the whole text is one label.
pub(super) fn is_label(text: &str) -> bool {
    let folded = folded_label(text);
    folded.len() <= 40 && known(&folded)
}

/// Whether the text is a label with its value.
pub(super) fn is_whole(text: &str) -> bool {
    split(text).is_some()
}

fn known(folded: &str) -> bool {
    LABELS.contains_key(folded)
}

fn folded_label(text: &str) -> String {
    text.trim()
        .trim_start_matches(['(', '#'])
        .trim_end_matches([':', '.', '#', ' ', '°', '№', '：', '-'])
        .trim_end()
        .to_lowercase()
}

/// "SKU: 123 456" in its label and value.
fn split(text: &str) -> Option<(String, &str)> {
    let at = text.find([':', '#', '：', '№', '°']).filter(|at| *at <= 60);
    if let Some(at) = at {
        let mark = text[at..].chars().next().map_or(1, char::len_utf8);
        let label = folded_label(&text[..at]);
        let value = text[at + mark..].trim_start_matches([':', '#', ' ', '.', '：']).trim();
        if known(&label) && !value.is_empty() {
            return Some((label, value));
        }
    }
    // "Art.-Nr. 123", "SKU 123"
    let (head, value) = text.rsplit_once(' ')?;
    let label = folded_label(head);
    (known(&label) && value.bytes().any(|byte| byte.is_ascii_digit())).then_some((label, value))
}

pub(super) fn fill<'d>(scene: &Scene<'d>, runs: &Runs<'d>, found: &mut DomReading) {
    let mut codes: Vec<(f32, String)> = Vec::new();
    for (run, next) in &runs.labels {
        let (label, value) = match split(&run.text) {
            Some((label, value)) => (label, value.to_owned()),
            None => (folded_label(&run.text), next.clone()),
        };
        let context = scene.context(run.node);
        if context.is_elsewhere() || context.marks.has(Mark::Card) || context.linked {
            continue;
        }
        take(&label, &value, weight(scene, run.node, &context), found, &mut codes);
    }
    marked_codes(scene, &mut codes);
    codes.sort_by(|one, other| other.0.total_cmp(&one.0));
    for (_, code) in codes {
        if !found.codes.contains(&code) && found.codes.len() < CODES_MAX {
            found.codes.push(code);
        }
    }
    found.reading.sku = found.codes.first().cloned();
    if found.reading.brand.is_none() {
        found.reading.brand = marked_brand(scene);
    }
}

fn weight(scene: &Scene<'_>, node: Node<'_>, context: &Context) -> f32 {
    let mut weight = 2.0 - (scene.distance(node) as f32 / 600.0).min(3.0);
    weight += if context.marks.has(Mark::Sku) { 0.5 } else { 0.0 };
    weight -= if context.hidden { 0.5 } else { 0.0 };
    weight
}

fn take(label: &str, value: &str, weight: f32, found: &mut DomReading, codes: &mut Vec<(f32, String)>) {
    let kind = LABELS.get(label).copied();
    if kind == Some(Kind::Brand) {
        let brand = value.split(['|', ';', '•']).next().unwrap_or(value).trim();
        let letters = brand.chars().filter(|letter| letter.is_alphabetic()).count();
        if brand.chars().count() <= 60
            && letters > 0
            && !crate::prices::is_symbol(brand.rsplit(' ').next().unwrap_or_default())
        {
            found.reading.brand.get_or_insert_with(|| brand.to_owned());
        }
        return;
    }
    let Some(code) = code(value) else { return };
    if kind == Some(Kind::Gtin) {
        found.reading.gtin.get_or_insert(code);
        return;
    }
    if kind == Some(Kind::Mpn) {
        found.reading.mpn.get_or_insert(code);
        return;
    }
    if kind == Some(Kind::Code) {
        // "Model: X" and "Code: Y" say less than "SKU: Z".
        let vague = matches!(
            label,
            "model"
                | "modelo"
                | "modell"
                | "style"
                | "code"
                | "item"
                | "article"
                | "symbol"
                | "lot"
                | "código"
                | "cod"
                | "cód"
                | "kód"
                | "код"
                | "kood"
        );
        codes.push((weight - if vague { 0.7 } else { 0.0 }, code));
    }
}

/// A product's number: short, with a digit, without words after it.
fn code(value: &str) -> Option<String> {
    let value = value.trim().trim_matches(['(', ')', '[', ']', ':', '#', ',', '.', ' ']);
    let value = value.split([',', '|', ';', '(', '•', '\u{a0}']).next().unwrap_or(value).trim();
    let words: Vec<&str> = value.split(' ').filter(|word| !word.is_empty()).collect();
    let code = match words.as_slice() {
        [] => return None,
        [only] => (*only).to_owned(),
        // "123 456 78" and "GARNI 570 EASY II"; prose has more words.
        many if many.len() <= 4 && value.chars().all(|letter| letter.is_ascii_digit() || letter == ' ') => many.join(" "),
        many if many.len() <= 5 && value.chars().all(|letter| !letter.is_lowercase()) => many.join(" "),
        [first, ..] if first.bytes().filter(u8::is_ascii_digit).count() >= 3 => (*first).to_owned(),
        _ => return None,
    };
    let fits = (2..=CODE_LETTERS_MAX).contains(&code.chars().count()) && code.bytes().any(|byte| byte.is_ascii_digit());
    (fits && !code.contains("://") && !code.contains('%')).then_some(code)
}

/// Elements that are called a number: `<span class="sku">A-1</span>`, `itemprop="sku"`, `data-sku`.
fn marked_codes(scene: &Scene<'_>, codes: &mut Vec<(f32, String)>) {
    for tag in [Tag::Span, Tag::Div, Tag::P, Tag::Strong, Tag::Dd, Tag::Td, Tag::B, Tag::Small] {
        for node in scene.document.elements(tag).filter(|node| node.marks().has(Mark::Sku)).take(30) {
            if node.subtree_end() - node.index() > 8 {
                continue;
            }
            let text = node.text();
            let value = split(&text).map_or(text.as_str(), |(_, value)| value);
            let context = scene.context(node);
            if let Some(code) =
                code(value).filter(|_| !context.is_elsewhere() && !context.linked && !context.marks.has(Mark::Card))
            {
                codes.push((weight(scene, node, &context) - 0.3, code));
            }
        }
    }
    for attr in [Attr::DataSku, Attr::DataProductSku] {
        if let Some(node) = scene.document.with_attr(attr).next() {
            let context = scene.context(node);
            let value = node.attr(attr).unwrap_or_default();
            if let Some(code) = code(&value).filter(|_| !context.is_elsewhere() && !context.marks.has(Mark::Card)) {
                codes.push((weight(scene, node, &context) - 0.8, code));
            }
        }
    }
}

/// An element called brand near the heading: its words, or the `alt` of its logo.
fn marked_brand(scene: &Scene<'_>) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for tag in [Tag::A, Tag::Span, Tag::Div, Tag::Img, Tag::H2, Tag::P] {
        for node in scene.document.elements(tag).filter(|node| node.marks().has(Mark::Brand)).take(40) {
            if node.subtree_end() - node.index() > 12 {
                continue;
            }
            let text = if node.is(Tag::Img) { node.attr(Attr::Alt).unwrap_or_default().into_owned() } else { node.text() };
            let text = if text.trim().is_empty() {
                node.descendants()
                    .find(|inner| inner.is(Tag::Img))
                    .and_then(|img| img.attr(Attr::Alt))
                    .unwrap_or_default()
                    .into_owned()
            } else {
                text
            };
            let text = split(&text).map_or(text.as_str(), |(_, value)| value).trim().to_owned();
            let fits = (1..=40).contains(&text.chars().count()) && text.split(' ').count() <= 5;
            let distance = scene.distance(node);
            if !fits || distance > 300 || scene.context(node).is_elsewhere() {
                continue;
            }
            if best.as_ref().is_none_or(|(known, _)| distance < *known) {
                best = Some((distance, text));
            }
        }
    }
    best.map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_with_their_values() {
        for (text, expected) in [
            ("SKU: 123-4", Some(("sku", "123-4"))),
            ("Art.-Nr. 4711", Some(("art.-nr", "4711"))),
            ("Artikelnummer 002.937.72", Some(("artikelnummer", "002.937.72"))),
            ("Item # 88", Some(("item", "88"))),
            ("Артикул: 5", Some(("артикул", "5"))),
            ("Brand: Bosch", Some(("brand", "Bosch"))),
            ("Colour: red", None),
            ("The code is 5", None),
        ] {
            assert_eq!(split(text), expected.map(|(label, value)| (label.to_owned(), value)), "{text}");
        }
    }

    #[test]
    fn numbers_of_products() {
        for (text, expected) in [
            ("123-4", Some("123-4")),
            (" 002.937.72 ", Some("002.937.72")),
            ("GARNI 570 EASY II", Some("GARNI 570 EASY II")),
            ("1002/710", Some("1002/710")),
            ("red", None),
            ("only 5 left in your size", None),
            ("https://a.example/1", None),
        ] {
            assert_eq!(code(text).as_deref(), expected, "{text}");
        }
    }
}
