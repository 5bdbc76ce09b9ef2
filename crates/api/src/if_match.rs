//! The headers `ETag` and `If-Match`: whoever changes a thing may say which edition of it they saw, and is refused where somebody
//! changed it meanwhile.

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderValue, header::ETAG, request::Parts},
    response::{IntoResponse, Response},
};
use creel_store::edition::Edition;

use crate::{ApiState, error::ApiError};

pub(crate) const HEADER: &str = "If-Match";

/// The edition that whoever changes a thing has seen; none where they do not say, or say that any will do.
pub(crate) struct IfMatch(pub(crate) Option<Edition>);

impl FromRequestParts<ApiState> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<IfMatch, ApiError> {
        // No edition is said so, so none can match.
        let refused = || ApiError::conflict(HEADER, "it is not an ETag as an answer had it, with its quotation marks");
        let mut values = parts.headers.get_all(HEADER).iter();
        let Some(value) = values.next() else { return Ok(IfMatch(None)) };
        if values.next().is_some() {
            return Err(ApiError::conflict(HEADER, "it is said twice"));
        }
        match value.to_str().map_err(|_| refused())?.trim() {
            "*" => Ok(IfMatch(None)),
            // A proxy that packs answers makes an ETag a weak one.
            text => read(text.strip_prefix("W/").unwrap_or(text)).map(|edition| IfMatch(Some(edition))).ok_or_else(refused),
        }
    }
}

fn read(quoted: &str) -> Option<Edition> {
    Edition::said(quoted.strip_prefix('"')?.strip_suffix('"')?)
}

/// A thing with the `ETag` of its edition.
pub(crate) struct Tagged<T>(pub(crate) Edition, pub(crate) T);

impl<T: serde::Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.1).into_response();
        if let Ok(etag) = HeaderValue::try_from(format!("\"{}\"", self.0)) {
            response.headers_mut().insert(ETAG, etag);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn quotation_marks_belong_to_it() {
        assert!(read("\"0123456789abcdef\"").is_some());
        for other in ["0123456789abcdef", "\"\"", "\"", "\"0123\"", "\"0123456789abcdef\", \"0123456789abcdef\""] {
            assert!(read(other).is_none(), "{other}");
        }
    }
}
