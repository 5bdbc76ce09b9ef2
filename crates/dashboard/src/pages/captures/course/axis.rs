//! How the edges of a chart of prices are written: amounts beside it, days below it, places as SVG has them.

use creel_types::{Amount, Currency, money::PLACES_MAX};

use super::scale::Scale;
use crate::{
    figures::humane,
    price::{number, price},
};

/// Pixels of the part that has the line in it.
pub(super) const PLOT_HEIGHT: f64 = 180.0;
/// Pixels of a letter beside it, at most.
const LETTER_WIDTH: usize = 8;
/// Money is counted in parts of this size ([`Amount::scaled`]).
const MONEY_SCALE: i64 = 10_000;

/// What the numbers are: amounts as they are scaled, of this currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measure(pub(super) Option<Currency>);

impl Measure {
    /// The smallest difference that the scale shows.
    pub(super) fn least_step(self) -> i64 {
        let places = self.0.map_or(2, |currency| currency.places());
        10_i64.pow(PLACES_MAX.saturating_sub(places))
    }

    pub(super) fn exact(self, value: i64) -> String {
        price(Amount::from_scaled(value), self.0)
    }

    /// As the scale has it, whose steps are so large.
    fn short(self, value: i64, step: i64) -> String {
        if step % MONEY_SCALE == 0 { humane(value / MONEY_SCALE) } else { number(Amount::from_scaled(value), self.0) }
    }

    pub(super) fn scale(self, values: impl Iterator<Item = i64>) -> Scale {
        Scale::around(values, self.least_step(), MONEY_SCALE)
    }
}

/// A line across the plot, with what stands beside it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rule {
    pub(super) y: String,
    pub(super) text: String,
}

pub(super) fn rules(scale: &Scale, measure: Measure) -> Vec<Rule> {
    let rule = |value: i64| Rule { y: pixels(from_top(scale, value)), text: measure.short(value, scale.step) };
    scale.ticks().map(rule).collect()
}

/// Pixels that the texts of the scale need.
pub(super) fn scale_width(rules: &[Rule]) -> usize {
    rules.iter().map(|rule| rule.text.chars().count()).max().unwrap_or_default() * LETTER_WIDTH + LETTER_WIDTH
}

pub(super) fn from_top(scale: &Scale, value: i64) -> f64 {
    PLOT_HEIGHT * (1.0 - scale.share(value))
}

/// A number of pixels as SVG has it.
pub(super) fn pixels(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}

/// A share of the width as SVG has it.
pub(super) fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2026-01-31` as `31 Jan`; anything else as it is.
pub(super) fn short_day(day: &str) -> String {
    let mut parts = day.splitn(3, '-').skip(1);
    let month =
        parts.next().and_then(|month| month.parse::<usize>().ok()).and_then(|month| MONTHS.get(month.checked_sub(1)?));
    let number = parts.next().and_then(|number| number.parse::<u32>().ok());
    month.zip(number).map_or_else(|| day.to_owned(), |(month, number)| format!("{number} {month}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_short_below_a_chart() {
        for (day, text) in [("2026-01-31", "31 Jan"), ("2026-12-01", "1 Dec"), ("2026-13-01", "2026-13-01"), ("new", "new")]
        {
            assert_eq!(short_day(day), text);
        }
    }

    #[test]
    fn places_have_no_needless_digits() {
        assert_eq!([percent(0.0), percent(0.5), percent(1.0), percent(1.0 / 3.0)], ["0%", "50%", "100%", "33.33%"]);
        assert_eq!([pixels(0.0), pixels(90.04), pixels(90.25)], ["0", "90", "90.2"]);
    }

    #[test]
    fn money_is_written_as_its_currency_is() {
        let measure = |code: &str| Measure(Currency::parse(code));
        for (code, value, step, short, exact) in [
            ("USD", 419_700, 5_000, "41.97", "41.97 USD"),
            ("USD", 500_000, 10_000, "50", "50.00 USD"),
            ("JPY", 33_550_000, 100_000, "3,355", "3,355 JPY"),
            ("KWD", 12_500, 50, "1.250", "1.250 KWD"),
            ("IDR", 150_000_000_000, 10_000_000_000, "15M", "15,000,000.00 IDR"),
            ("", 12_500, 2_500, "1.25", "1.25"),
        ] {
            assert_eq!((measure(code).short(value, step).as_str(), measure(code).exact(value).as_str()), (short, exact));
        }
        assert_eq!(["USD", "JPY", "KWD", ""].map(|code| measure(code).least_step()), [100, 10_000, 10, 100]);
    }
}
