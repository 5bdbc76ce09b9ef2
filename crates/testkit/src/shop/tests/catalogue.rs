//! The truth agrees with itself.

use std::collections::BTreeSet;

use super::super::{Expected, Reason, Shop, Template, gtin::check_digit, sections::SECTIONS};

#[test]
fn the_shop_is_the_same_at_every_call() {
    assert_eq!(Shop::demo().products(), Shop::demo().products());
    assert_eq!(Shop::demo().special_urls(), Shop::demo().special_urls());
}

#[test]
fn it_is_large_and_every_kind_of_product_is_there() {
    let shop = Shop::demo();
    assert_eq!(shop.products().len(), SECTIONS.iter().map(|section| section.size()).sum::<usize>());
    assert!(shop.expected_captures().len() >= 200, "{}", shop.expected_captures().len());
    for template in [Template::JsonLd, Template::Microdata, Template::Bare] {
        let count = shop.products().iter().filter(|product| product.template == template).count();
        assert!((80..=100).contains(&count), "{template:?} {count}");
    }
    for reason in [
        Reason::NoPrice,
        Reason::NoImage,
        Reason::RobotsTxtForbids,
        Reason::OnlyNofollowLinks,
        Reason::Blocked,
        Reason::ServerError,
        Reason::NeedsJavaScript,
    ] {
        assert!(shop.products().iter().any(|product| product.expected == Expected::Nothing(reason)), "{reason:?}");
    }
    let count =
        |test: &dyn Fn(&super::super::ShopProduct) -> bool| shop.products().iter().filter(|product| test(product)).count();
    assert!(count(&|product| product.full_price.is_some()) > 50);
    assert!(count(&|product| product.options.len() == 2) > 30);
    assert!(count(&|product| product.options.is_empty()) > 80);
    assert!(count(&|product| !product.available && product.price.is_some()) >= 10);
}

#[test]
fn paths_skus_ids_and_titles_are_unique() {
    let shop = Shop::demo();
    let (mut paths, mut skus, mut ids, mut titles) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for product in shop.products() {
        assert!(product.path.starts_with('/') && product.path.is_ascii(), "{}", product.path);
        for path in product.other_paths.iter().chain([&product.path]) {
            assert!(paths.insert(path), "{path}");
        }
        assert!(ids.insert(&product.product_id), "{}", product.product_id);
        assert!(titles.insert((&product.section, &product.title)), "{}", product.title);
        for sku in &product.skus {
            assert!(skus.insert(&sku.sku), "{}", sku.sku);
        }
    }
}

#[test]
fn article_numbers_have_the_right_check_digit() {
    let shop = Shop::demo();
    let numbers: Vec<&str> =
        shop.products().iter().flat_map(|product| &product.skus).filter_map(|sku| sku.gtin.as_deref()).collect();
    assert!(numbers.len() > 200, "{}", numbers.len());
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
    for number in numbers {
        let (body, check) = number.split_at(13);
        assert_eq!(check_digit(body).to_string(), check, "{number}");
    }
}

#[test]
fn a_product_agrees_with_its_skus() {
    for product in Shop::demo().products() {
        let selected = &product.skus[product.selected];
        assert_eq!((product.price, product.full_price), (selected.price, selected.full_price), "{}", product.path);
        assert_eq!(product.available, product.skus.iter().any(|sku| sku.in_stock), "{}", product.path);
        assert!(selected.in_stock || !product.available, "{}", product.path);
        for sku in &product.skus {
            assert_eq!(sku.options.len(), product.options.len(), "{}", sku.sku);
            for (axis, value) in product.options.iter().zip(&sku.options) {
                assert!(axis.values.contains(value), "{}", sku.sku);
            }
            assert!(sku.full_price.is_none_or(|full| sku.price.is_some_and(|price| price < full)), "{}", sku.sku);
            assert!(sku.price.is_none_or(|price| price.is_positive()), "{}", sku.sku);
        }
        let sellable = product.price.is_some() && !product.images.is_empty();
        assert!(sellable || product.expected != Expected::Capture, "{}", product.path);
    }
}
