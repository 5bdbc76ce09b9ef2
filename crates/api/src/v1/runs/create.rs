//! `POST /v1/extract/runs`: makes a run, in either spelling of its fields.

use axum::{Json, extract::State, http::StatusCode};
use creel_frontier::{OutOfScope, PatternSet, Scope};
use creel_store::runs::{NewRun, RunSettings};
use creel_types::{Action, RobotId, RobotProgram};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::{
    ApiState,
    body::JsonBody,
    caller::Caller,
    error::{ApiError, ErrorCode},
};

const START_URLS_MAX: usize = 10_000;
const NAME_CHARS_MAX: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedRun {
    #[serde(alias = "robotId")]
    robot_id: RobotId,
    #[serde(default, alias = "urls")]
    start_urls: Vec<String>,
    budget: Option<i64>,
    name: Option<String>,
    discover: Option<bool>,
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    max_depth: Option<u32>,
}

pub(crate) async fn create(
    State(state): State<ApiState>,
    caller: Caller,
    JsonBody(asked): JsonBody<AskedRun>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let (robot, program) = state.store().get_robot_with_program(caller.organization, asked.robot_id).await?;
    let new = checked(asked, &program, caller)?;
    let price = Action::Extract.price();
    let spendable = state.store().spendable(caller.organization).await?;
    if spendable < price {
        return Err(ApiError::new(
            ErrorCode::InsufficientCredits,
            format!("one capture costs {price} credits and {spendable} are left; the run was not made"),
        ));
    }
    let id = state.store().create_run(caller.organization, NewRun { robot: robot.id, ..new }, None).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({"id": id}))))
}

fn checked(asked: AskedRun, program: &RobotProgram, caller: Caller) -> Result<NewRun, ApiError> {
    if let Some(budget) = asked.budget.filter(|budget| *budget < 1) {
        return Err(ApiError::field("budget", format!("{budget} is below 1; leave it out for a run without a budget")));
    }
    if asked.name.as_ref().is_some_and(|name| name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX) {
        return Err(ApiError::field("name", format!("a name has 1 to {NAME_CHARS_MAX} characters")));
    }
    PatternSet::compile(&asked.include, &asked.exclude).map_err(|error| {
        let list = error.list().as_str();
        ApiError::field(error.index().map_or(list.to_owned(), |index| format!("{list}[{index}]")), error.to_string())
    })?;
    Ok(NewRun {
        robot: asked.robot_id,
        api_key: Some(caller.key),
        schedule: None,
        name: asked.name,
        start_urls: start_urls(asked.start_urls, program)?,
        settings: RunSettings {
            discover: asked.discover.unwrap_or(true),
            include: asked.include,
            exclude: asked.exclude,
            max_depth: asked.max_depth,
            auto_enrich: false,
        },
        budget: asked.budget,
    })
}

/// The start URLs as given, or the program's own where none were given.
fn start_urls(given: Vec<String>, program: &RobotProgram) -> Result<Vec<String>, ApiError> {
    if given.len() > START_URLS_MAX {
        return Err(ApiError::field("start_urls", format!("{} URLs; at most {START_URLS_MAX} are taken", given.len())));
    }
    if given.is_empty() {
        return Ok(program.default_start_urls.clone());
    }
    let scope = Scope::of_program(program);
    for (at, text) in given.iter().enumerate() {
        let field = || format!("start_urls[{at}]");
        let url = Url::parse(text).map_err(|error| ApiError::field(field(), format!("{text:?} is not a URL: {error}")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ApiError::field(field(), "leave the user name and password out: the address is stored and shown"));
        }
        match scope.check(&url) {
            Err(OutOfScope::Scheme) => {
                return Err(ApiError::field(field(), format!("{text} is not an http or https address")));
            }
            Err(OutOfScope::ForeignHost) => {
                return Err(ApiError::field(field(), format!("{text} is not on the robot's host, {}", program.host)));
            }
            // What else is out of scope for a found link (a file, a cart) is the caller's own choice here.
            Err(_) | Ok(()) => {}
        }
    }
    Ok(given)
}
