//! Sizes in letters, in one spelling: `XXL`, `3XL`, `S-M`, `XL Tall`.

/// Letters of EN 13402-4 in one spelling, and whether there is no doubt. `S/M`, `XL Tall`, `X-Large`, `2XL`.
pub fn read(text: &str) -> Option<(String, bool)> {
    if let Some((left, right)) =
        text.split_once(['/', '-', '–']).filter(|(left, right)| !left.is_empty() && !right.is_empty())
        && let (Some(low), Some(high)) = (one(left.trim()), one(right.trim()))
        && !text.to_lowercase().starts_with("x-")
    {
        return Some((format!("{low}-{high}"), true));
    }
    if let Some(letters) = one(text) {
        return Some((letters, true));
    }
    let (first, rest) = text.split_once([' ', '-', '('])?;
    let fit = fit(rest.trim_matches([' ', '(', ')', '-']))?;
    Some((format!("{} {fit}", one(first)?), true))
}

/// Lengths that stand beside a size.
fn fit(word: &str) -> Option<&'static str> {
    match word.to_lowercase().as_str() {
        "petite" | "pet" | "p" => Some("Petite"),
        "tall" | "t" | "long" | "lang" | "l" | "extra long" => Some("Tall"),
        "short" | "kurz" | "s" | "court" => Some("Short"),
        "regular" | "reg" | "r" | "normal" => Some("Regular"),
        _ => None,
    }
}

pub fn one(text: &str) -> Option<String> {
    let lower = text.to_lowercase().replace([' ', '-', '.'], "");
    let named = match lower.as_str() {
        "small" | "klein" | "petit" | "pequeño" | "pequeña" | "piccolo" | "mały" => "s",
        "medium" | "med" | "mittel" | "moyen" | "mediano" | "mediana" | "media" | "medio" => "m",
        "large" | "groß" | "grand" | "grande" | "lrg" => "l",
        "xsmall" | "extrasmall" => "xs",
        "xlarge" | "extralarge" => "xl",
        "xxlarge" | "2xlarge" => "xxl",
        "xxsmall" => "xxs",
        "3xlarge" | "xxxlarge" => "3xl",
        "4xlarge" => "4xl",
        other => other,
    };
    let end = named.chars().last().filter(|c| matches!(c, 's' | 'm' | 'l'))?;
    let before = &named[..named.len() - 1];
    let count = if let Some(digit) = before.strip_suffix('x').and_then(|digit| digit.parse::<usize>().ok()) {
        digit
    } else if before.chars().all(|c| c == 'x') {
        before.len()
    } else {
        return None;
    };
    if count > 10 || (end == 'm' && count > 0) {
        return None;
    }
    let end = end.to_ascii_uppercase();
    Some(match count {
        0..=2 => format!("{}{end}", "X".repeat(count)),
        more => format!("{more}X{end}"),
    })
}
