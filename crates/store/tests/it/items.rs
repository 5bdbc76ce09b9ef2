//! Items are found by what they say: category, attributes, brand, price; and counted.

use creel_store::{
    enrichments::Scope,
    items::{FacetName, ItemFilter, ItemQuery},
    settle::MadeItem,
};
use creel_types::{Attribute, Brand, Category, Evidence, ItemContent, ItemId};

use crate::{
    enrichments::plain,
    shop::{Shop, on_both},
};

fn attribute(name: &str, value: &str, unit: Option<&str>) -> Attribute {
    Attribute {
        name: name.to_owned(),
        value: value.to_owned(),
        unit: unit.map(str::to_owned),
        share: None,
        as_shown: value.to_owned(),
        confidence: 0.9,
        evidence: Evidence::default(),
        conflicting: false,
    }
}

fn category(id: &str) -> Option<Category> {
    Some(Category { id: id.into(), path: id.into(), confidence: 0.8, google_id: None, evidence: Evidence::default() })
}

fn brand(name: &str) -> Option<Brand> {
    Some(Brand { name: name.into(), as_shown: name.into(), confidence: 1.0, evidence: Evidence::default() })
}

/// Three items: a red shirt of Acme, a blue shoe of Acme, a lamp.
async fn three(shop: &Shop) -> Vec<ItemId> {
    let (run, _) = shop.captured(3).await;
    let id = shop.enrich(Scope::Run(run)).await;
    shop.store.claim_enrichment(id, shop.owner, &creel_store::Judge::LeaseOnly).await.unwrap().unwrap();
    while !shop.store.gather_captures(id, shop.owner).await.unwrap() {}
    let queued = shop.store.list_queued_captures(id, 10).await.unwrap();
    let says: [fn(&mut ItemContent); 3] = [
        |item| {
            (item.category, item.brand) = (category("aa-1-13"), brand("Acme"));
            item.attributes = vec![attribute("color", "red", None), attribute("material", "cotton", None)];
            item.min_price = Some("19.99".parse().unwrap());
        },
        |item| {
            (item.category, item.brand) = (category("aa-8-1"), brand("ACME"));
            item.attributes = vec![attribute("color", "blue", None), attribute("weight", "0.5", Some("kg"))];
            item.min_price = Some("80".parse().unwrap());
        },
        |item| item.category = category("hg-13"),
    ];
    let mut made = Vec::new();
    for (one, say) in queued.into_iter().zip(says) {
        let mut content = plain(&one.capture.unwrap());
        say(&mut content);
        made.push(MadeItem {
            capture: one.id,
            item: shop.store.random.id(shop.store.clock.now()),
            content: Ok(Box::new(content)),
        });
    }
    shop.store.settle_items(shop.organization, id, shop.owner, &made).await.unwrap();
    made.iter().map(|one| one.item).collect()
}

on_both! {
async fn a_filter_finds_the_items_that_say_all_of_it(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let items = three(&shop).await;
    let [shirt, shoe, lamp] = [0, 1, 2].map(|at| items[at]);
    let attributes = |pairs: &[(&str, &str)]| ItemFilter {
        attributes: pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..ItemFilter::default()
    };
    let facets = |pairs: &[(FacetName, &str)]| ItemFilter {
        facets: pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        ..ItemFilter::default()
    };
    let price = |min: Option<&str>, max: Option<&str>| ItemFilter {
        min_price: min.map(|text| text.parse().unwrap()),
        max_price: max.map(|text| text.parse().unwrap()),
        ..ItemFilter::default()
    };
    for (filter, expected) in [
        (ItemFilter::default(), vec![shirt, shoe, lamp]),
        (facets(&[(FacetName::Category, "aa")]), vec![shirt, shoe]),
        (facets(&[(FacetName::Category, "aa-1")]), vec![shirt]),
        (facets(&[(FacetName::Category, "a")]), vec![]),
        (facets(&[(FacetName::Brand, "acme")]), vec![shirt, shoe]),
        (facets(&[(FacetName::Brand, " Acme ")]), vec![shirt, shoe]),
        (facets(&[(FacetName::Store, "shop.example"), (FacetName::Category, "hg")]), vec![lamp]),
        (attributes(&[("color", "Red")]), vec![shirt]),
        (attributes(&[("weight", "0.5 kg")]), vec![shoe]),
        (attributes(&[("color", "red"), ("material", "cotton")]), vec![shirt]),
        (attributes(&[("color", "red"), ("material", "wool")]), vec![]),
        (price(Some("20"), None), vec![shoe]),
        (price(Some("19.99"), Some("19.99")), vec![shirt]),
    ] {
        let query = ItemQuery { filter: filter.clone(), before: None, limit: 50 };
        let mut found: Vec<ItemId> =
            shop.store.list_items(shop.organization, &query).await.unwrap().iter().map(|item| item.id).collect();
        let newest_first = found.is_sorted_by(|a, b| a > b);
        found.sort();
        let mut expected = expected;
        expected.sort();
        assert!(newest_first, "{filter:?}");
        assert_eq!(found, expected, "{filter:?}");
        // The same, a row at a time.
        let (mut turned, mut before) = (Vec::new(), None);
        while let [item] =
            &shop.store.list_items(shop.organization, &ItemQuery { filter: filter.clone(), before, limit: 1 }).await.unwrap()[..]
        {
            before = Some(item.id);
            turned.push(item.id);
        }
        turned.sort();
        assert_eq!(turned, expected, "{filter:?}");
    }
}
}

on_both! {
async fn values_are_counted_among_what_a_filter_names(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    three(&shop).await;
    let (counts, among) = shop.store.count_item_facets(shop.organization, &ItemFilter::default()).await.unwrap();
    assert_eq!(among, 3);
    let of = |name: &str| -> Vec<(String, i64)> {
        counts.iter().filter(|count| count.name == name).map(|count| (count.value.clone(), count.items)).collect()
    };
    assert_eq!(of("brand"), [("acme".to_owned(), 2)]);
    assert_eq!(of("attribute:color"), [("blue".to_owned(), 1), ("red".to_owned(), 1)]);
    assert_eq!(of("category")[0], ("aa".to_owned(), 2));
    assert_eq!(of("store"), [("shop.example".to_owned(), 3)]);
    let only = ItemFilter { attributes: vec![("color".into(), "red".into())], ..ItemFilter::default() };
    let (counts, among) = shop.store.count_item_facets(shop.organization, &only).await.unwrap();
    assert_eq!(among, 1);
    assert!(counts.iter().all(|count| count.value != "blue"));
}
}

on_both! {
async fn an_item_tells_where_its_capture_is_from(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let items = three(&shop).await;
    let item = shop.store.get_item(shop.organization, items[0]).await.unwrap();
    assert_eq!((item.store.as_str(), item.country_code.as_str()), ("shop.example", "US"));
    assert_eq!(item.content.attributes.len(), 2);
    assert_eq!(item.extracted_at, shop.store.get_capture(shop.organization, item.capture_id).await.unwrap().extracted_at);
}
}
