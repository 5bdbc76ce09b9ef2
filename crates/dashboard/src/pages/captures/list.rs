//! `/captures?<filters>&sort=&columns=&limit=&cursor=`: captures, filtered and sorted as the API does, with what to do with them.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue},
    response::Response,
};
use creel_store::{
    StoreError,
    listing::{CaptureCursor, CapturePage, CaptureQuery, CaptureSort},
};

use super::{
    asked::Asked,
    columns::Column,
    filters::{Chip, Filters, chips, filters},
    row::{Row, Value, row},
};
use crate::{
    Dashboard,
    figures::Number,
    member::Member,
    page::{go, render},
    parts::{Curl, Empty, Pager},
    place::Place,
    refusal::Refusal,
    shell::Shell,
};

#[derive(Template)]
#[template(path = "captures/list.html")]
struct ListPage {
    shell: Shell,
    filters: Filters,
    chips: Vec<Chip>,
    /// The way to the list without filters.
    all: String,
    problem: String,
    count: Option<Number>,
    /// Title first, then what was chosen.
    heads: Vec<Head>,
    rows: Vec<Row>,
    pager: Pager,
    exports: Vec<(String, &'static str)>,
    /// Where an enrichment of what is listed is asked for.
    enrich: String,
    empty: Empty,
    curl: Curl,
}

/// The head of a column, and where it leads to where the list can be sorted by it.
struct Head {
    text: &'static str,
    class: &'static str,
    href: String,
    /// As `aria-sort` has it; empty where the list is not sorted by it.
    sorted: &'static str,
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    member: Member,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let asked = Asked::read(query.as_deref().unwrap_or_default());
    let (here, by_script) = (format!("{}/captures", dashboard.base()), headers.contains_key("hx-request"));
    // What a form leaves empty does not stay in the address.
    if asked.is_untidy && !by_script {
        return Ok(go(&format!("{here}{}", asked.at(asked.cursor())), &[]));
    }
    let (page, refusal) = match found(&dashboard, &member, &asked).await {
        Ok(page) => (page, None),
        Err(refusal) if refusal.field.is_some() => (CapturePage { rows: Vec::new(), next: None }, Some(refusal)),
        Err(refusal) => return Err(refusal),
    };
    let shell = Shell::new(&dashboard, &member, Place::Captures).await?.saying(match asked.done.as_str() {
        "deleted" => "The capture is deleted.",
        _ => "",
    });
    let shown = ListPage {
        filters: filters(&dashboard, &member, &asked, refusal.as_ref()).await?,
        chips: chips(&dashboard, &member, &asked).await?,
        all: format!("{here}{}", asked.unfiltered()),
        problem: refusal.as_ref().map(|refusal| refusal.message.clone()).unwrap_or_default(),
        count: count(&dashboard, &member, &asked, &page).await?,
        heads: heads(&here, &asked),
        pager: Pager {
            first: (!asked.cursor().is_empty()).then(|| format!("{here}{}", asked.first())),
            next: page.next.as_ref().map(|next| format!("{here}{}", asked.at(&next.to_string()))),
        },
        rows: page.rows.into_iter().map(|capture| row(&dashboard, &member, &asked.columns(), capture)).collect(),
        exports: exports(&dashboard.base(), &asked),
        enrich: format!("{}/enrichments/new{}", dashboard.base(), asked.filters_only()),
        empty: empty(&dashboard.base(), &asked),
        curl: Curl::get(
            &dashboard.access.settings().public_url,
            &format!("/v1/extract/captures{}", asked.api_query(&limit(&asked))),
        ),
        shell,
    };
    let mut response = match &refusal {
        Some(refusal) => refusal.with(render(&shown)),
        None => render(&shown),
    };
    if by_script && let Ok(clean) = HeaderValue::from_str(&format!("{here}{}", asked.at(asked.cursor()))) {
        response.headers_mut().insert("hx-push-url", clean);
    }
    Ok(response)
}

async fn found(dashboard: &Dashboard, member: &Member, asked: &Asked) -> Result<CapturePage, Refusal> {
    let (filter, sort) = (asked.filter()?, asked.sort());
    let query = CaptureQuery { filter, sort, after: after(asked), limit: asked.limit() };
    Ok(dashboard.store().list_captures(member.organization, &query).await?)
}

/// Where the page before ended. A cursor of another sort, or one that is none, begins anew.
fn after(asked: &Asked) -> Option<CaptureCursor> {
    asked.cursor().parse::<CaptureCursor>().ok().filter(|cursor| cursor.sort() == asked.sort())
}

/// How many there are, where that is known without counting them.
async fn count(
    dashboard: &Dashboard,
    member: &Member,
    asked: &Asked,
    page: &CapturePage,
) -> Result<Option<Number>, StoreError> {
    let shown = i64::try_from(page.rows.len()).unwrap_or(i64::MAX);
    if after(asked).is_none() && page.next.is_none() {
        return Ok((shown > 0).then(|| Number::of(shown)));
    }
    let Ok(filter) = asked.filter() else { return Ok(None) };
    let listed = dashboard.store().count_listed_captures(member.organization, &filter).await?;
    Ok(listed.filter(|listed| *listed >= shown).map(Number::of))
}

fn heads(here: &str, asked: &Asked) -> Vec<Head> {
    let sort = asked.sort();
    let is_chosen = asked.columns() != Column::USUAL;
    let link = |sort: CaptureSort| format!("{here}{}", asked.with("sort", sort.as_str()));
    let by_title = Head {
        text: "Title",
        class: "",
        href: link(CaptureSort::Title),
        sorted: if sort == CaptureSort::Title { "ascending" } else { "" },
    };
    let head = |column: Column| Head {
        text: column.head(),
        class: column.class(is_chosen),
        href: column.sorts().map(|(first, other)| link(if sort == first { other } else { first })).unwrap_or_default(),
        sorted: match (sort, column) {
            (CaptureSort::CheapestFirst, Column::Price) | (CaptureSort::OldestFirst, Column::Captured) => "ascending",
            (CaptureSort::DearestFirst, Column::Price) | (CaptureSort::NewestFirst, Column::Captured) => "descending",
            _ => "",
        },
    };
    std::iter::once(by_title).chain(asked.columns().into_iter().map(head)).collect()
}

/// Files with everything that the filters name.
fn exports(base: &str, asked: &Asked) -> Vec<(String, &'static str)> {
    let files: [(&[(&str, &str)], &'static str); 4] = [
        (&[("format", "jsonl")], "JSON lines"),
        (&[("format", "csv")], "CSV, a row per product"),
        (&[("format", "csv"), ("one_row_per", "sku")], "CSV, a row per SKU"),
        (&[("format", "csv"), ("one_row_per", "offer")], "CSV, a row per offer"),
    ];
    let file = |(given, name): (&[(&str, &str)], &'static str)| {
        (format!("{base}/v1/extract/captures/export{}", asked.api_query(given)), name)
    };
    files.map(file).into()
}

fn limit(asked: &Asked) -> Vec<(&'static str, &str)> {
    Some(("limit", asked.get("limit"))).filter(|(_, value)| !value.is_empty()).into_iter().collect()
}

fn empty(base: &str, asked: &Asked) -> Empty {
    if asked.is_filtered() {
        let text = match asked.filters().count() {
            1 => "Take the filter away to see all captures.",
            _ => {
                "Take one of the filters above away to see more. The full text finds whole words; word* finds what begins so."
            }
        };
        return Empty::new("No capture fits", text).with(format!("{base}/captures{}", asked.unfiltered()), "All captures");
    }
    let text = "A run of one of your robots makes one capture of each product page of a shop. They stand here as soon as the \
                first is stored.";
    Empty::new("No captures yet", text)
        .with(format!("{base}/runs/new"), "New run")
        .with(format!("{base}/robots/new"), "New robot")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_turn_the_order_around() {
        let heads = |query: &str| {
            let heads = super::heads("/captures", &Asked::read(query));
            let said = |name: &str| {
                let head = heads.iter().find(|head| head.text == name).unwrap();
                format!("{} {}", head.href, head.sorted)
            };
            [said("Title"), said("Price"), said("Captured"), said("Brand")].join(" | ")
        };
        assert_eq!(
            heads("q=x&cursor=y"),
            "/captures?q=x&sort=title  | /captures?q=x&sort=min_price  | /captures?q=x&sort=extracted_at descending |  "
        );
        assert_eq!(
            heads("sort=min_price"),
            "/captures?sort=title  | /captures?sort=-min_price ascending | /captures?sort=-extracted_at  |  "
        );
    }

    #[test]
    fn files_are_of_the_same_filters() {
        let files = exports("/shop", &Asked::read("brand=acme&limit=25&cursor=x&sort=title"));
        assert_eq!(files[2].0, "/shop/v1/extract/captures/export?format=csv&one_row_per=sku&brand=acme&sort=title");
    }
}
