//! The organization that the key or the session is of.

pub(crate) mod get;
pub(crate) mod update;

use creel_store::organizations::Organization;
use creel_types::{OrganizationId, Time};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = Organization)]
pub(crate) struct OrganizationView {
    id: OrganizationId,
    name: String,
    created_at: Time,
}

impl From<Organization> for OrganizationView {
    fn from(organization: Organization) -> OrganizationView {
        let Organization { id, name, created_at } = organization;
        OrganizationView { id, name, created_at }
    }
}
