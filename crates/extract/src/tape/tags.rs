//! What an element's name means for the tree: the sets of the HTML standard as bit masks. Refuses to act on them (see `tree.rs`).

use super::names::Tag;

/// A set of tags that can be open; void elements have no bit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TagSet(pub u128);

impl TagSet {
    pub const fn of(tags: &[Tag]) -> TagSet {
        let (mut bits, mut i) = (0, 0);
        while i < tags.len() {
            assert!((tags[i] as u8) < 128);
            bits |= 1 << tags[i] as u8;
            i += 1;
        }
        TagSet(bits)
    }

    pub const fn and(self, other: TagSet) -> TagSet {
        TagSet(self.0 | other.0)
    }

    pub const fn without(self, other: TagSet) -> TagSet {
        TagSet(self.0 & !other.0)
    }

    #[inline(always)]
    pub const fn has(self, tag: Tag) -> bool {
        (tag as u8) < 128 && self.0 >> tag as u8 & 1 == 1
    }
}

use Tag::*;

/// Never have contents.
#[inline(always)]
pub(super) fn is_void(tag: Tag) -> bool {
    // `image` is not here: the tree turns it into `img` by name.
    tag as u8 >= Area as u8
}

/// Contents are one text up to the end tag.
pub(super) const RAW: TagSet = TagSet::of(&[Script, Style, Title, TextArea, Xmp, IFrame, NoEmbed, NoFrames]);

/// Raw contents in which character references still count.
pub(super) const ESCAPABLE_RAW: TagSet = TagSet::of(&[Title, TextArea]);

/// May stand in `head`; anything else opens the body.
pub(super) const HEAD: TagSet = TagSet::of(&[Title, Style, Script, NoScript, Template, NoFrames]);

pub(super) const HEADINGS: TagSet = TagSet::of(&[H1, H2, H3, H4, H5, H6]);

/// A start tag closes an open `p`.
pub(super) const CLOSES_P: TagSet = TagSet::of(&[
    Address, Article, Aside, BlockQuote, Center, Details, Dialog, Dir, Div, Dl, FieldSet, FigCaption, Figure, Footer,
    Header, HGroup, Main, Menu, Nav, Ol, P, Search, Section, Summary, Ul, Pre, Listing, PlainText, Xmp, Li, Dd, Dt, Form,
])
.and(HEADINGS);

/// An end tag closes everything inside, up to a scope boundary.
pub(super) const CLOSED_IN_SCOPE: TagSet = TagSet::of(&[
    Address, Article, Aside, BlockQuote, Button, Center, Details, Dialog, Dir, Div, Dl, FieldSet, FigCaption, Figure,
    Footer, Header, HGroup, Listing, Main, Menu, Nav, Ol, Pre, Search, Section, Select, Summary, Ul, Applet, Marquee,
    Object, Dd, Dt,
]);

pub(super) const FORMATTING: TagSet = TagSet::of(&[A, B, Big, Code, Em, Font, I, NoBr, S, Small, Strike, Strong, Tt, U]);

/// End tags do not reach through these. `noscript` is not in the standard's list: there its contents are text or are parsed elsewhere.
pub(super) const SCOPE_BOUNDARY: TagSet =
    TagSet::of(&[Applet, Caption, Html, Table, Td, Th, Marquee, Object, Select, Template, NoScript]);

/// Tags that only stand in a certain place of a table.
pub(super) const TABLE_PARTS: TagSet = TagSet::of(&[Caption, ColGroup, TBody, Td, TFoot, Th, THead, Tr]);

/// What says where in a table we are.
pub(super) const TABLE_CONTEXT: TagSet = TABLE_PARTS.and(TagSet::of(&[Table, Template, NoScript, Html]));

pub(super) const TABLE_SECTIONS: TagSet = TagSet::of(&[TBody, THead, TFoot]);
pub(super) const CELLS: TagSet = TagSet::of(&[Td, Th]);

/// Closed by the end of what holds them.
pub(super) const IMPLIED_END: TagSet = TagSet::of(&[Dd, Dt, Li, Option, OptGroup, P, Rb, Rp, Rt, Rtc]);

/// Elements that stop the search of an end tag without rules of its own.
pub(super) const SPECIAL: TagSet = CLOSES_P
    .without(TagSet::of(&[Dialog]))
    .and(SCOPE_BOUNDARY)
    .and(TABLE_PARTS)
    .and(RAW)
    .and(TagSet::of(&[Body, Button, FrameSet, Head, Html]));

/// What stops the search of an open `li`, `dd` or `dt`.
pub(super) const LIST_BOUNDARY: TagSet = SPECIAL.without(TagSet::of(&[Address, Div, P]));

/// Contents that are never shown, or, in `svg`, are titles and styles more often than words.
pub(super) const HIDDEN: TagSet = TagSet::of(&[Svg, Script, Style, Template, NoScript, NoFrames, NoEmbed, IFrame, DataList]);

/// Do not part words: the elements a browser sets in line, and those never shown.
pub(super) const INLINE: TagSet = TagSet::of(&[
    Svg, A, Em, Strong, Small, S, Cite, Q, Abbr, Ruby, Rt, Rp, Rb, Rtc, Data, Time, Code, Var, Samp, Kbd, Sub, Sup, I, B, U,
    Mark, Span, Ins, Del, Label, Big, Font, NoBr, Tt, Strike, Script, Style, Template, NoScript, NoFrames, NoEmbed,
    DataList,
]);

/// HTML elements that end an `svg` or `math` they are written in.
pub(super) const BREAKS_FOREIGN: TagSet = TagSet::of(&[
    B, Big, BlockQuote, Body, Center, Code, Dd, Div, Dl, Dt, Em, H1, H2, H3, H4, H5, H6, Head, I, Li, Listing, Menu, NoBr,
    Ol, P, Pre, Ruby, S, Small, Span, Strong, Strike, Sub, Sup, Table, Tt, U, Ul, Var,
]);
