//! What each start tag does to the tree: the rules of the HTML standard's "in body" and "in head" insertion modes. Table parts are in
//! `tables.rs`, `svg` and `math` in `foreign.rs`. Refuses to clone formatting elements.

use super::names::Tag;
use super::open;
use super::record::NONE;
use super::scan::StartTag;
use super::tags::{self, TagSet};
use super::tree::{Builder, Phase};

impl Builder<'_> {
    pub(super) fn start_tag(&mut self, mut token: StartTag) {
        if self.top().follows_foreign_rules() && !self.leave_foreign_for(&token) {
            return self.foreign_start(&token);
        }
        if token.tag == Tag::Unknown && self.is_named_image(&token) {
            token.tag = Tag::Img;
        }
        if self.phase != Phase::Body && self.start_before_body(&token) {
            return;
        }
        if self.top().tag == Tag::ColGroup && !matches!(token.tag, Tag::Col | Tag::ColGroup | Tag::Template) {
            self.pop();
        }
        self.start_in_body(&token);
    }

    fn is_named_image(&self, token: &StartTag) -> bool {
        let start = token.start as usize + 1;
        self.bytes[start..start + token.name_len as usize].eq_ignore_ascii_case(b"image")
    }

    /// Handles what comes before the body; answers false if the tag opened the body and must still be handled there.
    fn start_before_body(&mut self, token: &StartTag) -> bool {
        match token.tag {
            Tag::Html => self.merge_attributes(token, 0),
            Tag::Head if self.phase == Phase::BeforeHead => {
                self.head = self.insert_open(token);
                self.phase = Phase::InHead;
            }
            Tag::Head => self.ignore(token),
            Tag::Body | Tag::FrameSet => {
                self.leave_head();
                self.body = self.insert_open(token);
                self.phase = Phase::Body;
            }
            Tag::Base | Tag::BaseFont | Tag::BgSound | Tag::Link | Tag::Meta => {
                self.need_head();
                self.insert(token, token.tag);
            }
            tag if tags::HEAD.has(tag) => {
                self.need_head();
                self.start_in_body(token);
            }
            _ => {
                self.need_body();
                return false;
            }
        }
        true
    }

    fn start_in_body(&mut self, token: &StartTag) {
        let tag = token.tag;
        if self.top().is(open::P_IN_BUTTON_SCOPE) && tags::CLOSES_P.has(tag) {
            self.close_lists_and_p(tag);
        }
        match tag {
            Tag::Unknown | Tag::Div | Tag::Span => {
                self.insert_open(token);
            }
            Tag::Html => self.merge_attributes(token, 0),
            Tag::Body => self.merge_attributes(token, self.body),
            Tag::Head | Tag::FrameSet => self.ignore(token),
            Tag::Li | Tag::Dd | Tag::Dt => {
                self.close_lists_and_p(tag);
                self.insert_open(token);
            }
            Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => {
                if tags::HEADINGS.has(self.top().tag) {
                    self.pop();
                }
                self.insert_open(token);
            }
            Tag::Pre | Tag::Listing => {
                self.insert_open(token);
                self.skip_line_feed = true;
            }
            Tag::A | Tag::NoBr => {
                if self.top().scope.has(tag) {
                    self.close_formatting(tag);
                }
                self.insert_open(token);
            }
            Tag::Button => {
                if let Some(position) = self.find_in_scope(tag) {
                    self.pop_to(position);
                }
                self.insert_open(token);
            }
            Tag::Form => self.start_form(token),
            Tag::Select | Tag::Option | Tag::OptGroup => self.start_choice(token),
            Tag::Rb | Tag::Rtc | Tag::Rp | Tag::Rt => self.start_ruby(token),
            Tag::Script
            | Tag::Style
            | Tag::Title
            | Tag::TextArea
            | Tag::IFrame
            | Tag::NoEmbed
            | Tag::NoFrames
            | Tag::Xmp => {
                self.raw_element(token);
            }
            Tag::NoScript => self.open_noscript(token),
            Tag::Template => {
                self.insert_open(token);
                if self.top().tag == Tag::Template {
                    self.suspend_phase();
                }
            }
            Tag::PlainText => {
                self.insert_open(token);
                self.push_text(self.at, self.bytes.len(), super::record::Kind::RawText);
                self.at = self.bytes.len();
            }
            Tag::Svg | Tag::Math => self.foreign_start(token),
            Tag::Table => self.start_table(token),
            Tag::Caption | Tag::ColGroup | Tag::TBody | Tag::THead | Tag::TFoot | Tag::Tr | Tag::Td | Tag::Th | Tag::Col => {
                self.start_table_part(token);
            }
            Tag::Frame if self.tape.nodes.get(self.body as usize).is_none_or(|body| body.tag != Tag::FrameSet) => {
                self.ignore(token)
            }
            Tag::Hr | Tag::Input => self.start_in_select(token),
            tag if tags::is_void(tag) => {
                self.insert(token, tag);
            }
            _ => {
                self.insert_open(token);
            }
        }
    }

    /// Closes what the start of a block ends: the `li` or `dd` before it if it is one itself, and an open `p`.
    fn close_lists_and_p(&mut self, tag: Tag) {
        let (flag, closed) = match tag {
            Tag::Li => (open::LI_NEAR, TagSet::of(&[Tag::Li])),
            Tag::Dd | Tag::Dt => (open::DD_NEAR, TagSet::of(&[Tag::Dd, Tag::Dt])),
            _ => (0, TagSet(0)),
        };
        if self.top().is(flag)
            && let Some(position) = self.stack.iter().rposition(|entry| closed.has(entry.tag))
        {
            self.pop_to(position);
        }
        self.close_p();
    }

    /// Closes the `p` in button scope, if there is one.
    pub(super) fn close_p(&mut self) {
        if self.top().is(open::P_IN_BUTTON_SCOPE)
            && let Some(position) = self.find_open(Tag::P)
        {
            self.pop_to(position);
        }
    }

    fn start_form(&mut self, token: &StartTag) {
        let in_template = self.top().is(open::IN_TEMPLATE);
        if self.form != NONE && !in_template {
            return self.ignore(token);
        }
        let node = self.insert_open(token);
        if !in_template {
            self.form = node;
        }
        // Between the parts of a table a form holds nothing, but still is the form.
        if self.directly_in_table() && self.top().node == node {
            self.pop();
        }
    }

    /// `select`, `option`, `optgroup`.
    fn start_choice(&mut self, token: &StartTag) {
        let in_select = self.top().scope.has(Tag::Select);
        match (token.tag, in_select) {
            (Tag::Select, true) => {
                if let Some(position) = self.find_open(Tag::Select) {
                    self.pop_to(position);
                }
                return self.ignore(token);
            }
            (Tag::Option, true) => self.pop_implied(tags::IMPLIED_END.without(TagSet::of(&[Tag::OptGroup]))),
            (Tag::OptGroup, true) => self.pop_implied(tags::IMPLIED_END),
            (Tag::Option | Tag::OptGroup, false) if self.top().tag == Tag::Option => self.pop(),
            _ => {}
        }
        self.insert_open(token);
    }

    fn start_ruby(&mut self, token: &StartTag) {
        if self.top().scope.has(Tag::Ruby) {
            match token.tag {
                Tag::Rp | Tag::Rt => self.pop_implied(tags::IMPLIED_END.without(TagSet::of(&[Tag::Rtc]))),
                _ => self.pop_implied(tags::IMPLIED_END),
            }
        }
        self.insert_open(token);
    }

    /// `hr` and `input`, which treat an open `select` each in its way.
    fn start_in_select(&mut self, token: &StartTag) {
        if token.tag == Tag::Hr {
            self.close_p();
        }
        match (token.tag, self.find_in_scope(Tag::Select)) {
            (Tag::Hr, Some(_)) => self.pop_implied(tags::IMPLIED_END),
            (_, Some(position)) => self.pop_to(position),
            _ => {}
        }
        self.insert(token, token.tag);
    }

    /// Closes elements at the top that need no end tag.
    fn pop_implied(&mut self, implied: TagSet) {
        while implied.has(self.top().tag) {
            self.pop();
        }
    }
}
