//! The parse pass: [`Parser`] owns the buffers, [`Builder`] is the state of one pass over a page. What the pass does stands beside: the
//! token loop in `tokens.rs`, writing in `insert.rs`, the page's large parts in `sections.rs`, the rules by tag in `start_tags.rs`,
//! `end_tags.rs`, `tables.rs` and `foreign.rs`. Refuses to fail: every text is some tree.

use super::names::Tag;
use super::open::Open;
use super::query::Document;
use super::record::{NONE, SOURCE_BYTES_MAX, Tape};
use super::scan;
use super::words::WordMemo;

/// Open elements walked past, for each byte of the page, by end tags that then close nothing or close in place. A real page needs less than
/// one; past the limit such end tags are dropped, so that no page costs its depth for every tag.
const WALK_PER_BYTE_MAX: usize = 8;

/// The same for a page of no bytes.
const WALK_FREE: usize = 65_536;

/// Parses pages, one at a time, in buffers that it keeps. Make one for each worker.
#[derive(Debug, Default)]
pub struct Parser {
    tape: Tape,
    stack: Vec<Open>,
    memo: WordMemo,
    /// Open elements walked past on the last page.
    #[cfg(test)]
    pub(super) walked: usize,
}

impl Parser {
    pub fn new() -> Parser {
        Parser::default()
    }

    /// Parses a page. The document borrows the parser until the next one.
    pub fn parse<'d>(&'d mut self, html: &'d str) -> Document<'d> {
        let source = match html.len() {
            0..=SOURCE_BYTES_MAX => html,
            _ => &html[..html.floor_char_boundary(SOURCE_BYTES_MAX)],
        };
        self.tape.clear();
        self.stack.clear();
        self.memo.clear();
        let walked = Builder::new(source, self).run();
        self.remember_walked(walked);
        Document { tape: &self.tape, source }
    }

    #[cfg(test)]
    fn remember_walked(&mut self, walked: usize) {
        self.walked = walked;
    }

    #[cfg(not(test))]
    fn remember_walked(&mut self, _walked: usize) {}
}

fn walk_max(source: &str) -> usize {
    source.len().saturating_mul(WALK_PER_BYTE_MAX).saturating_add(WALK_FREE)
}

/// How far the page has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    BeforeHead,
    InHead,
    AfterHead,
    Body,
}

/// A `noscript`, whose contents end where its end tag stands as text, whatever is open inside.
pub(super) struct NoScript {
    pub position: usize,
    /// The form that was open around it.
    pub form: u32,
}

/// The state of one pass.
pub(super) struct Builder<'p> {
    pub source: &'p str,
    /// What may be read now: the source, or the source up to the end of the current `noscript`.
    pub bytes: &'p [u8],
    pub at: usize,
    pub tape: &'p mut Tape,
    pub stack: &'p mut Vec<Open>,
    pub phase: Phase,
    pub head: u32,
    pub body: u32,
    /// The `form` that has not been closed; while there is one, other forms are ignored.
    pub form: u32,
    pub quirks: bool,
    pub memo: &'p mut WordMemo,
    /// The phase to return to when the stack shrinks to this: contents of `template` and `noscript` in the head follow the body's rules.
    pub resume: Option<(usize, Phase)>,
    pub noscript: Option<NoScript>,
    pub merges: usize,
    /// Start tags by tag that were not opened because of [`DEPTH_MAX`]; their end tags must close nothing.
    pub unopened: [u32; 128],
    pub any_unopened: bool,
    /// Whether a line feed that comes next is not part of the text, as after `<pre>`.
    pub skip_line_feed: bool,
    /// Open elements that end tags may still walk past; see [`WALK_PER_BYTE_MAX`].
    walk_left: usize,
}

impl<'p> Builder<'p> {
    fn new(source: &'p str, parser: &'p mut Parser) -> Builder<'p> {
        Builder {
            source,
            bytes: source.as_bytes(),
            at: 0,
            tape: &mut parser.tape,
            stack: &mut parser.stack,
            phase: Phase::BeforeHead,
            head: NONE,
            body: NONE,
            form: NONE,
            quirks: true,
            memo: &mut parser.memo,
            resume: None,
            noscript: None,
            merges: 0,
            unopened: [0; 128],
            any_unopened: false,
            skip_line_feed: false,
            walk_left: walk_max(source),
        }
    }

    /// Parses; answers how many open elements were walked past.
    fn run(mut self) -> usize {
        let root = self.synthesize(Tag::Html);
        self.stack.push(Open::root(root));
        loop {
            self.tokens();
            // The end of a noscript's contents is not the end of the page.
            let Some(noscript) = self.noscript.take() else {
                break;
            };
            self.form = noscript.form;
            self.pop_to(noscript.position);
            self.at = self.bytes.len();
            self.bytes = self.source.as_bytes();
            self.at = scan::after_gt(self.bytes, self.at);
        }
        // A template or noscript left open in the head still suspends the head's rules.
        if let Some((depth, _)) = self.resume {
            self.pop_to(depth);
        }
        self.need_body();
        self.pop_to(0);
        walk_max(self.source) - self.walk_left
    }

    #[inline(always)]
    pub fn top(&self) -> &Open {
        &self.stack[self.stack.len() - 1]
    }

    /// Takes `entries` from what may still be walked; answers whether there was as much.
    #[inline]
    pub fn may_walk(&mut self, entries: usize) -> bool {
        let enough = self.walk_left >= entries;
        self.walk_left = self.walk_left.saturating_sub(entries);
        enough
    }
}
