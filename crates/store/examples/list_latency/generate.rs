//! Captures as shops have them: runs of a thousand to a hundred thousand, one shop after the other, each with its own brands,
//! currency and magnitude of prices; titles that begin with the brand; and a second organization that has the same.

use creel_store::{
    Store, args,
    database::{Given, Kind},
    organizations::Start,
};
use creel_types::{Credits, OrganizationId, Random, Time};
use uuid::Uuid;

use crate::Failure;

pub const BEGIN: i64 = 1_750_000_000_000;
/// Between two captures.
pub const STEP_MS: i64 = 400;
const STORES: usize = 40;
const BRANDS: usize = 400;
const BRANDS_OF_STORE: usize = 60;
/// What another organization has, as a share of the first one's.
const NOISE_SHARE: usize = 4;
const BATCH: usize = 2_000;

const CURRENCIES: [(&str, i64); 8] = [
    ("USD", 10_000),
    ("EUR", 10_000),
    ("KRW", 13_000_000),
    ("JPY", 1_500_000),
    ("GBP", 8_000),
    ("PLN", 40_000),
    ("SEK", 100_000),
    ("CHF", 11_000),
];
pub const ADJECTIVES: [&str; 24] = [
    "Classic",
    "Slim",
    "Merino",
    "Waterproof",
    "Vintage",
    "Light",
    "Heavy",
    "Organic",
    "Recycled",
    "Padded",
    "Knitted",
    "Striped",
    "Quilted",
    "Leather",
    "Canvas",
    "Wool",
    "Linen",
    "Stretch",
    "Oversized",
    "Cropped",
    "Insulated",
    "Brushed",
    "Technical",
    "Everyday",
];
pub const NOUNS: [&str; 20] = [
    "Sweater", "Jacket", "Shoes", "Boots", "Shirt", "Trousers", "Shorts", "Socks", "Hat", "Backpack", "Tent", "Lamp",
    "Chair", "Mug", "Kettle", "Watch", "Gloves", "Scarf", "Belt", "Dress",
];

/// Numbers from a seed; the product's own source hashes for each one, which is slow for millions.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from((self.next() >> 11) % bound.max(1) as u64).unwrap_or_default()
    }

    /// Small numbers more often than large ones.
    pub fn skewed(&mut self, bound: usize) -> usize {
        let (one, other, third) = (self.below(bound), self.below(bound), self.below(bound));
        one.min(other).min(third)
    }

    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// What was made, for questions that meet it.
pub struct Data {
    pub organization: OrganizationId,
    pub captures: usize,
    pub runs: Vec<Uuid>,
    pub robots: Vec<Uuid>,
}

pub fn store_name(number: usize) -> String {
    format!("shop-{number:02}.example")
}

pub fn brand_name(number: usize) -> String {
    const SOUNDS: [&str; 20] = [
        "Na", "Ko", "Ri", "Ve", "Lu", "Sa", "Mo", "Ta", "Zi", "Pe", "Fa", "Do", "Be", "Hi", "Gu", "Yo", "Ar", "El", "Om",
        "Ix",
    ];
    format!("{}{}{}", SOUNDS[number % 20], SOUNDS[number / 20 % 20].to_lowercase(), ["ra", "ton", "lis"][number % 3])
}

pub fn currency_of(store: usize) -> (&'static str, i64) {
    CURRENCIES[store % CURRENCIES.len()]
}

pub async fn generate(store: &Store, captures: usize) -> Result<Data, Failure> {
    let organization = store.create_organization("bench", Start::Credits(Credits::ZERO)).await?.id;
    let other = store.create_organization("other", Start::Credits(Credits::ZERO)).await?.id;
    let data = fill(store, organization, captures, 1).await?;
    fill(store, other, captures / NOISE_SHARE, 2).await?;
    Ok(data)
}

async fn fill(store: &Store, organization: OrganizationId, captures: usize, seed: u64) -> Result<Data, Failure> {
    let (mut dice, random) = (Dice::new(seed), Random::seeded(seed));
    let robots: Vec<Uuid> = (0..STORES).map(|_| random.id(Time(BEGIN))).collect();
    let mut data = Data { organization, captures, runs: Vec::new(), robots };
    let (mut made, mut batch) = (0, new_batch());
    while made < captures {
        let of = dice.skewed(STORES);
        let at = Time(BEGIN + STEP_MS * i64::try_from(made)?);
        let run: Uuid = random.id(at);
        data.runs.push(run);
        let size = (captures / 1_000 + dice.skewed(captures / 10)).min(captures - made);
        for number in made..made + size {
            push(&mut batch, &mut dice, &data, run, of, number)?;
            if batch.len() >= BATCH {
                write(store, std::mem::replace(&mut batch, new_batch())).await?;
            }
        }
        made += size;
    }
    write(store, batch).await?;
    Ok(data)
}

fn new_batch() -> Given {
    Given::new(&[
        ("id", Kind::Text),
        ("organization_id", Kind::Text),
        ("run_id", Kind::Text),
        ("robot_id", Kind::Text),
        ("store", Kind::Text),
        ("url", Kind::Text),
        ("page_url", Kind::Text),
        ("canonical_url", Kind::Text),
        ("country_code", Kind::Text),
        ("extracted_at", Kind::Int),
        ("product_id", Kind::Text),
        ("title", Kind::Text),
        ("title_normalized", Kind::Text),
        ("brand", Kind::Text),
        ("min_price", Kind::Int),
        ("max_price", Kind::Int),
        ("currency", Kind::Text),
        ("available", Kind::Int),
        ("content", Kind::Text),
    ])
}

async fn write(store: &Store, batch: Given) -> Result<(), Failure> {
    let mut tx = store.database.begin().await?;
    tx.insert_given("captures", batch, "").await?;
    Ok(tx.commit().await?)
}

fn push(batch: &mut Given, dice: &mut Dice, data: &Data, run: Uuid, of: usize, number: usize) -> Result<(), Failure> {
    let at = BEGIN + STEP_MS * i64::try_from(number)?;
    let mut tail = [0; 10];
    tail[..8].copy_from_slice(&dice.next().to_be_bytes());
    let id = creel_types::ids::uuid_v7(Time(at), tail);
    let brand = (dice.skewed(BRANDS_OF_STORE) * 7 + of * 11) % BRANDS;
    let (brand, (currency, unit)) = (brand_name(brand), currency_of(of));
    let title = format!("{brand} {} {} {}", dice.one(&ADJECTIVES), dice.one(&NOUNS), dice.below(5_000));
    let price = unit * i64::try_from(5 + dice.skewed(400))? - unit / 100;
    let url = format!("https://{}/p/{number}", store_name(of));
    let content = content(&title, &brand, &url, number, price, currency);
    let folded = title.to_lowercase();
    batch.push(args![
        id,
        data.organization,
        run,
        data.robots[of],
        store_name(of),
        url.as_str(),
        url.as_str(),
        url.as_str(),
        "US",
        at,
        format!("P{number}"),
        title,
        folded,
        brand,
        price,
        price,
        currency,
        dice.below(9) > 0,
        content,
    ]);
    Ok(())
}

/// A product with one SKU, about 1 KB: what is measured reads fifty of them for a page.
pub fn content(title: &str, brand: &str, url: &str, number: usize, price: i64, currency: &str) -> String {
    let price = creel_types::Amount::from_scaled(price);
    let gtin = format!("{:014}", 4_000_000_000_000 + number * 10);
    let text = "Made to be worn for years, washed at thirty degrees and repaired free of charge for as long as you own it.";
    format!(
        r#"{{"product_id":"P{number}","group_id":null,"title":"{title}","subtitle":null,"brand":"{brand}","description":"{text}","breadcrumbs":["Home","All"],"image_url":"{url}.jpg","images":["{url}.jpg"],"options":{{}},"skus":[{{"id":"00000000-0000-5000-8000-{number:012}","sku":"K{number}","selected":true,"identifiers":{{"gtin":"{gtin}","mpn":null}},"image_url":null,"offers":[{{"price":{{"amount":{price},"full_amount":null,"currency":"{currency}"}},"availability":{{"in_stock":true,"status":"in_stock","quantity":null,"text":null}},"condition":"new","seller":null,"seller_type":"store","shipping":null,"tax":null,"promotions":[],"unit_price":null}}]}}],"min_price":{price},"max_price":{price},"currency":"{currency}","available":true,"sku_count":1,"rating":null,"properties":[],"custom":{{}},"sources":{{"title":"json_ld","price":"json_ld"}},"completeness":0.7}}"#
    )
}
