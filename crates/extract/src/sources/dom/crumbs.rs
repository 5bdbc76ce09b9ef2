//! Shown breadcrumbs. Owns which of a page's trails is taken and what between the steps is no step.

use crate::tape::{Attr, Document, Mark, Node, Tag};

/// Trails that are looked at.
const TRAILS_MAX: usize = 30;

/// Steps of one trail.
const STEPS_MAX: usize = 20;

/// Elements of one trail; more is a menu.
const TRAIL_ELEMENTS_MAX: usize = 400;

pub(super) fn read(document: Document<'_>) -> Vec<String> {
    let tags = [Tag::Nav, Tag::Ol, Tag::Ul, Tag::Div, Tag::Section, Tag::P, Tag::Span];
    let mut trails: Vec<Node<'_>> =
        tags.into_iter().flat_map(|tag| document.elements(tag).filter(|node| is_trail(*node)).take(TRAILS_MAX)).collect();
    trails.sort_unstable();
    trails.into_iter().map(steps).find(|steps| !steps.is_empty()).unwrap_or_default()
}

fn is_trail(node: Node<'_>) -> bool {
    let labelled =
        node.is(Tag::Nav) && node.attr_named("aria-label").is_some_and(|label| label.to_lowercase().contains("breadcrumb"));
    (labelled || node.marks().has(Mark::Breadcrumb)) && node.subtree_end() - node.index() <= TRAIL_ELEMENTS_MAX
}

fn steps(trail: Node<'_>) -> Vec<String> {
    let of = |tag: Tag| -> Vec<String> {
        let steps = trail.descendants().filter(|node| node.is(tag)).take(STEPS_MAX).filter(|node| !leads_home(*node));
        steps.map(|node| cleaned(&node.text())).filter(|text| !text.is_empty() && text.chars().count() <= 120).collect()
    };
    let links = of(Tag::A);
    let items = of(Tag::Li);
    // Items hold the last step, which is no link; nested menus make them longer than a step.
    let steps = if items.len() >= links.len() && items.len() >= 2 { items } else { links };
    if steps.len() >= 2 || trail.descendants().any(|node| node.is(Tag::A)) { steps } else { split_text(&trail.text()) }
}

/// Whether a step is a link to the shop's root, whatever it is called there.
fn leads_home(step: Node<'_>) -> bool {
    let link = if step.is(Tag::A) { Some(step) } else { step.descendants().find(|node| node.is(Tag::A)) };
    link.and_then(|link| link.attr_raw(Attr::Href)).is_some_and(|href| href.trim() == "/")
}

fn split_text(text: &str) -> Vec<String> {
    let steps: Vec<String> =
        text.split(['>', '›', '»', '/', '→']).map(cleaned).filter(|step| !step.is_empty()).take(STEPS_MAX).collect();
    if steps.len() >= 2 { steps } else { Vec::new() }
}

fn cleaned(text: &str) -> String {
    text.trim_matches(|letter: char| {
        letter.is_whitespace() || matches!(letter, '>' | '›' | '»' | '/' | '|' | '→' | '«' | '‹' | '·' | '•')
    })
    .to_owned()
}
