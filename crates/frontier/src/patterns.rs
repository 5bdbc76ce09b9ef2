//! Include and exclude patterns of a run, on the whole canonical URL. A pattern is a glob, in which `*` stands for anything, or
//! `re:` and a regular expression. A glob matches the whole URL, a regular expression any part of it. Exclude wins.

use regex::{Regex, RegexBuilder};
use thiserror::Error;
use url::Url;

/// Patterns in one list.
pub const PATTERNS_MAX: usize = 1_000;
/// Bytes of one pattern.
pub const PATTERN_BYTES_MAX: usize = 2_048;
/// Memory that one compiled regular expression may take; a thousand of them must fit into a process.
const REGEX_BYTES_MAX: usize = 256 * 1024;

/// Which of the two lists a pattern stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternList {
    Include,
    Exclude,
}

impl PatternList {
    /// The name of the request's field.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            PatternList::Include => "include",
            PatternList::Exclude => "exclude",
        }
    }
}

/// A list that cannot be used, with the index of the pattern at fault, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    #[error("{} holds {count} patterns; at most {PATTERNS_MAX} are allowed", list.as_str())]
    TooMany { list: PatternList, count: usize },
    #[error("{}[{index}] is empty", list.as_str())]
    Empty { list: PatternList, index: usize },
    #[error("{}[{index}] has {bytes} bytes; at most {PATTERN_BYTES_MAX} are allowed", list.as_str())]
    TooLong { list: PatternList, index: usize, bytes: usize },
    #[error("{}[{index}] is not a regular expression: {reason}", list.as_str())]
    BadExpression { list: PatternList, index: usize, reason: String },
}

impl PatternError {
    #[must_use]
    pub const fn list(&self) -> PatternList {
        match self {
            PatternError::TooMany { list, .. }
            | PatternError::Empty { list, .. }
            | PatternError::TooLong { list, .. }
            | PatternError::BadExpression { list, .. } => *list,
        }
    }

    /// `None` when the list as a whole is at fault.
    #[must_use]
    pub const fn index(&self) -> Option<usize> {
        match self {
            PatternError::TooMany { .. } => None,
            PatternError::Empty { index, .. }
            | PatternError::TooLong { index, .. }
            | PatternError::BadExpression { index, .. } => Some(*index),
        }
    }
}

/// What the patterns say about a URL, with the index of the pattern that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There are no include patterns, and no exclude pattern matches.
    Unrestricted,
    Included(usize),
    Excluded(usize),
    /// There are include patterns and none matches. A discovery page may still be read for links.
    NotIncluded,
}

impl Verdict {
    /// Whether a product page may be captured.
    #[must_use]
    pub const fn allows_capture(self) -> bool {
        matches!(self, Verdict::Unrestricted | Verdict::Included(_))
    }

    /// Whether the page may be fetched at all: include limits captures only.
    #[must_use]
    pub const fn allows_fetch(self) -> bool {
        !matches!(self, Verdict::Excluded(_))
    }
}

/// Both lists, compiled.
#[derive(Clone, Debug, Default)]
pub struct PatternSet {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
}

impl PatternSet {
    pub fn compile<S: AsRef<str>>(include: &[S], exclude: &[S]) -> Result<PatternSet, PatternError> {
        Ok(PatternSet {
            include: compile_list(PatternList::Include, include)?,
            exclude: compile_list(PatternList::Exclude, exclude)?,
        })
    }

    /// The verdict on a canonical URL.
    #[must_use]
    pub fn verdict(&self, canonical_url: &Url) -> Verdict {
        let text = canonical_url.as_str();
        let first = |patterns: &[Pattern]| patterns.iter().position(|pattern| pattern.matches(text));
        if let Some(index) = first(&self.exclude) {
            return Verdict::Excluded(index);
        }
        match first(&self.include) {
            Some(index) => Verdict::Included(index),
            None if self.include.is_empty() => Verdict::Unrestricted,
            None => Verdict::NotIncluded,
        }
    }
}

#[derive(Clone, Debug)]
enum Pattern {
    /// The text between the stars.
    Glob(Vec<String>),
    Expression(Regex),
}

impl Pattern {
    fn matches(&self, text: &str) -> bool {
        match self {
            Pattern::Glob(pieces) => glob_matches(pieces, text),
            Pattern::Expression(expression) => expression.is_match(text),
        }
    }
}

/// Takes each piece at its leftmost place, which is enough for stars and keeps the cost linear.
fn glob_matches(pieces: &[String], text: &str) -> bool {
    let Some((first, others)) = pieces.split_first() else { return false };
    let Some((last, middle)) = others.split_last() else { return text == first };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let Some(at) = rest.find(piece.as_str()) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last.as_str())
}

fn compile_list<S: AsRef<str>>(list: PatternList, patterns: &[S]) -> Result<Vec<Pattern>, PatternError> {
    if patterns.len() > PATTERNS_MAX {
        return Err(PatternError::TooMany { list, count: patterns.len() });
    }
    patterns.iter().enumerate().map(|(index, pattern)| compile(list, index, pattern.as_ref())).collect()
}

fn compile(list: PatternList, index: usize, pattern: &str) -> Result<Pattern, PatternError> {
    let pattern = pattern.trim();
    if pattern.len() > PATTERN_BYTES_MAX {
        return Err(PatternError::TooLong { list, index, bytes: pattern.len() });
    }
    let Some(expression) = pattern.strip_prefix("re:") else {
        return match pattern {
            "" => Err(PatternError::Empty { list, index }),
            _ => Ok(Pattern::Glob(pattern.split('*').map(str::to_owned).collect())),
        };
    };
    if expression.is_empty() {
        return Err(PatternError::Empty { list, index });
    }
    RegexBuilder::new(expression)
        .size_limit(REGEX_BYTES_MAX)
        .dfa_size_limit(REGEX_BYTES_MAX)
        .build()
        .map(Pattern::Expression)
        .map_err(|error| PatternError::BadExpression { list, index, reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_and_expressions() {
        for (pattern, url, matches) in [
            ("https://s.example/p/*", "https://s.example/p/1", true),
            ("https://s.example/p/*", "https://s.example/c/1", false),
            ("*/p/*", "https://s.example/p/1", true),
            ("*/p/*.html", "https://s.example/p/1.html", true),
            ("*/p/*.html", "https://s.example/p/1.html?x=1", false),
            ("https://s.example/p/1", "https://s.example/p/1", true),
            ("https://s.example/p/1", "https://s.example/p/12", false),
            ("*", "https://s.example/", true),
            ("*a*a*a*a*b", "https://s.example/aaaaaaaaaaaaaaaaaaaaaa", false),
            ("*?id=1", "https://s.example/p?id=1", true),
            ("re:/p/[0-9]+$", "https://s.example/p/12", true),
            ("re:/p/[0-9]+$", "https://s.example/p/12a", false),
        ] {
            let set = PatternSet::compile(&[pattern], &[]).unwrap();
            assert_eq!(set.verdict(&Url::parse(url).unwrap()).allows_capture(), matches, "{pattern} on {url}");
        }
    }

    #[test]
    fn exclude_wins_and_include_leaves_discovery_pages() {
        let set = PatternSet::compile(&["*/p/*"], &["*/c/*", "*sale*"]).unwrap();
        for (url, verdict, fetch) in [
            ("https://s.example/p/1", Verdict::Included(0), true),
            ("https://s.example/p/sale-1", Verdict::Excluded(1), false),
            ("https://s.example/about", Verdict::NotIncluded, true),
        ] {
            let found = set.verdict(&Url::parse(url).unwrap());
            assert_eq!((found, found.allows_fetch()), (verdict, fetch), "{url}");
        }
        let none = PatternSet::default();
        assert_eq!(none.verdict(&Url::parse("https://s.example/").unwrap()), Verdict::Unrestricted);
    }

    #[test]
    fn errors_name_list_and_index() {
        let long = "x".repeat(PATTERN_BYTES_MAX + 1);
        for (include, exclude, list, index) in [
            (vec!["*"; PATTERNS_MAX + 1], vec![], PatternList::Include, None),
            (vec!["*", " "], vec![], PatternList::Include, Some(1)),
            (vec![], vec!["a", "b", "re:("], PatternList::Exclude, Some(2)),
            (vec![], vec!["re:"], PatternList::Exclude, Some(0)),
            (vec![long.as_str()], vec![], PatternList::Include, Some(0)),
            (vec!["re:(a{1000}){1000}"], vec![], PatternList::Include, Some(0)),
        ] {
            let error = PatternSet::compile(&include, &exclude).unwrap_err();
            assert_eq!((error.list(), error.index()), (list, index), "{error}");
        }
        let error = PatternSet::compile(&["re:("], &[]).unwrap_err();
        assert!(error.to_string().starts_with("include[0] is not a regular expression"), "{error}");
    }
}
