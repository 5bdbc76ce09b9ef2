//! `POST /v1/extract/robot-builds {url, country_code}`: 200 with the robot where there is one, else 202 with the build.

use axum::{Json, extract::State, http::StatusCode};
use creel_store::robots::BuildAnswer;
use creel_types::Country;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{ApiState, body::JsonBody, caller::Caller, error::ApiError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBuild {
    url: String,
    country_code: String,
}

pub(crate) async fn create(
    State(state): State<ApiState>,
    caller: Caller,
    JsonBody(new): JsonBody<NewBuild>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let url = creel_crawl::build::shop_address(&new.url).map_err(|error| ApiError::field("url", error.to_string()))?;
    let country: Country = new.country_code.parse().map_err(|error| ApiError::field("country_code", error))?;
    state.crawler.fetcher().guard().check_url(&url).map_err(|error| ApiError::field("url", error.to_string()))?;
    let (answer, _) = state.crawler.build_robot(caller.organization, &url, country).await?;
    Ok(match answer {
        BuildAnswer::Robot(id) => (StatusCode::OK, Json(json!({"id": id}))),
        BuildAnswer::Build(id) => (StatusCode::ACCEPTED, Json(json!({"id": id}))),
    })
}
