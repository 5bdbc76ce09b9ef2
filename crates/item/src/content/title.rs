//! The title without what the shop adds to it: its name, calls to buy, badges, signs and shouting.
//!
//! Words go only on evidence: a list of phrases, or that the segment is the shop, the brand again or a crumb. When in doubt
//! they stay, and a title of which nothing would be left stays whole.

use super::{casing, noise};
use crate::Reading;

/// What shops put between the parts of a title.
const SEPARATORS: &[&str] = &[" | ", " – ", " — ", " - ", " :: ", " · ", " • ", " » ", " › ", "|", " ∣ ", " ~ "];
/// Brackets that hold badges.
const BRACKETS: &[(char, char)] =
    &[('[', ']'), ('(', ')'), ('【', '】'), ('（', '）'), ('{', '}'), ('*', '*'), ('★', '★'), ('<', '>'), ('《', '》')];

/// The title in the page's language; `brand` is its name in its own spelling.
#[must_use]
pub fn of(reading: &Reading<'_>, brand: Option<&str>) -> String {
    let signed = without_signs(&reading.title);
    let open = without_brackets(&signed);
    let parts = without_segments(&open, reading, brand);
    let bare = without_calls(parts.trim());
    let single = without_repeats(bare, brand);
    let quiet = casing::of_title(single.trim(), brand, reading.language);
    if quiet.chars().any(char::is_alphanumeric) { quiet } else { reading.title.clone() }
}

/// Without emoji and signs of ownership, spaces single.
fn without_signs(title: &str) -> String {
    let sign = |c: char| {
        matches!(c, '™' | '®' | '©' | '℠' | '★' | '☆' | '♥' | '❤' | '\u{fe0f}' | '\u{20e3}' | '\u{200d}')
            || matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{e000}'..='\u{f8ff}')
    };
    let mut out = String::with_capacity(title.len());
    for c in title.chars() {
        // `A★B`: the sign parts words; `Levi's® jeans`: it does not.
        match c {
            '™' | '®' | '©' | '℠' | '\u{fe0f}' | '\u{200d}' | '\u{20e3}' => {}
            c if sign(c) => out.push(' '),
            c => out.push(c),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without brackets that hold nothing but noise.
fn without_brackets(title: &str) -> String {
    let mut out = title.to_owned();
    for (open, close) in BRACKETS {
        let mut from = 0;
        while let Some(start) = out[from..].find(*open).map(|at| from + at) {
            let inside = start + open.len_utf8();
            let Some(end) = out[inside..].find(*close).map(|at| inside + at) else { break };
            let noisy = is_noise(&out[inside..end]);
            if noisy {
                out.replace_range(start..end + close.len_utf8(), " ");
            }
            from = if noisy { start + 1 } else { end + close.len_utf8() };
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a whole segment says nothing of the product.
fn is_noise(segment: &str) -> bool {
    let lower = segment.to_lowercase();
    is_bare_noise(segment) || noise::HAS.iter().any(|phrase| lower.contains(phrase))
}

/// Whether it is a phrase of the list, a reduction or a host and no more.
fn is_bare_noise(segment: &str) -> bool {
    let segment = segment
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '!' | '*' | '.' | '-' | '+' | ':' | '~' | '>' | '<' | ','));
    let key = noise::key(segment);
    noise::WHOLE.contains(&key) || noise::BADGE.contains(&key) || is_reduction(segment) || is_host(segment)
}

/// `SALE -20%`, `20 % off`, `bis zu 50% reduziert`: a percentage with words of selling around it, or a bare minus.
fn is_reduction(segment: &str) -> bool {
    let Some(percent) = segment.find('%') else { return false };
    let before = segment[..percent].trim_end();
    let digits = before.trim_end_matches(|c: char| c.is_ascii_digit());
    if digits.len() == before.len() {
        return false;
    }
    let lower = segment.to_lowercase();
    let words = [
        "off",
        "rabatt",
        "reduziert",
        "sale",
        "discount",
        "remise",
        "réduction",
        "descuento",
        "dto",
        "sconto",
        "korting",
        "rabat",
        "zniżki",
    ];
    let sells = words.iter().any(|word| lower.contains(word));
    let minus =
        digits.trim_end().ends_with(['-', '−', '–']) && segment[percent + 1..].trim().is_empty() && digits.trim().len() <= 8;
    sells && segment.split_whitespace().count() <= 6 || minus
}

/// `shop.example`, `www.shop.co.uk`
fn is_host(segment: &str) -> bool {
    let lower = segment.to_lowercase();
    let host = lower.strip_prefix("www.").unwrap_or(&lower);
    let Some((name, end)) = host.split_once('.') else { return false };
    let known = [
        "com", "net", "org", "de", "at", "ch", "fr", "it", "es", "nl", "be", "pl", "se", "dk", "no", "fi", "pt", "cz", "sk",
        "hu", "ro", "bg", "gr", "co.uk", "uk", "ie", "us", "ca", "com.au", "com.br", "co.jp", "jp", "shop", "store", "eu",
        "ru", "com.tr", "in", "cn", "hk", "tw", "kr", "lt", "lv", "ee", "si", "hr", "mx", "com.mx", "ae", "za", "co.za",
    ];
    !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || c == '-')
        && known.contains(&end)
        && (lower.starts_with("www.") || name.len() > 2)
}

/// Without segments that are noise, the shop, the brand said elsewhere, or a crumb at the end.
fn without_segments(title: &str, reading: &Reading<'_>, brand: Option<&str>) -> String {
    let mut parts = split(title);
    let kept = |parts: &[(&str, &str)]| parts.iter().map(|(_, part)| part.len()).sum::<usize>();
    let whole = kept(&parts);
    let before = parts.clone();
    // The first segment mostly names the product, with or without a call to buy: only a bare phrase goes there.
    let mut first = true;
    parts.retain(|(_, part)| if std::mem::take(&mut first) { !is_bare_noise(part) } else { !is_noise(part) });
    while parts.len() > 1
        && let Some((separator, last)) = parts.last()
    {
        let others: Vec<&str> = parts[..parts.len() - 1].iter().map(|(_, part)| *part).collect();
        if !is_outside(separator, last, &others, reading, brand) {
            break;
        }
        parts.pop();
    }
    if parts.len() > 1
        && brand.is_some_and(|brand| {
            noise::key(brand) == noise::key(parts[0].1) && noise::key(parts[1].1).starts_with(&noise::key(brand))
        })
    {
        parts.remove(0);
    }
    if kept(&parts) * 6 < whole && parts.iter().all(|(_, part)| part.split_whitespace().count() < 2) {
        parts = before;
    }
    let mut out = String::with_capacity(title.len());
    for (at, (separator, part)) in parts.iter().enumerate() {
        out.push_str(if at > 0 { separator } else { "" });
        out.push_str(part);
    }
    out
}

/// The segments with the separator before each.
fn split(title: &str) -> Vec<(&str, &str)> {
    let mut parts = Vec::new();
    let (mut rest, mut before) = (title, "");
    while let Some((at, separator)) = SEPARATORS.iter().filter_map(|one| rest.find(one).map(|at| (at, *one))).min() {
        parts.push((before, rest[..at].trim()));
        before = separator;
        rest = &rest[at + separator.len()..];
        if parts.len() >= 12 {
            break;
        }
    }
    parts.push((before, rest.trim()));
    parts.retain(|(_, part)| !part.is_empty());
    parts
}

/// Whether the last segment is of the shop and not of the product.
fn is_outside(separator: &str, last: &str, others: &[&str], reading: &Reading<'_>, brand: Option<&str>) -> bool {
    let key = noise::key(last);
    let said = |words: &str| others.iter().any(|other| noise::key(other).contains(&noise::key(words)));
    if brand.is_some_and(|brand| noise::key(brand) == key) {
        return said(last);
    }
    let sku = reading.product.skus.iter().take(20);
    let mut sellers = sku.flat_map(|sku| &sku.offers).filter_map(|offer| offer.seller.as_deref());
    if key.len() > 2 && (sellers.any(|seller| noise::key(seller) == key) || is_of_pictures(&key, reading)) {
        return true;
    }
    let names_shop = [" shop", " store", " online", " onlineshop", " official", " outlet", "-shop", "shop.de"];
    if names_shop.iter().any(|end| last.to_lowercase().ends_with(end)) {
        return true;
    }
    // A crumb: after a bar it is the place in the shop; after a dash it may be the kind of product, which stays.
    separator.contains(['|', '»', '›'])
        && reading.product.breadcrumbs.iter().any(|crumb| noise::key(crumb) == key)
        && !key.is_empty()
}

/// Whether pictures come from a host of that name.
fn is_of_pictures(key: &str, reading: &Reading<'_>) -> bool {
    let Some(url) = reading.product.image_url.as_deref().or_else(|| reading.product.images.first().map(String::as_str))
    else {
        return false;
    };
    let host = url.split("//").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let mut labels = host.split('.').rev().skip(1).take(2);
    labels.any(|label| label.len() > 3 && noise::key(label) == key)
}

/// Without a call to buy at the start or end, and badges with a mark.
fn without_calls(title: &str) -> &str {
    let mut title = title;
    for _ in 0..4 {
        let next = without_badge(without_tail(without_head(title)));
        if next.len() == title.len() {
            break;
        }
        title = next;
    }
    title
}

fn without_head(title: &str) -> &str {
    let head = noise::HEAD.iter().find(|head| title.get(..head.len()).is_some_and(|start| start.to_lowercase() == ***head));
    match head {
        // "Buy" alone says nothing: only with "online" or a like word at the end is it a call.
        Some(head) if without_tail(title).len() < title.len() || is_online(title) => {
            let rest = title[head.len()..].trim_start();
            rest.to_ascii_lowercase()
                .rfind(" online")
                .filter(|at| at + 7 >= rest.len() || rest[at + 7..].starts_with(" at "))
                .map_or(rest, |at| &rest[..at])
        }
        _ => title,
    }
}

fn is_online(title: &str) -> bool {
    let lower = title.to_lowercase();
    lower.ends_with(" online") || lower.contains(" online at ")
}

fn without_tail(title: &str) -> &str {
    let bare = title.trim_end_matches(['!', '.', ' ', '-', '|', '>', '»', '…', ',', '*']);
    let tail = noise::TAIL.iter().find(|tail| {
        let start = bare.len().checked_sub(tail.len()).filter(|start| *start > 0 && bare.is_char_boundary(*start));
        start.is_some_and(|start| bare[start..].to_lowercase() == ***tail)
    });
    tail.map_or(title, |tail| bare[..bare.len() - tail.len()].trim_end_matches([' ', '-', '|', ',', ':', '+']))
}

/// `NEW! Shirt`, `SALE -20% Shirt`, `Neu: Hemd`, `Shirt *SALE*`, `Shirt -20%`; `New Balance` stays.
fn without_badge(title: &str) -> &str {
    if let Some((first, rest)) = title.split_once(' ') {
        let bare = first.trim_matches(['!', '*', ':', '>', '-', '~', '+']);
        let marked = bare.len() < first.len() || rest.starts_with(['!', '-', '*', ':', '+']);
        if marked && noise::BADGE.contains(&noise::key(bare)) && !bare.is_empty() {
            return rest.trim_start_matches(['!', '-', '*', ':', ' ', '+']);
        }
        if is_reduction(first) {
            return rest.trim_start();
        }
    }
    if let Some((rest, last)) = title.rsplit_once(' ') {
        let bare = last.trim_matches(['!', '*', '-', '~', '+', '>', '<']);
        let marked = bare.len() < last.len() && last.ends_with(['!', '*', '~', '+', '<']);
        if marked && noise::BADGE.contains(&noise::key(bare)) && !bare.is_empty() || is_reduction(last) {
            return rest.trim_end_matches([' ', '-', '*', '!', '|']);
        }
    }
    title
}

/// Without the brand said twice in a row: `Nike Nike Air Max`, `Nike - Nike Air Max`.
fn without_repeats<'a>(title: &'a str, brand: Option<&str>) -> &'a str {
    let Some(brand) = brand.filter(|brand| !brand.is_empty()) else { return title };
    let length = brand.split_whitespace().count();
    let ends: Vec<usize> = title.match_indices(' ').map(|(at, _)| at).chain([title.len()]).take(2 * length + 2).collect();
    let key = noise::key(brand);
    let Some(first) = ends.get(length - 1).copied().filter(|end| noise::key(&title[..*end]) == key) else { return title };
    let rest = title[first..].trim_start_matches([' ', '-', '–', ':', '|']);
    let again: usize = rest.match_indices(' ').map(|(at, _)| at).chain([rest.len()]).nth(length - 1).unwrap_or(0);
    if noise::key(&rest[..again]) == key && again < rest.len() { rest } else { title }
}

#[cfg(test)]
mod tests;
