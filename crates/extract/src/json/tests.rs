//! What shops break in JSON, and that nothing written there breaks the reader.

use proptest::prelude::*;

use super::*;

fn price(text: &str) -> Option<String> {
    let document = parse(text)?;

    document.roots().flat_map(Json::walk).find(|value| value.key() == "price").and_then(|value| value.filled())
}

#[test]
fn broken_texts_are_repaired() {
    for text in [
        r#"{"price": "9.99"}"#,
        r#"{"price": 9.99,}"#,
        r#"{"name": "a", "price": "9.99",}"#,
        r#"[{"price": 9.99},]"#,
        "{\"name\": \"two\nlines\t\", \"price\": 9.99}",
        r#"{"name": "a 3" nail", "price": 9.99}"#,
        r#"{"name": "a "big", red" nail", "price": 9.99}"#,
        r#"{'name': 'a', 'price': '9.99'}"#,
        r#"{name: "a", price: 9.99}"#,
        r#"<!-- {"price": 9.99} -->"#,
        "//<![CDATA[\n{\"price\": 9.99}\n//]]>",
        "<![CDATA[{\"price\": 9.99}]]>",
        "/* product */ {\"price\": 9.99 /* with tax */}",
        "{\"a\": 1 // one\n, \"price\": 9.99}",
        r#"{"@type": "Brand"} {"price": 9.99}"#,
        r#"{"@type": "Brand"},{"price": 9.99}"#,
        r#"{"offers": {"price": 9.99"#,
        r#"{"offers": [{"price": 9.99]}"#,
        r#"{"offers": [{"price": 9.99}"#,
        "{\"name\": \"a\"\n \"price\": 9.99}",
        r#"{"stock": undefined, "f": new Date(1, 2), "price": 9.99}"#,
        "\u{feff}{\"price\": 9.99};",
        r#"{"name": "\u00e9 \ud83d\ude00 \x41", "price": 9.99}"#,
    ] {
        assert_eq!(price(text).as_deref(), Some("9.99"), "{text}");
    }
}

#[test]
fn values_are_read_as_they_stand() {
    let document = parse(r#"{"a":"x\n\u00e9\ud83d\ude00","b":[1,[2],{"c":60.00}],"d":true,"e":null}"#).unwrap();
    let root = document.root();
    assert_eq!(root.get("a").and_then(|a| a.text()).as_deref(), Some("x\né😀"));
    assert_eq!(root.get("b").map(|b| b.values().count()), Some(3));
    assert_eq!(root.walk().find(|value| value.key() == "c").and_then(Json::filled).as_deref(), Some("60.00"));
    assert_eq!(root.get("d").and_then(Json::as_bool), Some(true));
    assert!(root.get("e").is_some_and(Json::is_null));
    assert_eq!(root.get("b").into_iter().flat_map(Json::each).count(), 3);
    assert_eq!(root.get("a").into_iter().flat_map(Json::each).count(), 1);
}

#[test]
fn a_literal_of_a_script_ends_where_it_ends() {
    let text = "{id: 1, 'name': 'x', n: {price: 9.99}}; more()";
    let (document, end) = parse_prefix(text).unwrap();
    assert_eq!(&text[end..], "; more()");
    assert_eq!(document.root().get("name").and_then(Json::filled).as_deref(), Some("x"));
}

#[test]
fn deep_nesting_is_bounded() {
    for open in ["[", "{\"a\":", "[{\"a\":", "'", "\"", "{", "/*", "<!--"] {
        let text = open.repeat(200_000);
        let _ = parse(&text).map(|document| document.roots().flat_map(Json::walk).count());
        let _ = parse_prefix(&text);
    }
}

proptest! {
    #[test]
    fn any_text_is_survived(text in "[\\[\\]{}\",:'\\\\a0 \n/*<!>-]{0,120}") {
        if let Some(document) = parse(&text) {
            for value in document.roots().flat_map(Json::walk) {
                let _ = (value.text(), value.key(), value.raw(), value.values().count(), value.each().count());
            }
        }
        let _ = parse_prefix(&text);
    }

    #[test]
    fn any_unicode_is_survived(text in any::<String>()) {
        let _ = parse(&format!("{{\"a\":\"{text}\"}}")).map(|document| document.roots().flat_map(Json::walk).filter_map(Json::text).count());
    }
}
