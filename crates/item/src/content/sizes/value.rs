//! One size as a shop writes it: letters, numbers, ranges, several systems at once. What a bare number means is `systems`'.

use creel_types::SizeKind;

use super::{
    context::{self, Context},
    forms, labelled, letters,
    number::{self, Number},
    systems,
};

/// Bytes of a value that can be a size.
const VALUE_MAX: usize = 60;

/// A size as understood, before it belongs to a SKU.
#[derive(Clone, Debug, PartialEq)]
pub struct Meaning {
    pub kind: SizeKind,
    pub system: &'static str,
    pub value: String,
    pub confidence: f64,
}

/// Numbers of the same option, which tell the system together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Axis {
    pub least: i64,
    pub most: i64,
    pub numbers: usize,
    /// Whether halves or thirds occur, as in shoes.
    pub parts: bool,
}

/// What `shown` means; nothing where it is no size that is known.
pub fn read(shown: &str, context: &Context, axis: &Axis) -> Vec<Meaning> {
    if shown.len() > VALUE_MAX {
        return Vec::new();
    }
    let bare = without_frame(shown);
    let text = bare.as_str();
    let kind = context.kind;
    if context::is_one_size(text) {
        let kind = kind.unwrap_or(SizeKind::Other);
        return vec![Meaning { kind, system: "INT", value: "ONE SIZE".into(), confidence: 0.9 }];
    }
    if kind != Some(SizeKind::Other) {
        let special = forms::age(text, context)
            .or_else(|| forms::jeans(text, context))
            .or_else(|| forms::bra(text, context))
            .or_else(|| forms::ring_letter(text, context));
        if let Some(meaning) = special {
            return vec![meaning];
        }
        let labelled = labelled::read(text, context);
        if !labelled.is_empty() {
            return labelled;
        }
    }
    if let Some((value, sure)) = letters::read(text) {
        let kind = if context.kids && kind == Some(SizeKind::Clothing) {
            SizeKind::Kids
        } else {
            kind.unwrap_or(SizeKind::Clothing)
        };
        let confidence = if kind == SizeKind::Other {
            0.6
        } else if sure {
            0.96
        } else {
            0.85
        };
        return vec![Meaning { kind, system: "INT", value, confidence }];
    }
    if kind == Some(SizeKind::Other) { Vec::new() } else { numbers(text, context, axis) }
}

/// The bare number or range, for the ranges that an axis spans.
pub fn number_of(shown: &str) -> Option<Number> {
    let bare = without_frame(shown);
    let (number, rest) = number::read(&bare)?;
    rest.trim().is_empty().then_some(number)
}

/// Without `Size:`, `Gr.`, stock notes and footnote marks.
fn without_frame(shown: &str) -> String {
    let mut text = shown.trim();
    if let Some((before, after)) = text.split_once(':')
        && before.chars().count() <= 20
        && !after.trim().is_empty()
    {
        text = after.trim();
    }
    let lower = text.to_lowercase();
    let stock = [
        " - sold out",
        " (sold out)",
        " - out of stock",
        " (out of stock)",
        " - ausverkauft",
        " (ausverkauft)",
        " - nicht verfügbar",
        " - épuisé",
        " (épuisé)",
        " - agotado",
        " - esaurito",
        " - uitverkocht",
        " - notify me",
        " - nur noch",
        " - only",
        " - low stock",
        " - in stock",
    ];
    if let Some(at) = stock.iter().filter_map(|note| lower.find(note)).min().filter(|at| text.is_char_boundary(*at)) {
        text = text[..at].trim();
    }
    let words = [
        "size ",
        "größe ",
        "groesse ",
        "grösse ",
        "gr. ",
        "gr.",
        "gr ",
        "taille ",
        "t.",
        "talla ",
        "taglia ",
        "tg. ",
        "tg ",
        "maat ",
        "mt ",
        "rozmiar ",
        "rozm. ",
        "storlek ",
        "stl ",
        "stl. ",
        "str. ",
        "str ",
        "størrelse ",
        "koko ",
        "tamanho ",
        "tam. ",
        "velikost ",
        "vel. ",
        "размер ",
        "サイズ",
        "尺码",
        "ring size ",
    ];
    let lower = text.to_lowercase();
    if let Some(word) = words.iter().find(|word| lower.starts_with(**word) && lower.len() > word.len())
        && let Some(rest) = text.get(word.len()..)
    {
        text = rest.trim();
    }
    text.trim_matches(['*', ' ', '.', '"', '”', '″', '!']).to_owned()
}

/// Numbers and ranges without a system.
fn numbers(text: &str, context: &Context, axis: &Axis) -> Vec<Meaning> {
    let Some((low, rest)) = number::read(text) else { return Vec::new() };
    let rest = rest.trim();
    if rest.is_empty() {
        return systems::bare(&low, None, context, axis).into_iter().collect();
    }
    if let Some((high, after)) = rest.strip_prefix(['-', '–', '/']).and_then(|rest| number::read(rest.trim_start()))
        && after.trim().is_empty()
        && high.hundredths > low.hundredths
    {
        return systems::bare(&low, Some(&high), context, axis).into_iter().collect();
    }
    systems::suffixed(&low, rest, context).into_iter().collect()
}
