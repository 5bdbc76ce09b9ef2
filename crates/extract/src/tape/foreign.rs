//! `svg` and `math`: names inside are taken as they stand and are nobody's known tags, `/>` closes, and certain HTML tags end it all.
//! Refuses namespaces: an element is foreign or not.

use super::names::Tag;
use super::open::FOREIGN;
use super::record::DEPTH_MAX;
use super::scan::StartTag;
use super::tags;
use super::tree::Builder;

/// Foreign elements whose contents are HTML again.
const INTEGRATION_NAMES: [&str; 8] = ["foreignobject", "desc", "title", "mi", "mo", "mn", "ms", "mtext"];

impl Builder<'_> {
    /// Leaves `svg` or `math` if this tag cannot stand in it; answers whether it did.
    pub(super) fn leave_foreign_for(&mut self, token: &StartTag) -> bool {
        let leaves = match token.tag {
            Tag::Br | Tag::Embed | Tag::Hr | Tag::Img | Tag::Meta => true,
            Tag::Font => self.tape.attributes[token.attributes_start as usize..].iter().any(|attribute| {
                let start = attribute.name_start as usize;
                let name = &self.bytes[start..start + attribute.name_len as usize];
                ["color", "face", "size"].iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
            }),
            tag => tags::BREAKS_FOREIGN.has(tag),
        };
        if leaves {
            self.pop_foreign();
        }
        leaves
    }

    fn pop_foreign(&mut self) {
        while self.top().follows_foreign_rules() {
            self.pop();
        }
    }

    /// Writes an element of `svg` or `math`, or one of these two.
    pub(super) fn foreign_start(&mut self, token: &StartTag) {
        let tag = if matches!(token.tag, Tag::Svg | Tag::Math) { token.tag } else { Tag::Unknown };
        let node = self.insert(token, tag);
        if token.self_closing {
            return;
        }
        self.open(tag, node);
        if self.stack.len() == DEPTH_MAX && self.top().node != node {
            return;
        }
        let start = token.start as usize + 1;
        let name = &self.bytes[start..start + token.name_len as usize];
        let integration = INTEGRATION_NAMES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        if let Some(top) = self.stack.last_mut() {
            *top = top.into_foreign(integration);
        }
    }

    /// Closes a foreign element; answers false if the end tag belongs to HTML around it.
    pub(super) fn foreign_end(&mut self, tag: Tag, name_start: usize, name_end: usize) -> bool {
        if matches!(tag, Tag::P | Tag::Br) && self.top().follows_foreign_rules() {
            self.pop_foreign();
            return false;
        }
        for position in (1..self.stack.len()).rev() {
            let entry = &self.stack[position];
            if !entry.is(FOREIGN) {
                return false;
            }
            let same = matches!(entry.tag, Tag::Svg | Tag::Math) && entry.tag == tag
                || entry.tag == Tag::Unknown && self.is_spelled(entry, name_start, name_end);
            if same {
                self.pop_to(position);
                return true;
            }
            if !self.may_walk(1) {
                return true;
            }
        }
        true
    }
}
