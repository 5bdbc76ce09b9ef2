//! Objects in scripts: which scripts may hold a product, and where in them a literal starts. Every attempt to parse is counted, so a hostile script
//! costs a bounded multiple of its length.

use std::{borrow::Cow, sync::LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};

use crate::{
    json::{self, Json},
    tape::{Attr, Document},
};

/// Scripts of one page that are parsed.
const SCRIPTS_MAX: usize = 60;

/// Attempts to parse a literal in one script.
const ATTEMPTS_MAX: usize = 40;

/// Bytes that may be parsed in vain in one page.
const WASTED_BYTES_MAX: usize = 4 << 20;

/// Keys that an object of a product has; a script needs two different kinds of them.
const KEYS: [(&str, u8); 27] = [
    ("\"price\"", 1), ("\"prices\"", 1), ("'price'", 1), ("price:", 1), ("\"salePrice\"", 1), ("\"currentPrice\"", 1), ("\"sale_price\"", 1), ("\"finalPrice\"", 1), ("\"offers\"", 1), ("\"unitPrice\"", 1), ("\"priceInfo\"", 1), ("\"price_amount\"", 1), ("\"listPrice\"", 1), ("\"amount\"", 1),
    ("\"sku\"", 2), ("\"productId\"", 2), ("\"product_id\"", 2), ("\"variants\"", 2), ("\"item_id\"", 2), ("'id'", 2), ("\"id\"", 2), ("\"skuId\"", 2), ("sku:", 2), ("id:", 2), ("\"skus\"", 2), ("\"jsonConfig\"", 3), ("\"product_attributes\"", 3),
];

static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(KEYS.iter().map(|(key, _)| key)).ok());

/// Hands every literal of the page's scripts that may hold a product to `take`.
pub(super) fn each(document: Document<'_>, mut take: impl FnMut(Json<'_>)) {
    let mut wasted = 0;
    let mut read = 0;
    for script in document.scripts() {
        let text = script.contents;
        if text.len() < 40 || read >= SCRIPTS_MAX || script.node.has_attr(Attr::Src) {
            continue;
        }
        let kind = script.kind().unwrap_or_default();
        if kind.contains("ld+json") || kind.contains("template") || !may_hold_product(text) {
            continue;
        }
        read += 1;
        let is_json = kind.contains("json") || kind.contains("x-magento-init") || text.trim_start().starts_with(['{', '[']);
        if is_json {
            if let Some(parsed) = json::parse(text.trim_start_matches("<!--")) {
                parsed.roots().for_each(&mut take);
                continue;
            }
        }
        literals(text, &mut wasted, &mut take);
    }
}

/// Whether a script has keys of a product of two kinds; stops at the second.
fn may_hold_product(text: &str) -> bool {
    let Some(finder) = FINDER.as_ref() else { return false };
    let mut kinds = 0u8;
    for found in finder.find_iter(text) {
        kinds |= 1 << KEYS[found.pattern().as_usize()].1;
        if kinds & 0b1000 != 0 || kinds & 0b110 == 0b110 {
            return true;
        }
    }
    false
}

/// The literals that are assigned, passed or parsed in a script.
fn literals(text: &str, wasted: &mut usize, take: &mut impl FnMut(Json<'_>)) {
    let bytes = text.as_bytes();
    let (mut at, mut attempts) = (0, 0);
    while let Some(offset) = memchr::memchr2(b'{', b'[', bytes.get(at..).unwrap_or_default()) {
        let start = at + offset;
        at = start + 1;
        if attempts >= ATTEMPTS_MAX || *wasted >= WASTED_BYTES_MAX {
            break;
        }
        if !follows_assignment(bytes, start) {
            continue;
        }
        attempts += 1;
        match json::parse_prefix(&text[start..]) {
            Some((parsed, end)) if end > 2 => {
                if parsed.root().weight() > 3 {
                    take(parsed.root());
                }
                at = start + end;
            }
            _ => *wasted += (text.len() - start).min(1 << 18),
        }
    }
    parsed_strings(text, take);
}

/// Whether what stands before a bracket makes it the start of a literal: `=`, `(`, `,` after a bracket, or a key's colon.
fn follows_assignment(bytes: &[u8], start: usize) -> bool {
    let before = bytes[..start].iter().rev().find(|byte| !byte.is_ascii_whitespace());
    // A function's body follows `)`; a block follows a word.
    matches!(before, Some(b'=' | b'(' | b':' | b',') | None)
}

/// `JSON.parse("{\"product\":…}")`
fn parsed_strings(text: &str, take: &mut impl FnMut(Json<'_>)) {
    for (at, _) in text.match_indices("JSON.parse(").take(8) {
        let Some((string, _)) = text.get(at + 11..).map(str::trim_start).filter(|rest| rest.starts_with(['"', '\''])).and_then(quoted) else { continue };
        let decoded: Cow<'_, str> = string;
        if let Some(parsed) = json::parse(&decoded) {
            parsed.roots().for_each(&mut *take);
        }
    }
}

/// A quoted string of JavaScript, decoded.
fn quoted(text: &str) -> Option<(Cow<'_, str>, usize)> {
    let (parsed, end) = json::parse_prefix(text)?;
    let decoded = parsed.root().text()?.into_owned();
    Some((Cow::Owned(decoded), end))
}
