//! The stack of open elements. Each entry inherits, as bits, what end tags and implied ends ask about the entries below it, so that the
//! common question "is such an element in scope" costs one test. Refuses to know which tag asks what.

use super::names::Tag;
use super::tags::{self, TagSet};
use super::words::Marks;

/// A `p` that a block's start tag would close.
pub(super) const P_IN_BUTTON_SCOPE: u8 = 1;
/// An `li` that a new `li` would close.
pub(super) const LI_NEAR: u8 = 2;
/// A `dd` or `dt` that a new one would close.
pub(super) const DD_NEAR: u8 = 4;
/// An `li` that `</li>` would close.
pub(super) const LI_IN_LIST_SCOPE: u8 = 8;
/// An element of `svg` or `math`, themselves included.
pub(super) const FOREIGN: u8 = 16;
/// A foreign element in which HTML's rules hold again.
pub(super) const INTEGRATION: u8 = 32;
/// Its end tag came while blocks inside it were open: it takes part in nothing and is popped with them. Popping it at once would close the blocks.
pub(super) const CLOSED: u8 = 64;

/// Inside a `template`.
pub(super) const IN_TEMPLATE: u8 = 128;

const INHERITED: u8 = P_IN_BUTTON_SCOPE | LI_NEAR | DD_NEAR | LI_IN_LIST_SCOPE | IN_TEMPLATE;

#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// Tags open since the last scope boundary, that one included.
    pub scope: TagSet,
    /// Tags open since the last special element, that one included.
    pub near: TagSet,
    /// What class and id words say of it and of all below it.
    pub marks: Marks,
    pub node: u32,
    /// The stack position of the nearest entry that says where in a table we are.
    pub table: u16,
    pub tag: Tag,
    pub flags: u8,
}

/// How a tag changes what it inherits.
#[derive(Clone, Copy)]
struct Rule {
    keep_scope: u128,
    keep_near: u128,
    keep_flags: u8,
    set_flags: u8,
}

static RULES: [Rule; 128] = {
    let mut rules = [Rule { keep_scope: !0, keep_near: !0, keep_flags: INHERITED, set_flags: 0 }; 128];
    let mut i = 1;
    while i < 128 {
        let tag = Tag::ALL[i];
        if tags::SCOPE_BOUNDARY.has(tag) {
            rules[i].keep_scope = 0;
            rules[i].keep_flags &= !(P_IN_BUTTON_SCOPE | LI_IN_LIST_SCOPE);
        }
        if tags::SPECIAL.has(tag) {
            rules[i].keep_near = 0;
        }
        if tags::LIST_BOUNDARY.has(tag) {
            rules[i].keep_flags &= !(LI_NEAR | DD_NEAR);
        }
        match tag {
            Tag::Button => rules[i].keep_flags &= !P_IN_BUTTON_SCOPE,
            Tag::Ol | Tag::Ul => rules[i].keep_flags &= !LI_IN_LIST_SCOPE,
            Tag::P => rules[i].set_flags = P_IN_BUTTON_SCOPE,
            Tag::Li => rules[i].set_flags = LI_NEAR | LI_IN_LIST_SCOPE,
            Tag::Dd | Tag::Dt => rules[i].set_flags = DD_NEAR,
            Tag::Template => rules[i].set_flags = IN_TEMPLATE,
            Tag::NoScript => rules[i].keep_flags &= !IN_TEMPLATE,
            _ => {}
        }
        i += 1;
    }
    rules
};

impl Open {
    /// The entry of a root.
    pub fn root(node: u32) -> Open {
        let tags = TagSet::of(&[Tag::Html]);
        Open { scope: tags, near: tags, marks: Marks::default(), node, table: 0, tag: Tag::Html, flags: 0 }
    }

    /// The entry of an element opened inside this one, which will stand at `position`.
    #[inline(always)]
    pub fn child(&self, tag: Tag, node: u32, own: Marks, position: usize) -> Open {
        let rule = &RULES[tag as usize & 127];
        let bit = 1u128 << (tag as u8 & 127);
        Open {
            scope: TagSet(self.scope.0 & rule.keep_scope | bit),
            near: TagSet(self.near.0 & rule.keep_near | bit),
            marks: self.marks | own,
            node,
            table: if tags::TABLE_CONTEXT.has(tag) { position as u16 } else { self.table },
            tag,
            flags: self.flags & rule.keep_flags | rule.set_flags,
        }
    }

    /// Makes an entry one of `svg` or `math`; an integration point bounds scopes as the standard says.
    pub fn into_foreign(mut self, integration: bool) -> Open {
        self.flags |= FOREIGN;
        if integration {
            self.flags = self.flags & IN_TEMPLATE | FOREIGN | INTEGRATION;
            self.scope = TagSet(0);
            self.near = TagSet(0);
        }
        self
    }

    #[inline(always)]
    pub fn is(&self, flags: u8) -> bool {
        self.flags & flags != 0
    }

    /// In `svg` or `math` and not back in HTML.
    #[inline(always)]
    pub fn follows_foreign_rules(&self) -> bool {
        self.flags & (FOREIGN | INTEGRATION) == FOREIGN
    }
}

/// Marks the entry at `position` closed, and lets those above it forget it. Costs the entries above; each start tag can cause it once.
pub(super) fn close_in_place(stack: &mut [Open], position: usize) {
    stack[position].flags |= CLOSED;
    for i in position.max(1)..stack.len() {
        let (below, entry) = (stack[i - 1], stack[i]);
        let kept = entry.flags & (FOREIGN | INTEGRATION | CLOSED);
        let mut again = below.child(entry.tag, entry.node, Marks::default(), i);
        if entry.is(CLOSED) {
            again = Open { node: entry.node, tag: entry.tag, ..below };
        } else if entry.is(INTEGRATION) {
            again = again.into_foreign(true);
        }
        again.flags = again.flags & INHERITED | kept;
        stack[i] = Open { marks: entry.marks, table: entry.table, ..again };
    }
}
