//! Unit prices of made-up captures, worked out by hand.

use creel_types::{
    Availability, AvailabilityStatus, Condition, Identifiers, Price, Product, Property, SellerType, UnitPrice,
};
use uuid::Uuid;

use super::*;

fn offer(amount: &str, currency: &str, unit_price: Option<UnitPrice>) -> Offer {
    Offer {
        price: Some(Price { amount: amount.parse().unwrap(), full_amount: None, currency: Currency::parse(currency) }),
        availability: Availability { in_stock: true, status: AvailabilityStatus::InStock, quantity: None, text: None },
        condition: Condition::New,
        seller: None,
        seller_type: SellerType::Unknown,
        shipping: None,
        tax: None,
        promotions: vec![],
        unit_price,
    }
}

fn product(title: &str, language: &str, offer: Offer) -> Product {
    let sku = Sku {
        id: Uuid::nil(),
        sku: None,
        selected: true,
        options: vec![],
        identifiers: Identifiers::default(),
        image_url: None,
        offers: vec![offer],
    };
    Product { title: title.into(), language: Some(language.into()), skus: vec![sku], ..Product::default() }
}

fn category(path: &str) -> Category {
    Category { id: String::new(), path: path.into(), confidence: 0.9, google_id: None, evidence: Evidence::default() }
}

fn shown(product: &Product, path: &str) -> String {
    let category = Some(category(path)).filter(|_| !path.is_empty());
    let all = of(&Reading::of(product, None), category.as_ref());
    all.iter()
        .map(|one| format!("{} {}{}", one.amount, one.unit, if one.stated { " stated" } else { "" }))
        .collect::<Vec<_>>()
        .join(", ")
}

const FOOD: &str = "Food, Beverages & Tobacco > Food Items > Pasta";
const CREAM: &str = "Health & Beauty > Personal Care > Cosmetics > Skin Care";

#[test]
fn content_of_titles() {
    let table = [
        ("Spaghetti 500 g", "en", "1.29", "EUR", FOOD, "2.58 kg"),
        ("Bier 20 x 0,5 l", "de", "14.99", "EUR", FOOD, "1.50 l"),
        ("Soda 12 fl oz (Pack of 6)", "en", "6.00", "USD", FOOD, "2.82 l"),
        ("Coffee 500 g, 50 pads", "en", "10.00", "EUR", FOOD, "20.00 kg"),
        ("Perfume 100 ml (3.4 fl oz)", "en", "50.00", "EUR", CREAM, "500.00 l"),
        (
            "Vitamin C 1000 mg 90 tablets",
            "en",
            "9.00",
            "EUR",
            "Health & Beauty > Health Care > Fitness & Nutrition > Vitamins & Supplements",
            "0.10 piece",
        ),
        ("Windeln 46 Stück", "de", "9.20", "EUR", "Baby & Toddler > Diapering > Diapers", "0.20 piece"),
        ("醤油 500ml", "ja", "298", "JPY", FOOD, "596 l"),
        ("Gel douche 250 ml", "fr", "2.50", "EUR", "", "10.00 l"),
        ("Mix 200 g and 300 g", "en", "5.00", "EUR", FOOD, ""),
        ("Nuts 200 g, 3 pieces", "en", "5.00", "EUR", FOOD, ""),
        ("Diapers 3-6 kg, 46 count", "en", "9.20", "EUR", "Baby & Toddler > Diapering > Diapers", ""),
        ("Kettle 1.7 l", "en", "30.00", "EUR", "", ""),
        ("Monitor 27\" 2 kg", "en", "300.00", "EUR", "Electronics > Video > Computer Monitors", ""),
        ("Backpack 20 l", "en", "30.00", "EUR", "Luggage & Bags > Backpacks", ""),
        ("Flour", "en", "1.00", "EUR", FOOD, ""),
    ];
    for (title, language, price, currency, path, expected) in table {
        assert_eq!(shown(&product(title, language, offer(price, currency, None)), path), expected, "{title}");
    }
}

#[test]
fn properties_and_options_that_name_the_content() {
    let mut named = product("Feine Creme", "de", offer("5.00", "EUR", None));
    named.properties = vec![Property { name: "Inhalt".into(), value: "50 ml".into() }];
    assert_eq!(shown(&named, CREAM), "100.00 l");
    let mut optioned = product("Kaffee", "de", offer("5.00", "EUR", None));
    optioned.skus[0].options = vec![Some("250 g".into())];
    assert_eq!(shown(&optioned, FOOD), "20.00 kg");
}

#[test]
fn what_the_shop_states_comes_first() {
    let table = [
        ("2.40", "100", "g", "24.00 kg stated"),
        ("3.98", "1", "kg", "3.98 kg stated"),
        ("0.12", "1", "Stück", "0.12 piece stated"),
        ("1.5", "1", "m", "1.50 m stated"),
    ];
    for (amount, quantity, unit, expected) in table {
        let unit_price =
            UnitPrice { amount: amount.parse().unwrap(), quantity: quantity.parse().unwrap(), unit: unit.into() };
        assert_eq!(shown(&product("Käse 250 g", "de", offer("9.99", "EUR", Some(unit_price))), FOOD), expected);
    }
}
