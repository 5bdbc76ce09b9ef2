//! Request bodies and query strings: strict, with the offending field named.

use std::time::Duration;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{HeaderMap, header::CONTENT_TYPE, request::Parts},
};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::error::{ApiError, ErrorCode};

/// A body, where its endpoint does not say otherwise.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// How long a body may take to arrive.
const BODY_WAIT_MAX: Duration = Duration::from_secs(30);

/// A JSON body, with its bytes as they were sent. Unknown fields are refused by the types, which all say
/// `deny_unknown_fields`.
pub(crate) struct JsonBody<T, const BYTES_MAX: usize = BODY_BYTES_MAX> {
    pub(crate) value: T,
    pub(crate) raw: Bytes,
}

impl<T: DeserializeOwned, S: Send + Sync, const BYTES_MAX: usize> FromRequest<S> for JsonBody<T, BYTES_MAX> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<JsonBody<T, BYTES_MAX>, ApiError> {
        let (parts, body) = request.into_parts();
        refuse_other_types(&parts.headers)?;
        let raw = read(body, BYTES_MAX).await?;
        Ok(JsonBody { value: parse(&raw)?, raw })
    }
}

/// A body as it was sent, whatever it is.
pub(crate) struct RawBody<const BYTES_MAX: usize>(pub(crate) Bytes);

impl<S: Send + Sync, const BYTES_MAX: usize> FromRequest<S> for RawBody<BYTES_MAX> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<RawBody<BYTES_MAX>, ApiError> {
        read(request.into_body(), BYTES_MAX).await.map(RawBody)
    }
}

/// A JSON body that may be left out altogether.
pub(crate) struct OptionalBody<T>(pub(crate) T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<OptionalBody<T>, ApiError> {
        let (parts, body) = request.into_parts();
        let raw = read(body, BODY_BYTES_MAX).await?;
        if raw.is_empty() || raw.as_ref() == b"null" {
            return Ok(OptionalBody(T::default()));
        }
        refuse_other_types(&parts.headers)?;
        parse(&raw).map(OptionalBody)
    }
}

fn refuse_other_types(headers: &HeaderMap) -> Result<(), ApiError> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media_type = content_type.split(';').next().unwrap_or("").trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let message = "send the body as JSON, with the header Content-Type: application/json";
    Err(ApiError::new(ErrorCode::UnsupportedMediaType, message))
}

pub(crate) async fn read(body: Body, bytes_max: usize) -> Result<Bytes, ApiError> {
    let late = |_| {
        let seconds = BODY_WAIT_MAX.as_secs();
        ApiError::new(ErrorCode::BadRequest, format!("the body did not arrive within {seconds} seconds"))
    };
    timeout(BODY_WAIT_MAX, to_bytes(body, bytes_max)).await.map_err(late)?.map_err(|error| {
        let too_large =
            std::error::Error::source(&error).is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>());
        if too_large {
            return ApiError::new(ErrorCode::PayloadTooLarge, format!("the body is larger than {bytes_max} bytes"));
        }
        ApiError::new(ErrorCode::BadRequest, "the body broke off")
    })
}

fn parse<T: DeserializeOwned>(raw: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(raw);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        refusal(&path, error.inner())
    })?;
    reader.end().map_err(|error| ApiError::new(ErrorCode::BadRequest, format!("the body is not JSON: {error}")))?;
    Ok(value)
}

/// Broken JSON is a bad request; JSON that does not fit names the field.
fn refusal(path: &str, error: &serde_json::Error) -> ApiError {
    if error.is_syntax() || error.is_eof() {
        return ApiError::new(ErrorCode::BadRequest, format!("the body is not JSON: {error}"));
    }
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
    // Missing and unknown fields are reported at their parent, with the name in the message.
    let named = message.split('`').nth(1).filter(|_| message.contains("field `"));
    let field = match (path, named) {
        ("." | "?", Some(name)) => name.to_owned(),
        (path, Some(name)) if !path.ends_with(name) => format!("{path}.{name}"),
        (".", None) => "body".to_owned(),
        (path, _) => path.to_owned(),
    };
    ApiError::field(field, message)
}

/// A query string whose unknown parameters are refused.
pub(crate) struct QueryString<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for QueryString<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<QueryString<T>, ApiError> {
        let Query(value) = Query::<T>::try_from_uri(&parts.uri).map_err(|rejection| {
            let text = rejection.body_text();
            let message = text.rsplit("query string: ").next().unwrap_or(&text).to_owned();
            let by_mark = message.split('`').nth(1).filter(|_| message.contains("field `"));
            let by_path = message.split(": ").next().filter(|name| !name.contains(' '));
            ApiError::field(by_mark.or(by_path).unwrap_or("query").to_owned(), message.clone())
        })?;
        Ok(QueryString(value))
    }
}
