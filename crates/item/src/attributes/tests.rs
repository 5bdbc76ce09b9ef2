//! Attributes of made-up captures in several languages, against what a person says they state.

use creel_types::{OptionAxis, Product, Property};
use proptest::prelude::*;

use super::*;

type Properties = &'static [(&'static str, &'static str)];

fn product(title: &str, options: &[(&str, &[&str])], properties: &[(&str, &str)], description: &str) -> Product {
    Product {
        title: title.into(),
        description: Some(description.into()),
        options: options
            .iter()
            .map(|(name, values)| OptionAxis {
                name: (*name).into(),
                values: values.iter().map(|value| (*value).into()).collect(),
            })
            .collect(),
        properties: properties
            .iter()
            .map(|(name, value)| Property { name: (*name).into(), value: (*value).into() })
            .collect(),
        ..Product::default()
    }
}

fn category(id: &str) -> Option<Category> {
    let evidence = creel_types::Evidence::default();
    (!id.is_empty()).then(|| Category { id: id.into(), path: String::new(), confidence: 1.0, google_id: None, evidence })
}

/// `name=value unit`, a `!` behind what conflicts.
fn shown(product: &Product, id: &str) -> Vec<String> {
    let found = find(&Reading::of(product, None), category(id).as_ref());
    let one = |one: Attribute| {
        let unit = one.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
        let share = one.share.map(|share| format!(" {share}%")).unwrap_or_default();
        format!("{}={}{unit}{share}{}", one.name, one.value, if one.conflicting { "!" } else { "" })
    };
    found.into_iter().map(one).collect()
}

#[test]
fn titles_state_quantities_and_words() {
    let cases: [(&str, &str, &[&str]); 16] = [
        ("Mineralwasser 1,5 l", "fb", &["capacity=1.5 l"]),
        ("Cola 6 x 330 ml", "fb", &["capacity=0.33 l", "count=6 piece"]),
        ("Serum 2x100 ml", "hb", &["capacity=0.1 l", "count=2 piece"]),
        ("Spaghetti 500g", "fb", &["weight=0.5 kg"]),
        ("Shampoo 16.9 fl oz", "hb", &["capacity=0.49979264960625 l"]),
        ("27\" LED Monitor 144 Hz Full HD", "el", &["frequency=144 Hz", "screen_size=0.6858 m", "resolution=1920x1080"]),
        ("Laptop 16 GB RAM 1TB SSD", "el", &["storage=1000 GB", "memory=16 GB"]),
        ("Bohrmaschine 18V 2.0Ah", "ha", &["voltage=18 V", "battery_capacity=2 Ah"]),
        ("Women's Red Patent Leather Pumps", "aa-8", &["color=red", "material=leather", "gender=female"]),
        ("Herren Langarmshirt schwarz Slim Fit", "aa-1", &["color=black", "gender=male", "fit=slim", "sleeve_length=long"]),
        ("Case for iPhone 15 Pro, black", "el", &["color=black", "compatible_model=iPhone 15 Pro"]),
        ("Regalboden 80 x 30 x 2 cm weiß", "fr", &["color=white", "dimensions=0.8 x 0.3 x 0.02 m"]),
        (
            "Organic Dark Roast Whole Bean Coffee, 12 oz",
            "fb",
            &["weight=0.3401942775 kg", "form=whole bean", "roast=dark", "organic=yes"],
        ),
        ("Orange juice", "fb", &[]),
        ("", "", &[]),
        ("🎉🎉🎉", "", &[]),
    ];
    for (title, id, expected) in cases {
        let mut found = shown(&product(title, &[], &[], ""), id);
        found.retain(|one| !["product_type", "model_name", "model_number"].iter().any(|name| one.starts_with(name)));
        assert_eq!(found, expected, "{title}");
    }
}

#[test]
fn what_the_shop_names_is_read_in_its_language() {
    let cases: [(Properties, &[&str]); 12] = [
        (&[("Farbe", "Dunkelblau")], &["color=blue"]),
        (&[("Matière", "80 % coton, 20 % polyester")], &["material=cotton 80%", "material=polyester 20%"]),
        (&[("Weight (g)", "500")], &["weight=0.5 kg"]),
        (&[("Inhalt", "0,75 l")], &["capacity=0.75 l"]),
        (&[("Arbeitsspeicher", "16 GB")], &["memory=16 GB"]),
        (&[("Przekątna ekranu", "15,6\"")], &["screen_size=0.39624 m"]),
        (&[("Vegan", "Ja"), ("Waterproof", "No")], &["vegan=yes", "waterproof=no"]),
        (&[("Colore", "Tramonto Etrusco")], &["color=tramonto etrusco"]),
        (&[("Energieeffizienzklasse", "a")], &["energy_class=A"]),
        (&[("素材", "綿100%")], &["material=cotton 100%"]),
        (&[("Color", "N/A"), ("Größe", "-")], &[]),
        (&[("Geschlecht", "Damen, Herren")], &["gender=unisex"]),
    ];
    for (properties, expected) in cases {
        assert_eq!(shown(&product("", &[], properties, ""), ""), expected, "{properties:?}");
    }
}

#[test]
fn what_a_picker_says_beside_its_values_is_none() {
    let options: [(&str, &[&str]); 2] =
        [("Size", &["Tamanho: XS", "M", "Size guide"]), ("Color", &["previous", "45", "Red"])];
    assert_eq!(shown(&product("", &options, &[], ""), "aa"), ["color=red", "size=XS", "size=M"]);
}

#[test]
fn contradictions_are_kept_and_marked() {
    let one = product("Red Mug", &[("Colour", &["Blue"])], &[], "");
    assert_eq!(shown(&one, "hg"), ["color=blue!", "color=red!"]);
    let axis = product("Red Mug", &[("Colour", &["Blue", "Red"])], &[], "");
    assert_eq!(shown(&axis, "hg"), ["color=blue", "color=red"]);
    let own_word = product("Red Mug", &[("Colour", &["Moonrise"])], &[], "");
    assert_eq!(shown(&own_word, "hg"), ["color=moonrise", "color=red"]);
    let rounded = product("Shampoo 16.9 fl oz", &[], &[("Volume", "500 ml")], "");
    assert_eq!(shown(&rounded, "hb"), ["capacity=0.5 l"]);
    let weights = product("Beans 500 g", &[], &[("Net weight", "1 kg")], "");
    assert_eq!(shown(&weights, "fb"), ["weight=1 kg!", "weight=0.5 kg!"]);
}

#[test]
fn a_shade_is_kept_beside_its_family_with_its_evidence() {
    let product = product("", &[("Color", &["Red Patent"])], &[], "");
    let found = find(&Reading::of(&product, None), None);
    assert_eq!((found[0].value.as_str(), found[0].as_shown.as_str()), ("red", "Red Patent"));
    assert_eq!(found[0].evidence.text, "Color: Red Patent");
    assert!(found[0].confidence > 0.9);
}

#[test]
fn a_shade_that_is_one_word_is_of_the_color_that_ends_it() {
    for (shade, color) in [
        ("Nachtblau", "blue"),
        ("tannengrün", "green"),
        ("Ziegelrot matt", "red"),
        ("matt Ziegelrot", "red"),
        ("Cremeweiß", "white"),
        ("tegelröd", "red"),
        ("nachtblauw", "blue"),
        ("Moonrise", "moonrise"),
        ("Karot", "karot"),
        ("Brot", "brot"),
    ] {
        let found = find(&Reading::of(&product("", &[("Farbe", &[shade])], &[], ""), None), None);
        assert_eq!((found[0].value.as_str(), found[0].as_shown.as_str()), (color, shade));
    }
}

#[test]
fn descriptions_are_read_for_named_lines_compositions_and_flags() {
    let text = "Soft tee.\nMaterial: 95% cotton, 5% elastane\nThis is vegan and not waterproof.";
    let found = shown(&product("", &[], &[], text), "aa");
    assert_eq!(found, ["material=cotton 95%", "material=elastane 5%", "vegan=yes"]);
}

proptest! {
    #[test]
    fn nothing_panics(title in "\\PC{0,200}", value in "\\PC{0,80}", text in "(\\PC{0,60}|Material: |[0-9]{1,4}[%a-z\" ,.]{1,4}|\n){0,12}") {
        let product = product(&title, &[("Color", &[&value])], &[("Weight (g)", &value), ("Material", &value)], &text);
        for one in find(&Reading::of(&product, None), None) {
            prop_assert!((0.0..=1.0).contains(&one.confidence));
        }
    }
}
