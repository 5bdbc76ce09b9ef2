//! `POST /v1/extract/robot-builds {url, country_code}`: 200 with the robot where there is one, else 202 with the build.

use axum::{Json, extract::State, http::StatusCode};
use creel_store::builds::BuildAnswer;
use creel_types::{Country, Host};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{ApiState, body::JsonBody, caller::Caller, error::ApiError};
use creel_store::asked::run::URL_BYTES_MAX;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRobotBuild {
    /// A page of the shop, such as its home page.
    #[schema(format = "uri", min_length = 1, max_length = 2_048, examples("https://shop.example/"))]
    url: String,
    /// The country that the shop is read for.
    country_code: Country,
}

/// The id of what was made or found.
#[derive(Serialize, ToSchema)]
pub(crate) struct RobotOrBuild {
    /// Of the robot with status 200, of the build with 202.
    id: Uuid,
}

/// Make a robot for a shop
///
/// 200 with the robot's id where the organization has a robot for that host and country already, else 202 with the id of a
/// build: follow it with `GET /v1/extract/robot-builds/{id}` until it is `completed`.
#[utoipa::path(
    post,
    path = "/v1/extract/robot-builds",
    tag = "robots",
    request_body = NewRobotBuild,
    responses(
        (status = 200, description = "The robot that there is", body = RobotOrBuild),
        (status = 202, description = "A build was started", body = RobotOrBuild),
    )
)]
pub(crate) async fn create_robot_build(
    State(state): State<ApiState>,
    caller: Caller,
    JsonBody { value: new, .. }: JsonBody<NewRobotBuild>,
) -> Result<(StatusCode, Json<RobotOrBuild>), ApiError> {
    if new.url.len() > URL_BYTES_MAX {
        let bytes = new.url.len();
        return Err(ApiError::field("url", format!("it has {bytes} bytes; at most {URL_BYTES_MAX} are taken")));
    }
    let url = creel_crawl::build::shop_address(&new.url).map_err(|error| ApiError::field("url", error.to_string()))?;
    state.crawler.fetcher().guard().check_url(&url).map_err(|error| ApiError::field("url", error.to_string()))?;
    let host = Host::of(&url).ok_or_else(|| ApiError::field("url", "it has no host"))?;
    let asked = state.store().request_robot_build(caller.organization, url.as_str(), &host, new.country_code).await?;
    Ok(match asked {
        BuildAnswer::Robot(id) => (StatusCode::OK, Json(RobotOrBuild { id: id.0 })),
        BuildAnswer::Build(id) => (StatusCode::ACCEPTED, Json(RobotOrBuild { id: id.0 })),
    })
}
