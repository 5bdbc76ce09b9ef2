//! Quantities as shops write them, against what a person says they are.

use super::*;

/// Each quantity as `[count x ]value unit`, sides joined by ` × `, ranges as `from..value`, bases of prices with `/`.
fn read(text: &str, language: &str) -> String {
    let shown = |one: &Quantity| {
        let count = if one.count > 1 { format!("{} x ", one.count) } else { String::new() };
        match one.role {
            Role::Amount => format!("{count}{} {}", one.value, one.unit),
            Role::Per => format!("/{count}{} {}", one.value, one.unit),
            Role::Range { from } => format!("{from}..{} {}", one.value, one.unit),
        }
    };
    find(text, Some(language).filter(|language| !language.is_empty())).map(|one| shown(&one)).collect::<Vec<_>>().join(", ")
}

#[test]
fn traps() {
    let table = [
        ("2 in 1 Shampoo 5 in stock", "en", ""),
        ("5G phone, 4K TV, iPhone 15 128 GB", "en", "128 GB"),
        ("iPhone 15 128 Go", "fr", "128 GB"),
        ("Jeans 32W 34L", "en", ""),
        ("100 km/h, 5 mg/ml, 120 g/m²", "en", "120 g/m2"),
        ("12.05.2024, v1.2.3, EAN 4006381333931", "de", ""),
        ("ABC-500 W, Z100g", "en", ""),
        ("$5 g", "en", ""),
        ("0 g", "en", ""),
        ("999999999999 kg kg kg", "en", "999999999999 kg"),
    ];
    for (text, language, expected) in table {
        assert_eq!(read(text, language), expected, "{text}");
    }
}

#[test]
fn a_quantity_knows_where_it_stands() {
    let text = "Cola 6 x 330 ml Dosen";
    let all: Vec<Quantity> = find(text, Some("de")).collect();
    assert_eq!(&text[all[0].range.clone()], "6 x 330 ml");
    assert_eq!((all[0].count, all[0].kind), (6, Kind::Volume));
}

#[test]
fn sides_come_in_their_order() {
    let text = "Box 10 x 20,5 x 5 cm";
    let all: Vec<Quantity> = find(text, Some("de")).collect();
    assert!(all.iter().all(|one| one.side));
    assert_eq!(read(text, "de"), "0.1 m, 0.205 m, 0.05 m");
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_it(text in "\\PC*", language in "(en|de|fr|ja)") {
        for one in find(&text, Some(&language)) {
            proptest::prop_assert!(text.get(one.range.clone()).is_some());
        }
    }

    #[test]
    fn no_heap_of_numbers_breaks_it(text in "[0-9xX.,/ '½a-m\"-]{0,60}") {
        let _ = find(&text, None).count();
    }
}
