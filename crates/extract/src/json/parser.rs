//! From text to records, in one pass and without recursion. The strict way knows JSON with a few harmless liberties; the lenient way also knows
//! JavaScript's literals and guesses where a string ends. Owns repair; refuses to give up while anything was read.

use super::{DEPTH_MAX, Document, Kind, Record, VALUES_MAX};

struct Parser<'s> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    lenient: bool,
    records: Vec<Record>,
    /// Open objects and arrays.
    open: Vec<u32>,
    key: Key,
}

#[derive(Clone, Copy, Default)]
struct Key {
    start: u32,
    end: u32,
    escaped: bool,
}

/// The parser cannot go on.
struct Stuck;

pub(super) fn parse_strict(text: &str) -> Option<Document<'_>> {
    let mut parser = Parser::new(text, false);
    parser.skip_space();
    parser.value().ok()?;
    parser.skip_space();
    parser.skip_semicolons();
    (parser.at == text.len()).then_some(Document { text, records: parser.records })
}

pub(super) fn parse_lenient(text: &str) -> Option<Document<'_>> {
    let mut parser = Parser::new(text, true);
    loop {
        parser.seek_value();
        if parser.at >= text.len() {
            break;
        }
        let before = (parser.records.len(), parser.at);
        if parser.value().is_err() {
            parser.close_all();
            // What was read of the broken value is kept if it is something; the rest of the text is lost.
            if parser.records.len() <= before.0 + 1 {
                parser.records.truncate(before.0);
            }
            break;
        }
        if parser.at == before.1 {
            break;
        }
    }
    Some(Document { text, records: parser.records })
}

pub(super) fn parse_prefix(text: &str) -> Option<(Document<'_>, usize)> {
    let mut parser = Parser::new(text, false);
    parser.skip_space();
    if parser.value().is_err() {
        parser = Parser::new(text, true);
        parser.skip_space();
        if parser.value().is_err() {
            return None;
        }
    }
    Some((Document { text, records: parser.records }, parser.at))
}

impl<'s> Parser<'s> {
    fn new(text: &'s str, lenient: bool) -> Parser<'s> {
        let text = if text.len() > super::JSON_BYTES_MAX { "" } else { text };
        Parser { text, bytes: text.as_bytes(), at: 0, lenient, records: Vec::new(), open: Vec::new(), key: Key::default() }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// One value with everything in it.
    fn value(&mut self) -> Result<(), Stuck> {
        let floor = self.open.len();
        self.start_value()?;
        while self.open.len() > floor {
            self.step()?;
        }
        Ok(())
    }

    /// The next value of the innermost open object or array, or its end.
    fn step(&mut self) -> Result<(), Stuck> {
        self.skip_space();
        let in_object = self.in_object();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(())
            }
            Some(byte @ (b'}' | b']')) => self.close(byte),
            None if self.lenient => {
                self.close_all();
                Ok(())
            }
            None => Err(Stuck),
            Some(_) if in_object => {
                self.object_key()?;
                self.start_value()
            }
            Some(_) => {
                self.key = Key::default();
                self.start_value()
            }
        }
    }

    fn in_object(&self) -> bool {
        self.open.last().is_some_and(|at| self.records[*at as usize].kind == Kind::Object)
    }

    fn object_key(&mut self) -> Result<(), Stuck> {
        let quote = self.peek().ok_or(Stuck)?;
        self.key = match quote {
            b'"' | b'\'' if quote == b'"' || self.lenient => {
                let (start, end, escaped) = self.string(quote, true)?;
                Key { start, end, escaped }
            }
            _ if self.lenient => self.bare_key()?,
            _ => return Err(Stuck),
        };
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(Stuck);
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    fn bare_key(&mut self) -> Result<Key, Stuck> {
        let start = self.at;
        while self.peek().is_some_and(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-' | b'.' | b'@') || byte >= 0x80
        }) {
            self.at += 1;
        }
        if self.at == start { Err(Stuck) } else { Ok(Key { start: start as u32, end: self.at as u32, escaped: false }) }
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) -> Result<(), Stuck> {
        if self.records.len() >= VALUES_MAX {
            return Err(Stuck);
        }
        let key = std::mem::take(&mut self.key);
        self.records.push(Record {
            kind,
            key_escaped: key.escaped,
            start: start as u32,
            end: end as u32,
            key_start: key.start,
            key_end: key.end,
            next: self.records.len() as u32 + 1,
        });
        Ok(())
    }

    fn start_value(&mut self) -> Result<(), Stuck> {
        let start = self.at;
        match self.peek().ok_or(Stuck)? {
            byte @ (b'{' | b'[') => {
                if self.open.len() >= DEPTH_MAX {
                    return Err(Stuck);
                }
                self.open.push(self.records.len() as u32);
                self.at += 1;
                self.push(if byte == b'{' { Kind::Object } else { Kind::Array }, start, start)
            }
            quote @ (b'"' | b'\'' | b'`') if quote == b'"' || self.lenient => {
                let (start, end, escaped) = self.string(quote, false)?;
                self.push(if escaped { Kind::Escaped } else { Kind::Plain }, start as usize, end as usize)
            }
            b'0'..=b'9' | b'-' | b'+' | b'.' => {
                while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')) {
                    self.at += 1;
                }
                self.push(Kind::Number, start, self.at)
            }
            _ => self.word(),
        }
    }

    /// `true`, `false`, `null`, and in the lenient way anything else that is no literal (`undefined`, `!0`, a call) as null.
    fn word(&mut self) -> Result<(), Stuck> {
        let rest = &self.bytes[self.at..];
        for (word, kind) in [
            (&b"true"[..], Kind::Bool(true)),
            (b"false", Kind::Bool(false)),
            (b"null", Kind::Null),
            (b"!0", Kind::Bool(true)),
            (b"!1", Kind::Bool(false)),
            (b"undefined", Kind::Null),
            (b"NaN", Kind::Null),
            (b"void 0", Kind::Null),
        ] {
            if rest.starts_with(word)
                && !rest
                    .get(word.len())
                    .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'(' | b'.'))
            {
                let start = self.at;
                self.at += word.len();
                return self.push(kind, start, self.at);
            }
        }
        if !self.lenient {
            return Err(Stuck);
        }
        self.expression()
    }

    /// Passes over an expression of JavaScript up to the comma or bracket that ends it.
    fn expression(&mut self) -> Result<(), Stuck> {
        let start = self.at;
        let mut depth = 0usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'(' | b'{' | b'[' => depth += 1,
                b')' | b'}' | b']' if depth > 0 => depth -= 1,
                b'}' | b']' | b',' | b';' if depth == 0 => break,
                b'"' | b'\'' => {
                    self.string(byte, false)?;
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
        if self.at == start { Err(Stuck) } else { self.push(Kind::Null, start, self.at) }
    }

    fn close(&mut self, byte: u8) -> Result<(), Stuck> {
        let fits = self.in_object() == (byte == b'}');
        if !fits && !self.lenient {
            return Err(Stuck);
        }
        if !fits && self.open.len() > 1 {
            // "[{…]": a bracket is missing; the one found closes both.
            self.close_one();
            let fits_outer = self.in_object() == (byte == b'}');
            if !fits_outer {
                self.at += 1;
                return Ok(());
            }
        }
        self.at += 1;
        self.close_one();
        Ok(())
    }

    fn close_one(&mut self) {
        if let Some(at) = self.open.pop() {
            let next = self.records.len() as u32;
            let record = &mut self.records[at as usize];
            record.next = next;
            record.end = self.at as u32;
        }
    }

    fn close_all(&mut self) {
        while !self.open.is_empty() {
            self.close_one();
        }
    }

    /// A quoted string from its opening quote; gives what is between the quotes and whether it has escapes.
    fn string(&mut self, quote: u8, is_key: bool) -> Result<(u32, u32, bool), Stuck> {
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            let found = memchr::memchr2(quote, b'\\', self.bytes.get(at..).unwrap_or_default());
            let Some(offset) = found else {
                if !self.lenient || is_key {
                    return Err(Stuck);
                }
                self.at = self.bytes.len();
                return Ok((start as u32, self.at as u32, escaped));
            };
            at += offset;
            if self.bytes[at] == b'\\' {
                escaped = true;
                at += 2;
            } else if !self.lenient || quote == b'`' || self.ends_string(at + 1, is_key) {
                self.at = at + 1;
                return Ok((start as u32, at as u32, escaped));
            } else {
                at += 1;
            }
        }
    }

    /// Whether a quote before `at` ends its string: what follows must be able to follow a string.
    fn ends_string(&self, at: usize, is_key: bool) -> bool {
        let next = self.after_space(at);
        match self.bytes.get(next) {
            None => true,
            Some(b':') if is_key => true,
            Some(_) if is_key => false,
            Some(b'}' | b']' | b';' | b')' | b'/') => true,
            Some(b',') => {
                let after = self.bytes.get(self.after_space(next + 1));
                // `"a 3", 4" cloth"`: in an object a comma is followed by a key.
                !self.in_object()
                    || after.is_none_or(|byte| {
                        matches!(byte, b'"' | b'\'' | b'}' | b'_' | b'$' | b'/')
                            || byte.is_ascii_alphabetic() && self.bare_key_follows(next + 1)
                    })
            }
            // A comma was forgotten between two members.
            Some(b'"') => self.in_object() && self.bytes[at..next].contains(&b'\n'),
            Some(b'+') => false,
            _ => self.open.is_empty(),
        }
    }

    fn bare_key_follows(&self, at: usize) -> bool {
        let start = self.after_space(at);
        let end = (start..self.bytes.len().min(start + 60))
            .find(|at| !(self.bytes[*at].is_ascii_alphanumeric() || self.bytes[*at] == b'_'));
        end.is_some_and(|end| self.bytes.get(self.after_space(end)) == Some(&b':'))
    }

    fn after_space(&self, mut at: usize) -> usize {
        while self.bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    }

    fn skip_space(&mut self) {
        loop {
            self.at = self.after_space(self.at);
            let rest = &self.bytes[self.at.min(self.bytes.len())..];
            let end = match rest {
                [b'/', b'*', ..] => memchr::memmem::find(rest, b"*/").map(|at| at + 2),
                [b'/', b'/', ..] => memchr::memchr(b'\n', rest),
                [b'<', b'!', b'-', b'-', ..] => Some(4),
                [b'-', b'-', b'>', ..] => Some(3),
                [0xef, 0xbb, 0xbf, ..] => Some(3),
                [0xc2, 0xa0, ..] => Some(2),
                _ => return,
            };
            self.at = end.map_or(self.bytes.len(), |end| self.at + end);
        }
    }

    fn skip_semicolons(&mut self) {
        while matches!(self.peek(), Some(b';' | b',')) {
            self.at += 1;
            self.skip_space();
        }
    }

    /// Passes over what may stand between two values of a text, CDATA marks and stray words included.
    fn seek_value(&mut self) {
        self.skip_space();
        if !matches!(self.peek(), Some(b'{' | b'[')) {
            let rest = &self.text.as_bytes()[self.at.min(self.bytes.len())..];
            // "<![CDATA[" and "//]]>" hold brackets that open nothing.
            let skip = if rest.starts_with(b"<![CDATA[") { 9 } else { 0 };
            let found = memchr::memchr2(b'{', b'[', rest.get(skip..).unwrap_or_default());
            self.at = found.map_or(self.bytes.len(), |found| self.at + skip + found);
        }
    }
}
