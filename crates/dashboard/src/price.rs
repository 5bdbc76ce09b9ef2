//! How prices are written: all places of the currency, thousands set apart, the currency's code behind. Exact, never rounded.

use creel_types::{Amount, Currency, Product, figures::thousands};

/// `1,299.00 USD`, `3,355 JPY`, `0.250 KWD`.
pub(crate) fn price(amount: Amount, currency: Option<Currency>) -> String {
    let number = number(amount, currency);
    currency.map_or_else(|| number.clone(), |currency| format!("{number} {}", currency.as_str()))
}

/// Without the currency.
pub(crate) fn number(amount: Amount, currency: Option<Currency>) -> String {
    let text = amount.decimal().normalize().to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let places = currency.map_or(2, |currency| currency.places()) as usize;
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    if places.max(part.len()) == 0 { whole } else { format!("{whole}.{part:0<places$}") }
}

/// `41.97 – 60.00 USD`; one price where they are the same, nothing where there is none.
pub(crate) fn range(low: Option<Amount>, high: Option<Amount>, currency: Option<Currency>) -> String {
    match (low, high) {
        (Some(low), Some(high)) if low < high => format!("{} – {}", number(low, currency), price(high, currency)),
        (Some(one), _) | (None, Some(one)) => price(one, currency),
        (None, None) => String::new(),
    }
}

/// The prices of a whole product.
pub(crate) fn of_product(product: &Product) -> String {
    range(product.min_price, product.max_price, product.currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_have_the_places_of_their_currency() {
        for (amount, currency, text) in [
            ("41.9", "USD", "41.90 USD"),
            ("41.97", "USD", "41.97 USD"),
            ("1299", "EUR", "1,299.00 EUR"),
            ("3355", "JPY", "3,355 JPY"),
            ("3355.00", "JPY", "3,355 JPY"),
            ("0.25", "KWD", "0.250 KWD"),
            // More places than usual are kept: petrol.
            ("1.7591", "EUR", "1.7591 EUR"),
            ("0", "USD", "0.00 USD"),
            ("12.5", "", "12.50"),
        ] {
            assert_eq!(price(amount.parse().unwrap(), Currency::parse(currency)), text);
        }
    }

    #[test]
    fn a_range_of_one_price_is_that_price() {
        let amount = |text: &str| Some(text.parse::<Amount>().unwrap());
        let usd = Currency::parse("USD");
        assert_eq!(range(amount("41.9"), amount("60"), usd), "41.90 – 60.00 USD");
        assert_eq!(range(amount("60.0"), amount("60"), usd), "60.00 USD");
        assert_eq!(range(None, None, usd), "");
    }
}
