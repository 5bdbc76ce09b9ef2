//! What each end tag closes. An end tag that closes nothing is dropped, `</p>` and `</br>` excepted. Refuses to reach through a scope
//! boundary: a stray `</div>` in a table cell closes nothing outside it.

use super::names::Tag;
use super::open::{self, close_in_place};
use super::record::NONE;
use super::tags;
use super::tree::{Builder, Phase};

impl Builder<'_> {
    /// Handles an end tag whose name stands from `name_start` to `name_end`.
    pub(super) fn end_tag(&mut self, tag: Tag, name_start: usize, name_end: usize) {
        if self.top().is(open::FOREIGN) && self.foreign_end(tag, name_start, name_end) {
            return;
        }
        if self.phase != Phase::Body {
            match tag {
                Tag::Head => return self.leave_head(),
                Tag::Br | Tag::Html | Tag::Body => self.need_body(),
                // A `</p>` before the body is dropped.
                _ => return,
            }
        }
        if self.any_unopened && self.unopened[tag as usize & 127] > 0 {
            self.unopened[tag as usize & 127] -= 1;
            return;
        }
        self.end_in_body(tag, name_start, name_end);
    }

    fn end_in_body(&mut self, tag: Tag, name_start: usize, name_end: usize) {
        match tag {
            Tag::Html | Tag::Body | Tag::Head => {}
            Tag::P => self.end_p(),
            Tag::Br => {
                self.synthesize(Tag::Br);
            }
            Tag::Li => {
                if self.top().is(open::LI_IN_LIST_SCOPE) {
                    self.close(self.find_open(tag));
                }
            }
            Tag::Form => self.end_form(),
            Tag::Template => self.end_template(),
            Tag::Table
            | Tag::Caption
            | Tag::ColGroup
            | Tag::TBody
            | Tag::THead
            | Tag::TFoot
            | Tag::Tr
            | Tag::Td
            | Tag::Th => {
                self.end_table_part(tag);
            }
            tag if tags::CLOSED_IN_SCOPE.has(tag) => self.close(self.find_in_scope(tag)),
            tag if tags::FORMATTING.has(tag) => self.close_formatting(tag),
            tag if tags::HEADINGS.has(tag) => {
                if self.top().scope.0 & tags::HEADINGS.0 != 0 {
                    self.close(self.stack.iter().rposition(|entry| tags::HEADINGS.has(entry.tag)));
                }
            }
            tag if tags::is_void(tag) => {}
            _ => self.end_other(tag, name_start, name_end),
        }
    }

    fn close(&mut self, position: Option<usize>) {
        if let Some(position) = position {
            self.pop_to(position);
        }
    }

    fn end_p(&mut self) {
        if self.top().is(open::P_IN_BUTTON_SCOPE) {
            self.close_p();
        } else {
            self.synthesize(Tag::P);
        }
    }

    /// Ends an element that has no rules of its own, if no special element stands between.
    fn end_other(&mut self, tag: Tag, name_start: usize, name_end: usize) {
        if !self.top().near.has(tag) {
            return;
        }
        for position in (1..self.stack.len()).rev() {
            let entry = &self.stack[position];
            if entry.tag == tag && !entry.is(open::CLOSED) && self.is_spelled(entry, name_start, name_end) {
                return self.pop_to(position);
            }
            if tags::SPECIAL.has(entry.tag) || !self.may_walk(1) {
                return;
            }
        }
    }

    /// Whether an end tag's name is that of an open element, for names that are not known.
    pub(super) fn is_spelled(&self, entry: &open::Open, name_start: usize, name_end: usize) -> bool {
        if entry.tag != Tag::Unknown {
            return true;
        }
        let record = &self.tape.nodes[entry.node as usize];
        let start = record.start as usize + 1;
        let opened = &self.source.as_bytes()[start..start + record.name_len as usize];
        opened.eq_ignore_ascii_case(&self.bytes[name_start..name_end])
    }

    /// Ends a formatting element. With blocks open inside it, it is only marked: a browser would copy it into them and leave them open.
    pub(super) fn close_formatting(&mut self, tag: Tag) {
        if self.top().tag == tag {
            return self.pop();
        }
        let Some(position) = self.find_in_scope(tag) else {
            return;
        };
        if self.top().near.has(tag) {
            self.pop_to(position);
        } else if self.may_walk(self.stack.len() - position) {
            close_in_place(self.stack, position);
        }
    }

    /// A form ends alone: what is open inside it stays open.
    fn end_form(&mut self) {
        let form = std::mem::replace(&mut self.form, NONE);
        let Some(position) = self.find_in_scope(Tag::Form) else {
            return;
        };
        if self.top().is(open::IN_TEMPLATE) {
            self.pop_to(position);
        } else if self.stack[position].node == form {
            self.close_alone(position);
        }
    }

    /// Closes one entry, and those above it only if they need no end tag.
    fn close_alone(&mut self, position: usize) {
        let above = self.stack.len() - position;
        if !self.may_walk(above) || self.stack[position + 1..].iter().all(|entry| tags::IMPLIED_END.has(entry.tag)) {
            self.pop_to(position);
        } else {
            close_in_place(self.stack, position);
        }
    }

    fn end_template(&mut self) {
        if self.top().is(open::IN_TEMPLATE) {
            self.close(self.find_open(Tag::Template));
        }
    }
}
