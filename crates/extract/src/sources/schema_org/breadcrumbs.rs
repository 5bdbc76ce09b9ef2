//! Breadcrumbs of schema.org, of the older vocabulary, and of a category that is written as a path.

use super::LIST_MAX;
use crate::sources::items::{ItemRef, Items};

/// The names of the first list of breadcrumbs that has several.
pub(super) fn breadcrumbs(items: &Items) -> Vec<String> {
    let lists = items.all().filter(|item| item.is("BreadcrumbList")).map(crumbs_of_list);
    let found = lists.filter(|crumbs| !crumbs.is_empty()).reduce(|best, next| if best.len() >= 2 { best } else { next });
    found.unwrap_or_else(|| {
        // data-vocabulary.org: a row of items of type Breadcrumb.
        items
            .all()
            .filter(|item| item.is("Breadcrumb"))
            .filter_map(|item| item.text("title"))
            .take(LIST_MAX)
            .map(str::to_owned)
            .collect()
    })
}

fn crumbs_of_list(list: ItemRef<'_>) -> Vec<String> {
    let mut crumbs: Vec<(i64, String)> = list
        .items("itemListElement")
        .take(LIST_MAX)
        .filter_map(|element| {
            let own = element.text("name");
            let name = own.or_else(|| element.items("item").find_map(|item| item.text("name")))?;
            let position = element.text("position").and_then(|text| text.trim().parse().ok()).unwrap_or(i64::MAX);
            Some((position, name.trim().to_owned()))
        })
        .collect();
    crumbs.sort_by_key(|(position, _)| *position);
    crumbs.into_iter().map(|(_, name)| name).filter(|name| !name.is_empty()).collect()
}

/// "Home > Garden > Hoses" as a path; an address or a plain word is none.
pub(super) fn category_path(category: &str) -> Vec<String> {
    if category.starts_with("http") {
        return Vec::new();
    }
    let separator = [" > ", ">", " / ", "/", " | ", "»"].into_iter().find(|separator| category.contains(separator));
    let Some(separator) = separator else { return vec![category.to_owned()] };
    category.split(separator).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).take(LIST_MAX).collect()
}
