//! The search page: products whose title holds the asked word.

use super::{
    super::html::{each, escape},
    View, carousel,
    frame::{Page, document},
};

/// Products shown; a real search would go on.
const RESULTS_MAX: usize = 24;

pub(crate) fn page(view: View<'_>, query: Option<&str>) -> String {
    let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let word = pairs.into_iter().find(|(name, _)| name == "q").map(|(_, value)| value.to_lowercase()).unwrap_or_default();
    let hits = |at: &usize| {
        !word.is_empty() && view.place(*at).twist.listed() && view.product(*at).title.to_lowercase().contains(&word)
    };
    let found: Vec<usize> = (0..view.catalogue.products.len()).filter(hits).take(RESULTS_MAX).collect();
    let cards = each(&found, |at| carousel::card(view, *at, "?ref=search"));
    let main = format!(
        "<h1>Search</h1>\n<form action=\"/search\" method=\"get\" class=\"search-form\"><input name=\"q\" value=\"{}\"> <button class=\"button\">Search</button></form>\n<p>{} products</p>\n<ul class=\"product-grid\">\n{cards}</ul>\n\
         <p><a href=\"/search?q=rug\">rug</a> <a href=\"/search?q=rucksack\">rucksack</a> <a href=\"/search?q=lampa\">lampa</a></p>\n",
        escape(&word),
        found.len()
    );
    let head = "<meta name=\"robots\" content=\"noindex\">\n".to_owned();
    document(view, &Page { section: None, title: "Search".to_owned(), head, body_class: "template-search", main })
}
