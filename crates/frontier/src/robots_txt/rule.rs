//! One allow or disallow line and how it is matched: literal pieces between stars, found left to right. Taking the leftmost place
//! of each piece is enough, so there is no backtracking and the cost is linear in the URL.

use memchr::{memchr, memmem};

use crate::percent;

/// A rule, its pattern normalized. A star left in `pattern` is always a wildcard: a literal one is written `%2A`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub allow: bool,
    /// Octets of the pattern with its stars and its end mark; the longest match wins (RFC 9309, 2.2.2).
    pub octets: usize,
    pub pattern: Box<[u8]>,
    ends_here: bool,
}

impl Rule {
    /// `None` for an empty pattern, which matches nothing, and for one that no path can match.
    pub fn parse(allow: bool, value: &[u8]) -> Option<Rule> {
        if !matches!(value.first(), Some(b'/' | b'*' | b'$')) {
            return None;
        }
        let (body, ends_here) = match value.strip_suffix(b"$") {
            Some(body) => (body, true),
            None => (value, false),
        };
        let mut pattern = Vec::with_capacity(body.len());
        for (index, piece) in body.split(|byte| *byte == b'*').enumerate() {
            if index > 0 && pattern.last() != Some(&b'*') {
                pattern.push(b'*');
            }
            percent::normalize_into(piece, b"$", &mut pattern);
        }
        Some(Rule { allow, octets: pattern.len() + usize::from(ends_here), pattern: pattern.into(), ends_here })
    }

    /// Whether the pattern matches `path`, which [`normalized_path`] has made.
    pub fn matches(&self, path: &[u8]) -> bool {
        let Some(star) = memchr(b'*', &self.pattern) else {
            return if self.ends_here { path == &*self.pattern } else { path.starts_with(&self.pattern) };
        };
        let Some(mut rest) = path.strip_prefix(&self.pattern[..star]) else { return false };
        let mut pieces = &self.pattern[star + 1..];
        while let Some(star) = memchr(b'*', pieces) {
            let Some(found) = memmem::find(rest, &pieces[..star]) else { return false };
            rest = &rest[found + star..];
            pieces = &pieces[star + 1..];
        }
        if self.ends_here { rest.ends_with(pieces) } else { memmem::find(rest, pieces).is_some() }
    }
}

/// The path and query of a URL as rules compare them.
pub(super) fn normalized_path(path_and_query: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(path_and_query.len() + 1);
    if !path_and_query.starts_with('/') {
        out.push(b'/');
    }
    percent::normalize_into(path_and_query.as_bytes(), b"*$", &mut out);
    out
}
