//! `POST /v1/extract/runs/preview`: what a run would match and refuse and about what it would cost, judged by the start URLs
//! and by what earlier runs of the robot found. Fetches nothing, changes nothing, costs nothing.

use axum::{Json, extract::State};
use creel_frontier::{PatternSet, canonical_url, patterns::Verdict};
use creel_store::{
    asked::run::{NewRunBody, RUN_BYTES_MAX},
    history::RobotHistory,
    runs::NewRun,
};
use creel_types::{Action, Credits, time::HOUR_MS};
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use crate::{
    ApiState,
    body::JsonBody,
    caller::Caller,
    error::{ApiError, ErrorBody},
};

/// Addresses shown of each group.
const EXAMPLES_MAX: usize = 5;
/// While no run of the robot has shown its speed: a page a second, and two pages for each capture.
const PAGE_MS: i64 = 1_000;
const PAGES_PER_CAPTURE: i64 = 2;

#[derive(Serialize, ToSchema)]
pub(crate) struct RunPreview {
    /// Start URLs and products of earlier runs that were looked at.
    known_pages: usize,
    /// Those that could be captured.
    matched: UrlGroup,
    /// Those that could not, by what refuses them.
    refused: Vec<RefusedGroup>,
    /// What the run would spend.
    credits: CreditRange,
    /// At the pace of the robot's last runs; a page a second before the first. Null where the number of pages is unknown.
    hours: Option<f64>,
    /// What would be left, at most and at least.
    balance_after: CreditRange,
}

#[derive(Default, Serialize, ToSchema)]
pub(crate) struct UrlGroup {
    count: usize,
    examples: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RefusedGroup {
    /// Such as `exclude[0]`; `include` for what matches none of the include patterns.
    by: String,
    /// The pattern itself.
    pattern: Option<String>,
    count: usize,
    examples: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct CreditRange {
    low: Credits,
    /// Null where nothing limits it but the balance.
    high: Option<Credits>,
}

/// What a run would match and cost
///
/// The same body as making a run. Judged by the start URLs and by what earlier runs of the robot found; nothing is fetched.
#[utoipa::path(
    post,
    path = "/v1/extract/runs/preview",
    tag = "runs",
    request_body = NewRunBody,
    responses(
        (status = 200, body = RunPreview),
        (status = 404, description = "There is no such robot", body = ErrorBody),
        (status = 409, description = "No capture fits start_urls_from", body = ErrorBody),
    )
)]
pub(crate) async fn preview_run(
    State(state): State<ApiState>,
    caller: Caller,
    JsonBody { value: asked, .. }: JsonBody<NewRunBody, RUN_BYTES_MAX>,
) -> Result<Json<RunPreview>, ApiError> {
    let robot = state.store().get_robot_with_program(caller.organization, asked.robot_id).await;
    let (robot, program) = robot.map_err(|error| ApiError { field: Some("robot_id".to_owned()), ..error.into() })?;
    let patterns = asked.patterns()?;
    let asked = asked.with_captured(state.store(), caller.organization, &program).await?;
    let new = asked.checked(&program, caller.by.clone(), caller.key())?;
    let history = state.store().robot_history(caller.organization, robot.id).await?;
    let spendable = state.store().spendable(caller.organization).await?;
    Ok(Json(preview(&new, &patterns, &history, spendable)))
}

fn preview(new: &NewRun, patterns: &PatternSet, history: &RobotHistory, spendable: Credits) -> RunPreview {
    let discover = new.settings.discover;
    let known: Vec<Url> = known_pages(new, history);
    let mut matched = UrlGroup::default();
    let mut refused: Vec<RefusedGroup> = Vec::new();
    for url in &known {
        let verdict = patterns.verdict(url);
        match refusal(verdict, new) {
            None => matched.add(url),
            Some((by, pattern)) => match refused.iter_mut().find(|group| group.by == by) {
                Some(group) => group.add(url),
                None => {
                    let mut group = RefusedGroup { by, pattern, count: 0, examples: Vec::new() };
                    group.add(url);
                    refused.push(group);
                }
            },
        }
    }
    let captures = captures(new, matched.count, history);
    let price = Action::Extract.price().0;
    let credits = |captures: i64| Credits(captures.saturating_mul(price));
    let (low, high) = (credits(captures.0).min(spendable), captures.1.map(|high| credits(high).min(spendable)));
    RunPreview {
        known_pages: known.len(),
        matched,
        refused,
        credits: CreditRange { low, high },
        hours: captures.1.or(Some(captures.0).filter(|low| *low > 0)).map(|captures| hours(captures, discover, history)),
        balance_after: CreditRange { low: high.map_or(Credits::ZERO, |high| spendable - high), high: Some(spendable - low) },
    }
}

/// Start URLs alone where no links are followed; else the products that are known. A start page that leads to products is not
/// one itself.
fn known_pages(new: &NewRun, history: &RobotHistory) -> Vec<Url> {
    let texts = if new.settings.discover { &history.products } else { &new.start_urls };
    texts.iter().filter_map(|text| Url::parse(text).ok()).map(|url| canonical_url(&url)).collect()
}

/// What refuses a page, and its text.
fn refusal(verdict: Verdict, new: &NewRun) -> Option<(String, Option<String>)> {
    match verdict {
        Verdict::Unrestricted | Verdict::Included(_) => None,
        Verdict::Excluded(at) => Some((format!("exclude[{at}]"), new.settings.exclude.get(at).cloned())),
        Verdict::NotIncluded => Some(("include".to_owned(), None)),
    }
}

/// Captures at least and at most: what is known and matches, and what the budget or the shop allows.
fn captures(new: &NewRun, matched: usize, history: &RobotHistory) -> (i64, Option<i64>) {
    let matched = i64::try_from(matched).unwrap_or(i64::MAX);
    let within = |captures: i64| new.budget.map_or(captures, |budget| budget.min(captures));
    if !new.settings.discover {
        return (0, Some(within(matched)));
    }
    let whole_shop = history.most_captures.map(|most| most.max(matched));
    let high = match (whole_shop, new.budget) {
        (Some(most), _) => Some(within(most)),
        (None, budget) => budget,
    };
    (within(matched), high)
}

#[expect(clippy::cast_precision_loss, reason = "a guess shown to people, not an amount")]
fn hours(captures: i64, discover: bool, history: &RobotHistory) -> f64 {
    let pages = match (discover, history.captures) {
        (false, _) => captures,
        (true, 0) => captures.saturating_mul(PAGES_PER_CAPTURE),
        (true, before) => captures.saturating_mul(history.pages.max(before)) / before,
    };
    let page_ms = if history.pages > 0 { (history.took_ms / history.pages).max(1) } else { PAGE_MS };
    let hours = pages.saturating_mul(page_ms) as f64 / HOUR_MS as f64;
    (hours * 100.0).ceil() / 100.0
}

impl UrlGroup {
    fn add(&mut self, url: &Url) {
        add(&mut self.count, &mut self.examples, url);
    }
}

impl RefusedGroup {
    fn add(&mut self, url: &Url) {
        add(&mut self.count, &mut self.examples, url);
    }
}

fn add(count: &mut usize, examples: &mut Vec<String>, url: &Url) {
    *count += 1;
    if examples.len() < EXAMPLES_MAX {
        examples.push(url.to_string());
    }
}

#[cfg(test)]
mod tests {
    use creel_store::runs::RunSettings;
    use creel_types::{Clock, Random};

    use super::*;

    fn new(settings: RunSettings, budget: Option<i64>, start_urls: &[&str]) -> NewRun {
        NewRun {
            by: creel_types::By::system(),
            robot: Random::seeded(1).id(Clock::default().now()),
            api_key: None,
            schedule: None,
            name: None,
            start_urls: start_urls.iter().map(|url| (*url).to_owned()).collect(),
            settings,
            budget,
        }
    }

    fn shown(new: &NewRun, history: &RobotHistory, spendable: i64) -> RunPreview {
        let patterns = PatternSet::compile(&new.settings.include, &new.settings.exclude).unwrap();
        preview(new, &patterns, history, Credits(spendable))
    }

    #[test]
    fn what_is_known_is_matched_refused_and_priced() {
        let products = ["https://a.example/p/1", "https://a.example/p/2", "https://a.example/sale/3"];
        let history = RobotHistory {
            products: products.map(str::to_owned).to_vec(),
            most_captures: Some(3),
            pages: 6,
            captures: 3,
            took_ms: 12_000,
        };
        let settings = RunSettings { exclude: vec!["*/sale/*".to_owned()], ..RunSettings::default() };
        let shown = shown(&new(settings, None, &[]), &history, 100);
        assert_eq!((shown.known_pages, shown.matched.count), (3, 2));
        assert_eq!((shown.refused[0].by.as_str(), shown.refused[0].count), ("exclude[0]", 1));
        assert_eq!((shown.credits.low, shown.credits.high), (Credits(4), Some(Credits(6))));
        assert_eq!((shown.balance_after.low, shown.balance_after.high), (Credits(94), Some(Credits(96))));
        // Three captures, two pages each, two seconds a page.
        assert_eq!(shown.hours, Some(0.01));
    }

    #[test]
    fn of_an_unknown_shop_only_the_budget_is_known() {
        let history = RobotHistory::default();
        let without = shown(&new(RunSettings::default(), None, &["https://a.example/"]), &history, 100);
        assert_eq!((without.credits.low, without.credits.high, without.hours), (Credits(0), None, None));
        assert_eq!(without.balance_after.low, Credits(0));
        let with = shown(&new(RunSettings::default(), Some(80), &["https://a.example/"]), &history, 100);
        assert_eq!((with.credits.low, with.credits.high), (Credits(0), Some(Credits(100))), "no more than there is");
        let only = RunSettings { discover: false, ..RunSettings::default() };
        let two = shown(&new(only, None, &["https://a.example/p/1", "https://a.example/p/2"]), &history, 100);
        assert_eq!((two.matched.count, two.credits.high), (2, Some(Credits(4))));
    }
}
