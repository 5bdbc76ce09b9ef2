//! How each country writes a price for people. Markup never uses this: there prices are plain decimals.

use creel_types::{Amount, Currency};

/// A no-break space, as most shops put between number and sign.
const NBSP: char = '\u{a0}';
/// The narrow no-break space that browsers write between French thousands.
const NARROW: char = '\u{202f}';

/// One way of writing prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PriceFormat {
    /// `$1,299.00`
    Usd,
    /// `1.299,00 €`
    EurGerman,
    /// `1 299,00 €`
    EurFrench,
    /// `CHF 1'299.00`
    Chf,
    /// `¥12,800`
    Jpy,
    /// `£1,299.00`
    Gbp,
    /// `1 299 kr`
    Sek,
    /// `1 299,90 zł`
    Pln,
    /// `₹1,29,999.00`
    Inr,
    /// `R$ 1.299,90`
    Brl,
}

impl PriceFormat {
    pub(crate) fn currency_code(self) -> &'static str {
        match self {
            PriceFormat::Usd => "USD",
            PriceFormat::EurGerman | PriceFormat::EurFrench => "EUR",
            PriceFormat::Chf => "CHF",
            PriceFormat::Jpy => "JPY",
            PriceFormat::Gbp => "GBP",
            PriceFormat::Sek => "SEK",
            PriceFormat::Pln => "PLN",
            PriceFormat::Inr => "INR",
            PriceFormat::Brl => "BRL",
        }
    }

    /// The currency; the types crate knows every code above, and a test says so.
    pub(crate) fn currency(self) -> Option<Currency> {
        Currency::parse(self.currency_code())
    }

    /// The price as a person in that country reads it.
    pub(crate) fn show(self, amount: Amount) -> String {
        let plain = format!("{:.2}", amount.decimal());
        let (whole, cents) = plain.split_once('.').unwrap_or((&plain, "00"));
        match self {
            PriceFormat::Usd => format!("${}.{cents}", grouped(whole, ',')),
            PriceFormat::Gbp => format!("£{}.{cents}", grouped(whole, ',')),
            PriceFormat::EurGerman => format!("{},{cents}{NBSP}€", grouped(whole, '.')),
            PriceFormat::EurFrench => format!("{},{cents}{NBSP}€", grouped(whole, NARROW)),
            PriceFormat::Chf => format!("CHF{NBSP}{}.{cents}", grouped(whole, '\'')),
            PriceFormat::Jpy => format!("¥{}", grouped(whole, ',')),
            PriceFormat::Sek => format!("{}{NBSP}kr", grouped(whole, NBSP)),
            PriceFormat::Pln => format!("{},{cents}{NBSP}zł", grouped(whole, NBSP)),
            PriceFormat::Inr => format!("₹{}.{cents}", grouped_indian(whole)),
            PriceFormat::Brl => format!("R${NBSP}{},{cents}", grouped(whole, '.')),
        }
    }
}

/// Digits in groups of three from the right.
fn grouped(digits: &str, mark: char) -> String {
    let mut text = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

/// Lakh and crore: the last three digits, then groups of two.
fn grouped_indian(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len() - at;
        if at > 0 && left >= 3 && left % 2 == 1 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_writes_its_own_way() {
        for (format, amount, shown) in [
            (PriceFormat::Usd, "1299.00", "$1,299.00"),
            (PriceFormat::Usd, "9.95", "$9.95"),
            (PriceFormat::EurGerman, "1299", "1.299,00\u{a0}€"),
            (PriceFormat::EurFrench, "1299.00", "1\u{202f}299,00\u{a0}€"),
            (PriceFormat::Chf, "1299.00", "CHF\u{a0}1'299.00"),
            (PriceFormat::Jpy, "12800", "¥12,800"),
            (PriceFormat::Gbp, "1299.00", "£1,299.00"),
            (PriceFormat::Sek, "1299", "1\u{a0}299\u{a0}kr"),
            (PriceFormat::Pln, "1299.90", "1\u{a0}299,90\u{a0}zł"),
            (PriceFormat::Inr, "129999.00", "₹1,29,999.00"),
            (PriceFormat::Inr, "12999.00", "₹12,999.00"),
            (PriceFormat::Inr, "999.00", "₹999.00"),
            (PriceFormat::Inr, "1234567.00", "₹12,34,567.00"),
            (PriceFormat::Brl, "1299.90", "R$\u{a0}1.299,90"),
        ] {
            assert_eq!(format.show(amount.parse().unwrap()), shown);
            assert!(format.currency().is_some(), "{shown}");
        }
    }
}
