//! Every page renders, is as large as real ones, and shows its product.

use flate2::read::GzDecoder;
use std::io::Read;

use super::{
    super::{
        Shop, Template,
        html::{escape, shown},
        pages::{View, product_page},
        sections::SECTIONS,
        sitemap, special,
        twist::Twist,
    },
    ORIGIN, get, text,
};

#[test]
fn every_product_page_shows_its_title_and_price() {
    let shop = Shop::demo();
    let view = View { catalogue: &shop.0.catalogue, origin: ORIGIN };
    let mut sizes = Vec::new();
    for at in 0..shop.products().len() {
        let (product, section) = (view.product(at), view.place(at).section);
        let page = product_page(view, at).replace("&nbsp;", "\u{a0}");
        sizes.push(page.len());
        assert!((18_000..=64_000).contains(&page.len()), "{} has {} bytes", product.path, page.len());
        assert!(page.lines().count() > 300, "{} has {} lines", product.path, page.lines().count());
        assert!(page.contains(&escape(&product.title)), "{}", product.path);
        assert!(page.contains(&escape(&product.description)), "{}", product.path);
        for price in [product.price, product.full_price].into_iter().flatten() {
            assert!(page.contains(&shown(section, price)), "{} lacks {price}", product.path);
        }
        for image in &product.images {
            assert!(page.contains(image.as_str()), "{} lacks {image}", product.path);
        }
        for sku in &product.skus {
            assert!(page.contains(&sku.sku), "{} lacks {}", product.path, sku.sku);
            assert!(sku.gtin13().is_none_or(|gtin| page.contains(gtin)), "{} lacks {:?}", product.path, sku.gtin);
        }
    }
    assert!(sizes.iter().sum::<usize>() / sizes.len() > 20_000, "pages are too small: {:?}", sizes.iter().min());
}

#[test]
fn pages_without_markup_have_none_and_the_others_do() {
    let shop = Shop::demo();
    let view = View { catalogue: &shop.0.catalogue, origin: ORIGIN };
    for at in 0..shop.products().len() {
        let (page, path) = (product_page(view, at), &view.product(at).path);
        let has = |mark: &str| page.contains(mark);
        match view.product(at).template {
            Template::JsonLd => assert!(has("application/ld+json") && has("og:title") && !has("itemprop"), "{path}"),
            Template::Microdata => assert!(has("itemprop=\"name\"") && has("og:title") && !has("ld+json"), "{path}"),
            Template::Bare => assert!(!has("itemprop") && !has("ld+json") && !has("og:") && !has("dataLayer"), "{path}"),
        }
    }
}

#[test]
fn json_ld_is_json_except_where_it_is_broken_on_purpose() {
    let shop = Shop::demo();
    let view = View { catalogue: &shop.0.catalogue, origin: ORIGIN };
    for at in (0..shop.products().len()).filter(|at| view.product(*at).template == Template::JsonLd) {
        let page = product_page(view, at);
        let (_, rest) = page.split_once("<script type=\"application/ld+json\">").unwrap();
        let (data, _) = rest.split_once("</script>").unwrap();
        let broken = matches!(view.place(at).twist, Twist::TrailingComma | Twist::RawNewline);
        let parsed = serde_json::from_str::<serde_json::Value>(data);
        assert_eq!(parsed.is_err(), broken, "{}: {:?}", view.product(at).path, parsed.err());
    }
}

#[test]
fn another_products_price_stands_before_and_after_the_own_one() {
    let shop = Shop::demo();
    let view = View { catalogue: &shop.0.catalogue, origin: ORIGIN };
    for at in 0..shop.products().len() {
        let (product, section) = (view.product(at), view.place(at).section);
        let page = product_page(view, at).replace("&nbsp;", "\u{a0}");
        let heading = page.find("<h1").unwrap();
        let language = section.language;
        assert!(page.find(&escape(language.also_bought)).is_some_and(|before| before < heading), "{}", product.path);
        assert!(page.find(&escape(language.related)).is_some_and(|after| after > heading), "{}", product.path);
    }
}

#[test]
fn a_price_on_request_is_nowhere_in_its_product() {
    let shop = Shop::demo();
    let view = View { catalogue: &shop.0.catalogue, origin: ORIGIN };
    let asked = (0..shop.products().len()).filter(|at| view.place(*at).twist == Twist::PriceOnRequest);
    for at in asked {
        let page = product_page(view, at);
        assert!(page.contains(&escape(view.place(at).section.language.price_on_request)), "{}", view.product(at).path);
        assert!(!page.contains("\"offers\":") && !page.contains("itemprop=\"price\""), "{}", view.product(at).path);
    }
}

#[test]
fn listings_have_pages_and_facets() {
    let shop = Shop::demo();
    for section in SECTIONS {
        let first = text(&get(&shop, &section.path()));
        let facets = first.matches("class=\"facet\"").count();
        assert!(facets >= 14, "{} has {facets} facets", section.key);
        assert_eq!(first.contains("rel=\"next\""), section.size() > 25, "{}", section.key);
        for leaf in 0..section.leaves.len() {
            assert_eq!(get(&shop, &section.leaf_path(leaf)).status, 200, "{} {leaf}", section.key);
        }
    }
    for page in ["0", "9", "18446744073709551615", "-1", "x"] {
        assert_eq!(get(&shop, &format!("/audio?page={page}")).status, 200, "{page}");
    }
    let second = text(&get(&shop, "/audio?page=2&color=Black"));
    assert!(second.contains("/audio?color=Black&amp;sort=price_asc"), "facets keep each other and drop the page");
}

#[test]
fn one_byte_sections_are_not_utf_8() {
    let shop = Shop::demo();
    for (section, content_type) in [("hem", "text/html; charset=ISO-8859-1"), ("calcados", "text/html")] {
        let product = shop.expected_captures().into_iter().find(|product| product.section == section).unwrap();
        let answer = get(&shop, &product.path);
        assert_eq!(answer.content_type, content_type);
        assert!(std::str::from_utf8(&answer.body).is_err(), "{section}");
        assert!(text(&answer).contains(&product.title), "{section}");
    }
}

#[test]
fn sitemaps_are_well_formed_and_name_real_pages() {
    let shop = Shop::demo();
    let mut gzipped = String::new();
    GzDecoder::new(&get(&shop, sitemap::GZIPPED).body[..]).read_to_string(&mut gzipped).unwrap();
    let index = text(&get(&shop, sitemap::INDEX));
    let plain = text(&get(&shop, sitemap::PLAIN));
    for xml in [&index, &plain, &gzipped] {
        well_formed(xml);
        for path in locations(xml) {
            let forbidden = path.starts_with("/private/") && !path.starts_with("/private/open/");
            assert!(!forbidden, "{path}");
            assert_ne!(get(&shop, &path).status, 404, "{path}");
        }
    }
    assert!(locations(&plain).len() > 60 && locations(&gzipped).len() > 60);
    assert!(text(&get(&shop, "/robots.txt")).contains(&format!("Sitemap: {ORIGIN}{}", sitemap::INDEX)));
    assert!(!plain.contains(special::MISSING));
}

pub(super) fn locations(xml: &str) -> Vec<String> {
    let starts = xml.split("<loc>").skip(1).filter_map(|rest| rest.split_once("</loc>"));
    starts.map(|(url, _)| url.strip_prefix(ORIGIN).unwrap().to_owned()).collect()
}

/// Every element that is opened is closed in order, and nothing but elements and text is there.
fn well_formed(xml: &str) {
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    let mut open = Vec::new();
    for tag in xml.split('<').skip(2).map(|rest| rest.split_once('>').unwrap().0) {
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None => open.push(tag.split(' ').next().unwrap()),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}
