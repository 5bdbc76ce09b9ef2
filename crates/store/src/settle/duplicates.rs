//! Whether a run has a product already, and which address counts as canonical.
//!
//! rel=canonical is believed until it has named two different products: a shop with one constant wrong canonical on a
//! whole section must still give one capture per product.

use std::collections::HashMap;

use creel_types::RunId;

use crate::{
    StoreError, args,
    captures::NewCapture,
    database::{Given, Kind, Row, Tx},
};

/// What is known of a capture of the run, as far as telling products apart needs it.
#[derive(Clone, Debug)]
struct Known {
    capture: String,
    product_id: Option<String>,
    title: String,
    page_url: String,
}

impl Known {
    /// The same product: equal ids where both state one, else equal titles.
    fn is_same_product(&self, product_id: Option<&str>, title: &str) -> bool {
        match (self.product_id.as_deref(), product_id) {
            (Some(known), Some(stated)) => known == stated,
            _ => self.title == title,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Identity {
    Duplicate,
    /// A new product under this canonical address. `displaced` is a capture that had taken the address by a
    /// rel=canonical which turned out to be wrong, with the address of its own that it goes back to.
    New {
        canonical_url: String,
        displaced: Option<(String, String)>,
    },
}

/// The captures that a batch's pages could collide with, by run and canonical address and by run and product.
#[derive(Debug, Default)]
pub(super) struct KnownCaptures {
    by_canonical: HashMap<(RunId, String), Known>,
    /// By the page's own address, whatever canonical address it was given.
    by_page: HashMap<(RunId, String), Known>,
    by_product: HashMap<(RunId, String, String), ()>,
}

/// The captures that share an address or a product with one of the given pages, each looked up by its index.
const COLLIDING: &str = "SELECT c.run_id, c.id, c.canonical_url, c.product_id, c.title_normalized, c.page_url
    FROM given CROSS JOIN captures c WHERE c.run_id = given.run_id AND c.canonical_url = given.stated
    UNION ALL SELECT c.run_id, c.id, c.canonical_url, c.product_id, c.title_normalized, c.page_url
    FROM given CROSS JOIN captures c WHERE c.run_id = given.run_id AND c.canonical_url = given.own
        AND given.own <> given.stated
    UNION ALL SELECT c.run_id, c.id, c.canonical_url, c.product_id, c.title_normalized, c.page_url
    FROM given CROSS JOIN captures c WHERE c.run_id = given.run_id AND c.page_url = given.stated
        AND c.page_url <> c.canonical_url
    UNION ALL SELECT c.run_id, c.id, c.canonical_url, c.product_id, c.title_normalized, c.page_url
    FROM given CROSS JOIN captures c WHERE c.run_id = given.run_id AND c.product_id = given.product_id
        AND c.title_normalized = given.title";

impl KnownCaptures {
    pub(super) async fn load(
        tx: &mut Tx,
        pages: impl Iterator<Item = (RunId, &NewCapture)>,
    ) -> Result<KnownCaptures, StoreError> {
        let mut given = Given::new(&[
            ("run_id", Kind::Text),
            ("stated", Kind::Text),
            ("own", Kind::Text),
            ("product_id", Kind::Text),
            ("title", Kind::Text),
        ]);
        for (run, new) in pages {
            let stated = new.stated_canonical.as_deref().unwrap_or(&new.page_url);
            let (own, product_id) = (new.page_url.as_str(), new.product.product_id.as_deref());
            given.push(args![run, stated, own, product_id, new.title_normalized()]);
        }
        let mut known = KnownCaptures::default();
        for row in &tx.rows_given(given, COLLIDING).await? {
            known.remember_row(row.parsed("run_id")?, row)?;
        }
        Ok(known)
    }

    fn remember_row(&mut self, run: RunId, row: &Row) -> Result<(), StoreError> {
        let known = Known {
            capture: row.text("id")?,
            product_id: row.opt_text("product_id")?,
            title: row.text("title_normalized")?,
            page_url: row.text("page_url")?,
        };
        if let Some(product) = &known.product_id {
            self.by_product.insert((run, product.clone(), known.title.clone()), ());
        }
        self.by_page.insert((run, known.page_url.clone()), known.clone());
        self.by_canonical.insert((run, row.text("canonical_url")?), known);
        Ok(())
    }

    pub(super) fn identify(&self, run: RunId, new: &NewCapture) -> Identity {
        let product_id = new.product.product_id.as_deref();
        let title = new.title_normalized();
        if product_id.is_some_and(|id| self.by_product.contains_key(&(run, id.to_owned(), title.clone()))) {
            return Identity::Duplicate;
        }
        let at = |url: &str| self.by_canonical.get(&(run, url.to_owned()));
        let mut canonical_url = new.page_url.clone();
        if let Some(stated) = new.stated_canonical.as_deref().filter(|stated| *stated != new.page_url) {
            let owner = || self.by_page.get(&(run, stated.to_owned()));
            match at(stated).or_else(owner) {
                Some(known) if known.is_same_product(product_id, &title) => return Identity::Duplicate,
                // It has named another product: not believed, the page's own address counts.
                Some(_) => {}
                None => stated.clone_into(&mut canonical_url),
            }
        }
        // Also where another address counts for this page: should it have to come back, its own must be free.
        match at(&new.page_url) {
            None => Identity::New { canonical_url, displaced: None },
            Some(known) if known.page_url != new.page_url && !known.is_same_product(product_id, &title) => {
                Identity::New { canonical_url, displaced: Some((known.capture.clone(), known.page_url.clone())) }
            }
            Some(_) => Identity::Duplicate,
        }
    }

    /// Remembers a capture that this batch stores, so that the next page of the batch sees it.
    pub(super) fn remember(&mut self, run: RunId, capture: &str, canonical_url: &str, new: &NewCapture) {
        let title = new.title_normalized();
        if let Some(product) = &new.product.product_id {
            self.by_product.insert((run, product.clone(), title.clone()), ());
        }
        let known = Known {
            capture: capture.to_owned(),
            product_id: new.product.product_id.clone(),
            title,
            page_url: new.page_url.clone(),
        };
        self.by_page.insert((run, new.page_url.clone()), known.clone());
        if let Some(displaced) = self.by_canonical.remove(&(run, new.page_url.clone())) {
            self.by_canonical.insert((run, displaced.page_url.clone()), displaced);
        }
        self.by_canonical.insert((run, canonical_url.to_owned()), known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use creel_types::{Product, Random, Time};

    fn page(url: &str, stated: Option<&str>, id: Option<&str>, title: &str) -> NewCapture {
        NewCapture {
            store: "shop.example".into(),
            url: url.into(),
            page_url: url.into(),
            stated_canonical: stated.map(Into::into),
            product: Product { title: title.into(), product_id: id.map(Into::into), ..Product::default() },
        }
    }

    /// Feeds pages in order and answers, for each, the canonical address it got or "duplicate".
    fn identities(pages: &[NewCapture]) -> Vec<String> {
        let run = Random::seeded(1).id(Time(0));
        let mut known = KnownCaptures::default();
        pages
            .iter()
            .enumerate()
            .map(|(at, new)| match known.identify(run, new) {
                Identity::Duplicate => "duplicate".to_owned(),
                Identity::New { canonical_url, displaced } => {
                    known.remember(run, &format!("c{at}"), &canonical_url, new);
                    match displaced {
                        None => canonical_url,
                        Some((capture, back_to)) => format!("{canonical_url} displacing {capture} to {back_to}"),
                    }
                }
            })
            .collect()
    }

    #[test]
    fn products_are_told_apart() {
        let cases: [(&str, Vec<NewCapture>, &[&str]); 9] = [
            (
                "a chain of wrong canonicals",
                vec![page("/b", Some("/a"), None, "B"), page("/c", Some("/b"), None, "C"), page("/a", None, None, "A")],
                &["/a", "/c", "/a displacing c0 to /b"],
            ),
            (
                "a chain of wrong canonicals from its end",
                vec![page("/c", Some("/b"), None, "C"), page("/b", Some("/a"), None, "B"), page("/a", None, None, "A")],
                &["/b", "/a displacing c0 to /c", "/a displacing c1 to /b"],
            ),
            (
                "an address that another page of the product named before",
                vec![page("/b", Some("/a"), None, "A"), page("/a", Some("/z"), None, "A")],
                &["/a", "duplicate"],
            ),
            ("the same address", vec![page("/a", None, None, "A"), page("/a", None, None, "A")], &["/a", "duplicate"]),
            (
                "two paths with one canonical",
                vec![page("/x/a", Some("/a"), None, "A"), page("/y/a", Some("/a"), None, "A"), page("/a", None, None, "A")],
                &["/a", "duplicate", "duplicate"],
            ),
            (
                "the same product id and title at another address",
                vec![page("/a", None, Some("7"), "A"), page("/b", None, Some("7"), " a "), page("/c", None, Some("7"), "C")],
                &["/a", "duplicate", "/c"],
            ),
            (
                "a constant canonical, its owner first",
                vec![
                    page("/a", Some("/a"), None, "A"),
                    page("/b", Some("/a"), None, "B"),
                    page("/c", Some("/a"), None, "C"),
                ],
                &["/a", "/b", "/c"],
            ),
            (
                "a constant canonical, its owner last",
                vec![
                    page("/b", Some("/a"), None, "B"),
                    page("/c", Some("/a"), None, "C"),
                    page("/a", Some("/a"), None, "A"),
                ],
                &["/a", "/c", "/a displacing c0 to /b"],
            ),
            (
                "similar content alone is never a duplicate",
                vec![page("/a", None, None, "A"), page("/b", None, None, "A")],
                &["/a", "/b"],
            ),
        ];
        for (what, pages, expected) in cases {
            assert_eq!(identities(&pages), expected, "{what}");
        }
    }
}
