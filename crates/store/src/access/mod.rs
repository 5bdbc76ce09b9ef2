//! Who may do what, as far as the database decides it: people, memberships, sessions, keys, invitations, links that work once,
//! the outbox of mail, the audit log. Whatever a rule hangs on is read under the organization's lock, in the transaction that
//! acts. Knows no passwords and no mail servers.

pub mod audit;
pub mod identities;
pub mod invitations;
pub mod keys;
pub mod links;
pub mod mails;
pub mod memberships;
pub mod people;
mod secret;
pub mod sessions;
pub mod set_up;
pub mod sweep;
pub mod throttle;

use creel_types::{Actor, By, OrganizationId, Role};

pub use secret::Token;

use crate::{StoreError, args, database::Tx};

/// What somebody may do in the organization, locked until the end of the transaction: no role changes meanwhile. Somebody who
/// is no member is told what they would be told of an organization that does not exist.
pub(crate) async fn lock_with_role(tx: &mut Tx, organization: OrganizationId, by: &By) -> Result<Role, StoreError> {
    let missing = || StoreError::NotFound { what: "organization", id: organization.to_string() };
    let sql = format!("SELECT o.id FROM organizations o WHERE o.id = $1{}", tx.lock("o"));
    tx.row(&sql, args![organization]).await?.ok_or_else(missing)?;
    let row = match by.actor {
        Actor::CommandLine | Actor::System => return Ok(Role::Owner),
        Actor::Person(person) => {
            let sql = "SELECT role FROM memberships WHERE organization_id = $1 AND person_id = $2";
            tx.row(sql, args![organization, person]).await?
        }
        Actor::ApiKey(key) => {
            let sql = "SELECT role FROM api_keys WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL";
            tx.row(sql, args![organization, key]).await?
        }
    };
    row.ok_or_else(missing)?.parsed("role")
}

/// The same, refused below an administrator.
pub(crate) async fn lock_as_admin(tx: &mut Tx, organization: OrganizationId, by: &By) -> Result<Role, StoreError> {
    match lock_with_role(tx, organization, by).await? {
        Role::Member => Err(StoreError::Forbidden("this takes an admin or owner of the organization".to_owned())),
        role => Ok(role),
    }
}

/// Nobody acts on what is above them.
pub(crate) fn refuse_above(role: Role, of: Role, what: &str) -> Result<(), StoreError> {
    if of > role { Err(StoreError::Forbidden(format!("{what} takes the role {of}, and yours is {role}"))) } else { Ok(()) }
}
