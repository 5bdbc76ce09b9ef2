//! Which system a number is of: named by the shop, else by what is worn, by whom, where it is sold and what else is on offer.

use creel_types::SizeKind;

use super::{
    context::{Context, Region, Sex},
    number::Number,
    value::{Axis, Meaning},
};

fn meaning(kind: SizeKind, system: &'static str, value: impl Into<String>, confidence: f64) -> Meaning {
    Meaning { kind, system, value: value.into(), confidence }
}

/// A number beside its label.
pub fn named(label: &'static str, number: &Number, shown: &str, context: &Context) -> Option<Meaning> {
    let kind = match context.kind {
        Some(SizeKind::Other) => return None,
        Some(SizeKind::Clothing) if context.kids => SizeKind::Kids,
        Some(kind) => kind,
        // A length of something that may not be worn at all.
        None if matches!(label, "CM" | "MM") => return None,
        // Halves and thirds are of shoes, and so are numbers above sixteen beside small ones elsewhere.
        None if !number.is_whole() => SizeKind::Shoes,
        None => SizeKind::Clothing,
    };
    match label {
        "CM" if kind == SizeKind::Shoes => number.is_between(8, 34).then(|| meaning(kind, "JP", shown, 0.93)),
        "CM" => number.is_between(10, 220).then(|| meaning(kind, "CM", shown, 0.92)),
        "MM" if kind == SizeKind::Shoes => {
            number.is_between(100, 340).then(|| meaning(kind, "JP", centimetres(number), 0.93))
        }
        "MM" if kind == SizeKind::Ring && number.is_between(12, 25) => Some(meaning(kind, "DE", shown, 0.93)),
        "MM" if kind == SizeKind::Ring && number.is_between(38, 80) => Some(meaning(kind, "EU", shown, 0.93)),
        "MM" | "INT" | "WIDTH" => None,
        system => Some(meaning(kind, system, shown, 0.96)),
    }
}

/// A number with letters behind it: `10C`, `2Y`, `38R`, `104 cm`, `9 W`.
pub fn suffixed(number: &Number, suffix: &str, context: &Context) -> Option<Meaning> {
    let upper = suffix.trim_matches([' ', '.', '(', ')']).to_uppercase();
    match (context.kind, upper.as_str()) {
        // Children's shoes of the United States: C to thirteen and a half, then Y.
        (Some(SizeKind::Shoes) | None, "C" | "T" | "K") if number.is_between(0, 13) || number.hundredths == 1350 => {
            Some(meaning(SizeKind::Shoes, "US", format!("{}C", number.shown), 0.93))
        }
        (Some(SizeKind::Shoes), "Y" | "YOUTH" | "BIG KID") if number.is_between(1, 7) => {
            Some(meaning(SizeKind::Shoes, "US", format!("{}Y", number.shown), 0.93))
        }
        (
            Some(SizeKind::Shoes),
            "W" | "WIDE" | "N" | "NARROW" | "M" | "MEDIUM" | "D" | "EE" | "2E" | "4E" | "B" | "EEE" | "XW" | "R",
        ) if number.is_between(4, 18) => Some(meaning(SizeKind::Shoes, "US", number.shown.clone(), 0.75)),
        (Some(SizeKind::Clothing) | None, "R" | "REGULAR" | "L" | "LONG" | "S" | "SHORT")
            if number.is_between(34, 60) && number.is_whole() =>
        {
            let initial = upper.chars().next().unwrap_or('R');
            let system = if context.region == Region::Uk || context.region == Region::Au { "UK" } else { "US" };
            let confidence = if context.sex == Some(Sex::Women) { 0.5 } else { 0.85 };
            Some(meaning(SizeKind::Clothing, system, format!("{}{initial}", number.shown), confidence))
        }
        (Some(SizeKind::Clothing | SizeKind::Jeans) | None, "P" | "PETITE" | "T" | "TALL" | "W")
            if number.is_between(0, 32) && number.is_even() =>
        {
            let fit = match upper.as_str() {
                "P" | "PETITE" => " Petite",
                "W" => "W",
                _ => " Tall",
            };
            let system = if matches!(context.region, Region::Uk | Region::Au) { "UK" } else { "US" };
            Some(meaning(SizeKind::Clothing, system, format!("{}{fit}", number.shown), 0.85))
        }
        _ => None,
    }
}

/// A number or range that stands alone.
pub fn bare(low: &Number, high: Option<&Number>, context: &Context, axis: &Axis) -> Option<Meaning> {
    let shown = high.map_or_else(|| low.shown.clone(), |high| format!("{}-{}", low.shown, high.shown));
    let (kind, system, confidence) = match context.kind {
        Some(SizeKind::Shoes) => {
            let (system, confidence) = shoes(low, high, context, axis)?;
            (SizeKind::Shoes, system, confidence)
        }
        Some(SizeKind::Ring) => {
            let (system, confidence) = ring(low, context, axis)?;
            (SizeKind::Ring, system, confidence)
        }
        Some(SizeKind::Hat) => {
            let (system, confidence) = hat(low, context)?;
            (SizeKind::Hat, system, confidence)
        }
        Some(SizeKind::Gloves) => (SizeKind::Gloves, "EU", (low.is_between(4, 13) && low.is_half()).then_some(0.85)?),
        Some(SizeKind::Bra) => return bra_band(low, &shown, context),
        Some(SizeKind::Other | SizeKind::Kids) => return None,
        Some(SizeKind::Jeans) => return jeans(low, high, &shown, context),
        Some(SizeKind::Clothing) => clothing(low, high, context, axis)?,
        None => unknown(low, high, context, axis)?,
    };
    // Korean shops give millimetres.
    let shown = if system == "MM" { centimetres(low) } else { shown };
    let shown = if system == "AGE" { shown + "Y" } else { shown };
    let system = if system == "MM" { "JP" } else { system };
    Some(meaning(kind, system, shown, confidence))
}

/// Millimetres as Japan's centimetres: 255 is 25.5.
fn centimetres(number: &Number) -> String {
    let (whole, tenth) = (number.hundredths / 1000, number.hundredths / 100 % 10);
    if tenth == 0 { whole.to_string() } else { format!("{whole}.{tenth}") }
}

/// Clothes and shoes share numbers; halves, and the range of the whole option, tell.
fn unknown(low: &Number, high: Option<&Number>, context: &Context, axis: &Axis) -> Option<(SizeKind, &'static str, f64)> {
    let shoes_only = axis.parts
        || !low.is_whole()
        || (axis.numbers >= 4
            && axis.least >= 3500
            && axis.most <= 4900
            && axis.most - axis.least + 100 == 100 * i64::try_from(axis.numbers).unwrap_or(0));
    if shoes_only {
        let (system, confidence) = shoes(low, high, context, axis)?;
        return Some((SizeKind::Shoes, system, confidence * 0.85));
    }
    let (kind, system, confidence) = clothing(low, high, context, axis)?;
    Some((kind, system, confidence * 0.75))
}

fn shoes(low: &Number, high: Option<&Number>, context: &Context, axis: &Axis) -> Option<(&'static str, f64)> {
    let (least, most) =
        if axis.numbers == 0 { (low.hundredths, high.unwrap_or(low).hundredths) } else { (axis.least, axis.most) };
    if low.is_between(200, 320) && low.hundredths % 500 == 0 {
        return Some(("MM", 0.93));
    }
    if context.region == Region::Jp && low.is_between(10, 33) && low.is_half() {
        return Some(("JP", 0.92));
    }
    if low.is_between(34, 52) {
        return Some(("EU", if context.region == Region::Us { 0.88 } else { 0.97 }));
    }
    if most > 1650 && (1500..=5200).contains(&least) {
        // Children's shoes.
        return Some(("EU", if context.kids { 0.95 } else { 0.8 }));
    }
    if !low.is_between(0, 18) || !low.is_half() {
        return None;
    }
    match context.region {
        Region::Us => Some(("US", 0.94)),
        Region::Uk => Some(("UK", 0.94)),
        Region::Au => Some(("US", 0.55)),
        Region::Jp => Some(("US", 0.6)),
        // Sports shoes on the continent are sold in British sizes more often than in American ones.
        Region::Eu | Region::Fr | Region::It => Some(("UK", 0.6)),
        Region::Unknown => Some(("US", 0.55)),
    }
}

fn ring(low: &Number, context: &Context, axis: &Axis) -> Option<(&'static str, f64)> {
    if low.is_between(38, 80) {
        return Some(("EU", 0.95));
    }
    // Diameters in millimetres have quarters, and span little.
    let diameters = low.is_between(14, 24) && (axis.numbers == 0 || axis.least >= 1400);
    match context.region {
        Region::Us | Region::Unknown | Region::Au | Region::Uk => {
            (low.is_between(0, 16) && low.hundredths % 25 == 0).then_some(("US", 0.9))
        }
        Region::It | Region::Fr if low.is_whole() && low.is_between(1, 37) => Some(("IT", 0.8)),
        Region::Jp if low.is_whole() && low.is_between(1, 35) => Some(("JP", 0.9)),
        Region::Eu | Region::Fr | Region::It if diameters => Some(("DE", 0.85)),
        _ => (low.is_between(3, 13) && low.hundredths % 25 == 0).then_some(("US", 0.6)),
    }
}

fn hat(low: &Number, context: &Context) -> Option<(&'static str, f64)> {
    if low.is_between(40, 68) {
        return Some(("CM", 0.95));
    }
    // Eighths of an inch of diameter; the British size is an eighth smaller.
    let inches = (600..=850).contains(&low.hundredths) && !(low.is_whole() && context.kids);
    inches.then_some(if context.region == Region::Uk { ("UK", 0.8) } else { ("US", 0.9) })
}

/// The system of a bra by its band.
pub fn bra(band: i64, context: &Context) -> Option<&'static str> {
    match band {
        28..=56 if band % 2 == 0 => Some(match context.region {
            Region::Uk | Region::Au => "UK",
            _ => "US",
        }),
        // France and Spain count fifteen more than the others.
        60..=135 if band % 5 == 0 => Some(if context.region == Region::Fr && band >= 75 { "FR" } else { "EU" }),
        1..=9 if context.region == Region::It => Some("IT"),
        _ => None,
    }
}

fn bra_band(low: &Number, shown: &str, context: &Context) -> Option<Meaning> {
    let system = bra(low.hundredths / 100, context).filter(|_| low.is_whole())?;
    Some(meaning(SizeKind::Bra, system, shown, 0.7))
}

/// Waists in inches, else the numbers of clothes.
fn jeans(low: &Number, high: Option<&Number>, shown: &str, context: &Context) -> Option<Meaning> {
    if context.kids {
        let (kind, system, confidence) = clothing(low, high, context, &Axis::default())?;
        return Some(meaning(kind, system, shown, confidence));
    }
    let continental = matches!(context.region, Region::Eu | Region::Fr | Region::It);
    let confection =
        continental && low.is_between(34, 60) && low.is_even() && context.sex == Some(Sex::Women) || low.is_between(44, 66);
    if high.is_none() && low.is_between(22, 50) && low.is_whole() && !confection {
        let odd_or_small = !low.is_even() || low.is_between(22, 33);
        return Some(meaning(SizeKind::Jeans, "IN", format!("W{}", low.shown), if odd_or_small { 0.9 } else { 0.7 }));
    }
    let (_, system, confidence) = clothing(low, high, context, &Axis::default())?;
    Some(meaning(SizeKind::Jeans, system, shown, confidence))
}

fn clothing(low: &Number, high: Option<&Number>, context: &Context, axis: &Axis) -> Option<(SizeKind, &'static str, f64)> {
    if let Some(kids) = kids(low, high, context, axis) {
        return Some(kids);
    }
    if !low.is_whole() {
        // Collars of shirts in inches.
        let collar = low.is_between(13, 20) && low.is_half() && context.sex != Some(Sex::Women);
        return collar.then_some((SizeKind::Clothing, "IN", 0.75));
    }
    let (number, kind) = (low.hundredths / 100, SizeKind::Clothing);
    if context.sex == Some(Sex::Men) && (37..=47).contains(&number) && number % 2 == 1 {
        return Some((kind, "CM", 0.8));
    }
    let men = context.sex == Some(Sex::Men);
    let even = number % 2 == 0;
    match context.region {
        Region::Us if number <= 32 && (even || number <= 17) => Some((kind, "US", if men { 0.6 } else { 0.94 })),
        Region::Us if (34..=60).contains(&number) => Some((kind, "US", if men { 0.85 } else { 0.5 })),
        // Sizes of the continent, sold as they are.
        Region::Uk | Region::Au if !men && even && axis.numbers >= 2 && axis.least >= 3200 && axis.most <= 5200 => {
            Some((kind, "EU", 0.75))
        }
        Region::Uk | Region::Au if (4..=36).contains(&number) && even && !men => Some((kind, "UK", 0.93)),
        Region::Uk | Region::Au if (28..=60).contains(&number) && men => Some((kind, "UK", 0.85)),
        Region::Uk | Region::Au if (34..=60).contains(&number) && even => Some((kind, "EU", 0.6)),
        Region::Fr if (32..=66).contains(&number) && even => Some((kind, if men { "EU" } else { "FR" }, 0.88)),
        Region::It if (34..=70).contains(&number) && even => Some((kind, "IT", 0.9)),
        Region::Eu if (30..=66).contains(&number) && even => Some((kind, "EU", 0.94)),
        // Short and long sizes are half and double.
        Region::Eu if (16..=29).contains(&number) || (68..=122).contains(&number) => Some((kind, "EU", 0.7)),
        Region::Jp if (5..=25).contains(&number) && !even => Some((kind, "JP", 0.85)),
        Region::Unknown if (32..=60).contains(&number) && even => Some((kind, "EU", 0.65)),
        Region::Unknown if number <= 20 && even => Some((kind, "US", 0.5)),
        _ => None,
    }
}

/// Heights in centimetres: `98/104`, `104`; ages without a word in children's things: `4-5`, `8`.
fn kids(low: &Number, high: Option<&Number>, context: &Context, axis: &Axis) -> Option<(SizeKind, &'static str, f64)> {
    let heights = low.is_whole() && low.is_between(44, 188);
    let stepped =
        high.is_some_and(|high| high.hundredths - low.hundredths == 600 || high.hundredths - low.hundredths == 1200);
    let several = axis.numbers >= 2 && axis.least >= 4400 && (axis.most - axis.least) % 600 == 0 && axis.most >= 9200;
    if heights && (stepped || context.kids || several && context.sex.is_none()) {
        return Some((SizeKind::Kids, "CM", if context.kids || stepped { 0.95 } else { 0.75 }));
    }
    let ages = context.kids && low.is_whole() && low.is_between(1, 18) && high.is_none_or(|high| high.is_between(1, 18));
    if !ages {
        return None;
    }
    match context.region {
        // Numbers of children's clothes in America are sizes, near to ages.
        Region::Us if high.is_none() => Some((SizeKind::Kids, "US", 0.8)),
        _ => Some((SizeKind::Kids, "AGE", 0.8)),
    }
}
