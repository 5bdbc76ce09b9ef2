//! Makes the products from the word lists: the truth of the shop. Refuses to know pages.

use creel_types::{Amount, Currency, OptionAxis};
use rust_decimal::Decimal;

use super::{
    dice::Dice,
    gtin::gtin,
    section::{Axis, Section},
    sections::SECTIONS,
    slug::slug,
    truth::{ShopProduct, ShopSku, Template},
    twist::Twist,
};

/// Purposes of dice rolls; two rolls for one purpose give one number.
mod purpose {
    pub(super) const PRICE: u64 = 1;
    pub(super) const DEAR: u64 = 2;
    pub(super) const ENDING: u64 = 3;
    pub(super) const SALE: u64 = 4;
    pub(super) const VARIANTS: u64 = 5;
    pub(super) const COLORS: u64 = 6;
    pub(super) const SIZES: u64 = 7;
    pub(super) const BRAND: u64 = 8;
    pub(super) const GTIN: u64 = 9;
    pub(super) const IMAGES: u64 = 10;
    pub(super) const MATERIAL: u64 = 11;
    pub(super) const ORIGIN: u64 = 12;
    pub(super) const SENTENCES: u64 = 13;
    pub(super) const RATING: u64 = 14;
    pub(super) const GAP: u64 = 15;
    /// Stock of SKU n rolls for `STOCK + n`.
    pub(super) const STOCK: u64 = 100;
}

/// Where a product stands in the shop and how its page behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) section: &'static Section,
    pub(crate) leaf: usize,
    pub(crate) twist: Twist,
}

/// Every product and, at the same position, its place.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    pub(crate) products: Vec<ShopProduct>,
    pub(crate) places: Vec<Place>,
}

impl Catalogue {
    pub(crate) fn demo() -> Catalogue {
        let mut catalogue = Catalogue::default();
        for section in SECTIONS {
            let leaves = section.leaves.iter().enumerate();
            let places = leaves.flat_map(|(leaf, words)| (0..words.count).map(move |within| (leaf, within)));
            for (index, (leaf, within)) in places.enumerate() {
                let place = Place { section, leaf, twist: Twist::of(section.key, index) };
                if let Some(product) = make_product(place, index, within) {
                    catalogue.products.push(product);
                    catalogue.places.push(place);
                }
            }
        }
        catalogue
    }

    /// Positions of a section's products, in order.
    pub(crate) fn of_section<'a>(&'a self, key: &'a str) -> impl Iterator<Item = usize> + 'a {
        (0..self.places.len()).filter(move |at| self.places[*at].section.key == key)
    }
}

/// `None` only if the section's currency did not exist.
fn make_product(place: Place, index: usize, within: usize) -> Option<ShopProduct> {
    let Place { section, leaf, twist } = place;
    let dice = Dice::of(section.key, index);
    let currency = section.price_format.currency()?;
    let number = section.id_base + index * 7;
    let product_id = format!("{}{number}", section.id_prefix);
    let title = title(section, leaf, within);
    let options = options(section, dice);
    let skus = make_skus(place, dice, currency, &product_id, number, &options);
    let selected = skus.iter().position(|sku| sku.in_stock).unwrap_or(0);
    let images = if twist == Twist::NoImage { 0 } else { 1 + dice.roll(purpose::IMAGES, 4) };
    let paths = paths(place, &title, &product_id);
    Some(ShopProduct {
        path: paths.0,
        other_paths: paths.1,
        description: description(section, dice, &title),
        brand: section.brands[dice.pick(purpose::BRAND, section.brands.len())].to_owned(),
        breadcrumbs: vec![section.name.to_owned(), section.leaves[leaf].name.to_owned()],
        price: skus.get(selected).and_then(|sku| sku.price),
        full_price: skus.get(selected).and_then(|sku| sku.full_price),
        currency,
        available: skus.iter().any(|sku| sku.in_stock),
        images: (1..=images).map(|n| format!("/media/{}/{number}-{n}.png", section.key)).collect(),
        properties: vec![
            (section.material_label.to_owned(), section.materials[dice.pick(purpose::MATERIAL, 5)].to_owned()),
            (section.origin_label.to_owned(), section.origins[dice.pick(purpose::ORIGIN, 3)].to_owned()),
        ],
        rating: rating(section, dice),
        language: section.language.tag.to_owned(),
        section: section.key.to_owned(),
        template: section.template,
        expected: twist.expected(),
        product_id,
        title,
        options,
        skus,
        selected,
    })
}

fn title(section: &Section, leaf: usize, within: usize) -> String {
    let series = section.series[within % section.series.len()];
    let nouns = &section.leaves[leaf].nouns;
    let noun = nouns[(within + within / section.series.len()) % nouns.len()];
    if section.noun_first { format!("{noun} {series}") } else { format!("{series} {noun}") }
}

/// The canonical path and the others.
fn paths(place: Place, title: &str, product_id: &str) -> (String, Vec<String>) {
    let Place { section, leaf, twist } = place;
    let slug = slug(title);
    let id = product_id.to_lowercase();
    match twist {
        Twist::Private => (format!("/private/{}/{slug}-{id}", section.key), vec![]),
        Twist::PrivateOpen => (format!("/private/open/{slug}-{id}"), vec![]),
        _ => {
            let filled = section.path_shape.replace("{leaf}", section.leaves[leaf].slug);
            let path = filled.replace("{slug}", &slug).replace("{id}", &id);
            (path, if twist == Twist::TwoPaths { vec![format!("/sale/{slug}-{id}")] } else { vec![] })
        }
    }
}

fn description(section: &Section, dice: Dice, title: &str) -> String {
    let others = section.sentences.len() - 1;
    let second = dice.pick(purpose::SENTENCES, others);
    let third = (second + 1 + dice.pick(purpose::SENTENCES + 1_000, others - 1)) % others;
    let between = if section.language.tag == "ja" { "" } else { " " };
    [
        section.sentences[0].replace("{}", title),
        section.sentences[1 + second].to_owned(),
        section.sentences[1 + third].to_owned(),
    ]
    .join(between)
}

/// Pages without markup show no rating.
fn rating(section: &Section, dice: Dice) -> Option<(Amount, i64)> {
    let shown = section.template != Template::Bare && dice.chance(purpose::RATING, 60);
    let tenths = 36 + i64::try_from(dice.roll(purpose::RATING + 1_000, 14)).unwrap_or(0);
    let count = 3 + i64::try_from(dice.roll(purpose::RATING + 2_000, 240)).unwrap_or(0);
    if shown { Some((Amount::new(Decimal::new(tenths, 1))?, count)) } else { None }
}

fn options(section: &Section, dice: Dice) -> Vec<OptionAxis> {
    let colors = || choose(&section.colors, dice, purpose::COLORS, 4);
    let sizes = || choose(&section.sizes, dice, purpose::SIZES, 5);
    match dice.roll(purpose::VARIANTS, 100) {
        0..40 => vec![],
        40..58 => vec![colors()],
        58..76 => vec![sizes()],
        _ if section.variants.allows_two_axes() => vec![colors(), sizes()],
        _ => vec![colors()],
    }
}

/// Two or more neighbouring values of an axis, at most `most`.
fn choose(axis: &Axis, dice: Dice, purpose: u64, most: usize) -> OptionAxis {
    let most = most.min(axis.values.len());
    let count = 2 + dice.pick(purpose, most - 1);
    let from = dice.pick(purpose + 1_000, axis.values.len() - count + 1);
    let values = axis.values[from..from + count].iter().map(|value| (*value).to_owned()).collect();
    OptionAxis { name: axis.name.to_owned(), values }
}

/// Every combination of the options' values; some products lack the last one, as in real shops.
fn combinations(options: &[OptionAxis], dice: Dice) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = vec![vec![]];
    for axis in options {
        rows = rows
            .iter()
            .flat_map(|row| axis.values.iter().map(move |value| [row.as_slice(), std::slice::from_ref(value)].concat()))
            .collect();
    }
    if options.len() == 2 && dice.chance(purpose::GAP, 35) {
        rows.pop();
    }
    rows
}

fn make_skus(
    place: Place,
    dice: Dice,
    currency: Currency,
    product_id: &str,
    number: usize,
    options: &[OptionAxis],
) -> Vec<ShopSku> {
    let Place { section, twist, .. } = place;
    let rows = combinations(options, dice);
    let variants = !options.is_empty();
    // Variants show their numbers inside their offers, so one without a price shows none.
    let shows_gtins = !variants || (section.variants.shows_variant_gtins() && twist.has_price());
    let has_gtin = shows_gtins && dice.chance(purpose::GTIN, 70);
    let lucky = dice.pick(purpose::STOCK, rows.len());
    let prices = Prices::of(section, dice);
    let sku = |(at, values): (usize, Vec<String>)| {
        let step = price_step(section, options, &values);
        let (price, full_price) = if twist.has_price() { prices.at(step, currency) } else { (None, None) };
        // One SKU is always in stock, so that only a twist sells a product out.
        let in_stock = !twist.sold_out() && (at == lucky || dice.chance(purpose::STOCK + at as u64 + 1, 78));
        let pieces = 1 + i64::try_from(dice.roll(purpose::STOCK + at as u64 + 501, 24)).unwrap_or(0);
        ShopSku {
            sku: if variants { format!("{product_id}-{:02}", at + 1) } else { product_id.to_owned() },
            gtin: has_gtin.then(|| gtin((number * 100 + at) as u64)),
            options: values,
            price,
            full_price,
            in_stock,
            quantity: (variants && section.template == Template::Bare).then_some(if in_stock { pieces } else { 0 }),
        }
    };
    rows.into_iter().enumerate().map(sku).collect()
}

/// How many price steps above the cheapest value a SKU stands.
fn price_step(section: &Section, options: &[OptionAxis], values: &[String]) -> u64 {
    let on_size = |axis: &OptionAxis| section.sizes.changes_price && axis.name == section.sizes.name;
    options
        .iter()
        .zip(values)
        .find(|(axis, _)| on_size(axis))
        .and_then(|(axis, value)| axis.values.iter().position(|known| known == value))
        .map_or(0, |at| at as u64)
}

/// The prices of one product in whole units.
struct Prices {
    units: u64,
    step: u64,
    ending: u64,
    full_units: Option<u64>,
}

impl Prices {
    fn of(section: &Section, dice: Dice) -> Prices {
        let (cheapest, dearest) = section.prices;
        let dear = if dice.chance(purpose::DEAR, 18) { 2 + dice.roll(purpose::DEAR + 1_000, 3) } else { 1 };
        // Squaring makes cheap products common and dear ones rare, as they are.
        let share = dice.roll(purpose::PRICE, 1_000);
        let units = tidy((cheapest + (dearest - cheapest) * share * share / 1_000_000) * dear, section);
        let off = [10, 20, 25, 30, 40][dice.pick(purpose::SALE + 1_000, 5)];
        let full_units = dice.chance(purpose::SALE, 30).then(|| tidy(units * 100 / (100 - off) + 1, section));
        Prices {
            units,
            step: tidy(units / 5 + 1, section),
            ending: section.endings[dice.pick(purpose::ENDING, section.endings.len())],
            full_units: full_units.filter(|full| *full > units),
        }
    }

    fn at(&self, step: u64, currency: Currency) -> (Option<Amount>, Option<Amount>) {
        let more = self.step * step;
        (
            money(self.units + more, self.ending, currency),
            self.full_units.and_then(|full| money(full + more, self.ending, currency)),
        )
    }
}

/// Rounds to what a shop would print: yen to tens, kronor and rupees to a nine at the end.
fn tidy(units: u64, section: &Section) -> u64 {
    match section.price_format.currency_code() {
        "JPY" => (units / 10).max(1) * 10,
        "SEK" | "INR" => units / 10 * 10 + 9,
        _ => units.max(1),
    }
}

fn money(units: u64, ending: u64, currency: Currency) -> Option<Amount> {
    let units = i64::try_from(units).ok()?;
    let ending = i64::try_from(ending).ok()?;
    Amount::new(if currency.places() == 0 { Decimal::new(units, 0) } else { Decimal::new(units * 100 + ending, 2) })
}
