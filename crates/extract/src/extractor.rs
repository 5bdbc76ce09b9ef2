//! The reading of one page from beginning to end. The order of the steps is here; every rule is in the file of its step.

use ::url::Url;
use creel_types::{Amount, PageKind, Product, RobotProgram, Source};
use regex::RegexSet;

use crate::{
    classify::{self, Evidence},
    gate::{self, GateFailure},
    links,
    merge::{self, Readings},
    page::{PageInput, PageReading},
    sources::{self, dom, facts::Facts, json_ld, microdata, open_graph, platform, rdfa, schema_org},
    tape::{Document, Parser},
};

/// Bytes that the compiled patterns of one program may take.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// Reads pages one after another, reusing its buffers. One for each worker.
#[derive(Debug, Default)]
pub struct Extractor {
    parser: Parser,
    patterns: Patterns,
}

impl Extractor {
    #[must_use]
    pub fn new() -> Extractor {
        Extractor::default()
    }

    /// What the page says. Never fails: a bad page is a reading with reasons.
    pub fn read(&mut self, page: &PageInput<'_>) -> PageReading {
        if let Some(verdict) = classify::by_status(page.status) {
            return PageReading::empty(verdict.kind, verdict.reason);
        }
        let product_url = self.patterns.match_url(page.program, page.url);
        let document = self.parser.parse(page.html);
        let facts = Facts::of(document, page.url, page.country, page.program.and_then(|program| program.currency));
        let read = read_sources(document, &facts);
        let draft = merge::merge(&read.readings, &facts);
        let mut failures = draft.as_ref().map(|draft| gate::judge(draft, product_url)).unwrap_or_default();
        let evidence = Evidence {
            readings: &read.readings,
            facts: &facts,
            open_graph_kind: read.kind.as_deref(),
            article: read.article,
            listed_products: read.listed_products,
            product_url,
            complete: draft.is_some() && failures.is_empty(),
        };
        let verdict = classify::classify(document, &evidence);
        if verdict.kind != PageKind::Product {
            failures = vec![GateFailure::NotProduct(verdict.kind)];
        }
        let reasons = std::iter::once(verdict.reason).chain(failures.iter().map(GateFailure::to_string)).collect();
        let directives = links::directives(document, &facts.base);
        PageReading {
            kind: verdict.kind,
            draft: draft.filter(|draft| is_worth_showing(draft, verdict.kind)),
            gate: failures,
            reasons,
            links: links::links(document, &facts.base),
            canonical: facts.canonical.clone(),
            alternates: directives.alternates,
            nofollow: directives.nofollow,
            noindex: directives.noindex,
            needs_rendering: verdict.needs_rendering,
        }
    }
}

/// A draft that shows why the page is no capture; of a listing or an error page only what looks like a product is shown.
fn is_worth_showing(draft: &Product, kind: PageKind) -> bool {
    kind == PageKind::Product || kind == PageKind::Other || draft.min_price.is_some()
}

/// Everything that the sources of a page say.
#[derive(Debug, Default)]
pub struct SourcesRead {
    pub readings: Readings,
    pub article: bool,
    pub listed_products: usize,
    /// `og:type`.
    pub kind: Option<String>,
}

/// Reads every source, the shown page last, because what is stated helps to find it.
pub fn read_sources(document: Document<'_>, facts: &Facts<'_>) -> SourcesRead {
    let mut read = SourcesRead::default();
    let stated_items = [
        (json_ld::items(document), Source::JsonLd),
        (microdata::items(document), Source::Microdata),
        (rdfa::items(document), Source::Rdfa),
    ];
    for (items, source) in &stated_items {
        read.readings.stated.extend(schema_org::read(items, facts, *source));
        read.article |= schema_org::is_article(items);
        read.listed_products = read.listed_products.max(schema_org::listed_products(items));
    }
    let metas = open_graph::read(document, facts);
    read.kind = metas.kind;
    read.readings.stated.push(metas.open_graph);
    read.readings.stated.push(metas.meta);
    read.readings.stated.push(sources::url::read(facts.url));
    let names: Vec<String> = read
        .readings
        .stated
        .iter()
        .filter_map(|reading| reading.title.clone())
        .chain(facts.headings.iter().take(3).cloned())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    read.readings.stated.extend(platform::read(document, facts, &names));
    let mut amounts: Vec<Amount> = read.readings.stated.iter().filter_map(|reading| reading.offer.amount).collect();
    amounts.extend(described_amounts(&read.readings, facts));
    read.readings.dom = dom::read(document, facts, &amounts);
    if let Some(state) = read.readings.stated.iter_mut().find(|reading| reading.source == Some(Source::Platform)) {
        platform::shown_values::prefer(state, &read.readings.dom.shown_values);
    }
    read
}

/// Amounts in the descriptions that a page gives of itself: "Hose, 10 m. Price: $9.99".
fn described_amounts(readings: &Readings, facts: &Facts<'_>) -> Vec<Amount> {
    let descriptions = readings
        .stated
        .iter()
        .filter(|reading| matches!(reading.source, Some(Source::OpenGraph | Source::Meta)))
        .filter_map(|reading| reading.description.as_deref());
    descriptions
        .flat_map(|text| crate::prices::find_all(text, &facts.prices()))
        .map(|money| money.amount)
        .filter(|amount| amount.is_positive())
        .collect()
}

/// The product patterns of the last program seen, compiled.
#[derive(Debug, Default)]
struct Patterns {
    of: Vec<String>,
    set: Option<RegexSet>,
}

impl Patterns {
    fn match_url(&mut self, program: Option<&RobotProgram>, url: &Url) -> bool {
        let Some(program) = program.filter(|program| !program.product_url_patterns.is_empty()) else { return false };
        if self.of != program.product_url_patterns {
            self.of.clone_from(&program.product_url_patterns);
            // A pattern that does not compile is passed over; the others still count.
            let valid = self
                .of
                .iter()
                .filter(|pattern| regex::RegexBuilder::new(pattern).size_limit(PATTERN_BYTES_MAX).build().is_ok());
            self.set = regex::RegexSetBuilder::new(valid).size_limit(PATTERN_BYTES_MAX).build().ok();
        }
        let path = &url[::url::Position::BeforePath..::url::Position::AfterQuery];
        self.set.as_ref().is_some_and(|set| set.is_match(path))
    }
}
