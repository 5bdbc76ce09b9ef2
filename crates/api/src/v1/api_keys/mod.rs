//! API keys of the organization.

pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod revoke;
pub(crate) mod rotate;
pub(crate) mod update;

use creel_store::access::keys::ApiKey;
use serde::Serialize;
use utoipa::ToSchema;

/// A key with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewSecret {
    #[serde(flatten)]
    key: ApiKey,
    /// Keep it where secrets are kept: it cannot be read again.
    #[schema(examples("crl_…"))]
    secret: String,
}

impl From<(ApiKey, String)> for NewSecret {
    fn from((key, secret): (ApiKey, String)) -> NewSecret {
        NewSecret { key, secret }
    }
}
