//! Money amounts: exact decimals with at most four places. No currency here ([`crate::Price`] pairs the two), no floats anywhere.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Largest amount that is believed to be a price; anything above is a phone number or an article number.
pub const AMOUNT_MAX: i64 = 100_000_000_000;

/// Places that are kept: petrol and screws are priced to a tenth of a cent, and storage scales by 10⁴.
pub const PLACES_MAX: u32 = 4;

/// A non-negative amount of money with the number of places that the page showed (41.9 and 41.90 compare equal).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

impl Amount {
    pub const ZERO: Amount = Amount(Decimal::ZERO);

    /// `None` for negative amounts and those above [`AMOUNT_MAX`]; more than four places are rounded half to even.
    #[must_use]
    pub fn new(value: Decimal) -> Option<Amount> {
        let value = if value.scale() > PLACES_MAX { value.round_dp(PLACES_MAX) } else { value };
        (!value.is_sign_negative() && value <= Decimal::from(AMOUNT_MAX)).then_some(Amount(value))
    }

    #[must_use]
    pub fn decimal(self) -> Decimal {
        self.0
    }

    #[must_use]
    pub fn is_positive(self) -> bool {
        !self.0.is_zero()
    }

    /// The amount × 10⁴, as the database keeps it for sorting and filtering.
    #[must_use]
    pub fn scaled(self) -> i64 {
        let mut value = self.0;
        value.rescale(PLACES_MAX);
        i64::try_from(value.mantissa()).unwrap_or(i64::MAX)
    }

    #[must_use]
    pub fn from_scaled(scaled: i64) -> Amount {
        Amount(Decimal::new(scaled.max(0), PLACES_MAX).normalize())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Amount, String> {
        let value: Decimal = text.parse().map_err(|error| format!("{text:?} is not a decimal: {error}"))?;
        Amount::new(value).ok_or_else(|| format!("{text} is not an amount from 0 to {AMOUNT_MAX}"))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // With arbitrary_precision a JSON number keeps its digits, so no float comes between.
        let number: serde_json::Number = self.0.to_string().parse().map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        let text = serde_json::Number::deserialize(deserializer)?.to_string();
        let value =
            Decimal::from_str(&text).or_else(|_| Decimal::from_scientific(&text)).map_err(serde::de::Error::custom)?;
        Amount::new(value).ok_or_else(|| serde::de::Error::custom("an amount of money is not negative and not above 10^11"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_numbers_are_written_from_the_decimal() {
        for text in ["41.97", "60.00", "0.1", "3355", "99999999999.9999"] {
            let amount: Amount = text.parse().unwrap();
            assert_eq!(serde_json::to_string(&amount).unwrap(), text);
            assert_eq!(serde_json::from_str::<Amount>(text).unwrap(), amount);
            assert_eq!(Amount::from_scaled(amount.scaled()), amount);
        }
    }

    #[test]
    fn what_cannot_be_a_price_is_refused() {
        for text in ["-1", "100000000001", "x", ""] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
        assert_eq!("1.00005".parse::<Amount>().unwrap().to_string(), "1.0000");
    }
}
