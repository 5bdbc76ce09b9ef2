//! The categories of a list of items as a tree: everything at the top, and what is on the way to the chosen one and right below it.

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use creel_item::category::{Node, children, get, roots};
use creel_store::items::{FacetCount, FacetName};

use super::asked::Asked;
use crate::figures::grouped;

/// Writes itself as a list with lists inside.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<ul class="tree">{% for branch in branches %}<li><a href="{{ branch.href }}"{% if branch.is_chosen %} aria-current="true"{% endif %}>{{ branch.name }}<span class="soft">{{ branch.count }}</span></a>{% if !branch.below.branches.is_empty() %}{{ branch.below }}{% endif %}</li>{% endfor %}</ul>"#
)]
pub(super) struct Tree {
    pub(super) branches: Vec<Branch>,
}

impl HtmlSafe for Tree {}

pub(super) struct Branch {
    name: &'static str,
    count: String,
    /// The list of this category; of the chosen one, the list of what is above it.
    href: String,
    is_chosen: bool,
    below: Tree,
}

/// Counted are all categories, `inside` those of the items that the chosen one names too.
pub(super) fn tree(here: &str, asked: &Asked, all: &[FacetCount], inside: &[FacetCount]) -> Tree {
    let mut counts = counts(all);
    counts.extend(self::counts(inside));
    let chosen = asked.get("category");
    Tree { branches: roots().into_iter().filter_map(|root| branch(here, asked, chosen, &counts, root)).collect() }
}

fn counts(of: &[FacetCount]) -> BTreeMap<&str, i64> {
    let categories = of.iter().filter(|count| count.name == FacetName::Category.as_str());
    categories.map(|count| (count.value.as_str(), count.items)).collect()
}

/// A branch that has items or is chosen; open where the chosen one is it or below it.
fn branch(here: &str, asked: &Asked, chosen: &str, counts: &BTreeMap<&str, i64>, node: Node) -> Option<Branch> {
    let is_open = creel_item::category::descends(chosen, node.id);
    let items = counts.get(node.id).copied().unwrap_or_default();
    if items == 0 && !is_open {
        return None;
    }
    let is_chosen = chosen == node.id;
    let below = if is_open { children(node.id) } else { Vec::new() };
    let to = if is_chosen { node.parent().map_or("", |above| above.id) } else { node.id };
    Some(Branch {
        name: node.name,
        count: grouped(items),
        href: format!("{here}{}", asked.with("category", to)),
        is_chosen,
        below: Tree { branches: below.into_iter().filter_map(|child| branch(here, asked, chosen, counts, child)).collect() },
    })
}

/// The path of a category by its id, the last two names of it; the id where it is none.
pub(super) fn short(id: &str) -> String {
    get(id).map_or_else(|| id.to_owned(), |node| last_two(&node.path()))
}

/// `Apparel & Accessories > Shoes > Boots` as `Shoes > Boots`.
pub(super) fn last_two(path: &str) -> String {
    let names: Vec<&str> = path.split(" > ").collect();
    names[names.len().saturating_sub(2)..].join(" > ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_open_down_to_what_is_chosen() {
        let top = roots();
        let (first, other) = (top[0].id, top[1].id);
        let child = children(first)[0].id;
        let count = |value: &str| FacetCount { name: "category".to_owned(), value: value.to_owned(), items: 3 };
        let all = [count(first), count(other), count(child)];
        let branches =
            |asked: &Asked, all: &[FacetCount], inside: &[FacetCount]| tree("/items", asked, all, inside).branches;
        let closed = branches(&Asked::default(), &all, &[]);
        assert_eq!((closed.len(), closed[0].below.branches.len()), (2, 0));
        let open = branches(&Asked::read(&format!("category={first}")), &all, &all);
        assert!(open[0].is_chosen && open[0].below.branches.len() == 1 && open[1].below.branches.is_empty());
        assert_eq!(
            (open[0].href.as_str(), open[0].below.branches[0].href.clone()),
            ("/items", format!("/items?category={child}"))
        );
        // One that nothing is in is shown while it is chosen.
        let none = branches(&Asked::read(&format!("category={child}")), &[], &[]);
        assert_eq!((none.len(), none[0].below.branches.len(), none[0].below.branches[0].count.as_str()), (1, 1, "0"));
        assert!(branches(&Asked::read("category=nothing"), &[], &[]).is_empty());
    }

    #[test]
    fn a_path_is_shortened_from_its_top() {
        assert_eq!((last_two("A > B > C"), last_two("A"), short("none")), ("B > C".into(), "A".into(), "none".into()));
    }
}
