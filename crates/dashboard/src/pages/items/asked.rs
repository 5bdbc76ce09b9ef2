//! What a list of items is asked for, as it stands in the address: the names are the API's. What is empty is not asked for.

use std::str::FromStr;

use creel_store::items::{FacetName, ItemFilter};
use creel_types::{Currency, ReviewState, Signal};
use url::form_urlencoded::parse;

use crate::{list::query, refusal::Refusal};

/// Names of filters, as they stand in the address.
pub(super) const FILTERS: [&str; 14] = [
    "category",
    "attributes",
    "brand",
    "store",
    "language",
    "review",
    "signal",
    "available",
    "currency",
    "min_price",
    "max_price",
    "enrichment_id",
    "run_id",
    "capture_id",
];
const CURSOR: &str = "cursor";
/// Characters of a value in the address that count.
const VALUE_CHARS_MAX: usize = 600;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Asked {
    values: Vec<(&'static str, String)>,
    /// The address had fields of a form in it that nobody filled in.
    pub(super) is_untidy: bool,
}

impl Asked {
    pub(super) fn read(query: &str) -> Asked {
        let mut asked = Asked::default();
        for (name, value) in parse(query.as_bytes()) {
            let value: String = value.trim().chars().take(VALUE_CHARS_MAX).collect();
            asked.is_untidy |= value.is_empty();
            let known = FILTERS.into_iter().chain([CURSOR]).find(|known| *known == name);
            if let Some(name) = known.filter(|name| !value.is_empty() && asked.get(name).is_empty()) {
                asked.values.push((name, value));
            }
        }
        asked
    }

    /// Empty where it is not asked for.
    pub(super) fn get(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// The filters that are set.
    pub(super) fn filters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        FILTERS.into_iter().map(|name| (name, self.get(name))).filter(|(_, value)| !value.is_empty())
    }

    pub(super) fn is_filtered(&self) -> bool {
        self.filters().next().is_some()
    }

    pub(super) fn cursor(&self) -> &str {
        self.get(CURSOR)
    }

    /// The query with one value changed, or taken away where it is empty, from the first page on; with its `?`.
    pub(super) fn with(&self, changed: &str, value: &str) -> String {
        let value = |name: &'static str| if name == changed { value } else { self.get(name) };
        query(&FILTERS.map(|name| (name, value(name))))
    }

    /// The same list from its first page on.
    pub(super) fn first(&self) -> String {
        self.with("", "")
    }

    pub(super) fn whole(&self) -> String {
        let cursor = [(CURSOR, self.cursor())];
        query(&FILTERS.map(|name| (name, self.get(name))).into_iter().chain(cursor).collect::<Vec<_>>())
    }

    /// The same as the API takes it, with more before it.
    pub(super) fn api_query(&self, more: &[(&str, &str)]) -> String {
        let filters = FILTERS.map(|name| (name, self.get(name)));
        query(&[more, &filters[..]].concat())
    }

    /// Attributes with the value that each must have; what is no pair is none.
    pub(super) fn attributes(&self) -> Vec<(String, String)> {
        let pairs = self.get("attributes").split(';').filter_map(|pair| pair.split_once(':'));
        pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
    }

    /// The list with an attribute asked for beside what is, or no more where it is asked for already.
    pub(super) fn turning(&self, attribute: &str, value: &str) -> String {
        let mut pairs = self.attributes();
        let pair = (attribute.to_owned(), value.to_owned());
        match pairs.iter().position(|known| *known == pair) {
            Some(at) => drop(pairs.remove(at)),
            None => pairs.push(pair),
        }
        let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}:{value}")).collect();
        self.with("attributes", &pairs.join(";"))
    }

    /// What the store is asked for; a refusal at the first field that cannot be meant.
    pub(super) fn filter(&self) -> Result<ItemFilter, Refusal> {
        let wrong = |name: &str, why: &str| Refusal::at_field(name, why);
        if !self.get("attributes").is_empty() && self.attributes().len() != self.get("attributes").split(';').count() {
            return Err(wrong("attributes", "Write each attribute as name:value, with ; between them."));
        }
        self.parsed::<ReviewState>("review", "Choose ready or needs_review.")?;
        self.parsed::<Signal>("signal", "It is no signal that items have.")?;
        let facets = [
            (FacetName::Category, "category"),
            (FacetName::Brand, "brand"),
            (FacetName::Store, "store"),
            (FacetName::Language, "language"),
            (FacetName::Review, "review"),
            (FacetName::Signal, "signal"),
        ];
        let value = |name: &str| if name == "store" { self.get(name).to_lowercase() } else { self.get(name).to_owned() };
        let facets = facets.into_iter().map(|(facet, name)| (facet, value(name)));
        let currency = match self.get("currency") {
            "" => None,
            code => {
                Some(Currency::parse(code).ok_or_else(|| wrong("currency", "It is not a currency's code, such as EUR."))?)
            }
        };
        Ok(ItemFilter {
            enrichment: self.parsed("enrichment_id", "It is not an enrichment's id.")?,
            run: self.parsed("run_id", "It is not a run's id.")?,
            capture: self.parsed("capture_id", "It is not a capture's id.")?,
            facets: facets.filter(|(_, value)| !value.is_empty()).collect(),
            attributes: self.attributes(),
            min_price: self.parsed("min_price", "It is not an amount, such as 12.50.")?,
            max_price: self.parsed("max_price", "It is not an amount, such as 12.50.")?,
            currency,
            available: self.parsed("available", "It is neither true nor false.")?,
        })
    }

    fn parsed<T: FromStr>(&self, name: &str, why: &str) -> Result<Option<T>, Refusal> {
        let value = self.get(name);
        if value.is_empty() {
            return Ok(None);
        }
        value.parse().map(Some).map_err(|_| Refusal::at_field(name, why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written() {
        let asked = Asked::read("category=aa-1&attributes=color:red%3Bmaterial:wool&brand=&cursor=x&evil=1");
        assert!(asked.is_untidy && asked.is_filtered());
        assert_eq!((asked.get("category"), asked.cursor()), ("aa-1", "x"));
        assert_eq!(asked.first(), "?category=aa-1&attributes=color%3Ared%3Bmaterial%3Awool");
        assert_eq!(asked.turning("color", "red"), "?category=aa-1&attributes=material%3Awool");
        assert_eq!(Asked::read("").turning("weight", "0.5 kg"), "?attributes=weight%3A0.5+kg");
        assert_eq!(asked.with("category", ""), "?attributes=color%3Ared%3Bmaterial%3Awool");
        assert_eq!(Asked::default().first(), "");
    }

    #[test]
    fn what_cannot_be_meant_is_refused_at_its_field() {
        for (query, field) in [
            ("attributes=red", "attributes"),
            ("attributes=color:red;blue", "attributes"),
            ("review=maybe", "review"),
            ("signal=x", "signal"),
            ("available=maybe", "available"),
            ("currency=XXX", "currency"),
            ("min_price=cheap", "min_price"),
            ("max_price=-1", "max_price"),
            ("run_id=7", "run_id"),
            ("enrichment_id=7", "enrichment_id"),
            ("capture_id=7", "capture_id"),
        ] {
            let refusal = Asked::read(query).filter().unwrap_err();
            assert!(refusal.is_at(field), "{query}: {refusal:?}");
        }
        let filter = Asked::read("category=aa&store=A.example&attributes=color:red&review=ready").filter().unwrap();
        assert_eq!(filter.facets.len(), 3);
        assert_eq!(filter.attributes, [("color".to_owned(), "red".to_owned())]);
    }
}
