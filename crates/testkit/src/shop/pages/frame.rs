//! What stands around the content of every page: which of the three frames, and the parts that all frames have.

use super::{
    super::{
        html::{each, escape, shown},
        languages::{EN, Language},
        section::{Charset, Section},
        sections::SECTIONS,
        truth::Template,
    },
    View, frame_classic, frame_modern, frame_plain,
};

/// Everything that a frame needs to know about the page inside.
pub(crate) struct Page {
    /// `None` for pages that belong to no section: home, articles, search.
    pub(crate) section: Option<&'static Section>,
    pub(crate) title: String,
    /// More elements for `head`, one a line.
    pub(crate) head: String,
    pub(crate) body_class: &'static str,
    pub(crate) main: String,
}

impl Page {
    pub(crate) fn language(&self) -> &'static Language {
        self.section.map_or(&EN, |section| section.language)
    }

    pub(crate) fn html_lang(&self) -> &'static str {
        self.section.map_or("en", |section| section.html_lang)
    }

    /// The element that names the charset; the section that is served as ISO-8859-1 leaves it to the header.
    pub(crate) fn charset_meta(&self) -> &'static str {
        match self.section.map_or(Charset::Utf8, |section| section.charset) {
            Charset::Utf8 => "<meta charset=\"utf-8\">\n",
            Charset::MetaWindows1252 => "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1252\">\n",
            Charset::HeaderLatin1 => "",
        }
    }

    /// What lies in the cart, as every header shows it: a price that is not the page's.
    pub(crate) fn cart_total(&self) -> String {
        match self.section {
            Some(section) => shown(section, creel_types::Amount::from_scaled(cart_total_scaled(section))),
            None => "$118.00".to_owned(),
        }
    }
}

/// Three times the cheapest price and a bit, × 10⁴.
fn cart_total_scaled(section: &Section) -> i64 {
    i64::try_from(section.prices.0).unwrap_or(0) * 30_000 + 40_000
}

/// The whole document.
pub(crate) fn document(view: View<'_>, page: &Page) -> String {
    match page.section.map_or(Template::JsonLd, |section| section.template) {
        Template::JsonLd => frame_modern::document(view, page),
        Template::Microdata => frame_classic::document(view, page),
        Template::Bare => frame_plain::document(view, page),
    }
}

/// The sections as list items with their leaf categories below; `class` names the items.
pub(super) fn navigation(class: &str) -> String {
    each(SECTIONS, |section| {
        let leaves = each(0..section.leaves.len(), |leaf| {
            format!(
                "      <li class=\"{class}-sub\"><a href=\"{}\">{}</a></li>\n",
                section.leaf_path(leaf),
                escape(section.leaves[leaf].name)
            )
        });
        format!(
            "  <li class=\"{class}\">\n    <a href=\"{}\">{}</a>\n    <ul class=\"{class}-menu\">\n{leaves}    </ul>\n  </li>\n",
            section.path(),
            escape(section.name)
        )
    })
}

/// Links to what a crawler need not visit and must never capture, and to a few traps.
pub(super) fn service_links(language: &Language, class: &str) -> String {
    let links = [
        ("/about", language.about),
        ("/contact", language.contact),
        ("/questions", language.questions),
        ("/blog", language.blog),
        ("/events/2026/01", "Events"),
        ("/last-season", "Last season"),
        ("/wholesale", "Wholesale"),
        ("/login", language.sign_in),
        ("/cart", language.cart),
        ("/checkout", "Checkout"),
        ("https://partner-shop.example/outlet?from=demo", "Partner shop"),
        ("https://social.example/creel-demo", "Social"),
        ("mailto:shop@creel-demo.example", "shop@creel-demo.example"),
        ("tel:+15550100", "555 0100"),
        ("javascript:void(0)", "Cookies"),
    ];
    each(links, |(href, text)| format!("  <li class=\"{class}\"><a href=\"{href}\">{}</a></li>\n", escape(text)))
}

/// Every country of the world in a select: a list of options that are no variants.
pub(super) fn country_select(language: &Language, class: &str) -> String {
    let options = each(creel_types::Country::all(), |country| {
        format!("    <option value=\"{country}\">{}</option>\n", escape(country.name()))
    });
    format!(
        "<div class=\"{class}\">\n  <label for=\"ship-to\">{}</label>\n  <select id=\"ship-to\" name=\"country\">\n{options}  </select>\n</div>\n",
        escape(language.country)
    )
}

/// The page in the languages that it claims to exist in, all on another host.
pub(super) fn alternates(path: &str) -> String {
    each(["de-AT", "es-MX", "nl-NL"], |language| {
        let host = language.to_lowercase();
        format!(
            "<link rel=\"alternate\" hreflang=\"{language}\" href=\"https://{host}.creel-demo.example{}\">\n",
            escape(path)
        )
    })
}
