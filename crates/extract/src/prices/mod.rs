//! Price texts: from what a shop writes to an exact amount and a currency, in the formats of the world. Owns how digits, separators and
//! symbols are read; refuses to know where on a page a text stands.

mod beside;
mod numbers;
mod symbols;

use creel_types::{Amount, Country, Currency};
use rust_decimal::Decimal;

pub use numbers::Mark;
pub use symbols::{Certainty, currency_of, is_symbol};

use beside::{lone_symbol, next_letter, per_unit, symbol_after, symbol_before, unit_at};
use numbers::NumberToken;

/// Letters of a text that are looked at; a longer text is prose, and its price stands early or not at all.
const TEXT_LETTERS_MAX: usize = 240;

/// Numbers of one text that are looked at.
const NUMBERS_MAX: usize = 24;

/// What the page is known to be, which decides between readings of the same text.
#[derive(Clone, Copy, Debug, Default)]
pub struct PriceContext {
    currency: Option<Currency>,
    /// The country's currency.
    home: Option<Currency>,
    /// The country's decimal mark.
    mark: Option<char>,
}

impl PriceContext {
    #[must_use]
    pub fn new(country: Country, currency: Option<Currency>) -> PriceContext {
        PriceContext { currency, home: country.currency(), mark: Some(country.decimal_mark()) }
    }

    /// The same page with a currency that is stated, if one is.
    #[must_use]
    pub fn with_currency(self, currency: Option<Currency>) -> PriceContext {
        PriceContext { currency: currency.or(self.currency), ..self }
    }
}

/// A number of a text that may be money.
#[derive(Clone, Debug, PartialEq)]
pub struct Money {
    pub amount: Amount,
    /// The currency that stands at the number.
    pub currency: Option<(Currency, Certainty)>,
    /// "per cent" stands at the number.
    percent: bool,
    /// A unit of measure stands at the number without a slash ("500 g"): an amount of goods, not of money.
    goods: bool,
    /// What one pays this for, where that is a measure: (quantity, unit) of "/ 100 g".
    pub per: Option<(Amount, String)>,
    /// A minus stands before it.
    negative: bool,
    start: usize,
    end: usize,
}

/// What a price text says.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceText {
    pub amount: Amount,
    /// The upper end of a range.
    pub high: Option<Amount>,
    pub currency: Option<(Currency, Certainty)>,
    pub per: Option<(Amount, String)>,
}

/// The price of a text, or `None` where it states none. A range gives its lower end; of several prices the first.
#[must_use]
pub fn parse(text: &str, context: &PriceContext) -> Option<PriceText> {
    let letters = letters_of(text);
    let found = find(&letters, context);
    if found.is_empty() {
        return says_free(&letters).then_some(PriceText { amount: Amount::ZERO, high: None, currency: None, per: None });
    }
    let chosen = choose(&letters, &found)?;
    let money = &found[chosen];
    let high = found.get(chosen + 1).filter(|next| is_range(&letters, money, next)).map(|next| next.amount);
    let currency = money.currency.or_else(|| {
        // "$24 - $30", "841 – 995 zł": the currency may stand at one end only, or anywhere in the text.
        found.iter().find_map(|other| other.currency).or_else(|| lone_symbol(&letters, context))
    });
    Some(PriceText { amount: money.amount, high, currency, per: money.per.clone() })
}

/// Every amount of money that a text states with its currency, in the text's order.
#[must_use]
pub fn find_all(text: &str, context: &PriceContext) -> Vec<Money> {
    let letters = letters_of(text);
    let mut found = find(&letters, context);
    found.retain(|money| money.currency.is_some() && !money.percent && !money.negative);
    found
}

/// A number as machines write it in markup and state: `1299.00`, but also what shops put there by mistake (`1.299,00`, `€ 12`).
#[must_use]
pub fn machine_amount(text: &str, context: &PriceContext) -> Option<Amount> {
    let trimmed = text.trim();
    if !trimmed.is_empty() && trimmed.len() <= 20 && trimmed.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let places = trimmed.split_once('.').map_or(0, |(_, places)| places.len());
        let whole = context.currency.or(context.home).is_some_and(|c| c.places() == 0);
        // "24.990" for a currency without minor unit is 24,990: nobody prices to a thousandth of a peso.
        if !(places == 3 && whole && trimmed.matches('.').count() == 1)
            && let Ok(value) = trimmed.trim_end_matches('.').parse::<Decimal>()
        {
            return Amount::new(value);
        }
    } else if let Ok(value) = Decimal::from_scientific(trimmed) {
        return Amount::new(value);
    }
    parse(trimmed, context).map(|price| price.amount)
}

/// The letters of a text as the rules want them: digits of all scripts as ASCII, spaces of all kinds as a space, marks that show nothing gone.
fn letters_of(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = Vec::with_capacity(text.len().min(TEXT_LETTERS_MAX));
    for letter in text.chars() {
        if letters.len() == TEXT_LETTERS_MAX {
            break;
        }
        let letter = match letter {
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}' => continue,
            _ if letter.is_whitespace() => ' ',
            '’' | '‘' | '´' | '`' | 'ʼ' | '＇' => '\'',
            '．' | '٫' => {
                if letter == '٫' {
                    ','
                } else {
                    '.'
                }
            }
            '，' => ',',
            '٬' => '\'',
            '–' | '—' | '‒' | '−' | '‐' | '‑' | '－' | '―' => '-',
            '～' | '〜' => '~',
            '％' => '%',
            _ => match numbers::digit_value(letter) {
                Some(value) => char::from(b'0' + value),
                None => letter,
            },
        };
        if letter == ' ' && letters.last() == Some(&' ') {
            continue;
        }
        letters.push(letter);
    }
    letters
}

fn says_free(letters: &[char]) -> bool {
    let text: String = letters.iter().collect::<String>().to_lowercase();
    let word = text.trim_matches(|letter: char| !letter.is_alphanumeric());
    matches!(
        word,
        "free"
            | "gratis"
            | "kostenlos"
            | "gratuit"
            | "grátis"
            | "бесплатно"
            | "zdarma"
            | "zadarmo"
            | "ingyenes"
            | "ücretsiz"
            | "za darmo"
    )
}

fn find(letters: &[char], context: &PriceContext) -> Vec<Money> {
    let mut found = Vec::new();
    let mut at = 0;
    while found.len() < NUMBERS_MAX {
        let Some(token) = numbers::next_number(letters, at) else { break };
        at = token.end;
        if let Some(money) = money_of(letters, token, context) {
            at = at.max(money.end);
            found.push(money);
        }
    }
    found
}

/// The number with what stands beside it.
fn money_of(letters: &[char], mut token: NumberToken, context: &PriceContext) -> Option<Money> {
    let before = symbol_before(letters, token.start);
    let after = symbol_after(letters, token.end);
    let resolve = |symbol: &str| symbols::resolve(symbol, context.home, context.currency);
    let (left, right) =
        (before.as_ref().and_then(|(symbol, _)| resolve(symbol)), after.as_ref().and_then(|(symbol, _)| resolve(symbol)));
    // "$1,190.00 AUD": the surer of the two names it.
    let currency = match (left, right) {
        (Some(left), Some(right)) if right.1 > left.1 => Some(right),
        (Some(left), _) => Some(left),
        (None, right) => right,
    };
    // In "£50 £60" the second sign opens the next price; in "35€ 99" it divides the cents.
    if currency.is_some() && !(left.is_some() && right.is_some()) {
        let end = after.as_ref().map_or(token.end, |(_, end)| *end);
        token.take_split_cents(letters, end);
    }
    let mark = decimal_mark(context, currency.map(|(currency, _)| currency));
    let amount = Amount::new(token.value(mark)?)?;
    let end = match &after {
        Some((_, end)) if right.is_some() => (*end).max(token.end),
        _ => token.end,
    };
    let start = match &before {
        Some((_, start)) if left.is_some() => *start,
        _ => token.start,
    };
    // Turkey writes "%20"; "-20% 79,99" has a space between.
    let percent = next_letter(letters, token.end) == Some('%') || token.start > 0 && letters[token.start - 1] == '%';
    let goods = currency.is_none() && unit_at(letters, token.end).is_some();
    Some(Money {
        amount,
        currency,
        percent,
        goods,
        per: per_unit(letters, end, context),
        negative: is_negative(letters, start),
        start,
        end,
    })
}

/// How this page writes decimals, as far as that is known.
fn decimal_mark(context: &PriceContext, stated: Option<Currency>) -> Mark {
    Mark { mark: context.mark, currency: stated.or(context.currency).or(context.home) }
}

fn choose(letters: &[char], found: &[Money]) -> Option<usize> {
    let usable = |money: &Money| !money.percent && !money.negative;
    if let Some((_, later)) = was_now(letters, found) {
        return Some(later);
    }
    let with_currency = found.iter().position(|money| money.currency.is_some() && usable(money));
    if let Some(at) = with_currency {
        // "From 26 to 50 €": the currency stands at the far end of a range.
        let opens_range =
            at > 0 && usable(&found[at - 1]) && !found[at - 1].goods && is_range(letters, &found[at - 1], &found[at]);
        let price = if opens_range { at - 1 } else { at };
        return (!states_threshold(letters, &found[price])).then_some(price);
    }
    let bare = found.iter().position(|money| usable(money) && !money.goods)?;
    let alone = found.len() > 1 && found.iter().skip(bare + 1).any(|next| is_date_like(letters, &found[bare], next));
    (!alone && !counts_something(letters, &found[bare])).then_some(bare)
}

/// "Was $120.00 Now $60.00": the positions of both.
fn was_now(letters: &[char], found: &[Money]) -> Option<(usize, usize)> {
    let (first, second) = (
        found.iter().position(|money| money.currency.is_some())?,
        found.iter().rposition(|money| money.currency.is_some())?,
    );
    if first == second || !found[second].amount.is_positive() {
        return None;
    }
    let word_before = |money: &Money| -> String {
        let end = money.start;
        letters[end.saturating_sub(8)..end].iter().collect::<String>().to_lowercase()
    };
    let was = ["was", "rrp", "statt", "avant", "antes", "före", "før", "prima"]
        .iter()
        .any(|word| word_before(&found[first]).contains(word));
    let now = ["now", "jetzt", "nur", "ahora", "agora", "nu ", "nå "]
        .iter()
        .any(|word| word_before(&found[second]).contains(word));
    (was && now).then_some((first, second))
}

/// "Free shipping on orders $49+", "ab 50 € versandkostenfrei" state a threshold, not a price.
fn states_threshold(letters: &[char], money: &Money) -> bool {
    if next_letter(letters, money.end) == Some('+') {
        return true;
    }
    let text: String = letters[..money.start].iter().collect::<String>().to_lowercase();
    ["shipping", "delivery", "orders", "versand", "livraison", "envío", "доставк"].iter().any(|word| text.contains(word))
}

/// "(мин. заказ: 1 )": a number after a word for a count.
fn counts_something(letters: &[char], money: &Money) -> bool {
    let text: String = letters[..money.start].iter().collect::<String>().to_lowercase();
    ["мин. заказ", "qty", "quantity", "menge", "anzahl", "min. order"].iter().any(|word| text.contains(word))
}

/// "25-09" is a date or a size.
fn is_date_like(letters: &[char], first: &Money, next: &Money) -> bool {
    next.start == first.end + 1 && matches!(letters.get(first.end), Some('-' | '/')) && letters.get(next.start) == Some(&'0')
}

fn is_range(letters: &[char], low: &Money, high: &Money) -> bool {
    if high.start < low.end || high.start - low.end > 8 || high.amount <= low.amount || high.percent {
        return false;
    }
    let between: String = letters[low.end..high.start].iter().collect::<String>().to_lowercase();
    matches!(
        between.trim(),
        "-" | "~" | "to" | "bis" | "до" | "à" | "a" | "til" | "till" | "tot" | "do" | "al" | "až" | "и" | "..." | "…"
    )
}

fn is_negative(letters: &[char], start: usize) -> bool {
    if start == 0 || letters[start - 1] != '-' {
        return false;
    }
    // "-10 €", "(-10": but "12-15" is a range.
    start == 1
        || !letters[..start - 1]
            .iter()
            .rev()
            .find(|letter| **letter != ' ')
            .is_some_and(|letter| letter.is_alphanumeric() || *letter == ':')
            && letters[start - 2] != ' '
}

/// Whether nothing of a number or a word follows: footnote marks, brackets, a repeated symbol.
pub(crate) fn is_end_of_price(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['*', ')', '.', ',', '-', '/', ' ']);
    rest.is_empty() || is_symbol(rest)
}

#[cfg(test)]
mod tests;
