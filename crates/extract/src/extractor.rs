//! The reading of one page from beginning to end. The order of the steps is here; every rule is in the file of its step.

use creel_types::{Amount, PageKind, Source};

use crate::{
    gate,
    merge::{self, Readings},
    page::{PageInput, PageReading},
    sources::{dom, facts::Facts, json_ld, microdata, open_graph, rdfa, schema_org, url},
    tape::{Document, Parser},
};

/// Reads pages one after another, reusing its buffers. One for each worker.
#[derive(Debug, Default)]
pub struct Extractor {
    parser: Parser,
}

impl Extractor {
    #[must_use]
    pub fn new() -> Extractor {
        Extractor::default()
    }

    /// What the page says. Never fails: a bad page is a reading with reasons.
    pub fn read(&mut self, page: &PageInput<'_>) -> PageReading {
        match page.status {
            401 | 403 | 407 | 429 | 503 => return PageReading::empty(PageKind::Blocked, format!("HTTP status {}", page.status)),
            400..=599 => return PageReading::empty(PageKind::Error, format!("HTTP status {}", page.status)),
            _ => {}
        }
        let document = self.parser.parse(page.html);
        let facts = Facts::of(document, page.url, page.country, page.program.and_then(|program| program.currency));
        let readings = readings(document, &facts);
        let draft = merge::merge(&readings, &facts);
        let gate = draft.as_ref().map(|draft| gate::judge(draft, false)).unwrap_or_default();
        PageReading { draft, gate, ..PageReading::empty(PageKind::Product, "") }
    }
}

/// What every source says.
pub fn readings(document: Document<'_>, facts: &Facts<'_>) -> Readings {
    let mut readings = Readings::default();
    let stated_items = [(json_ld::items(document), Source::JsonLd), (microdata::items(document), Source::Microdata), (rdfa::items(document), Source::Rdfa)];
    for (items, source) in &stated_items {
        readings.stated.extend(schema_org::read(items, facts, *source));
    }
    let metas = open_graph::read(document, facts);
    readings.stated.push(metas.open_graph);
    readings.stated.push(metas.meta);
    readings.stated.push(url::read(facts.url));
    let amounts: Vec<Amount> = readings.stated.iter().filter_map(|reading| reading.offer.amount).collect();
    readings.dom = dom::read(document, facts, &amounts);
    readings
}
