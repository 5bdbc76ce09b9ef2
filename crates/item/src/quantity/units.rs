//! Which unit stands behind a number. The spellings are `data/units.tsv`; the traps (`2 in 1`, `5G`, `4K`, `W32 L34`) are here.

use std::sync::LazyLock;

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::{
    Kind,
    number::{Number, is_cjk},
};

/// Characters behind a number that are looked at for its unit.
const SPELLING_MAX: usize = 22;

pub struct Unit {
    pub kind: Kind,
    pub si: &'static str,
    pub factor: Decimal,
    /// So small that `1.500` of it is fifteen hundred.
    pub small: bool,
    languages: &'static str,
    flag: Flag,
}

#[derive(Clone, Copy, PartialEq)]
enum Flag {
    None,
    /// Only in this case of letters.
    Exact,
    /// Only without a space between.
    Attached,
    /// The English inch, which is also a word.
    In,
}

struct Table {
    units: Vec<Unit>,
    /// Spelling to places in `units`.
    spellings: FxHashMap<&'static str, Vec<usize>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { units: Vec::new(), spellings: FxHashMap::default() };
    for line in include_str!("../../data/units.tsv").lines().filter(|line| !line.starts_with("# ")) {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().unwrap_or_default();
        let (kind, si, factor, languages, flag, spellings) = (cell(), cell(), cell(), cell(), cell(), cell());
        let factor: Decimal = factor.parse().unwrap_or_default();
        let kind = kind_of(kind);
        let small = factor <= Decimal::new(1, 3) || matches!(kind, Kind::Power | Kind::Other);
        for spelling in spellings.split('|').filter(|spelling| !spelling.is_empty()) {
            table.spellings.entry(spelling).or_default().push(table.units.len());
        }
        table.units.push(Unit { kind, si, factor, small, languages, flag: flag_of(flag) });
    }
    table
});

fn kind_of(word: &str) -> Kind {
    match word {
        "mass" => Kind::Mass,
        "volume" => Kind::Volume,
        "length" => Kind::Length,
        "area" => Kind::Area,
        "count" => Kind::Count,
        "power" => Kind::Power,
        "voltage" => Kind::Voltage,
        "current" => Kind::Current,
        "charge" => Kind::Charge,
        "energy" => Kind::Energy,
        "frequency" => Kind::Frequency,
        "data" => Kind::Data,
        "duration" => Kind::Duration,
        "percent" => Kind::Percent,
        _ => Kind::Other,
    }
}

fn flag_of(word: &str) -> Flag {
    match word {
        "exact" => Flag::Exact,
        "attached" => Flag::Attached,
        "in" => Flag::In,
        _ => Flag::None,
    }
}

/// The unit behind the number that ends at `at`, and where it ends.
pub fn behind(text: &str, at: usize, number: &Number, language: Option<&str>) -> Option<(&'static Unit, usize)> {
    let spaced = text[at..].trim_start_matches([' ', '\u{a0}', '\u{202f}', '\u{2009}']);
    let open = spaced.strip_prefix('-').filter(|rest| rest.starts_with(char::is_alphabetic)).unwrap_or(spaced);
    let start = text.len() - open.len();
    let (found, end) = longest(text, start, !text[at..start].contains(char::is_whitespace), number, language)?;
    let rated = text[end..].strip_prefix('/').filter(|rest| rest.starts_with(char::is_alphabetic));
    match rated {
        // km/h, mg/ml: neither a distance nor a mass.
        Some(rest) if longest(text, text.len() - rest.len(), true, number, language).is_some() => None,
        _ => Some((found, end)),
    }
}

fn longest(
    text: &str,
    start: usize,
    attached: bool,
    number: &Number,
    language: Option<&str>,
) -> Option<(&'static Unit, usize)> {
    let (mut exact, mut lower) = (String::new(), String::new());
    let mut found = None;
    let mut chars = text[start..].char_indices().take(SPELLING_MAX).peekable();
    while let Some((step, c)) = chars.next() {
        if c != '.' {
            exact.push(c);
            lower.extend(c.to_lowercase());
        }
        let end = start + step + c.len_utf8();
        let next = chars.peek().map(|(_, next)| *next);
        if (is_edge(c, next) || is_times(&text[end..])) && !lower.ends_with(' ') {
            found = pick(&exact, &lower, text, end, attached, number, language).map(|unit| (unit, end)).or(found);
        }
        if matches!(c, '\n' | ',' | ';' | ':' | '!' | '?') {
            break;
        }
    }
    found
}

/// Whether a unit may end between `last` and `next`.
fn is_edge(last: char, next: Option<char>) -> bool {
    let Some(next) = next else { return true };
    !next.is_alphanumeric() && !matches!(next, '²' | '³') || is_cjk(last) || !last.is_alphanumeric() && last != '.'
}

/// `10cmx20cm`
fn is_times(rest: &str) -> bool {
    let mut chars = rest.chars();
    matches!(chars.next(), Some('x' | 'X')) && chars.next().is_some_and(|c| c.is_ascii_digit())
}

fn pick(
    exact: &str,
    lower: &str,
    text: &str,
    end: usize,
    attached: bool,
    number: &Number,
    language: Option<&str>,
) -> Option<&'static Unit> {
    let table = &*TABLE;
    let places = |spelling: &str, flagged: bool| {
        table.spellings.get(spelling).into_iter().flatten().map(|at| &table.units[*at]).find(|unit| {
            (unit.flag == Flag::Exact) == flagged
                && (unit.languages.is_empty() || unit.languages.split(',').any(|one| language == Some(one)))
                && (unit.flag != Flag::Attached || attached)
                && (unit.flag != Flag::In || is_inch(text, end, attached, language))
        })
    };
    let unit = places(exact, true).or_else(|| places(lower, false))?;
    let trap = match exact {
        "G" => number.value < Decimal::TEN,
        "K" => number.value < Decimal::from(1000),
        "W" => is_waist(&text[end..]),
        "L" => is_behind_waist(&text[..number.range.start]),
        _ => false,
    };
    (!trap).then_some(unit)
}

/// `12in`, `12 in.`, `12 in wide`; not `2 in 1`, not `5 in stock`.
fn is_inch(text: &str, end: usize, attached: bool, language: Option<&str>) -> bool {
    let next = text[end..].trim_start();
    let word: String = next.chars().take_while(|c| c.is_alphanumeric()).take(12).collect::<String>().to_lowercase();
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let side = matches!(
        word.as_str(),
        "" | "x"
            | "w"
            | "h"
            | "l"
            | "d"
            | "by"
            | "long"
            | "wide"
            | "high"
            | "tall"
            | "deep"
            | "thick"
            | "diameter"
            | "screen"
            | "display"
            | "monitor"
            | "tv"
            | "laptop"
            | "length"
            | "width"
            | "height"
            | "depth"
            | "and"
    );
    side && language.is_none_or(|language| language == "en") || attached
}

/// `32W 34L`, a pair of jeans.
fn is_waist(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', 'x', '/', '-']);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    digits == 2 && rest[2..].starts_with(['L', 'l'])
}

fn is_behind_waist(before: &str) -> bool {
    let mut waist = before.trim_end_matches([' ', 'x', '/', '-']).chars().rev();
    matches!(waist.next(), Some('W' | 'w')) && waist.next().is_some_and(|c| c.is_ascii_digit())
}

/// Words behind which a quantity is the base of a price.
pub fn is_per(word: &str) -> bool {
    matches!(
        word,
        "per" | "pro" | "par" | "por" | "je" | "za" | "pr" | "al" | "за" | "elke" | "ogni" | "each" | "grundpreis"
    )
}

/// What stands before `at`, in lower case, enough of it for [`is_pack_of`].
pub fn before(text: &str, at: usize) -> String {
    text[text.floor_char_boundary(at.saturating_sub(40))..at].to_lowercase()
}

/// Whether `before`, in lower case, ends in the words for a pack of what follows.
pub fn is_pack_of(before: &str) -> bool {
    #[rustfmt::skip]
    const PACKS: &[&str] = &[
        "pack of ", "packs of ", "set of ", "box of ", "case of ", "bundle of ", "lot of ", "pkg of ", "pack de ",
        "lot de ", "boîte de ", "coffret de ", "set de ", "caja de ", "juego de ", "paquete de ", "estuche de ",
        "kit de ", "conjunto de ", "embalagem de ", "confezione da ", "set da ", "pacco da ", "conf. da ", "set di ",
        "set van ", "doos van ", "pak van ", "verpakking van ", "packung mit ", "set aus ", "pakke med ", "sæt med ",
        "förpackning med ", "sett med ", "zestaw ", "opakowanie ", "komplet ", "sada ", "balení ", "набор из ",
        "упаковка ", "комплект из ", "pakkaus ",
    ];
    PACKS.iter().any(|pack| before.ends_with(pack))
}
