//! Request bodies and query strings: strict, with the offending field named.

use axum::{
    body::to_bytes,
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{header::CONTENT_TYPE, request::Parts},
};
use serde::de::DeserializeOwned;

use crate::error::{ApiError, ErrorCode};

/// Ten thousand start URLs of a decent length fit.
const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A JSON body. Unknown fields are refused by the types, which all say `deny_unknown_fields`.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<JsonBody<T>, ApiError> {
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        if !content_type.to_ascii_lowercase().starts_with("application/json") {
            return Err(ApiError::new(
                ErrorCode::UnsupportedMediaType,
                "send the body as JSON, with the header Content-Type: application/json",
            ));
        }
        let bytes = to_bytes(request.into_body(), BODY_BYTES_MAX).await.map_err(|_| {
            ApiError::new(ErrorCode::PayloadTooLarge, format!("the body is larger than {BODY_BYTES_MAX} bytes"))
        })?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            refusal(&path, error.inner())
        })?;
        reader.end().map_err(|error| ApiError::new(ErrorCode::BadRequest, format!("the body is not JSON: {error}")))?;
        Ok(JsonBody(value))
    }
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
