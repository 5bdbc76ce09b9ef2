//! Who is calling, and whether their role suffices. Who that is was found out before any endpoint is reached
//! ([`crate::middleware::authenticate`]).

use axum::{extract::FromRequestParts, http::request::Parts};
use creel_types::{Actor, ApiKeyId, By, OrganizationId, Role};

use crate::{
    ApiState,
    error::{ApiError, ErrorCode},
};

/// Any member of an organization, or a key of it.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) organization: OrganizationId,
    pub(crate) role: Role,
    pub(crate) by: By,
}

impl Caller {
    /// The key that is calling; a person calls without one.
    pub(crate) fn key(&self) -> Option<ApiKeyId> {
        match self.by.actor {
            Actor::ApiKey(key) => Some(key),
            _ => None,
        }
    }

    fn at_least(self, role: Role) -> Result<Caller, ApiError> {
        if self.role < role {
            let own = self.role;
            return Err(ApiError::new(ErrorCode::Forbidden, format!("this takes the role {role}, and yours is {own}")));
        }
        Ok(self)
    }
}

/// What authentication found out; put into every request under `/v1`.
#[derive(Clone, Debug)]
pub(crate) struct Authenticated(pub(crate) Result<Caller, ApiError>);

impl FromRequestParts<ApiState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Caller, ApiError> {
        parts.extensions.get::<Authenticated>().map_or_else(|| Err(unauthorized()), |found| found.0.clone())
    }
}

pub(crate) fn unauthorized() -> ApiError {
    ApiError::new(
        ErrorCode::Unauthorized,
        "send a valid API key in the header, Authorization: Bearer crl_…, or the cookie of a session",
    )
}

/// A caller whose role is at least admin.
#[derive(Clone, Debug)]
pub(crate) struct AdminCaller(pub(crate) Caller);

impl FromRequestParts<ApiState> for AdminCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<AdminCaller, ApiError> {
        Caller::from_request_parts(parts, state).await?.at_least(Role::Admin).map(AdminCaller)
    }
}
