//! What a run is asked to do, in either spelling of its fields, and the rules that it has to keep. Making a run and previewing
//! one take the same body.

use creel_frontier::{OutOfScope, PatternSet, Scope};
use creel_types::{ApiKeyId, By, OrganizationId, RobotId, RobotProgram};
use serde::Deserialize;
use url::Url;
use utoipa::ToSchema;

use super::{Wrong, captured::StartUrlsFrom, texts::WorkName, texts::whole_number};
use crate::{
    Store,
    runs::{NewRun, RunSettings},
};

pub const START_URLS_MAX: usize = 10_000;
/// As many start URLs and patterns as are taken, all as long as they may be, fit.
pub const RUN_BYTES_MAX: usize = 32 * 1024 * 1024;
pub const URL_BYTES_MAX: usize = 2_048;
const DEPTH_MAX: i64 = 1_000;
/// More captures than any shop has products.
pub const BUDGET_MAX: i64 = 1_000_000_000;

/// A page on the robot's host.
#[derive(ToSchema)]
#[schema(value_type = String, format = "uri", min_length = 1, max_length = 2_048)]
#[expect(dead_code, reason = "describes an item of a list")]
pub struct StartUrl(String);

/// A glob with `*`, or `re:` and a regular expression.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 2_048)]
#[expect(dead_code, reason = "describes an item of a list")]
pub struct UrlPattern(String);

/// A run to be made. The older spelling `robotId` and `urls` is taken too.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRunBody {
    #[serde(alias = "robotId")]
    pub robot_id: RobotId,
    /// Pages on the robot's host to start from; the robot's own start pages where none are given.
    #[serde(default, alias = "urls")]
    #[schema(max_items = 10_000, value_type = Vec<StartUrl>)]
    start_urls: Vec<String>,
    /// Starts from the pages of products that were captured before, beside the start URLs; with `discover: false` nothing else
    /// is fetched.
    pub start_urls_from: Option<StartUrlsFrom>,
    /// The most captures that the run makes; without it the run ends when the crawl is complete or credits run out.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub budget: Option<i64>,
    name: Option<WorkName>,
    /// Whether links are followed; `false` fetches only the start URLs. True where nothing is said.
    pub discover: Option<bool>,
    /// Patterns on the whole canonical URL: a glob with `*`, or `re:` and a regular expression. Only what matches one is
    /// captured.
    #[serde(default)]
    #[schema(max_items = 1_000, value_type = Vec<UrlPattern>)]
    pub include: Vec<String>,
    /// What matches one of these is not even fetched; exclude wins over include.
    #[serde(default)]
    #[schema(max_items = 1_000, value_type = Vec<UrlPattern>)]
    pub exclude: Vec<String>,
    /// How many links away from a start page a page may be.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(minimum = 0, maximum = 1_000)]
    max_depth: Option<i64>,
    /// Whether the captures are enriched when the run ends, 1 credit each. False where nothing is said.
    auto_enrich: Option<bool>,
}

impl NewRunBody {
    /// The patterns, compiled.
    pub fn patterns(&self) -> Result<PatternSet, Wrong> {
        check_patterns(&self.include, &self.exclude)
    }

    /// Adds the addresses that `start_urls_from` names.
    pub async fn with_captured(
        mut self,
        store: &Store,
        organization: OrganizationId,
        program: &RobotProgram,
    ) -> Result<NewRunBody, Wrong> {
        if let Some(from) = &self.start_urls_from {
            self.start_urls.extend(from.urls(store, organization, &program.host).await?);
            self.start_urls.truncate(START_URLS_MAX);
        }
        Ok(self)
    }

    /// The run that is meant, once everything about it was found right; a person asks for it without a key.
    pub fn checked(self, program: &RobotProgram, by: By, api_key: Option<ApiKeyId>) -> Result<NewRun, Wrong> {
        if let Some(budget) = self.budget {
            check_budget(budget)?;
        }
        let max_depth = self.max_depth.map(depth).transpose()?;
        let name = self.name.as_ref().map(|name| name.as_str().to_owned());
        self.patterns()?;
        Ok(NewRun {
            by,
            robot: self.robot_id,
            api_key,
            schedule: None,
            name,
            start_urls: start_urls(self.start_urls, program)?,
            settings: RunSettings {
                discover: self.discover.unwrap_or(true),
                include: self.include,
                exclude: self.exclude,
                max_depth,
                auto_enrich: self.auto_enrich.unwrap_or(false),
            },
            budget: self.budget,
        })
    }
}

/// The patterns, compiled.
pub fn check_patterns(include: &[String], exclude: &[String]) -> Result<PatternSet, Wrong> {
    PatternSet::compile(include, exclude).map_err(|error| {
        let list = error.list().as_str();
        Wrong::field(error.index().map_or(list.to_owned(), |index| format!("{list}[{index}]")), error.to_string())
    })
}

pub fn check_budget(budget: i64) -> Result<(), Wrong> {
    if (1..=BUDGET_MAX).contains(&budget) {
        return Ok(());
    }
    let message = format!("{budget} is not between 1 and {BUDGET_MAX}; leave it out for a run without a budget");
    Err(Wrong::field("budget", message))
}

fn depth(depth: i64) -> Result<u32, Wrong> {
    let fits = u32::try_from(depth).ok().filter(|_| depth <= DEPTH_MAX);
    fits.ok_or_else(|| Wrong::field("max_depth", format!("{depth} is not between 0 and {DEPTH_MAX}")))
}

/// The start URLs as given, or the program's own where none were given.
fn start_urls(given: Vec<String>, program: &RobotProgram) -> Result<Vec<String>, Wrong> {
    check_start_urls(&given, program)?;
    Ok(if given.is_empty() { program.default_start_urls.clone() } else { given })
}

pub fn check_start_urls(given: &[String], program: &RobotProgram) -> Result<(), Wrong> {
    if given.len() > START_URLS_MAX {
        return Err(Wrong::field("start_urls", format!("{} URLs; at most {START_URLS_MAX} are taken", given.len())));
    }
    let scope = Scope::of_program(program);
    for (at, text) in given.iter().enumerate() {
        start_url(text, program, &scope).map_err(|message| Wrong::field(format!("start_urls[{at}]"), message))?;
    }
    Ok(())
}

fn start_url(text: &str, program: &RobotProgram, scope: &Scope) -> Result<(), String> {
    if text.len() > URL_BYTES_MAX {
        return Err(format!("it has {} bytes; at most {URL_BYTES_MAX} are taken", text.len()));
    }
    let url = Url::parse(text).map_err(|error| format!("{text:?} is not a URL: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("leave the user name and password out: the address is stored and shown".to_owned());
    }
    match scope.check(&url) {
        Err(OutOfScope::Scheme) => Err(format!("{text} is not an http or https address")),
        Err(OutOfScope::ForeignHost) => Err(format!("{text} is not on the robot's host, {}", program.host)),
        // What else is out of scope for a found link (a file, a cart) is the caller's own choice here.
        Err(_) | Ok(()) => Ok(()),
    }
}
