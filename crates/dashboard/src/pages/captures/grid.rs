//! The SKUs of a product with what each costs and whether it can be bought: a grid of two options, or a table where there are one,
//! three or more.

use std::collections::BTreeMap;

use creel_types::{Offer, Product, Sku};

use crate::price;

/// SKUs that a page shows; files have all of them.
const SKUS_MAX: usize = 500;
/// Columns of a grid: with more, the other option goes across, or it is a table.
const ACROSS_MAX: usize = 16;

/// How the SKUs are shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Skus {
    /// Of the option that goes down and the one that goes across.
    Grid {
        down: String,
        across: String,
        heads: Vec<String>,
        rows: Vec<(String, Vec<Option<Cell>>)>,
    },
    Table {
        heads: Vec<String>,
        rows: Vec<Line>,
        rest: usize,
    },
}

/// What a SKU costs and whether it can be bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) price: String,
    pub(super) before: String,
    pub(super) in_stock: bool,
    pub(super) stock: String,
    pub(super) is_selected: bool,
    /// To point at: its code.
    pub(super) code: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) options: Vec<String>,
    pub(super) sku: String,
    pub(super) gtin: String,
    pub(super) mpn: String,
    pub(super) cell: Cell,
}

impl Skus {
    pub(super) fn of(product: &Product) -> Skus {
        grid(product).unwrap_or_else(|| table(product))
    }
}

fn grid(product: &Product) -> Option<Skus> {
    let [first, second] = product.options.as_slice() else { return None };
    // What is longer goes down, so that it need not be scrolled across.
    let is_turned = second.values.len() > first.values.len();
    let (down, across) = if is_turned { (second, first) } else { (first, second) };
    if across.values.len() > ACROSS_MAX || product.skus.len() > SKUS_MAX {
        return None;
    }
    let mut cells: BTreeMap<(&str, &str), Cell> = BTreeMap::new();
    for sku in &product.skus {
        let (Some(Some(first)), Some(Some(second))) = (sku.options.first(), sku.options.get(1)) else { return None };
        let place = if is_turned { (second.as_str(), first.as_str()) } else { (first.as_str(), second.as_str()) };
        // Two in one place, or one that has none: only a table says what they are.
        if !down.values.iter().any(|value| value == place.0)
            || !across.values.iter().any(|value| value == place.1)
            || cells.insert(place, cell(sku, product)).is_some()
        {
            return None;
        }
    }
    let row = |value: &String| {
        (value.clone(), across.values.iter().map(|across| cells.get(&(value.as_str(), across.as_str())).cloned()).collect())
    };
    Some(Skus::Grid {
        down: down.name.clone(),
        across: across.name.clone(),
        heads: across.values.clone(),
        rows: down.values.iter().map(row).collect(),
    })
}

fn table(product: &Product) -> Skus {
    let line = |sku: &Sku| Line {
        options: (0..product.options.len()).map(|at| sku.options.get(at).cloned().flatten().unwrap_or_default()).collect(),
        sku: sku.sku.clone().unwrap_or_default(),
        gtin: sku.identifiers.gtin.clone().unwrap_or_default(),
        mpn: sku.identifiers.mpn.clone().unwrap_or_default(),
        cell: cell(sku, product),
    };
    Skus::Table {
        heads: product.options.iter().map(|option| option.name.clone()).collect(),
        rows: product.skus.iter().take(SKUS_MAX).map(line).collect(),
        rest: product.skus.len().saturating_sub(SKUS_MAX),
    }
}

/// Of its cheapest offer that can be bought, or else the cheapest.
fn cell(sku: &Sku, product: &Product) -> Cell {
    let amount = |offer: &&Offer| offer.price.as_ref().map(|price| price.amount);
    let best = sku.offers.iter().min_by_key(|offer| (!offer.availability.in_stock, amount(offer).is_none(), amount(offer)));
    let price = best.and_then(|offer| offer.price.as_ref());
    let currency = price.and_then(|price| price.currency).or(product.currency);
    Cell {
        price: price.map(|price| price::price(price.amount, currency)).unwrap_or_default(),
        before: price.and_then(|price| price.full_amount).map(|full| price::number(full, currency)).unwrap_or_default(),
        in_stock: best.is_some_and(|offer| offer.availability.in_stock),
        stock: best.map_or_else(|| "No offer".to_owned(), super::offers::stock_text),
        is_selected: sku.selected,
        code: sku.sku.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use creel_types::OptionAxis;

    use super::*;
    use crate::pages::captures::row::tests::product;

    fn with_options(axes: &[(&str, &[&str])], options: &[&[&str]]) -> Product {
        let prices: Vec<(&str, Option<&str>)> = options.iter().map(|_| ("5", None)).collect();
        let mut product = product("EUR", &prices);
        let axis = |(name, values): &(&str, &[&str])| OptionAxis {
            name: (*name).to_owned(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        product.options = axes.iter().map(axis).collect();
        for (sku, options) in product.skus.iter_mut().zip(options) {
            sku.options = options.iter().map(|value| Some((*value).to_owned())).collect();
        }
        product
    }

    #[test]
    fn two_options_make_a_grid_with_holes() {
        let axes = [("Color", &["Red", "Blue"][..]), ("Size", &["S", "M", "L"])];
        let product = with_options(&axes, &[&["Red", "S"], &["Blue", "L"]]);
        let Skus::Grid { down, across, heads, rows } = Skus::of(&product) else { panic!("no grid") };
        assert_eq!((down.as_str(), across.as_str(), heads), ("Size", "Color", vec!["Red".to_owned(), "Blue".to_owned()]));
        let filled: Vec<Vec<bool>> = rows.iter().map(|(_, cells)| cells.iter().map(Option::is_some).collect()).collect();
        assert_eq!(filled, [[true, false], [false, false], [false, true]]);
        assert_eq!(rows[0].1[0].as_ref().unwrap().price, "5.00 EUR");
    }

    #[test]
    fn whatever_a_grid_cannot_say_is_a_table() {
        let two = [("Color", &["Red"][..]), ("Size", &["S"])];
        for (axes, options) in [
            (&[][..], &[&[][..]][..]),
            (&[("Size", &["S", "M"][..])], &[&["S"], &["M"]]),
            (&[("A", &["1"][..]), ("B", &["1"]), ("C", &["1"])], &[&["1", "1", "1"]]),
            // The same place twice, a value that the option does not have, no value.
            (&two, &[&["Red", "S"], &["Red", "S"]]),
            (&two, &[&["Green", "S"]]),
            (&two, &[&["Red"]]),
        ] {
            let product = with_options(axes, options);
            let Skus::Table { heads, rows, rest } = Skus::of(&product) else { panic!("{options:?}") };
            assert_eq!((heads.len(), rows.len(), rest), (axes.len(), options.len(), 0));
            assert!(rows.iter().all(|row| row.options.len() == axes.len()));
        }
        let many = product("EUR", &[("1", None); 700]);
        let Skus::Table { rows, rest, .. } = Skus::of(&many) else { panic!("no table") };
        assert_eq!((rows.len(), rest), (SKUS_MAX, 200));
    }
}
