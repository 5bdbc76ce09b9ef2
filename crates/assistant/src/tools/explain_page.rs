//! Why an address was captured or was not, and what to do about it.

use creel_frontier::{canonical_url, queue_url};
use creel_store::{
    listing::{CaptureFilter, CaptureQuery},
    pages::FoundPage,
};
use creel_types::{Host, PageOutcome, RunId};
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::{
    error::ToolError,
    input::{Text, input},
    list_run_pages::PageTold,
    output::One,
    registry::Tool,
    scope::Scope,
};

/// Runs that are told of, the newest.
const RUNS_TOLD: usize = 10;

input! {
    Asked {
        url: Text,
    }
}

/// What became of an address, the newest run first.
#[derive(Serialize, ToSchema)]
pub(super) struct Explained {
    shop_url: String,
    seen_in_runs: usize,
    what_to_do: String,
    runs: Vec<SeenPage>,
}

/// What became of it in one run.
#[derive(Serialize, ToSchema)]
struct SeenPage {
    run_id: RunId,
    run_name: String,
    /// The capture, else the run.
    link: String,
    /// That it waits, or waited when the run ended.
    waits: bool,
    /// Null while it waits.
    page: Option<PageTold>,
}

pub(super) struct ExplainPage;

impl Tool for ExplainPage {
    const NAME: &'static str = "explain_page";
    const TITLE: &'static str = "Explain a page";
    const DESCRIPTION: &'static str = "Why a shop's URL was captured or not in the newest runs, and what to do.";
    type Asked = Asked;
    type Told = One<Explained>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let text = asked.url.0.trim();
        let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let parsed = Url::parse(&with_scheme);
        let url = parsed.map_err(|error| ToolError::field("url", format!("not a URL: {error}")))?;
        let Some(host) = Host::of(&url) else { return Err(ToolError::field("url", "not a URL of a shop: it has no host")) };
        let mut found: Vec<FoundPage> = Vec::new();
        for form in forms(text, &url) {
            for page in scope.store.find_page(scope.organization, &form).await? {
                if !found.iter().any(|known| known.run == page.run) {
                    found.push(page);
                }
            }
        }
        found.sort_by_key(|page| std::cmp::Reverse(page.run));
        let what_to_do = match found.first() {
            Some(FoundPage { done: Some(row), .. }) => advice(row.outcome),
            Some(FoundPage { done: None, .. }) => {
                "It waits in the queue of a run, or the run ended before its turn: see the run."
            }
            None => unseen(scope, &host).await?,
        };
        let runs = found.iter().take(RUNS_TOLD).map(|page| SeenPage::of(scope, page)).collect();
        let seen_in_runs = found.len();
        One::of(&Explained { shop_url: url.into(), seen_in_runs, what_to_do: what_to_do.to_owned(), runs })
    }
}

/// The address as it was given, and as runs write it.
fn forms(text: &str, url: &Url) -> Vec<String> {
    let mut forms = vec![text.to_owned()];
    let mut without_host_form = url.clone();
    if let Some(host) = url.host_str().map(|host| host.trim_start_matches("www.").to_owned())
        && without_host_form.set_host(Some(&host)).is_err()
    {
        without_host_form = url.clone();
    }
    for form in [url.clone(), canonical_url(url), queue_url(url), canonical_url(&without_host_form)] {
        if !forms.iter().any(|known| known == form.as_str()) {
            forms.push(form.to_string());
        }
    }
    forms
}

impl SeenPage {
    fn of(scope: &Scope, page: &FoundPage) -> SeenPage {
        let told = page.done.as_ref().map(|row| PageTold::of(scope, row));
        let link = told.as_ref().and_then(|told| told.link.clone());
        SeenPage {
            run_id: page.run,
            run_name: page.run_name.clone(),
            link: link.unwrap_or_else(|| scope.link("runs", page.run)),
            waits: told.is_none(),
            page: told,
        }
    }
}

async fn unseen(scope: &Scope, host: &Host) -> Result<&'static str, ToolError> {
    let filter = CaptureFilter { store: Some(host.to_string()), ..CaptureFilter::default() };
    let captures = scope.store.list_captures(scope.organization, &CaptureQuery::newest(filter, 1)).await?;
    Ok(if captures.rows.is_empty() {
        "None of the newest runs met it, and nothing of its host is captured: there may be no robot for this shop yet."
    } else {
        "None of the newest runs met it: no page that they fetched links to it, a budget ended first, or include, exclude or max_depth \
         kept it out. Run with it as a start URL."
    })
}

fn advice(outcome: PageOutcome) -> &'static str {
    match outcome {
        PageOutcome::Captured => "It was captured: see the capture.",
        PageOutcome::Duplicate => {
            "The same product was captured from another address in that run; nothing was debited for it."
        }
        PageOutcome::GateFailed => {
            "It lacks what a capture needs (title, image, identity, positive price, currency); the reason says which. A page that needs \
             a browser may show less: look at it, then rebuild the robot."
        }
        PageOutcome::Discovery => {
            "It is a category, search or home page: read for links, free. Give the product's own address."
        }
        PageOutcome::Blocked => "The shop refused to show it. Run later or slower; the shop's robots.txt and terms decide.",
        PageOutcome::Error => "It could not be fetched; the reason says why. Run with it as a start URL to try again.",
        PageOutcome::Skipped => {
            "It was not fetched; the reason says which rule kept it out: robots.txt, a pattern or a limit."
        }
    }
}
