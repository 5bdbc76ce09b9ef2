//! The answer: each part is held against the capture and taken or left by itself.

use creel_types::{EnglishReason, ItemContent, Product};
use serde_json::Value as Json;

use super::question::ATTRIBUTES_MAX;
use crate::{attributes::suggested, content::plain};

/// A translation is longer than its source by this factor and this many characters at most.
const LONGER_BY: usize = 3;
const LONGER_CHARS: usize = 120;
/// Characters of a quote.
const QUOTE_MAX: usize = 200;

/// Takes from a model's answer what can be believed, and notes which model it was.
pub fn believe(item: &mut ItemContent, product: &Product, answer: &Json, model: &str) {
    item.lineage.model = Some(model.to_owned());
    translate(item, answer);
    let texts = texts(product, item);
    for one in answer["attributes"].as_array().into_iter().flatten().take(ATTRIBUTES_MAX) {
        let text = |key: &str| one[key].as_str().unwrap_or_default();
        let quote: String = text("quote").chars().take(QUOTE_MAX).collect();
        let stands = !quote.trim().is_empty() && texts.contains(&plain::text(&quote).to_lowercase());
        let is_new = !item.attributes.iter().any(|known| known.name == text("name"));
        if stands && is_new {
            let language = item.language.as_deref();
            item.attributes.extend(suggested(text("name"), text("value"), &quote, language));
        }
    }
    in_order(item);
}

/// English texts of a page in another language; those of an English page stay its own.
fn translate(item: &mut ItemContent, answer: &Json) {
    if item.language.as_deref() == Some("en") {
        return;
    }
    let title = answer["title_en"].as_str().and_then(|text| translation(&item.title, text));
    let description = item.description.as_ref().and_then(|source| translation(source, answer["description_en"].as_str()?));
    let is_whole = title.is_some() && (description.is_some() || item.description.is_none());
    item.title_en = title;
    item.description_en = description;
    item.english = (!is_whole).then_some(EnglishReason::ModelFailed);
}

/// `text` as a translation of `source`: plain, no longer than one can be, without links, and with no number that the source lacks.
fn translation(source: &str, text: &str) -> Option<String> {
    let text = plain::lines(text);
    let longest = source.chars().count() * LONGER_BY + LONGER_CHARS;
    let has_link = |text: &str| text.contains("://") || text.contains("www.") || text.contains("](");
    let is_plain = !text.is_empty() && text.chars().count() <= longest && (!has_link(&text) || has_link(source));
    (is_plain && numbers(&text).iter().all(|number| numbers(source).contains(number))).then_some(text)
}

/// Runs of digits, as they are compared between languages: `1.000,5` and `1,000.5` have the same.
fn numbers(text: &str) -> Vec<String> {
    let runs = text.split(|c: char| !c.is_numeric() && !matches!(c, '.' | ','));
    let digits = runs.map(|run| run.chars().filter_map(|c| c.to_digit(10)).map(|digit| digit.to_string()).collect());
    digits.filter(|run: &String| !run.is_empty()).collect()
}

/// All that the capture says, to find quotes in.
fn texts(product: &Product, item: &ItemContent) -> String {
    let mut texts = vec![item.title.clone(), plain::text(&product.title)];
    texts.extend(item.description.as_deref().map(plain::text));
    texts.extend(product.breadcrumbs.iter().map(|crumb| plain::text(crumb)));
    for axis in &product.options {
        texts.push(plain::text(&axis.name));
        texts.extend(axis.values.iter().map(|value| plain::text(value)));
    }
    texts.extend(product.properties.iter().map(|one| plain::text(&format!("{}: {}", one.name, one.value))));
    texts.join("\n").to_lowercase()
}

/// Attributes stand in the vocabulary's order.
fn in_order(item: &mut ItemContent) {
    let place = |name: &str| crate::attributes::vocabulary::VOCABULARY.place(name);
    item.attributes.sort_by_key(|one| place(&one.name));
}

#[cfg(test)]
mod tests {
    use creel_types::EvidenceSource;
    use serde_json::json;

    use super::*;

    fn lamp() -> (Product, ItemContent) {
        let product = Product {
            title: "Tischlampe Aurora aus Messing, 40 W".into(),
            description: Some("Eine schlichte Lampe für den Nachttisch. Höhe 45 cm.".into()),
            language: Some("de".into()),
            ..Product::default()
        };
        let item = crate::enrich(&product, None);
        assert_eq!(item.language.as_deref(), Some("de"));
        (product, item)
    }

    #[test]
    fn a_good_answer_translates_and_adds() {
        let (product, mut item) = lamp();
        let answer = json!({
            "title_en": "Table lamp Aurora made of brass, 40 W",
            "description_en": "A plain lamp for the bedside table. Height 45 cm.",
            "attributes": [{"name": "model_name", "value": "Aurora", "quote": "Tischlampe Aurora"}],
        });
        believe(&mut item, &product, &answer, "small");
        assert_eq!(item.title_en.as_deref(), Some("Table lamp Aurora made of brass, 40 W"));
        assert_eq!((item.english, item.lineage.model.as_deref()), (None, Some("small")));
        let added = item.attributes.iter().find(|one| one.name == "model_name").unwrap();
        assert_eq!((added.value.as_str(), added.evidence.source), ("Aurora", EvidenceSource::Model));
    }

    #[test]
    fn what_cannot_be_believed_is_left() {
        for title in [
            "",
            "Table lamp for 999 dollars, 40 W",
            "Table lamp, 40 W, see https://evil.example",
            "Table lamp [buy](http://evil.example) 40 W",
            &"lamp ".repeat(200),
        ] {
            let (product, mut item) = lamp();
            let answer = json!({"title_en": title, "description_en": null, "attributes": "none"});
            believe(&mut item, &product, &answer, "small");
            assert_eq!((item.title_en.as_deref(), item.english), (None, Some(EnglishReason::ModelFailed)), "{title}");
        }
        let (product, mut item) = lamp();
        let before = item.attributes.clone();
        let made_up = json!({"attributes": [
            {"name": "color", "value": "red", "quote": "in Rot"},
            {"name": "color", "value": "red", "quote": ""},
            {"name": "weight", "value": "3 kg", "quote": "Höhe 45 cm"},
            {"name": "seller", "value": "x", "quote": "Tischlampe"},
            {"name": "color"}, null, 7,
        ]});
        believe(&mut item, &product, &made_up, "small");
        assert_eq!(item.attributes, before);
        for nonsense in [json!(null), json!([]), json!("text"), json!({"attributes": {}})] {
            believe(&mut item, &product, &nonsense, "small");
            assert_eq!(item.attributes, before);
        }
    }

    #[test]
    fn an_english_page_keeps_its_own_words() {
        let product = Product {
            title: "Table lamp made of brass for the bedroom".into(),
            description: Some("A plain lamp for the bedside table.".into()),
            ..Product::default()
        };
        let mut item = crate::enrich(&product, None);
        believe(
            &mut item,
            &product,
            &json!({"title_en": "Another", "description_en": "Another", "attributes": []}),
            "small",
        );
        assert_eq!(item.title_en.as_deref(), Some("Table lamp made of brass for the bedroom"));
        assert_eq!(item.english, None);
    }

    #[test]
    fn numbers_are_the_same_however_they_are_written() {
        assert_eq!(numbers("1.000,5 mm und 3"), ["10005", "3"]);
        assert_eq!(numbers("1,000.5 mm and 3."), ["10005", "3"]);
        assert!(numbers("none").is_empty());
    }
}
