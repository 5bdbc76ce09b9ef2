//! Who is calling: the holder of an API key.

use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};
use creel_types::{ApiKeyId, OrganizationId};

use crate::{
    ApiState,
    error::{ApiError, ErrorCode},
};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) organization: OrganizationId,
    pub(crate) key: ApiKeyId,
}

impl FromRequestParts<ApiState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Caller, ApiError> {
        let refuse =
            || ApiError::new(ErrorCode::Unauthorized, "send a valid API key in the header: Authorization: Bearer crl_…");
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(refuse)?;
        let (scheme, secret) = header.split_once(' ').ok_or_else(refuse)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(refuse());
        }
        let holder = state.store().find_api_key(secret.trim()).await?.ok_or_else(refuse)?;
        Ok(Caller { organization: holder.organization, key: holder.key })
    }
}
