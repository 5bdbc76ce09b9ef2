//! Objects in scripts: which scripts may hold a product, and where in them a literal starts. Every attempt to parse is counted, so a hostile script
//! costs a bounded multiple of its length.

use std::{borrow::Cow, sync::LazyLock};

use memchr::memmem;

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

static PRICE: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"rice"));

/// Keys of a product's number; an object of a product has one beside its price.
const NUMBER_KEYS: [&str; 9] =
    ["\"id\"", "\"sku\"", "roductId\"", "roduct_id\"", "\"item_id\"", "variants\"", "id:", "'id'", "sku:"];

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
        if is_json && let Some(parsed) = json::parse(text.trim_start_matches("<!--")) {
            parsed.roots().for_each(&mut take);
            continue;
        }
        literals(text, &mut wasted, &mut take);
    }
}

/// Whether a script has a key of a price and one of a number: one quick search that most scripts fail.
fn may_hold_product(text: &str) -> bool {
    let bytes = text.as_bytes();
    // "price", "salePrice", "prices", 'price', price:
    let priced = PRICE.find_iter(bytes).any(|at| {
        let after = bytes.get(at + 4..).unwrap_or_default();
        let after = after.strip_prefix(b"s").unwrap_or(after);
        matches!(after.first(), Some(b'"' | b'\'' | b':' | b'_' | b'I' | b'A' | b'\\'))
            && matches!(bytes.get(at.wrapping_sub(1)), Some(b'p' | b'P'))
    });
    priced && NUMBER_KEYS.iter().any(|key| memmem::find(bytes, key.as_bytes()).is_some())
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
        let Some((string, _)) =
            text.get(at + 11..).map(str::trim_start).filter(|rest| rest.starts_with(['"', '\''])).and_then(quoted)
        else {
            continue;
        };
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
