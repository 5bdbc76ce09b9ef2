//! The first owner of an installation: by a link that is printed while there is no person, or by the command line.

use creel_types::{By, OrganizationId, PersonId, Role, Time};
use serde_json::json;

use super::{
    Token,
    audit::{self, AuditAction, Deed, TargetKind},
    invitations,
    links::{self, LinkKind},
    memberships,
    people::{self, NewPerson, Person},
};
use crate::{
    Store, StoreError, args,
    billing::trial,
    database::{Turn, Tx},
    organizations::{Organization, Start},
};

/// What an organization is called that was made before anybody said what to call it.
pub const UNNAMED: &str = "default";

impl Store {
    /// A new set-up link in place of an earlier one; `None` once there is a person.
    pub async fn create_set_up_link(&self) -> Result<Option<Token>, StoreError> {
        let mut tx = self.database.begin().await?;
        tx.take_turn(Turn::MakingTheFirstOrganization).await?;
        if has_person(&mut tx).await? {
            return Ok(None);
        }
        let now = self.clock.now();
        let sql = "UPDATE one_time_links SET used_at = $1 WHERE kind = 'set_up' AND used_at IS NULL";
        tx.execute(sql, args![now]).await?;
        let token = links::mint(&mut tx, self, LinkKind::SetUp, None, now).await?;
        tx.commit().await?;
        Ok(Some(token))
    }

    /// Follows the set-up link: makes the first person, who owns the organization that is there, or a new one. `None` where
    /// the link is void.
    pub async fn set_up(
        &self,
        token: &str,
        new: &NewPerson,
        organization: &str,
        start: Start,
        address: Option<String>,
    ) -> Result<Option<(Person, OrganizationId)>, StoreError> {
        let mut tx = self.database.begin().await?;
        tx.take_turn(Turn::MakingTheFirstOrganization).await?;
        let now = self.clock.now();
        if has_person(&mut tx).await? || links::take(&mut tx, LinkKind::SetUp, token, now).await?.is_none() {
            return Ok(None);
        }
        let made = people::insert(&mut tx, self, new, Some(now), now).await?.ok_or_else(|| people::taken(&new.email))?;
        let by = made.by(address);
        let owned = self.own(&mut tx, &made, organization, start, &by, now).await?;
        tx.commit().await?;
        Ok(Some((made, owned.id)))
    }

    /// Makes an owner from the command line: a new person, or one whom the address means, of the organization with this name,
    /// or a new one. A given password replaces the person's; the link for setting one is the answer where there is none.
    pub async fn create_owner(
        &self,
        new: &NewPerson,
        organization: &str,
        start: Start,
        by: &By,
    ) -> Result<(Person, Organization), StoreError> {
        let mut tx = self.database.begin().await?;
        tx.take_turn(Turn::MakingTheFirstOrganization).await?;
        let now = self.clock.now();
        let person = match people::insert(&mut tx, self, new, Some(now), now).await? {
            Some(made) => made,
            None => {
                let known = people::lock_by_email(&mut tx, &new.email).await?;
                let known = known.ok_or_else(|| people::taken(&new.email))?;
                self.mark_verified(&mut tx, &known, start, by).await?;
                if let Some(password) = &new.password {
                    people::set_password(&mut tx, self, &known, password, None, by).await?;
                }
                Person { password: new.password.clone().or(known.password.clone()), ..known }
            }
        };
        let owned = self.own(&mut tx, &person, organization, start, by, now).await?;
        tx.commit().await?;
        Ok((person, owned))
    }

    /// A link by which the person sets a password; whoever works at the machine hands it over.
    pub async fn create_password_link(&self, person: PersonId) -> Result<Token, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let token = links::mint(&mut tx, self, LinkKind::ResetPassword, Some(person.to_string()), now).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Makes the person an owner of the organization that the name means.
    async fn own(
        &self,
        tx: &mut Tx,
        person: &Person,
        name: &str,
        start: Start,
        by: &By,
        now: Time,
    ) -> Result<Organization, StoreError> {
        let Some(found) = meant(tx, name).await? else {
            return memberships::create_organization(tx, self, person.id, name, start, by).await;
        };
        invitations::lock_organization(tx, found).await?;
        memberships::rename(tx, self, found, name, by).await?;
        if memberships::add(tx, found, person.id, Role::Owner, now).await? {
            let deed = Deed::new(AuditAction::MemberJoined, TargetKind::Person, person.id, &person.email)
                .with(json!({"role": Role::Owner}));
            audit::write(tx, self, found, now, by, deed).await?;
        } else {
            let sql =
                "UPDATE memberships SET role = 'owner' WHERE organization_id = $1 AND person_id = $2 AND role <> 'owner'";
            if tx.execute(sql, args![found, person.id]).await? > 0 {
                let deed = Deed::new(AuditAction::MemberRoleChanged, TargetKind::Person, person.id, &person.email)
                    .with(json!({"after": Role::Owner}));
                audit::write(tx, self, found, now, by, deed).await?;
            }
        }
        if start == Start::Trial {
            trial::grant_to_owned(tx, self, found, person.id, now).await?;
        }
        crate::organizations::organization_in(tx, found).await
    }
}

/// The organization with this name; else the only one, where it was made before anybody could name it and nobody is in it.
async fn meant(tx: &mut Tx, name: &str) -> Result<Option<OrganizationId>, StoreError> {
    let sql = "SELECT id FROM organizations WHERE name = $1 ORDER BY id LIMIT 1";
    if let Some(row) = tx.row(sql, args![name]).await? {
        return row.parsed("id").map(Some);
    }
    let sql = "SELECT o.id, o.name FROM organizations o ORDER BY o.id LIMIT 2";
    match tx.rows(sql, args![]).await?.as_slice() {
        [only] if only.text("name")? == UNNAMED && is_deserted(tx, only.text("id")?).await? => only.parsed("id").map(Some),
        _ => Ok(None),
    }
}

async fn is_deserted(tx: &mut Tx, organization: String) -> Result<bool, StoreError> {
    Ok(tx.row("SELECT 1 AS one FROM memberships WHERE organization_id = $1", args![organization]).await?.is_none())
}

async fn has_person(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(tx.row("SELECT 1 AS one FROM people LIMIT 1", args![]).await?.is_some())
}
