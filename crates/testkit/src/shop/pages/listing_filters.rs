//! What a listing's query asks for, and the links that change it: the facets that multiply one listing into thousands.

use url::form_urlencoded;

use super::{
    super::{
        html::{each, escape, with_query},
        section::Section,
    },
    View,
};

/// Products on one page of a listing.
const PAGE_SIZE: usize = 24;

/// Sort keys in the order of the languages' labels.
const SORTS: [&str; 4] = ["", "price_asc", "price_desc", "newest"];

/// A listing's query. Unknown parameters are ignored, as every shop does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filters {
    /// From one; [`Filters::parse`] makes no other.
    pub(super) page: usize,
    color: String,
    size: String,
    brand: String,
    sort: String,
    view: String,
}

impl Filters {
    pub(super) fn parse(query: Option<&str>) -> Filters {
        let mut filters = Filters { page: 1, ..Filters::default() };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let value = value.into_owned();
            match &*name {
                "page" => filters.page = value.parse().unwrap_or(1).max(1),
                "color" => filters.color = value,
                "size" => filters.size = value,
                "brand" => filters.brand = value,
                "sort" => filters.sort = value,
                "view" => filters.view = value,
                _ => {}
            }
        }
        filters
    }

    /// Whether the listing is shown as its plain address shows it, whatever its page.
    pub(super) fn is_plain(&self) -> bool {
        *self == Filters { page: self.page, ..Filters::default() }
    }

    pub(super) fn class(&self) -> &'static str {
        if self.view == "list" { "as-list" } else { "as-grid" }
    }

    /// The positions that pass, in the asked order.
    pub(super) fn choose(&self, view: View<'_>, positions: Vec<usize>) -> Vec<usize> {
        let has = |at: usize, value: &str| {
            value.is_empty() || view.product(at).options.iter().any(|axis| axis.values.iter().any(|known| known == value))
        };
        let branded = |at: usize| self.brand.is_empty() || view.product(at).brand == self.brand;
        let mut chosen: Vec<usize> =
            positions.into_iter().filter(|at| has(*at, &self.color) && has(*at, &self.size) && branded(*at)).collect();
        match self.sort.as_str() {
            "price_asc" => chosen.sort_by_key(|at| view.product(*at).price),
            "price_desc" => chosen.sort_by_key(|at| std::cmp::Reverse(view.product(*at).price)),
            "newest" => chosen.reverse(),
            _ => {}
        }
        chosen
    }

    /// How many pages so many products fill.
    pub(super) fn pages(count: usize) -> usize {
        count.div_ceil(PAGE_SIZE)
    }

    /// The part of `chosen` that stands on the asked page; nothing on a page that does not exist.
    pub(super) fn shown<'a>(&self, chosen: &'a [usize]) -> &'a [usize] {
        chosen.chunks(PAGE_SIZE).nth(self.page - 1).unwrap_or_default()
    }

    /// The address of the same listing with these filters; page one has no page parameter.
    pub(super) fn address(&self, path: &str) -> String {
        let page = if self.page > 1 { self.page.to_string() } else { String::new() };
        with_query(
            path,
            &[
                ("color", self.color.as_str()),
                ("size", self.size.as_str()),
                ("brand", self.brand.as_str()),
                ("sort", self.sort.as_str()),
                ("view", self.view.as_str()),
                ("page", page.as_str()),
            ],
        )
    }

    /// The side column: every value of every facet, each keeping the other filters.
    pub(super) fn facets(&self, section: &Section, path: &str) -> String {
        let language = section.language;
        let link = |filters: Filters, text: &str| {
            format!("  <li><a class=\"facet\" href=\"{}\">{}</a></li>\n", escape(&filters.address(path)), escape(text))
        };
        let first = || Filters { page: 1, ..self.clone() };
        let colors = each(section.colors.values, |value| link(Filters { color: (*value).to_owned(), ..first() }, value));
        let sizes = each(section.sizes.values, |value| link(Filters { size: (*value).to_owned(), ..first() }, value));
        let brands = each(section.brands, |value| link(Filters { brand: value.to_owned(), ..first() }, value));
        let sorts =
            each(SORTS.iter().zip(language.sorts), |(key, text)| link(Filters { sort: (*key).to_owned(), ..first() }, text));
        let views = each(["grid", "list"], |key| link(Filters { view: key.to_owned(), ..first() }, key));
        format!(
            "<aside class=\"facets\">\n<h2>{}</h2>\n<h3>{}</h3>\n<ul>\n{colors}</ul>\n<h3>{}</h3>\n<ul>\n{sizes}</ul>\n<h3>{}</h3>\n<ul>\n{brands}</ul>\n<h3>{}</h3>\n<ul>\n{sorts}{views}</ul>\n</aside>\n",
            escape(language.filters),
            escape(section.colors.name),
            escape(section.sizes.name),
            escape(language.brand),
            escape(language.sort_by),
        )
    }

    /// Links to the neighbouring pages and to each page by number.
    pub(super) fn pagination(&self, path: &str, pages: usize, previous: &str, next: &str) -> String {
        let to = |page: usize| escape(&Filters { page, ..self.clone() }.address(path));
        let numbers = each(1..=pages, |page| match page == self.page {
            true => format!("<span class=\"current\">{page}</span>\n"),
            false => format!("<a href=\"{}\">{page}</a>\n", to(page)),
        });
        let back = if self.page > 1 {
            format!("<a rel=\"prev\" href=\"{}\">{}</a>\n", to(self.page - 1), escape(previous))
        } else {
            String::new()
        };
        let on = if self.page < pages {
            format!("<a rel=\"next\" href=\"{}\">{}</a>\n", to(self.page + 1), escape(next))
        } else {
            String::new()
        };
        if pages > 1 { format!("<nav class=\"pagination\">\n{back}{numbers}{on}</nav>\n") } else { String::new() }
    }

    /// The head's links to the neighbouring pages.
    pub(super) fn head_links(&self, view: View<'_>, path: &str, pages: usize) -> String {
        let to = |page: usize| view.absolute(&escape(&Filters { page, ..self.clone() }.address(path)));
        let back =
            if self.page > 1 { format!("<link rel=\"prev\" href=\"{}\">\n", to(self.page - 1)) } else { String::new() };
        let on =
            if self.page < pages { format!("<link rel=\"next\" href=\"{}\">\n", to(self.page + 1)) } else { String::new() };
        back + &on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_and_written() {
        let filters = Filters::parse(Some("color=Night+Blue&page=3&utm_source=x"));
        assert_eq!(filters.address("/outdoor"), "/outdoor?color=Night+Blue&page=3");
        assert!(!filters.is_plain());
        assert!(Filters::parse(Some("page=2&sid=1")).is_plain());
        assert_eq!(Filters::parse(Some("page=x")).address("/outdoor"), "/outdoor");
    }
}
