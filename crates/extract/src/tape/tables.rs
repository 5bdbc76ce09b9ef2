//! Tables: where their parts may stand, which parts are inferred, and what each end tag closes. Refuses to move what does not belong in a
//! table out of it ("foster parenting"): it stays inside, where the page wrote it.

use super::names::Tag;
use super::scan::StartTag;
use super::tags::{self, TagSet};
use super::tree::Builder;

/// Through these no table part reaches.
const OUTSIDE: TagSet = TagSet::of(&[Tag::Html, Tag::NoScript]);

impl Builder<'_> {
    /// The tag that says where in a table the top stands.
    fn table_context(&self) -> Tag {
        self.stack[self.top().table as usize].tag
    }

    /// Whether the top stands in a table but in no cell or caption.
    pub(super) fn directly_in_table(&self) -> bool {
        tags::TABLE_SECTIONS.and(TagSet::of(&[Tag::Table, Tag::Tr])).has(self.table_context())
    }

    pub(super) fn start_table(&mut self, token: &StartTag) {
        if self.directly_in_table() {
            self.end_table_part(Tag::Table);
        }
        if !self.quirks {
            self.close_p();
        }
        self.insert_open(token);
    }

    pub(super) fn start_table_part(&mut self, token: &StartTag) {
        let context = self.table_context();
        if OUTSIDE.has(context) || context == Tag::Template && self.top().tag != Tag::Template {
            return self.ignore(token);
        }
        let sections = tags::TABLE_SECTIONS;
        let holders = TagSet::of(&[Tag::Table, Tag::Template]).and(match token.tag {
            Tag::Td | Tag::Th => sections.and(TagSet::of(&[Tag::Tr])),
            Tag::Tr => sections,
            Tag::Col => TagSet::of(&[Tag::ColGroup]),
            _ => TagSet(0),
        });
        while !holders.has(self.table_context()) {
            let context = self.top().table as usize;
            if OUTSIDE.has(self.stack[context].tag) {
                return self.ignore(token);
            }
            self.pop_to(context);
        }
        self.pop_to(self.top().table as usize + 1);
        self.infer_parts(token.tag);
        if token.tag == Tag::Col {
            self.insert(token, Tag::Col);
        } else {
            self.insert_open(token);
        }
    }

    /// Writes the section, row or column group that the page left out before a part.
    fn infer_parts(&mut self, part: Tag) {
        let cell = tags::CELLS.has(part);
        if self.top().tag == Tag::Table && (cell || part == Tag::Tr) {
            let node = self.synthesize(Tag::TBody);
            self.open(Tag::TBody, node);
        }
        if tags::TABLE_SECTIONS.has(self.top().tag) && cell {
            let node = self.synthesize(Tag::Tr);
            self.open(Tag::Tr, node);
        }
        if self.top().tag == Tag::Table && part == Tag::Col {
            let node = self.synthesize(Tag::ColGroup);
            self.open(Tag::ColGroup, node);
        }
    }

    /// Closes the nearest such part of the innermost table.
    pub(super) fn end_table_part(&mut self, part: Tag) {
        let mut position = self.top().table as usize;
        loop {
            let context = self.stack[position].tag;
            if context == part {
                return self.pop_to(position);
            }
            if context == Tag::Table || context == Tag::Template || OUTSIDE.has(context) {
                return;
            }
            position = self.stack[position - 1].table as usize;
        }
    }
}
