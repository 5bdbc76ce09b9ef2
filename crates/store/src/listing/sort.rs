//! The orders of a list of captures, where a capture stands in one, and the cursor that says so to the outside.

use std::{cmp::Ordering, fmt, str::FromStr};

use creel_types::{Amount, Capture, CaptureId, hex, words};

use super::tail::price_key;
use crate::{
    StoreError,
    captures::normalize_title,
    database::{Row, Value},
};

/// Characters of a title that count when captures are sorted by it; titles that are equal so far are sorted by id.
pub const TITLE_CHARS_MAX: usize = 100;

/// Where a capture without a price stands: behind every price. The gate lets none pass that was crawled.
pub(super) const NO_PRICE: i64 = 999_999_999_999_999_999;

words! {
    /// Ties are broken by id, ascending where the sort ascends, descending where it descends.
    CaptureSort {
        NewestFirst = "-extracted_at",
        OldestFirst = "extracted_at",
        CheapestFirst = "min_price",
        DearestFirst = "-min_price",
        Title = "title",
    }
}

/// What is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    ExtractedAt,
    MinPrice,
    Title,
}

impl Key {
    /// Its column in `listing`.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Key::ExtractedAt => "extracted_at",
            Key::MinPrice => "min_price",
            Key::Title => "title",
        }
    }

    /// The column with its coarse steps.
    pub(super) const fn block_column(self) -> &'static str {
        match self {
            Key::ExtractedAt => "time_block",
            Key::MinPrice => "price_block",
            Key::Title => "title_block",
        }
    }
}

/// Characters of a title that make its block.
const BLOCK_CHARS: usize = 3;

/// A block of instants: 2^24 ms, four hours and forty minutes.
pub(super) const fn time_block(ms: i64) -> i64 {
    ms >> 24
}

/// A block of prices: a thirty-second of each doubling.
pub(super) const fn price_block(scaled: i64) -> i64 {
    if scaled <= 0 {
        return 0;
    }
    let doublings = scaled.ilog2();
    let mantissa = if doublings >= 5 { scaled >> (doublings - 5) } else { scaled << (5 - doublings) };
    (doublings as i64) << 5 | (mantissa & 31)
}

pub(super) fn title_block(title: &str) -> String {
    title.chars().take(BLOCK_CHARS).collect()
}

impl CaptureSort {
    pub(super) const fn key(self) -> Key {
        match self {
            CaptureSort::NewestFirst | CaptureSort::OldestFirst => Key::ExtractedAt,
            CaptureSort::CheapestFirst | CaptureSort::DearestFirst => Key::MinPrice,
            CaptureSort::Title => Key::Title,
        }
    }

    pub(super) const fn descends(self) -> bool {
        matches!(self, CaptureSort::NewestFirst | CaptureSort::DearestFirst)
    }

    /// Which of two captures stands first.
    pub(super) fn compare(self, one: &Position, other: &Position) -> Ordering {
        let ascending = one.cmp(other);
        if self.descends() { ascending.reverse() } else { ascending }
    }
}

/// A title as it is sorted: case and white space do not count, and neither does what is beyond the limit.
#[must_use]
pub fn title_key(title: &str) -> String {
    normalize_title(title).chars().take(TITLE_CHARS_MAX).collect()
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyValue {
    Int(i64),
    Text(String),
}

impl From<KeyValue> for Value {
    fn from(value: KeyValue) -> Value {
        match value {
            KeyValue::Int(number) => Value::from(number),
            KeyValue::Text(text) => Value::from(text),
        }
    }
}

/// Where a capture stands in an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub key: KeyValue,
    pub capture: CaptureId,
}

impl Position {
    /// The block that it is in.
    pub(super) fn block(&self, key: Key) -> KeyValue {
        match (&self.key, key) {
            (KeyValue::Text(title), _) => KeyValue::Text(title_block(title)),
            (KeyValue::Int(number), Key::MinPrice) => KeyValue::Int(price_block(*number)),
            (KeyValue::Int(number), _) => KeyValue::Int(time_block(*number)),
        }
    }

    /// Reads `key` and `capture_id`.
    pub(super) fn read(row: &Row, key: Key) -> Result<Position, StoreError> {
        let value = match key {
            Key::ExtractedAt | Key::MinPrice => KeyValue::Int(row.int("key")?),
            Key::Title => KeyValue::Text(row.text("key")?),
        };
        Ok(Position { key: value, capture: row.parsed("capture_id")? })
    }
}

/// Where a page of a list ended, for the next one to begin. It belongs to the sort that it came from; filters may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureCursor {
    pub(super) sort: CaptureSort,
    pub(super) position: Position,
}

impl CaptureCursor {
    /// The place right behind a capture, so that a page may end where its reader wants.
    #[must_use]
    pub fn behind(sort: CaptureSort, capture: &Capture) -> CaptureCursor {
        let product = &capture.product;
        let key = match sort.key() {
            Key::ExtractedAt => KeyValue::Int(capture.extracted_at.0),
            Key::MinPrice => KeyValue::Int(price_key(product.min_price.map(Amount::scaled))),
            Key::Title => KeyValue::Text(title_key(&product.title)),
        };
        CaptureCursor { sort, position: Position { key, capture: capture.id } }
    }

    #[must_use]
    pub fn sort(&self) -> CaptureSort {
        self.sort
    }
}

impl fmt::Display for CaptureCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { key, capture } = &self.position;
        write!(f, "{}.{capture}.", self.sort)?;
        match key {
            KeyValue::Int(number) => write!(f, "{number}"),
            KeyValue::Text(text) => f.write_str(&hex(text.as_bytes())),
        }
    }
}

/// A text that no list gave as a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACursor;

impl FromStr for CaptureCursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<CaptureCursor, NotACursor> {
        let mut parts = text.splitn(3, '.');
        let (Some(sort), Some(capture), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NotACursor);
        };
        let sort = CaptureSort::parse(sort).ok_or(NotACursor)?;
        let is_plain = capture.len() == 36 && !capture.bytes().any(|byte| byte.is_ascii_uppercase());
        let capture = capture.parse().ok().filter(|_| is_plain).ok_or(NotACursor)?;
        let key = match sort.key() {
            Key::ExtractedAt | Key::MinPrice => KeyValue::Int(number(key).ok_or(NotACursor)?),
            Key::Title => KeyValue::Text(unhex(key).ok_or(NotACursor)?),
        };
        Ok(CaptureCursor { sort, position: Position { key, capture } })
    }
}

fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let fits = (1..=18).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| fits)
}

/// What is not UTF-8 is no title of ours and stands somewhere all the same.
fn unhex(text: &str) -> Option<String> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect::<Option<Vec<u8>>>()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use creel_types::{Random, Time};

    #[test]
    fn a_cursor_survives_its_text_and_nothing_else_is_one() {
        let capture = Random::seeded(1).id(Time(5));
        let keys = [
            (CaptureSort::NewestFirst, KeyValue::Int(1_769_851_800_123)),
            (CaptureSort::DearestFirst, KeyValue::Int(NO_PRICE)),
            (CaptureSort::Title, KeyValue::Text("a title  with spaces, ümlauts & 100 %".to_owned())),
            (CaptureSort::Title, KeyValue::Text(String::new())),
        ];
        for (sort, key) in keys {
            let cursor = CaptureCursor { sort, position: Position { key, capture } };
            let text = cursor.to_string();
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{text}");
            assert_eq!(text.parse(), Ok(cursor));
            assert!(text[..text.find('.').unwrap() + 20].parse::<CaptureCursor>().is_err());
        }
        for text in ["", "x", "%%%", "MTIzIDQ1Ng", &capture.to_string()] {
            assert_eq!(text.parse::<CaptureCursor>(), Err(NotACursor), "{text}");
        }
    }

    #[test]
    fn blocks_are_in_the_order_of_what_is_in_them() {
        let prices = [0, 1, 2, 3, 31, 32, 33, 63, 64, 99_999, 100_000, 1_000_000_000, NO_PRICE - 1, NO_PRICE];
        assert!(prices.windows(2).all(|pair| price_block(pair[0]) <= price_block(pair[1])));
        assert!((1..5_000).all(|price| price_block(price) <= price_block(price + 1)));
        assert!(price_block(1_000_000) < price_block(1_050_000));
        assert!(time_block(-1) < time_block(0));
    }

    #[test]
    fn titles_are_sorted_without_case_and_white_space_as_far_as_they_count() {
        assert_eq!(title_key("  Big\t RED\nShoe "), "big red shoe");
        assert_eq!(title_key(&"é".repeat(TITLE_CHARS_MAX + 5)).chars().count(), TITLE_CHARS_MAX);
    }
}
