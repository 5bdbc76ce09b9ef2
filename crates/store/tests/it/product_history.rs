//! A product over the runs of its robot: found by its address, by its id where it moved, and never another one.

use creel_store::{
    Store,
    listing::{CaptureFilter, CaptureValue, CaptureValues},
    product_history::SeenProduct,
    settle::{PageResult, Verdict},
};
use creel_types::{
    Amount, Availability, AvailabilityStatus, CaptureId, Condition, Currency, Identifiers, Offer, Price, RunId, SellerType,
    Sku,
};
use uuid::Uuid;

use crate::shop::{Shop, on_both};

/// A product at an address, as a page has it.
struct Page<'a> {
    url: usize,
    id: Option<&'a str>,
    title: &'a str,
    price: &'a str,
    stock: &'a [bool],
}

fn sku(price: &str, in_stock: bool) -> Sku {
    let amount: Amount = price.parse().unwrap();
    Sku {
        id: Uuid::nil(),
        sku: None,
        selected: false,
        options: Vec::new(),
        identifiers: Identifiers::default(),
        image_url: None,
        offers: vec![Offer {
            price: Some(Price { amount, full_amount: None, currency: Currency::parse("EUR") }),
            availability: Availability {
                in_stock,
                status: if in_stock { AvailabilityStatus::InStock } else { AvailabilityStatus::OutOfStock },
                quantity: None,
                text: None,
            },
            condition: Condition::New,
            seller: None,
            seller_type: SellerType::Store,
            shipping: None,
            tax: None,
            promotions: Vec::new(),
            unit_price: None,
        }],
    }
}

async fn store(shop: &Shop, run: RunId, urls: &[String], page: Page<'_>) -> CaptureId {
    let mut finished = shop.finished(run, &urls[page.url]);
    let PageResult::Capture(new) = &mut finished.result else { unreachable!() };
    let product = &mut new.product;
    product.product_id = page.id.map(str::to_owned);
    product.title = page.title.to_owned();
    product.brand = Some("Acme".to_owned());
    product.skus = page.stock.iter().map(|in_stock| sku(page.price, *in_stock)).collect();
    product.min_price = page.price.parse().ok();
    product.max_price = product.min_price;
    product.currency = Currency::parse("EUR");
    product.available = page.stock.contains(&true);
    match shop.committer.settle(finished).await.unwrap() {
        Verdict::Stored(capture) => capture,
        other => panic!("{other:?}"),
    }
}

async fn history(store: &Store, shop: &Shop, capture: CaptureId) -> Vec<(CaptureId, String, i64, i64)> {
    let seen = store.capture_history(shop.organization, capture).await.unwrap();
    let row = |seen: SeenProduct| {
        (seen.capture, seen.min_price.map(|price| price.to_string()).unwrap_or_default(), seen.skus_in_stock, seen.skus)
    };
    seen.into_iter().map(row).collect()
}

on_both! {
async fn a_product_is_followed_over_runs(engine) {
    let shop = Shop::with_credits(engine, 1_000).await;
    let mut captures = Vec::new();
    for at in 0..4 {
        let run = shop.run(None).await.id;
        let urls = shop.lease(run, 5).await;
        // In the third run it stands at another address, and its neighbour has its id under another title.
        let (url, other) = if at == 2 { (3, 4) } else { (0, 1) };
        let price = format!("{}", 10 + at);
        let page = Page { url, id: Some("A"), title: "Red shoe", price: &price, stock: &[true, at != 1] };
        captures.push(store(&shop, run, &urls, page).await);
        let neighbour = Page { url: other, id: Some("A"), title: "Blue shoe", price: "99", stock: &[true] };
        store(&shop, run, &urls, neighbour).await;
        let nameless = Page { url: 2, id: None, title: "Red shoe", price: "77", stock: &[true] };
        store(&shop, run, &urls, nameless).await;
        shop.store.stop_run(shop.organization, run, &creel_types::By::system()).await.unwrap();
    }
    let expected: Vec<_> = [("10", 2), ("11", 1), ("12", 2), ("13", 2)]
        .into_iter()
        .zip(&captures)
        .map(|((price, in_stock), capture)| (*capture, price.to_owned(), in_stock, 2))
        .collect();
    for capture in &captures {
        let mut found = history(&shop.store, &shop, *capture).await;
        // The clock of the test stands still.
        found.sort_by_key(|row| row.1.clone());
        assert_eq!(found, expected);
    }
    // A deleted one leaves a gap, and the capture of a deleted run too.
    shop.store.delete_capture(shop.organization, captures[1], &creel_types::By::system()).await.unwrap();
    let mut left = history(&shop.store, &shop, captures[0]).await;
    left.sort_by_key(|row| row.1.clone());
    assert_eq!(left.iter().map(|row| row.0).collect::<Vec<_>>(), [captures[0], captures[2], captures[3]]);
    let gone = shop.store.capture_history(shop.organization, captures[1]).await.unwrap_err();
    assert!(gone.to_string().contains("capture"), "{gone}");
    let find = |id| shop.store.find_deleted_capture(shop.organization, id);
    assert!(find(captures[1]).await.unwrap().is_some() && find(captures[0]).await.unwrap().is_none());
}
}

on_both! {
async fn values_to_choose_from_are_counted(engine) {
    let shop = Shop::with_credits(engine, 1_000).await;
    let organization = shop.organization;
    assert_eq!(shop.store.list_capture_values(organization).await.unwrap(), CaptureValues::default());
    let run = shop.run(None).await.id;
    let urls = shop.lease(run, 3).await;
    for url in 0..3 {
        let id = format!("{url}");
        store(&shop, run, &urls, Page { url, id: Some(&id), title: "Shoe", price: "1", stock: &[url == 0] }).await;
    }
    shop.store.follow_captures().await.unwrap();
    let value = |value: &str| vec![CaptureValue { value: value.to_owned(), captures: 3 }];
    let expected = CaptureValues { stores: value("shop.example"), brands: value("acme"), currencies: value("EUR") };
    assert_eq!(shop.store.list_capture_values(organization).await.unwrap(), expected);
    for (filter, expected) in [
        (CaptureFilter::default(), Some(3)),
        (CaptureFilter { available: Some(true), ..CaptureFilter::default() }, Some(1)),
        (CaptureFilter { brand: Some("ACME ".to_owned()), ..CaptureFilter::default() }, Some(3)),
        (CaptureFilter { store: Some("other.example".to_owned()), ..CaptureFilter::default() }, Some(0)),
        (CaptureFilter { run: Some(run), available: Some(true), ..CaptureFilter::default() }, None),
        (CaptureFilter { min_price: "1".parse().ok(), ..CaptureFilter::default() }, None),
    ] {
        assert_eq!(shop.store.count_listed_captures(organization, &filter).await.unwrap(), expected, "{filter:?}");
    }
}
}
