//! Tiles of other products, told by their shape and not by their names: boxes of one kind beside each other, each with a link to another page.
//! What stands in one is the price or the picture of what it links to. Refuses to judge a box that holds the heading.

use crate::{
    sources::{dom::scene::Scene, facts::Facts},
    tape::{Attr, Node, Tag},
};

/// Elements of one tile; larger boxes are columns of a page.
const TILE_ELEMENTS_MAX: usize = 120;

/// Levels between what is asked about and its tile.
const LEVELS_MAX: usize = 10;

/// Links of one tile that are looked at.
const LINKS_MAX: usize = 8;

/// Whether `node` stands in the tile of something that has a page of its own.
pub(super) fn holds(scene: &Scene<'_>, facts: &Facts<'_>, node: Node<'_>) -> bool {
    for at in std::iter::once(node).chain(node.ancestors()).take(LEVELS_MAX) {
        if scene.holds_heading(at) || at.subtree_end() - at.index() > TILE_ELEMENTS_MAX {
            return false;
        }
        let twin = |other: Node<'_>| is_twin(at, other) && !scene.holds_heading(other) && leads_away(facts, other);
        let beside = at.next_sibling().is_some_and(twin) || at.previous_sibling().is_some_and(twin);
        if beside && leads_away(facts, at) {
            return true;
        }
    }
    false
}

/// Whether two neighbours are made by one template.
fn is_twin(one: Node<'_>, other: Node<'_>) -> bool {
    one.tag() == other.tag()
        && one.classes().next() == other.classes().next()
        && other.subtree_end() - other.index() <= TILE_ELEMENTS_MAX
}

/// Whether a box has a link to another page: neither to a part of this one nor to a picture.
fn leads_away(facts: &Facts<'_>, at: Node<'_>) -> bool {
    let links = std::iter::once(at).chain(at.descendants()).filter(|node| node.is(Tag::A)).take(LINKS_MAX);
    links.into_iter().filter_map(|link| link.attr(Attr::Href)).any(|href| {
        let href = href.trim();
        let inside = href.is_empty()
            || href.starts_with(['#', '?'])
            || href.starts_with("javascript:")
            || href.starts_with("mailto:")
            || href.starts_with("tel:");
        !inside && !super::gallery::is_picture(href) && !facts.is_this_page(href)
    })
}

#[cfg(test)]
mod tests {
    use creel_types::Country;
    use url::Url;

    use super::*;
    use crate::tape::Parser;

    #[test]
    fn tiles_by_their_shape() {
        let url = Url::parse("https://shop.example/p/blue-hose-1").unwrap();
        for (body, expected) in [
            ("<div class=x><a href=/p/2>Two</a><b id=q>$2</b></div><div class=x><a href=/p/3>Three</a></div>", true),
            ("<div class=x><a href=/p/2>Two</a><b id=q>$2</b></div><div class=y><a href=/p/3>Three</a></div>", false),
            (
                "<li><a href=/p/blue-hose-1?color=red>Red <b id=q>$2</b></a></li><li><a href=/p/blue-hose-1?color=blue>Blue</a></li>",
                false,
            ),
            ("<li><a href=/big/1.jpg><b id=q>1</b></a></li><li><a href=/big/2.jpg>2</a></li>", false),
            ("<div><b id=q>$2</b></div><div>$3</div>", false),
        ] {
            let html = format!("<title>Blue hose</title><h1>Blue hose</h1><section>{body}</section>");
            let mut parser = Parser::new();
            let document = parser.parse(&html);
            let facts = Facts::of(document, &url, Country::US, None);
            let scene = Scene::of(document, &facts);
            assert_eq!(holds(&scene, &facts, document.by_id("q").unwrap()), expected, "{body}");
        }
    }
}
