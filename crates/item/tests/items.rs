//! Whole captures of invented shops in several languages, and what they mean; then captures that nobody should have made.

#![expect(clippy::unwrap_used, reason = "the inputs stand beside the tests")]

use creel_item::enrich;
use creel_types::{Country, EnglishReason, ItemContent, MediaReason, Product, ReviewReason, ReviewState, Signal, SizeKind};
use serde_json::{Value, json};

/// A product from JSON, with what every test would repeat filled in.
fn product(mut value: Value) -> Product {
    let plain = json!({"product_id": null, "group_id": null, "title": "", "subtitle": null, "brand": null, "description": null,
        "breadcrumbs": [], "image_url": null, "images": [], "options": {}, "skus": [], "min_price": null, "max_price": null,
        "currency": null, "available": true, "sku_count": 1, "rating": null, "properties": [], "custom": {}, "sources": {}, "completeness": 0.5});
    for (name, default) in plain.as_object().unwrap() {
        value.as_object_mut().unwrap().entry(name.clone()).or_insert(default.clone());
    }
    serde_json::from_value(value).unwrap()
}

/// One SKU; `more` are fields of its one offer.
fn sku(last: u8, options: &[&str], price: &str, currency: &str, more: Value) -> Value {
    let amount: Value = serde_json::from_str(price).unwrap();
    let mut offer = json!({"price": {"amount": amount, "full_amount": null, "currency": currency},
        "availability": {"in_stock": true, "status": "in_stock", "quantity": null, "text": null},
        "condition": "new", "seller": null, "seller_type": "store", "shipping": null, "tax": null, "promotions": [], "unit_price": null});
    for (name, value) in more.as_object().unwrap() {
        offer[name] = value.clone();
    }
    let id = format!("00000000-0000-0000-0000-0000000000{last:02}");
    let mut sku = json!({"id": id, "sku": format!("S-{last}"), "selected": last == 1,
        "identifiers": {"gtin": format!("040063813339{last:02}"), "mpn": null}, "image_url": null, "offers": [offer]});
    for (at, option) in options.iter().enumerate() {
        sku[format!("opt{}", at + 1)] = json!(option);
    }
    sku
}

fn item(value: Value, country: &str) -> ItemContent {
    enrich(&product(value), country.parse::<Country>().ok())
}

fn sizes(item: &ItemContent) -> Vec<String> {
    item.sizes.iter().map(|one| format!("{} {} {}", one.kind, one.system, one.value)).collect()
}

#[test]
fn a_german_sneaker() {
    let sold_out =
        json!({"availability": {"in_stock": false, "status": "out_of_stock", "quantity": 0, "text": "ausverkauft"}});
    let reduced = json!({"price": {"amount": 59.90, "full_amount": 79.90, "currency": "EUR"}});
    let item = item(
        json!({
            "title": "NORDLYS Herren Sneaker »Fjord« | Schuhladen Muster | versandkostenfrei",
            "brand": "Nordlys Schuh GmbH & Co. KG",
            "description": "<p>Der leichte Sneaker für jeden Tag. Das Obermaterial ist aus weichem Leder und die Sohle aus Gummi.</p><ul><li>Leder</li><li>Gummi</li></ul><p>Mehr anzeigen</p>",
            "language": "de", "breadcrumbs": ["Home", "Herren", "Schuhe"], "currency": "EUR", "min_price": 59.90, "max_price": 79.90,
            "images": ["https://cdn.schuhladenmuster.example/p/1_300x300.jpg", "https://cdn.schuhladenmuster.example/p/1_1200x1200.jpg",
                "https://cdn.schuhladenmuster.example/img/logo.svg"],
            "options": {"opt1": {"name": "Größe", "values": ["42", "42 2/3", "43 1/3"]}},
            "skus": [sku(1, &["42"], "79.90", "EUR", reduced), sku(2, &["42 2/3"], "79.90", "EUR", sold_out), sku(3, &["43 1/3"], "79.90", "EUR", json!({}))],
        }),
        "DE",
    );
    let description = "Der leichte Sneaker für jeden Tag. Das Obermaterial ist aus weichem Leder und die Sohle aus Gummi.\n\n• Leder\n• Gummi";
    assert_eq!(item.title, "NORDLYS Herren Sneaker »Fjord«");
    assert_eq!(item.description.as_deref(), Some(description));
    let brand = item.brand.as_ref().map(|brand| (brand.name.as_str(), brand.as_shown.as_str()));
    assert_eq!(brand, Some(("Nordlys Schuh", "Nordlys Schuh GmbH & Co. KG")));
    assert_eq!(
        (item.language.as_deref(), item.english, item.title_en.as_deref()),
        (Some("de"), Some(EnglishReason::NoModel), None)
    );
    assert_eq!(sizes(&item), ["shoes EU 42", "shoes EU 42 2/3", "shoes EU 43 1/3"]);
    assert_eq!(item.sizes[1].sku_id, Some(item.offers[1].sku_id));
    let reasons: Vec<Option<MediaReason>> = item.media.iter().map(|one| one.reason).collect();
    assert_eq!(reasons, [Some(MediaReason::Duplicate), None, Some(MediaReason::NotAPicture)]);
    assert_eq!(item.identifiers.len(), 3);
    for signal in [Signal::Discounted, Signal::PartlyOutOfStock] {
        assert!(item.signals.contains(&signal), "{signal}: {:?}", item.signals);
    }
    assert!(!item.signals.contains(&Signal::OutOfStock) && !item.signals.contains(&Signal::MissingBrand));
    assert!(!item.review.reasons.contains(&ReviewReason::UnreadSizes));
}

#[test]
fn an_american_dress_is_its_own_english() {
    let low = json!({"availability": {"in_stock": true, "status": "in_stock", "quantity": 2, "text": "2 left"}});
    let item = item(
        json!({
            "title": "LONG STRAPPY SUMMER DRESS", "brand": "unbranded", "language": "en", "breadcrumbs": ["Women", "Dresses"],
            "description": "A light dress that you can wear all summer long, at the beach or in the city.",
            "options": {"opt1": {"name": "Color", "values": ["Red"]}, "opt2": {"name": "Size", "values": ["2", "4", "US 6 / EU 36"]}},
            "skus": [sku(1, &["Red", "2"], "49.00", "USD", low), sku(2, &["Red", "4"], "49.00", "USD", json!({})),
                sku(3, &["Red", "US 6 / EU 36"], "49.00", "USD", json!({}))],
        }),
        "US",
    );
    assert_eq!(item.title, "Long Strappy Summer Dress");
    assert_eq!(item.title_en.as_ref(), Some(&item.title));
    assert_eq!((item.description_en.as_ref(), item.english), (item.description.as_ref(), None));
    assert_eq!(sizes(&item), ["clothing US 2", "clothing US 4", "clothing US 6", "clothing EU 36"]);
    assert_eq!(item.brand, None);
    for signal in [Signal::LowStock, Signal::MissingBrand, Signal::MissingImages] {
        assert!(item.signals.contains(&signal), "{signal}");
    }
}

#[test]
fn groceries_by_litre_and_kilogram() {
    let stated = json!({"unit_price": {"amount": 2.40, "quantity": 100, "unit": "g"}});
    let net = json!([{"name": "Contenuto netto", "value": "75 ml"}]);
    let priced = |price: &str, currency: &str| json!([sku(1, &[], price, currency, json!({}))]);
    let table = [
        (
            json!({"title": "Eau minérale 6 x 1,5 L", "language": "fr", "skus": priced("3.60", "EUR")}),
            "FR",
            "0.40 l computed",
        ),
        (json!({"title": "醤油 500ml", "language": "ja", "skus": priced("298", "JPY")}), "JP", "596 l computed"),
        (
            json!({"title": "Ser gouda plastry", "language": "pl", "skus": [sku(1, &[], "5.99", "PLN", stated)]}),
            "PL",
            "24.00 kg stated",
        ),
        (
            json!({"title": "Crema mani", "language": "it", "properties": net, "skus": priced("4.50", "EUR")}),
            "IT",
            "60.00 l computed",
        ),
        (json!({"title": "Mochila 20 l", "language": "es", "skus": priced("30", "EUR")}), "ES", ""),
    ];
    for (value, country, expected) in table {
        let item = item(value, country);
        let how = |stated| if stated { "stated" } else { "computed" };
        let shown: Vec<String> =
            item.unit_prices.iter().map(|one| format!("{} {} {}", one.amount, one.unit, how(one.stated))).collect();
        assert_eq!(shown.join(", "), expected, "{}", item.title);
    }
}

#[test]
fn children_and_jeans() {
    let table = [
        ("Robe fille fleurie", "fr", "FR", "Taille", ["4 ans", "98/104"], ["kids AGE 4Y", "kids CM 98-104"], SizeKind::Kids),
        (
            "Slim Jeans Herren",
            "de",
            "DE",
            "Größe",
            ["W32 L34", "33/32"],
            ["jeans IN W32 L34", "jeans IN W33 L32"],
            SizeKind::Jeans,
        ),
    ];
    for (title, language, country, name, values, expected, kind) in table {
        let skus: Vec<Value> = (1_u8..).zip(values).map(|(at, value)| sku(at, &[value], "20", "EUR", json!({}))).collect();
        let options = json!({"opt1": {"name": name, "values": values}});
        let item = item(json!({"title": title, "language": language, "options": options, "skus": skus}), country);
        assert_eq!(sizes(&item), expected);
        assert!(item.sizes.iter().all(|one| one.kind == kind));
    }
}

#[test]
fn what_was_captured_is_copied_and_nothing_is_made_up() {
    let used = json!({"condition": "refurbished", "seller": "Shop A", "promotions": [{"kind": "coupon", "text": "10 % off"}],
        "availability": {"in_stock": true, "status": "preorder", "quantity": null, "text": null}});
    let item = item(
        json!({"title": "Telefon", "language": "sv", "min_price": 10, "max_price": 20, "currency": "SEK", "available": true,
            "skus": [sku(1, &[], "10", "SEK", used), sku(2, &[], "20", "SEK", json!({"seller": "Shop B"}))]}),
        "SE",
    );
    assert_eq!((item.min_price, item.max_price), ("10".parse().ok(), "20".parse().ok()));
    assert_eq!((item.currency.map(|one| one.to_string()).as_deref(), item.available), (Some("SEK"), true));
    assert_eq!(item.offers.len(), 2);
    for signal in [Signal::Used, Signal::Promotion, Signal::Preorder, Signal::SeveralSellers, Signal::MissingDescription] {
        assert!(item.signals.contains(&signal), "{signal}");
    }
}

#[test]
fn nothing_makes_an_item_that_says_why() {
    let item = item(json!({}), "");
    assert_eq!((item.title.as_str(), item.english), ("", Some(EnglishReason::UnknownLanguage)));
    assert_eq!(item.review.state, ReviewState::NeedsReview);
    for reason in [ReviewReason::UnsureCategory, ReviewReason::UnknownLanguage, ReviewReason::NoPrice] {
        assert!(item.review.reasons.contains(&reason), "{reason}");
    }
    assert!(item.signals.contains(&Signal::MissingPrice));
}

#[test]
fn hostile_captures_are_read_in_time() {
    let pieces = [
        "<p <a &amp;",
        "1 x 2 x 3 x ",
        "9",
        "😀 ",
        "size 42 ",
        "日本語テキスト",
        "a",
        "( [ | - ",
        "&#65;&lt;",
        "\u{202e}\u{0}",
        "<script>",
        "1,1.1 ",
        "M - L / ",
    ];
    let started = std::time::Instant::now();
    for piece in pieces {
        let text = piece.repeat(100_000 / piece.len());
        let values: Vec<String> = (0..500).map(|at| format!("{at} {}", &text[..text.floor_char_boundary(80)])).collect();
        let item = item(
            json!({"title": text, "brand": text, "description": text, "breadcrumbs": [text],
                "images": [text, format!("https://a.example/?w=1&{text}")],
                "options": {"opt1": {"name": "Size", "values": values}, "opt2": {"name": text, "values": [text]}},
                "properties": [{"name": "Größe", "value": text}, {"name": text, "value": "42"}],
                "skus": [sku(1, &[&text], "1", "EUR", json!({}))]}),
            "DE",
        );
        assert!(item.title.len() <= 1_100, "{}", item.title.len());
    }
    // Of a debug build on a busy machine; quadratic work would take minutes.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn contradictions_do_not_stop_it() {
    let item = item(
        json!({"title": "Women's men's shoes hat ring size 42 / S", "language": "en",
            "description": "The quick brown fox jumps over the lazy dog. Der Hund schläft, le chat dort.",
            "options": {"opt1": {"name": "Size", "values": ["42", "One Size", "XL", "104", "blue", ""]}, "opt2": {"name": "Größe", "values": ["S"]}},
            "skus": [sku(1, &["42", "S"], "1", "EUR", json!({})), sku(2, &["blue"], "1", "USD", json!({}))]}),
        "JP",
    );
    assert!(item.sizes.iter().any(|one| one.value == "42"));
    assert!(item.review.reasons.contains(&ReviewReason::UnreadSizes));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn no_capture_breaks_it(
        title in "\\PC{0,80}",
        brand in "\\PC{0,30}",
        description in "\\PC{0,300}",
        values in proptest::collection::vec("\\PC{0,20}", 0..6),
    ) {
        let skus: Vec<Value> = values.iter().take(3).map(|value| sku(1, &[value], "1", "EUR", json!({}))).collect();
        let options = json!({"opt1": {"name": "Size", "values": values}});
        let _ = item(json!({"title": title, "brand": brand, "description": description, "options": options, "skus": skus}), "DE");
    }
}
