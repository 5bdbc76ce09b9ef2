//! The pages of the shop as HTML. Refuses to know sockets, statuses and counters.

pub(crate) mod article;
mod bare;
mod bare_options;
mod carousel;
mod frame;
mod frame_classic;
mod frame_modern;
mod frame_plain;
pub(crate) mod home;
mod json_ld;
mod json_ld_data;
mod json_ld_form;
pub(crate) mod listing;
mod listing_filters;
mod microdata;
mod microdata_options;
pub(crate) mod notice;
pub(crate) mod search;

use super::{
    catalogue::{Catalogue, Place},
    section::CanonicalHabit,
    truth::{ShopProduct, Template},
};

/// What a page may look at while it is written.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) catalogue: &'a Catalogue,
    /// Scheme, host and port, without a slash at the end.
    pub(crate) origin: &'a str,
}

impl<'a> View<'a> {
    pub(crate) fn product(self, at: usize) -> &'a ShopProduct {
        &self.catalogue.products[at]
    }

    pub(crate) fn place(self, at: usize) -> Place {
        self.catalogue.places[at]
    }

    fn absolute(self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The address that rel=canonical of a product's page names, by the section's habit.
    fn canonical(self, at: usize) -> Option<String> {
        let section = self.place(at).section;
        let path = match section.canonical {
            CanonicalHabit::Own => self.product(at).path.as_str(),
            CanonicalHabit::FirstProduct => {
                let first = self.catalogue.of_section(section.key).next().unwrap_or(at);
                self.product(first).path.as_str()
            }
            CanonicalHabit::HomePage => "/",
            CanonicalHabit::Absent => return None,
        };
        Some(self.absolute(path))
    }
}

/// A product's page in its section's template.
pub(crate) fn product_page(view: View<'_>, at: usize) -> String {
    match view.place(at).section.template {
        Template::JsonLd => json_ld::page(view, at),
        Template::Microdata => microdata::page(view, at),
        Template::Bare => bare::page(view, at),
    }
}
