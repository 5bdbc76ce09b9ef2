//! Pages as shops make them, written for these tests: each shows one rule from the page to the product.

#![allow(clippy::unwrap_used)]

use creel_extract::{Extractor, PageInput, PageReading};
use creel_types::{AvailabilityStatus, Field, PageKind, Product, Source};
use url::Url;

fn read_at(url: &str, country: &str, html: &str) -> PageReading {
    let url = Url::parse(url).unwrap();
    Extractor::new().read(&PageInput { url: &url, html, country: country.parse().unwrap(), program: None, status: 200 })
}

fn read(html: &str) -> Product {
    read_at("https://shop.example/p/blue-hose-471100", "US", html).draft.unwrap()
}

/// The shown price and its full price.
fn price(product: &Product) -> (String, Option<String>) {
    let sku = product.skus.iter().find(|sku| sku.selected).unwrap();
    let price = sku.offers[0].price.as_ref().unwrap();
    (price.amount.to_string(), price.full_amount.map(|full| full.to_string()))
}

const JSON_LD: &str = r#"<title>Blue hose | Shop</title><h1>Blue hose</h1><script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Blue hose",
  "image":["/a.jpg","/b.jpg"],"brand":{"@type":"Brand","name":"Hosing"},"sku":"H-1","gtin13":"4054278533728","mpn":"HX","description":"<p>Ten &amp; long</p>",
  "aggregateRating":{"ratingValue":"4.5","reviewCount":12},"review":{"author":{"name":"Jane Doe"},"reviewBody":"nice"},
  "offers":{"@type":"Offer","price":"9.90","priceCurrency":"EUR","availability":"https://schema.org/InStock","itemCondition":"https://schema.org/NewCondition","seller":{"name":"Shop"}}}</script>"#;

#[test]
fn json_ld_is_read_whole() {
    let product = read(JSON_LD);
    assert_eq!(product.title, "Blue hose");
    assert_eq!(product.brand.as_deref(), Some("Hosing"));
    assert_eq!(product.description.as_deref(), Some("Ten & long"));
    assert_eq!(product.images, ["https://shop.example/a.jpg", "https://shop.example/b.jpg"]);
    assert_eq!(price(&product), ("9.90".into(), None));
    assert_eq!(product.currency.map(|code| code.to_string()).as_deref(), Some("EUR"));
    let sku = &product.skus[0];
    assert_eq!(
        (sku.sku.as_deref(), sku.identifiers.gtin.as_deref(), sku.identifiers.mpn.as_deref()),
        (Some("H-1"), Some("04054278533728"), Some("HX"))
    );
    assert_eq!(sku.offers[0].seller.as_deref(), Some("Shop"));
    assert_eq!(product.rating.as_ref().map(|rating| rating.count), Some(Some(12)));
    assert_eq!(product.sources[&Field::Price], Source::JsonLd);
    assert!(!serde_json::to_string(&product).unwrap().contains("Jane"), "reviewers are never stored");
}

#[test]
fn a_capture_needs_every_part_of_the_gate() {
    let good = read_at("https://shop.example/p/1", "US", JSON_LD);
    assert!(good.is_capture(), "{:?}", good.reasons);
    for (gone, code) in [
        (r#""image":["/a.jpg","/b.jpg"],"#, "no_image"),
        (r#""price":"9.90","#, "no_price"),
        (r#""priceCurrency":"EUR","#, "no_currency"),
    ] {
        let reading = read_at("https://shop.example/p/1", "US", &JSON_LD.replace(gone, ""));
        assert!(reading.gate.iter().any(|failure| failure.code() == code), "{code}: {:?}", reading.reasons);
    }
}

#[test]
fn the_visible_sale_price_wins_over_markup() {
    let shown = |boxes: &str| format!("{JSON_LD}<div class=product>{boxes}<button>Add to cart</button></div>");
    for (boxes, expected) in [
        ("<span class=price>€9.90</span>", ("9.90", None)),
        ("<span class='price sale-price'>€7.50</span> <del class=price>€9.90</del>", ("7.50", Some("9.90"))),
        ("<span class='price'>€9.90</span> <s>€12.00</s>", ("9.90", Some("12.00"))),
        ("<span class=price>€<span>9</span><sup>90</sup></span>", ("9.90", None)),
        ("<div class=price>€9.90</div><div class=unit-price>€0.99 / m</div>", ("9.90", None)),
        ("<div class=related><a href=/p/2><span class=price>€1.00</span></a></div>", ("9.90", None)),
        ("<div class=recommendations-carousel><div class=price>€3.00</div></div>", ("9.90", None)),
    ] {
        let (amount, full) = price(&read(&shown(boxes)));
        assert_eq!((amount.as_str(), full.as_deref()), expected, "{boxes}");
    }
}

#[test]
fn one_malformed_block_loses_nothing_else() {
    let broken = JSON_LD.replace("<h1>", r#"<script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":[{"position":2,"name":"Hoses"},{"position":1,"name":"Garden"},}</script><script type="application/ld+json">{{{</script><h1>"#);
    let product = read(&broken);
    assert_eq!(price(&product).0, "9.90");
    assert_eq!(product.breadcrumbs, ["Garden", "Hoses"]);
}

#[test]
fn a_product_group_gives_its_variants() {
    let html = r##"<title>Shirt</title><h1>Shirt</h1><script type="application/ld+json">{"@graph":[{"@type":"ProductGroup","@id":"#g","name":"Shirt","productGroupID":"G7","variesBy":["https://schema.org/size","https://schema.org/color"],
      "image":"https://shop.example/s.jpg","hasVariant":[{"@id":"#v1"},{"@id":"#v2"}]},
      {"@type":"Product","@id":"#v1","sku":"S-1","size":"S","color":"Red","offers":{"@type":"Offer","price":10,"priceCurrency":"USD","url":"/p/shirt?size=S","availability":"OutOfStock"}},
      {"@type":"Product","@id":"#v2","sku":"S-2","size":"M","color":"Red","offers":{"@type":"Offer","price":12.5,"priceCurrency":"USD","url":"/p/shirt?size=M","availability":"InStock"}}]}</script>"##;
    let product = read_at("https://shop.example/p/shirt?size=M", "US", html).draft.unwrap();
    assert_eq!(product.group_id.as_deref(), Some("G7"));
    let axes: Vec<(&str, Vec<&str>)> =
        product.options.iter().map(|axis| (axis.name.as_str(), axis.values.iter().map(String::as_str).collect())).collect();
    assert_eq!(axes, [("Color", vec!["Red"]), ("Size", vec!["S", "M"])]);
    assert_eq!(
        product.skus.iter().map(|sku| (sku.sku.as_deref().unwrap(), sku.selected)).collect::<Vec<_>>(),
        [("S-1", false), ("S-2", true)]
    );
    assert_eq!(
        (product.min_price.unwrap().to_string(), product.max_price.unwrap().to_string()),
        ("10".into(), "12.5".into())
    );
    assert!(product.available, "one variant can be bought");
}

#[test]
fn a_list_of_products_is_no_product() {
    let item = |at: usize| {
        format!(
            r#"{{"@type":"ListItem","position":{at},"item":{{"@type":"Product","name":"Hose {at}","url":"/p/{at}","offers":{{"@type":"Offer","price":"{at}","priceCurrency":"USD"}}}}}}"#
        )
    };
    let items: Vec<String> = (1..9).map(item).collect();
    let html = format!(
        r#"<title>Hoses</title><h1>Hoses</h1><script type="application/ld+json">{{"@type":"ItemList","itemListElement":[{}]}}</script>"#,
        items.join(",")
    );
    let reading = read_at("https://shop.example/hoses", "US", &html);
    assert_eq!(reading.kind, PageKind::Discovery, "{:?}", reading.reasons);
    assert!(!reading.is_capture());
}

#[test]
fn microdata_and_rdfa_say_the_same() {
    let microdata = r#"<title>Mug</title><div itemscope itemtype="http://schema.org/Product"><h1 itemprop="name">Mug</h1><img itemprop="image" src="/m.jpg"><meta itemprop="sku" content="M1">
      <div itemprop="brand" itemscope itemtype="http://schema.org/Brand"><span itemprop="name">Potter</span></div>
      <div itemprop="offers" itemscope itemtype="http://schema.org/Offer"><span itemprop="price" content="4.50">$4.50</span><meta itemprop="priceCurrency" content="USD"><link itemprop="availability" href="http://schema.org/OutOfStock"></div></div>"#;
    let rdfa = microdata
        .replace("itemscope itemtype=\"http://schema.org/", "typeof=\"")
        .replace("itemprop=", "property=")
        .replace("<div typeof=\"Product\">", "<div vocab=\"http://schema.org/\" typeof=\"Product\">");
    for (html, source) in [(microdata.to_owned(), Source::Microdata), (rdfa, Source::Rdfa)] {
        let product = read(&html);
        assert_eq!(
            (product.title.as_str(), product.brand.as_deref(), price(&product).0.as_str()),
            ("Mug", Some("Potter"), "4.50"),
            "{source}"
        );
        assert_eq!(product.skus[0].offers[0].availability.status, AvailabilityStatus::OutOfStock);
        assert_eq!(product.sources[&Field::Price], source);
    }
}

#[test]
fn platforms_state_their_variants() {
    let shopify = r#"<title>Tee</title><h1>Tee</h1><script type="application/json">{"id":99,"title":"Tee","handle":"tee","vendor":"Weaver","options":["Size"],"images":["//cdn.example/t.jpg"],
      "variants":[{"id":1,"title":"S","option1":"S","sku":"T-S","price":1900,"compare_at_price":2500,"available":false},{"id":2,"title":"M","option1":"M","sku":"T-M","price":1950,"compare_at_price":null,"available":true}]}</script><script>var meta = {"currency":"USD"};</script>"#;
    let product = read_at("https://shop.example/products/tee?variant=1", "US", shopify).draft.unwrap();
    assert_eq!(price(&product), ("19".into(), Some("25".into())));
    assert_eq!(
        product
            .skus
            .iter()
            .map(|sku| (sku.sku.as_deref().unwrap(), sku.selected, sku.offers[0].availability.in_stock))
            .collect::<Vec<_>>(),
        [("T-S", true, false), ("T-M", false, true)]
    );
    assert_eq!(product.brand.as_deref(), Some("Weaver"));

    let woocommerce = r#"<title>Tee</title><h1>Tee</h1><img src=/t.jpg width=300><form data-product_id="7" data-product_variations='[{"attributes":{"attribute_pa_size":"s"},"display_price":19,"display_regular_price":25,"sku":"W-S","is_in_stock":true},{"attributes":{"attribute_pa_size":"m"},"display_price":21,"display_regular_price":21,"sku":"W-M","is_in_stock":false}]'><button>Add to cart</button></form><p class=price>$19.00 – $21.00</p>"#;
    let product = read_at("https://shop.example/product/tee/", "US", woocommerce).draft.unwrap();
    assert_eq!(product.skus.iter().map(|sku| sku.sku.as_deref().unwrap()).collect::<Vec<_>>(), ["W-S", "W-M"]);
    assert_eq!(product.options[0].name, "Size");
    assert_eq!(price(&product), ("19".into(), Some("25".into())));

    let magento = r#"<title>Tee</title><h1>Tee</h1><span class=price>$19.00</span><button>Add to cart</button><script type="text/x-magento-init">{"#.to_owned() + r##""#form":{"configurable":{"spConfig":{"attributes":{"93":{"id":"93","code":"size","label":"Size","options":[{"id":"1","label":"S","products":["11"]},{"id":"2","label":"M","products":["12"]}]}},"optionPrices":{"11":{"oldPrice":{"amount":25},"finalPrice":{"amount":19}},"12":{"oldPrice":{"amount":21},"finalPrice":{"amount":21}}},"prices":{"finalPrice":{"amount":"19"}},"productId":"5"}}}}</script>"##;
    let product = read_at("https://shop.example/tee.html", "US", &magento).draft.unwrap();
    assert_eq!(product.sku_count, 2);
    assert_eq!(product.options[0].values, ["S", "M"]);
}

#[test]
fn out_of_stock_by_what_the_page_shows() {
    let shown = |below: &str| format!("{JSON_LD}<div class=product-info><span class=price>€9.90</span>{below}</div>");
    for (below, available) in [
        ("<button>Add to cart</button>", true),
        ("<p class=stock>In stock</p><button>Add to cart</button>", true),
        ("<p class=stock>Sold out</p><button disabled>Add to cart</button>", false),
        ("<p class='availability'>Ausverkauft</p>", false),
        ("<button>Notify me when available</button>", false),
        ("<select class=size><option>S - sold out</option><option>M</option></select><button>Add to cart</button>", true),
        ("<div class=related-products><p class=stock>Sold out</p></div><button>Add to cart</button>", true),
    ] {
        assert_eq!(read(&shown(below)).available, available, "{below}");
    }
}

#[test]
fn pages_without_markup_are_read_as_shown() {
    let html = r#"<html lang="de-DE"><title>Schlauch blau - Gartenladen</title><nav class="breadcrumb"><a href="/">Start</a> <a href="/g">Garten</a></nav><h1>Schlauch blau</h1>
      <div class="gallery"><img src="/s.gif" data-src="/i/1.jpg"><img srcset="/i/2-s.jpg 300w, /i/2-l.jpg 900w"></div>
      <div class="price-box"><span class="old-price">1.299,00 €</span> <span class="price">1.199,00 €</span> inkl. MwSt.</div>
      <p>Art.-Nr.: 4711-B</p><p>Marke: Gärtner</p><p class="stock">sofort lieferbar</p>
      <label for="laenge">Länge</label><select id="laenge" name="attribute[1]"><option value="">Bitte wählen</option><option value="1">10 m</option><option value="2">20 m</option></select>
      <button type="submit">In den Warenkorb</button><table class="specs"><tr><th>Farbe</th><td>Blau</td></tr></table>"#;
    let reading = read_at("https://gartenladen.example/schlauch-blau", "DE", html);
    assert!(reading.is_capture(), "{:?}", reading.reasons);
    let product = reading.draft.unwrap();
    assert_eq!(product.title, "Schlauch blau");
    assert_eq!(price(&product), ("1199.00".into(), Some("1299.00".into())));
    assert_eq!(product.currency.map(|code| code.to_string()).as_deref(), Some("EUR"));
    assert_eq!((product.skus[0].sku.as_deref(), product.brand.as_deref()), (Some("4711-B"), Some("Gärtner")));
    assert_eq!(product.images, ["https://gartenladen.example/i/1.jpg", "https://gartenladen.example/i/2-l.jpg"]);
    assert_eq!(product.options[0].values, ["10 m", "20 m"]);
    assert_eq!(product.breadcrumbs, ["Garten"], "home is no category");
    assert_eq!(product.language.as_deref(), Some("de"));
    assert!(product.available);
    assert!(product.properties.iter().any(|property| property.name == "Farbe" && property.value == "Blau"));
}

#[test]
fn an_article_with_prices_is_no_product() {
    let html = r#"<meta property="og:type" content="article"><title>Ten hoses</title><h1>Ten hoses that we like</h1><p>The blue one costs $9.99.</p>
      <script type="application/ld+json">{"@type":"NewsArticle","headline":"Ten hoses"}</script><script type="application/ld+json">{"@type":"Product","name":"Blue hose","review":{"author":"x"},"offers":{"price":"9.99","priceCurrency":"USD"}}</script>"#;
    let reading = read_at("https://news.example/ten-hoses", "US", html);
    assert_eq!(reading.kind, PageKind::Other, "{:?}", reading.reasons);
}

#[test]
fn a_program_gives_identity_and_currency() {
    let url = Url::parse("https://shop.example/item/blue-hose").unwrap();
    let host = creel_types::Host::of(&url).unwrap();
    let mut program = creel_types::RobotProgram::general(host, creel_types::Country::US, String::new());
    program.product_url_patterns = vec!["^/item/".into(), "[".into()];
    program.currency = creel_types::Currency::parse("USD");
    let html = r#"<title>Blue hose</title><h1>Blue hose</h1><img src="/a.jpg" width="400"><span class="price">9.99</span>"#;
    let mut extractor = Extractor::new();
    // A pattern that does not compile must not lose the page.
    for patterns in [program.product_url_patterns.clone(), vec!["^/item/".into()]] {
        program.product_url_patterns = patterns;
        let reading = extractor.read(&PageInput {
            url: &url,
            html,
            country: creel_types::Country::US,
            program: Some(&program),
            status: 200,
        });
        assert!(reading.is_capture(), "{:?}", reading.reasons);
        assert_eq!(reading.draft.unwrap().sources[&Field::Currency], Source::Program);
    }
}

#[test]
fn a_carousels_list_is_not_this_pages_product() {
    let html = r#"<html lang="en"><head><title>Cedarfork 2-Person Tent</title></head><body><h1>Cedarfork 2-Person Tent</h1>
        <img src="/media/cedarfork.jpg"><p>Price on request</p>
        <script>dataLayer.push({"event":"view_item_list","ecommerce":{"currency":"USD","items":[
          {"item_id":"A1","item_name":"Highmoor 2-Person Tent","price":202.00},
          {"item_id":"A2","item_name":"Driftwood Tarp","price":343.00},
          {"item_id":"A3","item_name":"Windrow 2-Person Tent","price":41.99}]}});</script></body></html>"#;
    let draft = read_at("https://shop.example/products/cedarfork-2-person-tent", "US", html).draft;
    let offers = draft.iter().flat_map(|draft| &draft.skus).flat_map(|sku| &sku.offers);
    assert_eq!(offers.filter(|offer| offer.price.is_some()).count(), 0, "{draft:?}");
}
