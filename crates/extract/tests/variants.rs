//! Variants as pages without product markup state them: in pickers, in scripts, in the state of platforms. One page a rule.

#![allow(clippy::unwrap_used)]

use creel_extract::{Extractor, PageInput};
use creel_types::{Country, Product};
use url::Url;

fn draft(url: &str, body: &str) -> Product {
    let url = Url::parse(url).unwrap();
    let html = format!("<title>Blue Hose</title><h1>Blue Hose</h1><img src=/i/1.jpg><span class=price>$5.00</span>{body}");
    let page = PageInput { url: &url, html: &html, country: Country::US, program: None, status: 200 };
    Extractor::new().read(&page).draft.unwrap()
}

/// Number, options, price and whether in stock of each SKU.
fn skus(product: &Product) -> Vec<String> {
    let line = |sku: &creel_types::Sku| {
        let options: Vec<&str> = sku.options.iter().map(|value| value.as_deref().unwrap_or("-")).collect();
        let offer = &sku.offers[0];
        let price = offer.price.as_ref().map_or("none".to_owned(), |price| price.amount.to_string());
        let stock = if offer.availability.in_stock { "in" } else { "out" };
        format!("{} [{}] {price} {stock}", sku.sku.as_deref().unwrap_or("null"), options.join(","))
    };
    product.skus.iter().map(line).collect()
}

#[test]
fn variants_of_pages_without_markup() {
    for (rule, body, expected) in [
        (
            "options that carry numbers",
            r#"<label for=v>Length</label><select id=v name=variant><option value="5 m" data-sku=H-5 data-price=5.00>5 m ($5.00)</option>
               <option value="10 m" data-sku=H-10 data-price=9.00>10 m ($9.00) – Sold out</option></select>"#,
            ["H-5 [5 m] 5.00 in", "H-10 [10 m] 9.00 out"],
        ),
        (
            "options that join two axes and state prices in words",
            r#"<label for=v>Color / Size</label><select id=v name=variant><option value=H1 data-sku=H1>Red / S – $5.00</option>
               <option value=H2 data-sku=H2 disabled>Red / M – $9.00</option></select>"#,
            ["H1 [Red,S] 5.00 in", "H2 [Red,M] 9.00 out"],
        ),
        (
            "radio buttons that carry numbers",
            r#"<div><span>Length</span><label><input type=radio name=v value="5 m" data-sku=H-5 data-price=5.00 checked> 5 m $5.00</label>
               <label><input type=radio name=v value="10 m" data-sku=H-10 data-price=9.00 data-stock=0> 10 m $9.00</label></div>"#,
            ["H-5 [5 m] 5.00 in", "H-10 [10 m] 9.00 out"],
        ),
        (
            "a bare list in a script whose numbers the address has",
            r#"<script>var v = [{"sku":"H4711-1","price":5,"available":true,"attributes":{"Length":"5 m"}},
               {"sku":"H4711-2","price":9,"available":false,"attributes":{"Length":"10 m"}}];</script>"#,
            ["H4711-1 [5 m] 5 in", "H4711-2 [10 m] 9 out"],
        ),
        (
            "a configuration with a map of stock",
            r#"<script type="text/x-magento-init">{"x":{"jsonConfig":{"attributes":{"93":{"code":"length","label":"Length","options":[
               {"label":"5 m","products":["1"]},{"label":"10 m","products":["2"]}]}},"optionPrices":{"1":{"finalPrice":{"amount":5}},"2":{"finalPrice":{"amount":9}}},
               "sku":{"1":"H-5","2":"H-10"},"stock":{"1":{"is_in_stock":true},"2":{"is_in_stock":false}}}}}</script>"#,
            ["H-5 [5 m] 5 in", "H-10 [10 m] 9 out"],
        ),
        (
            "slugs in the state, words in the picker",
            r#"<form data-product_variations='[{"attributes":{"attribute_pa_color":"cafe"},"display_price":5,"is_in_stock":true,"sku":"H-1"},
               {"attributes":{"attribute_pa_color":"dark-red"},"display_price":5,"is_in_stock":true,"sku":"H-2"}]'></form>
               <select id=pa_color name=attribute_pa_color aria-label=Color><option value="">Choose</option><option value=cafe>Café</option><option value=dark-red>Dark Red</option></select>"#,
            ["H-1 [Café] 5 in", "H-2 [Dark Red] 5 in"],
        ),
    ] {
        let product = draft("https://shop.example/p/blue-hose-h4711", body);
        assert_eq!(skus(&product), expected, "{rule}: {:?}", product.options);
    }
}

#[test]
fn siblings_on_pages_of_their_own_are_options_and_no_skus() {
    let state = r#"<script>var state = {"menu":{"id":"gardening","name":"Gardening","url":"/gardening","children":[]},
        "p":{"name":"Blue Hose","sku":"H-1","price":{"regular":{"value":6},"special":{"value":5}},"inventory":{"isInStock":true},
        "attributes":[{"attributeName":"Color","optionText":"Blue"}],"variantGroup":{"variantAttributes":[{"attributeName":"Color",
        "options":[{"optionText":"Red","productId":12},{"optionText":"Blue","productId":7}]}]}}}</script>"#;
    let product = draft("https://shop.example/gardening/blue-hose", state);
    assert_eq!(skus(&product), ["H-1 [Blue] 5 in"]);
    assert_eq!(product.options[0].values, ["Red", "Blue"]);
    assert_eq!(product.group_id.as_deref(), Some("7"));
}

#[test]
fn tiles_beside_the_product_give_it_neither_prices_nor_pictures() {
    let tile =
        |n: u32| format!("<div class=x><a href=/p/{n}><img src=/i/other-{n}.jpg></a><b>${n}.00</b> <del>$99.00</del></div>");
    let product = draft("https://shop.example/p/blue-hose", &format!("<p>SKU: H-1</p>{}", [2, 3, 4].map(tile).concat()));
    assert_eq!(product.images, ["https://shop.example/i/1.jpg"]);
    let price = product.skus[0].offers[0].price.clone().unwrap();
    assert_eq!((price.amount.to_string(), price.full_amount), ("5.00".to_owned(), None));
}
