//! What is asked: each filter alone, with values that many and few captures have, and a mix of combined questions. From a seed, so
//! that every run asks the same.

use creel_store::listing::{CaptureFilter, CaptureSort};
use creel_types::{Amount, Currency, Time};

use crate::generate::{ADJECTIVES, BEGIN, Data, Dice, NOUNS, STEP_MS, brand_name, currency_of, store_name};

/// Questions of the mix.
pub const MIX: usize = 200;

/// The filters of the API, and none.
pub const FILTERS: [&str; 13] = [
    "none",
    "run_id",
    "robot_id",
    "import_id",
    "store",
    "brand",
    "q",
    "min_price",
    "max_price",
    "currency",
    "available",
    "from",
    "to",
];

/// One value for the named filter.
pub fn add(filter: &mut CaptureFilter, name: &str, dice: &mut Dice, data: &Data) {
    match name {
        "run_id" => filter.run = Some(dice.one(&data.runs).into()),
        "robot_id" => filter.robot = Some(data.robots[dice.skewed(data.robots.len())].into()),
        "import_id" => filter.import = Some(uuid::Uuid::nil()),
        "store" => filter.store = Some(store_name(dice.skewed(40))),
        "brand" => filter.brand = Some(brand_name(dice.below(400))),
        "q" => filter.q = words(dice).parse().ok(),
        "min_price" => filter.min_price = Some(price(dice)),
        "max_price" => filter.max_price = Some(price(dice)),
        "currency" => filter.currency = Currency::parse(currency_of(dice.below(8)).0),
        "available" => filter.available = Some(dice.below(2) == 0),
        "from" => filter.from = Some(time(dice, data)),
        "to" => filter.to = Some(time(dice, data)),
        _ => {}
    }
}

fn words(dice: &mut Dice) -> String {
    match dice.below(8) {
        // One capture in millions, in some ten thousands, in twenty.
        0 => format!("p{}", dice.below(100_000)),
        1 => format!("{}", dice.below(5_000)),
        2 => dice.one(&NOUNS).to_lowercase(),
        3 => format!("{} {}", dice.one(&ADJECTIVES), dice.one(&NOUNS)),
        4 => brand_name(dice.below(400)),
        5 => format!("{} {}", brand_name(dice.below(400)), dice.one(&NOUNS)),
        6 => format!("{}*", &dice.one(&NOUNS)[..3]),
        // Every capture has it.
        _ => "home".to_owned(),
    }
}

fn price(dice: &mut Dice) -> Amount {
    let (_, unit) = currency_of(dice.below(8));
    Amount::from_scaled(unit * (5 + i64::try_from(dice.skewed(400)).unwrap_or_default()))
}

fn time(dice: &mut Dice, data: &Data) -> Time {
    Time(BEGIN + STEP_MS * i64::try_from(dice.below(data.captures)).unwrap_or_default())
}

/// Two to four filters together, any sort.
pub fn mix(data: &Data) -> Vec<(CaptureFilter, CaptureSort)> {
    let mut dice = Dice::new(77);
    (0..MIX)
        .map(|at| {
            let mut filter = CaptureFilter::default();
            for _ in 0..2 + dice.below(3) {
                let name = FILTERS[1 + dice.below(FILTERS.len() - 1)];
                if name != "import_id" {
                    add(&mut filter, name, &mut dice, data);
                }
            }
            if at % 10 == 0 {
                // A narrow time or price under another sort.
                let from = time(&mut dice, data);
                (filter.from, filter.to) = (Some(from), Some(from.plus_ms(600_000)));
            }
            if at % 10 == 5 {
                let least = price(&mut dice);
                (filter.min_price, filter.max_price) = (Some(least), Some(Amount::from_scaled(least.scaled() + 3_000)));
            }
            (filter, dice.one(CaptureSort::ALL))
        })
        .collect()
}
