//! A product as large and as varied as a real page's: about 4 KB of JSON, with six SKUs.

use std::collections::BTreeMap;

use creel_types::{
    Amount, Availability, AvailabilityStatus, Condition, Currency, Field, Identifiers, Offer, OptionAxis, Price, Product,
    Property, Rating, SellerType, Sku, Source,
};
use uuid::Uuid;

const COLORS: [&str; 2] = ["Slate Grey", "Forest Green"];
const SIZES: [&str; 3] = ["S", "M", "L"];
const DESCRIPTION: &str = "Knitted from fine merino wool that keeps warm when wet and cool in the sun. The shoulders are cut \
    without seams under a pack's straps, the cuffs stay where they are pushed, and the hem is long enough to sit down in. Wash \
    at 30 degrees and dry flat; small holes can be sent to us for repair, free of charge, for as long as you own it.";

/// The address of the product with this number.
pub fn address(number: usize) -> String {
    format!("https://shop.example/men/knitwear/merino-crew-neck-{number:06}")
}

/// Every number is another product: another title, id, addresses, codes and prices.
pub fn product(number: usize) -> Product {
    let axes = [("Color", COLORS.as_slice()), ("Size", SIZES.as_slice())];
    let skus: Vec<Sku> = COLORS
        .iter()
        .flat_map(|color| SIZES.map(|size| (*color, size)))
        .enumerate()
        .map(|(at, of)| sku(number, at, of))
        .collect();
    Product {
        product_id: Some(format!("{}", 7_000_000 + number)),
        title: format!("Merino Crew Neck Sweater No. {number} for Men"),
        brand: Some("Northern Wool Works".into()),
        description: Some(DESCRIPTION.into()),
        breadcrumbs: ["Home", "Men", "Clothing", "Knitwear"].map(Into::into).into(),
        image_url: Some(image(number, 0)),
        images: (0..3).map(|at| image(number, at)).collect(),
        options: axes
            .map(|(name, values)| OptionAxis {
                name: name.into(),
                values: values.iter().map(|value| (*value).into()).collect(),
            })
            .into(),
        min_price: amount(8_995),
        max_price: amount(9_895),
        currency: Currency::parse("EUR"),
        available: true,
        sku_count: skus.len(),
        skus,
        rating: rating(number),
        properties: [("Material", "100 % merino wool"), ("Fit", "Regular"), ("Weight", "380 g")]
            .map(|(name, value)| Property { name: name.into(), value: value.into() })
            .into(),
        sources: sources(),
        completeness: 0.94,
        language: Some("en".into()),
        ..Product::default()
    }
}

fn sku(number: usize, at: usize, (color, size): (&str, &str)) -> Sku {
    let price = Price { amount: cents(8_995 + at * 100), full_amount: None, currency: Currency::parse("EUR") };
    Sku {
        id: Uuid::from_u128(0x5c1e_0000_0000_5000_8000_0000_0000_0000 + (number * SIZES.len() * COLORS.len() + at) as u128),
        sku: Some(format!("NWW-{number:06}-{at:02}")),
        selected: at == 0,
        options: vec![Some(color.into()), Some(size.into())],
        identifiers: Identifiers { gtin: Some(format!("0{:013}", 4_000_000_000_000 + number * 10 + at)), mpn: None },
        image_url: None,
        offers: vec![Offer {
            price: Some(price),
            availability: Availability { in_stock: true, status: AvailabilityStatus::InStock, quantity: None, text: None },
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

fn image(number: usize, at: usize) -> String {
    format!("https://cdn.shop.example/media/catalog/merino-{number:06}-{at}.jpg")
}

fn rating(number: usize) -> Option<Rating> {
    let count = i64::try_from(number % 400).ok()?;
    Some(Rating { value: "4.6".parse().ok()?, best: "5".parse().ok()?, count: Some(count) })
}

fn sources() -> BTreeMap<Field, Source> {
    let json_ld = [Field::Title, Field::Brand, Field::Sku, Field::Gtin, Field::Price, Field::Availability, Field::Rating];
    let dom = [Field::Images, Field::Breadcrumbs, Field::Options];
    json_ld.into_iter().map(|field| (field, Source::JsonLd)).chain(dom.map(|field| (field, Source::Dom))).collect()
}

fn amount(cents: i64) -> Option<Amount> {
    Some(Amount::from_scaled(cents * 100))
}

fn cents(cents: usize) -> Amount {
    i64::try_from(cents).ok().and_then(amount).unwrap_or(Amount::ZERO)
}
