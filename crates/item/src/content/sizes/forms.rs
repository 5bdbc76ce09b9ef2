//! Sizes whose form tells their kind: ages, waist and leg, band and cup, letters of rings.

use creel_types::SizeKind;

use super::{
    context::{self, Context},
    number, systems,
    value::Meaning,
};

/// Ages and heights: `3-4 years`, `6M`, `4T`, `98/104`, `104 cm`.
pub fn age(text: &str, context: &Context) -> Option<Meaning> {
    let lower = text.to_lowercase();
    let kind = if context.kind == Some(SizeKind::Shoes) { SizeKind::Shoes } else { SizeKind::Kids };
    if matches!(lower.as_str(), "nb" | "newborn" | "neugeboren" | "nouveau-né" | "recién nacido" | "prematuro" | "preemie")
        && context.kids
    {
        return Some(Meaning { kind, system: "AGE", value: "0-1M".into(), confidence: 0.85 });
    }
    let (low, rest) = number::read(&lower)?;
    if let Some(low) = rest.trim().strip_prefix('t').filter(|rest| rest.is_empty()).map(|_| low.clone())
        && low.is_between(2, 6)
        && low.is_whole()
        && kind == SizeKind::Kids
    {
        return Some(Meaning { kind, system: "US", value: format!("{}T", low.shown), confidence: 0.95 });
    }
    // Heights beside ages say more exactly what fits, ages are what is compared: "104 (3-4 Jahre)" has both and is read as labelled.
    let (unit_low, rest) = unit(rest);
    let after = rest
        .trim_start()
        .strip_prefix(['-', '–', '/', '~'])
        .or_else(|| rest.trim_start().strip_prefix("to ").or(rest.trim_start().strip_prefix("à ")));
    let (high, unit_high, rest) = match after.and_then(|after| number::read(after.trim_start())) {
        Some((high, rest)) => {
            let (unit, rest) = unit(rest);
            (Some(high), unit, rest)
        }
        None => (None, None, rest),
    };
    if !rest.trim_matches([' ', '.', ')', '(']).is_empty() {
        return None;
    }
    let last = if high.is_some() { unit_high? } else { unit_low? };
    // Shoes of children: `10Y` is a size of the United States.
    if kind == SizeKind::Shoes {
        return None;
    }
    let high_shown = high.as_ref().map(|high| format!("-{}", high.shown)).unwrap_or_default();
    // "18-24m" and "6m" are months, "2m" of something else is a length.
    let limit = if last == 'M' { 48 } else { 18 };
    let plausible = low.is_between(0, limit)
        && low.is_half()
        && high.is_none_or(|high| {
            high.is_between(0, limit) && (high.hundredths > low.hundredths || unit_low.is_some_and(|unit| unit != last))
        });
    let mixed = unit_low.filter(|unit| *unit != last).map(|unit| unit.to_string()).unwrap_or_default();
    let confidence = if context.kids || high_shown.len() > 1 { 0.95 } else { 0.85 };
    plausible.then(|| Meaning { kind, system: "AGE", value: format!("{}{mixed}{high_shown}{last}", low.shown), confidence })
}

/// A word for years (`Y`) or months (`M`), and what follows.
fn unit(text: &str) -> (Option<char>, &str) {
    let open = text.trim_start();
    let length = open.find(|c: char| !c.is_alphabetic()).unwrap_or(open.len());
    let found = match &open[..length] {
        "y" | "yr" | "yrs" | "year" | "years" | "j" | "jahr" | "jahre" | "jahren" | "ans" | "an" | "a" | "años" | "año"
        | "anni" | "anno" | "jaar" | "lat" | "lata" | "år" | "v" | "vuotta" | "anos" | "let" | "rokov" | "roky" | "év"
        | "ani" | "лет" | "года" | "год" | "yaş" | "歳" | "才" | "岁" | "세" | "yo" => Some('Y'),
        "m" | "mo" | "mos" | "mth" | "mths" | "month" | "months" | "monate" | "monat" | "mon" | "mois" | "meses" | "mes"
        | "mesi" | "mese" | "maanden" | "mnd" | "miesięcy" | "mies" | "miesiące" | "mån" | "månader" | "mdr" | "måneder"
        | "kk" | "měsíců" | "mesiacov" | "hónap" | "luni" | "мес" | "месяцев" | "ay" | "ヶ月" | "か月" | "ヵ月" | "个月"
        | "개월" => Some('M'),
        _ => None,
    };
    match found {
        Some(unit) => (Some(unit), open[length..].trim_start_matches('.')),
        None => (None, text),
    }
}

/// Waist and inside leg in inches: `W32 L34`, `32W x 34L`, `32/34`, `W32`.
pub fn jeans(text: &str, context: &Context) -> Option<Meaning> {
    let upper = text.to_uppercase();
    let tokens: Vec<&str> =
        upper.split([' ', '/', 'X', '-', '"', ',', '×', '|']).filter(|token| !token.is_empty()).collect();
    let marked = |token: &str, mark: char| {
        token.strip_prefix(mark).or_else(|| token.strip_suffix(mark)).and_then(|digits| digits.parse::<i64>().ok())
    };
    let whole = |waist: i64, leg: i64| (20..=60).contains(&waist) && (24..=40).contains(&leg);
    let meaning = |value: String, confidence| Meaning { kind: SizeKind::Jeans, system: "IN", value, confidence };
    let glued = |token: &str| {
        let rest = token.strip_prefix('W')?;
        let (waist, leg) = rest.split_once('L')?;
        Some((waist.parse::<i64>().ok()?, leg.parse::<i64>().ok()?))
    };
    let trousers =
        !matches!(context.kind, Some(SizeKind::Shoes | SizeKind::Bra | SizeKind::Ring | SizeKind::Hat | SizeKind::Gloves));
    match tokens.as_slice() {
        [one] if trousers => {
            if let Some((waist, leg)) = glued(one).filter(|(waist, leg)| whole(*waist, *leg)) {
                return Some(meaning(format!("W{waist} L{leg}"), 0.97));
            }
            let waist = marked(one, 'W').filter(|waist| (20..=60).contains(waist))?;
            Some(meaning(format!("W{waist}"), 0.93))
        }
        [waist, leg] if trousers => {
            if let (Some(waist), Some(leg)) = (marked(waist, 'W'), marked(leg, 'L'))
                && whole(waist, leg)
            {
                return Some(meaning(format!("W{waist} L{leg}"), 0.97));
            }
            let (waist, leg): (i64, i64) = (waist.parse().ok()?, leg.parse().ok()?);
            let even = matches!(leg, 26 | 28 | 30 | 32 | 34 | 36 | 38);
            // 36/38 of a dress is a range; a leg is not the next size unless they are jeans.
            let range = leg - waist == 2 && waist >= 32 || leg - waist == 1;
            let named = context.kind == Some(SizeKind::Jeans);
            (whole(waist, leg) && even && !context.kids && (named || !range && leg <= 36 && waist >= 24))
                .then(|| meaning(format!("W{waist} L{leg}"), if named { 0.95 } else { 0.8 }))
        }
        _ => None,
    }
}

/// Band and cup: `75B`, `34 DD`, `32-C`.
pub fn bra(text: &str, context: &Context) -> Option<Meaning> {
    if !matches!(context.kind, Some(SizeKind::Bra | SizeKind::Clothing) | None) || context.kids {
        return None;
    }
    let upper = text.to_uppercase();
    let label = ["EU ", "US ", "UK ", "FR ", "IT "].into_iter().find(|label| upper.starts_with(label));
    let upper = upper[label.map_or(0, str::len)..].replace([' ', '-', '/'], "");
    let end = upper.find(|c: char| !c.is_ascii_digit())?;
    let (band, cup) = upper.split_at(end);
    let band: i64 = band.parse().ok()?;
    let letter = cup.chars().next().filter(|c| ('A'..='K').contains(c))?;
    if cup.chars().any(|c| c != letter) || cup.len() > 4 {
        return None;
    }
    let system = systems::bra(band, context)?;
    let system = label.map_or(system, str::trim_end);
    let confidence = if context.kind == Some(SizeKind::Bra) { 0.95 } else { 0.75 };
    Some(Meaning { kind: SizeKind::Bra, system, value: format!("{band}{cup}"), confidence })
}

/// `N 1/2`, `P` of rings in the United Kingdom.
pub fn ring_letter(text: &str, context: &Context) -> Option<Meaning> {
    if context.kind != Some(SizeKind::Ring) {
        return None;
    }
    let upper = text.to_uppercase();
    let letter = upper.chars().next().filter(char::is_ascii_uppercase)?;
    let half = match upper[1..].trim_matches([' ', '-']) {
        "" => "",
        "1/2" | "½" | ".5" => "½",
        _ => return None,
    };
    // Adjustable rings come in S, M and L.
    let sure = !matches!(letter, 'S' | 'M' | 'L') || matches!(context.region, context::Region::Uk | context::Region::Au);
    sure.then(|| Meaning { kind: SizeKind::Ring, system: "UK", value: format!("{letter}{half}"), confidence: 0.9 })
}
