//! Numbers of sizes: halves and thirds kept as written, `42 2/3`, `9.5`, `9½`, `00`.

/// A size's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// Times a hundred, thirds cut: 4266 for `42 2/3`.
    pub hundredths: i64,
    /// In one spelling: a point for decimals, fractions of halves as `.5`, others as `42 2/3`.
    pub shown: String,
}

impl Number {
    pub fn is_between(&self, low: i64, high: i64) -> bool {
        (low * 100..=high * 100).contains(&self.hundredths)
    }

    pub fn is_whole(&self) -> bool {
        self.hundredths % 100 == 0
    }

    /// Whether it is a whole or a half.
    pub fn is_half(&self) -> bool {
        self.hundredths % 50 == 0
    }

    pub fn is_even(&self) -> bool {
        self.hundredths % 200 == 0
    }
}

/// The number that `text` starts with, and what follows it.
pub fn read(text: &str) -> Option<(Number, &str)> {
    let end = digits(text);
    if end == 0 || end > 3 {
        return None;
    }
    let whole: i64 = text[..end].parse().ok()?;
    let zeros = if whole == 0 { text[..end].to_owned() } else { whole.to_string() };
    let rest = &text[end..];
    if let Some(after) = rest.strip_prefix(['.', ',']) {
        let length = digits(after);
        if (1..=2).contains(&length) {
            let places: i64 = after[..length].parse().ok()?;
            let hundredths = whole * 100 + if length == 1 { places * 10 } else { places };
            return Some((decimal(hundredths), &after[length..]));
        }
    }
    if let Some((above, below, after)) = fraction(rest) {
        let hundredths = whole * 100 + above * 100 / below;
        let shown = if below == 2 { format!("{whole}.5") } else { format!("{whole} {above}/{below}") };
        return Some((Number { hundredths, shown }, after));
    }
    Some((Number { hundredths: whole * 100, shown: zeros }, rest))
}

fn decimal(hundredths: i64) -> Number {
    let (whole, part) = (hundredths / 100, hundredths % 100);
    let shown = match part {
        0 => whole.to_string(),
        part if part % 10 == 0 => format!("{whole}.{}", part / 10),
        // A third that a machine wrote as a decimal.
        33 => format!("{whole} 1/3"),
        66 | 67 => format!("{whole} 2/3"),
        part => format!("{whole}.{part:02}"),
    };
    Number { hundredths, shown }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// ` 2/3`, `⅔`, `-1/2` behind a whole number.
fn fraction(rest: &str) -> Option<(i64, i64, &str)> {
    let open = rest.trim_start_matches([' ', '-']);
    let signs = [
        ('½', 1, 2),
        ('⅓', 1, 3),
        ('⅔', 2, 3),
        ('¼', 1, 4),
        ('¾', 3, 4),
        ('⅛', 1, 8),
        ('⅜', 3, 8),
        ('⅝', 5, 8),
        ('⅞', 7, 8),
    ];
    if let Some((sign, above, below)) = open.chars().next().and_then(|c| signs.into_iter().find(|(sign, ..)| *sign == c)) {
        return Some((above, below, &open[sign.len_utf8()..]));
    }
    let (above, after) = open.split_at_checked(1)?;
    let below = after.strip_prefix('/')?;
    let length = digits(below);
    let (above, parts): (i64, i64) = (above.parse().ok()?, below.get(..length)?.parse().ok()?);
    let proper = open.len() < rest.len() && matches!(parts, 2 | 3 | 4 | 8) && above > 0 && above < parts;
    proper.then(|| (above, parts, &below[length..]))
}
