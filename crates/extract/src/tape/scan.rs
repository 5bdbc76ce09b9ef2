//! Finds where names, attributes, comments and raw contents begin and end in the source bytes. Knows the tokens of the HTML standard,
//! refuses to know the tree. Every search goes forward only, so that pathological pages stay linear.

use super::lanes::{self, BLOCK, Block};
use super::names::{self, Attr, Tag};
use super::record::{ATTRIBUTES_MAX, AttributeRecord, NONE};
use super::text::is_space;
use memchr::{memchr, memchr2, memmem};

/// Unknown attribute names of one start tag that are compared with each other to drop duplicates.
const DUPLICATES_CHECKED_MAX: usize = 32;

/// A start tag in the source, its attributes already on the tape.
#[derive(Clone, Copy, Debug)]
pub(super) struct StartTag {
    pub tag: Tag,
    /// The position of `<`.
    pub start: u32,
    /// The position after `>`.
    pub end: u32,
    pub name_len: u16,
    pub attributes_start: u32,
    pub self_closing: bool,
}

const fn class_table(stops: &[u8]) -> [bool; 256] {
    let (mut table, mut i) = ([false; 256], 0);
    while i < stops.len() {
        table[stops[i] as usize] = true;
        i += 1;
    }
    table
}

static TAG_NAME_END: [bool; 256] = class_table(b" \n\t\r\x0C/>");
static ATTRIBUTE_NAME_END: [bool; 256] = class_table(b" \n\t\r\x0C/>=");
static UNQUOTED_END: [bool; 256] = class_table(b" \n\t\r\x0C>");

/// The end of the name that starts at `at`, and the tag it names.
#[inline(always)]
pub(super) fn tag_name(bytes: &[u8], at: usize) -> (usize, Tag) {
    if let Some(block) = Block::load(bytes, at) {
        let len = block.name_ends().trailing_zeros() as usize;
        if len < BLOCK && TAG_NAME_END[bytes[at + len] as usize] {
            return (at + len, Tag::lookup(block.name_key(len), &bytes[at..at + len]));
        }
    }
    let end = name_end(bytes, at, &TAG_NAME_END);
    (end, Tag::lookup(names::key_of(&bytes[at..end]), &bytes[at..end]))
}

/// As [`tag_name`] for an attribute, whose name `=` ends as well unless it starts with it.
#[inline(always)]
fn attribute_name(bytes: &[u8], at: usize) -> (usize, Attr) {
    if let Some(block) = Block::load(bytes, at) {
        let ends = block.name_ends() | block.equal(b'=');
        let mut len = ends.trailing_zeros() as usize;
        if ends == 0 {
            len = name_end(bytes, at + BLOCK, &ATTRIBUTE_NAME_END) - at;
            return (at + len, Attr::lookup(block.name_key(BLOCK), &bytes[at..at + len]));
        }
        if len > 0 && ATTRIBUTE_NAME_END[bytes[at + len] as usize] {
            return (at + len, Attr::lookup(block.name_key(len), &bytes[at..at + len]));
        }
    }
    let from = at + usize::from(bytes[at] == b'=');
    let end = name_end(bytes, from, &ATTRIBUTE_NAME_END);
    (end, Attr::lookup(names::key_of(&bytes[at..end]), &bytes[at..end]))
}

#[inline(never)]
fn name_end(bytes: &[u8], at: usize, ends: &[bool; 256]) -> usize {
    let len = bytes[at..].iter().position(|&byte| ends[byte as usize]);
    len.map_or(bytes.len(), |len| at + len)
}

#[inline(always)]
fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|&byte| is_space(byte)) {
        at += 1;
    }
    at
}

/// Reads attributes from `at` to the end of the tag, onto `out`. Answers the position after `>` and whether the tag closes itself;
/// nothing if the page ends inside the tag.
#[inline]
pub(super) fn attributes(bytes: &[u8], mut at: usize, out: &mut Vec<AttributeRecord>) -> Option<(usize, bool)> {
    let first = out.len();
    let mut seen = 0u128;
    loop {
        at = skip_space(bytes, at);
        match *bytes.get(at)? {
            b'>' => return Some((at + 1, false)),
            b'/' => {
                if *bytes.get(at + 1)? == b'>' {
                    return Some((at + 2, true));
                }
                at += 1;
            }
            _ => {
                let (record, end) = attribute(bytes, at)?;
                at = end;
                let bit = 1u128 << (record.attr as u8 & 127);
                let duplicate = match record.attr {
                    Attr::Unknown => repeats_unknown(bytes, &out[first..], &record),
                    _ => seen & bit != 0,
                };
                if !duplicate && out.len() - first < ATTRIBUTES_MAX {
                    seen |= bit;
                    out.push(record);
                }
            }
        }
    }
}

fn repeats_unknown(bytes: &[u8], before: &[AttributeRecord], record: &AttributeRecord) -> bool {
    let name_of = |record: &AttributeRecord| {
        let start = record.name_start as usize;
        &bytes[start..start + record.name_len as usize]
    };
    before.iter().take(DUPLICATES_CHECKED_MAX).any(|other| {
        other.attr == Attr::Unknown
            && other.name_len == record.name_len
            && name_of(other).eq_ignore_ascii_case(name_of(record))
    })
}

/// One attribute, whose name starts at `at`, and the position after it.
#[inline(always)]
fn attribute(bytes: &[u8], at: usize) -> Option<(AttributeRecord, usize)> {
    let (name_end, attr) = attribute_name(bytes, at);
    let mut record = AttributeRecord {
        name_start: at as u32,
        value_start: name_end as u32,
        value_end: name_end as u32,
        owner: NONE,
        next_of_name: NONE,
        name_len: cut_name(bytes, at, name_end),
        attr,
    };
    let mut end = name_end;
    if bytes.get(end).is_some_and(|&byte| is_space(byte)) {
        end = skip_space(bytes, end);
    }
    if bytes.get(end) != Some(&b'=') {
        return Some((record, end));
    }
    let start = skip_space(bytes, end + 1);
    let (value_start, value_end, after) = match *bytes.get(start)? {
        quote @ (b'"' | b'\'') => {
            let end = lanes::find(bytes, start + 1, quote)?;
            (start + 1, end, end + 1)
        }
        _ => {
            let len = bytes[start..].iter().position(|&byte| UNQUOTED_END[byte as usize])?;
            (start, start + len, start + len)
        }
    };
    record.value_start = value_start as u32;
    record.value_end = value_end as u32;
    Some((record, after))
}

/// A name's length in 16 bits, cut at a character boundary so that it can still be read as text.
#[inline(always)]
pub(super) fn cut_name(bytes: &[u8], start: usize, end: usize) -> u16 {
    let mut len = (end - start).min(u16::MAX as usize);
    while end - start > len && bytes[start + len] & 0xC0 == 0x80 {
        len -= 1;
    }
    len as u16
}

/// The position after the comment whose `<!--` ends at `at`.
pub(super) fn comment_end(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    if rest.starts_with(b">") {
        return at + 1;
    }
    if rest.starts_with(b"->") {
        return at + 2;
    }
    // `--` may share its first dashes with the opening, as in `<!--->`; both `-->` and `--!>` end it.
    let mut from = at;
    while let Some(found) = memmem::find(&bytes[from..], b"--") {
        let after = from + found + 2;
        match bytes.get(after) {
            Some(b'>') => return after + 1,
            Some(b'!') if bytes.get(after + 1) == Some(&b'>') => return after + 2,
            _ => from = after - 1,
        }
    }
    bytes.len()
}

/// The position after the next `>`, or the end.
pub(super) fn after_gt(bytes: &[u8], at: usize) -> usize {
    memchr(b'>', &bytes[at.min(bytes.len())..]).map_or(bytes.len(), |found| at + found + 1)
}

/// Where the raw contents that start at `at` end: at the `<` of their end tag, or at the end of the page.
pub(super) fn raw_end(bytes: &[u8], at: usize, name: &str) -> usize {
    let finder = memmem::Finder::new(b"</");
    let mut from = at;
    while let Some(found) = finder.find(&bytes[from..]) {
        let start = from + found;
        if names_it(bytes, start + 2, name) {
            return start;
        }
        from = start + 2;
    }
    bytes.len()
}

/// Whether `name` stands at `at` as a whole tag name, in any case.
fn names_it(bytes: &[u8], at: usize, name: &str) -> bool {
    let end = at + name.len();
    bytes.get(at..end).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        && bytes.get(end).is_some_and(|&byte| TAG_NAME_END[byte as usize])
}

/// As [`raw_end`] for a script, where `<!--` begins a stretch in which `<script>` … `</script>` does not end the outer one.
pub(super) fn script_end(bytes: &[u8], at: usize) -> usize {
    let mut from = at;
    let mut end = raw_end(bytes, from, "script");
    loop {
        // `end` stays right while `from` is before it, so it is not searched again for every comment.
        if end < from {
            end = raw_end(bytes, from, "script");
        }
        let Some(opened) = memmem::find(&bytes[from..end], b"<!--") else {
            return end;
        };
        match escaped_end(bytes, from + opened + 2) {
            Escaped::Comment(after) => from = after,
            Escaped::Script(end) => return end,
        }
    }
}

enum Escaped {
    /// The comment ended; the position after it.
    Comment(usize),
    /// The script ended inside the comment.
    Script(usize),
}

/// From the dashes of `<!--`: where the comment or the script ends.
fn escaped_end(bytes: &[u8], mut at: usize) -> Escaped {
    let mut nested = false;
    while let Some(found) = memchr2(b'<', b'-', &bytes[at..]) {
        at += found;
        if bytes[at] == b'-' {
            if bytes[at..].starts_with(b"-->") {
                return Escaped::Comment(at + 3);
            }
        } else if names_it(bytes, at + 1, "script") {
            nested = true;
        } else if bytes.get(at + 1) == Some(&b'/') && names_it(bytes, at + 2, "script") {
            if !nested {
                return Escaped::Script(at);
            }
            nested = false;
        }
        at += 1;
    }
    Escaped::Script(bytes.len())
}
