//! Memberships: which person may do what in which organization. Every change is decided under the organization's lock, so that
//! an organization is never without an owner, whoever acts at the same time.

use creel_types::{Actor, By, OrganizationId, PersonId, Role, Time};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    audit::{self, AuditAction, Deed, TargetKind},
    lock_as_admin, lock_with_role, people, refuse_above,
    sessions::Membership,
};
use crate::{
    Store, StoreError, args,
    billing::trial,
    database::{Row, Tx},
    edition::{self, Edition, Target},
    organizations::{Organization, Start, organization_in},
    robots::LIST_ROWS_MAX,
};

/// Members of an organization.
pub const MEMBERS_MAX: i64 = 1_000;
/// Organizations that one person may have made and still own: each begins with credits.
pub const OWNED_ORGANIZATIONS_MAX: i64 = 20;

/// A member as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Member {
    pub person_id: PersonId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub joined_at: Time,
}

const MEMBERS: &str =
    "SELECT p.id, p.email, p.name, m.role, m.joined_at FROM memberships m JOIN people p ON p.id = m.person_id";

impl Store {
    /// By the person's id, after the given one.
    pub async fn list_members(
        &self,
        organization: OrganizationId,
        after: Option<PersonId>,
        limit: i64,
    ) -> Result<Vec<Member>, StoreError> {
        let sql = format!(
            "{MEMBERS} WHERE m.organization_id = $1 AND ($2 IS NULL OR m.person_id > $2) ORDER BY m.person_id LIMIT $3"
        );
        let rows = self.database.rows(&sql, args![organization, after, limit.clamp(1, LIST_ROWS_MAX)]).await?;
        rows.iter().map(member).collect()
    }

    pub async fn get_member(&self, organization: OrganizationId, person: PersonId) -> Result<Member, StoreError> {
        member_in(&mut self.database.begin_read().await?, organization, person).await
    }

    /// The organizations of a person, by name.
    pub async fn list_organizations_of(&self, person: PersonId) -> Result<Vec<Membership>, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT o.id, o.name, m.role FROM memberships m JOIN organizations o ON o.id = m.organization_id
                 WHERE m.person_id = $1 ORDER BY o.name, o.id LIMIT $2",
                args![person, LIST_ROWS_MAX],
            )
            .await?;
        rows.iter()
            .map(|row| Ok(Membership { id: row.parsed("id")?, name: row.text("name")?, role: row.parsed("role")? }))
            .collect()
    }

    /// Gives a member another role.
    pub async fn change_member_role(
        &self,
        organization: OrganizationId,
        person: PersonId,
        role: Role,
        by: &By,
    ) -> Result<Member, StoreError> {
        let mut tx = self.database.begin().await?;
        let own = lock_as_admin(&mut tx, organization, by).await?;
        let before = member_in(&mut tx, organization, person).await?;
        refuse_above(own, before.role, "changing an owner's role")?;
        refuse_above(own, role, "giving this role")?;
        if before.role == Role::Owner && role != Role::Owner {
            refuse_last_owner(&mut tx, organization, &before).await?;
        }
        if before.role != role {
            let sql = "UPDATE memberships SET role = $3 WHERE organization_id = $1 AND person_id = $2";
            tx.execute(sql, args![organization, person, role.as_str()]).await?;
            let deed = Deed::new(AuditAction::MemberRoleChanged, TargetKind::Person, person, &before.email)
                .with(json!({"before": before.role, "after": role}));
            audit::write(&mut tx, self, organization, self.clock.now(), by, deed).await?;
        }
        tx.commit().await?;
        Ok(Member { role, ..before })
    }

    /// Removes a member, or lets one leave. Their sessions see nothing of the organization from the next request on; keys
    /// that they made are the organization's and stay.
    pub async fn remove_member(&self, organization: OrganizationId, person: PersonId, by: &By) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let leaves = by.actor == Actor::Person(person);
        let own = lock_with_role(&mut tx, organization, by).await?;
        if !leaves && own == Role::Member {
            return Err(StoreError::Forbidden("removing a member takes an admin or owner".to_owned()));
        }
        let before = member_in(&mut tx, organization, person).await?;
        refuse_above(own, before.role, "removing an owner")?;
        if before.role == Role::Owner {
            refuse_last_owner(&mut tx, organization, &before).await?;
        }
        let sql = "DELETE FROM memberships WHERE organization_id = $1 AND person_id = $2";
        tx.execute(sql, args![organization, person]).await?;
        let sql = "UPDATE sessions SET organization_id = NULL WHERE person_id = $1 AND organization_id = $2";
        tx.execute(sql, args![person, organization]).await?;
        let deed = Deed::new(AuditAction::MemberRemoved, TargetKind::Person, person, &before.email)
            .with(json!({"role": before.role, "left": leaves}));
        audit::write(&mut tx, self, organization, self.clock.now(), by, deed).await?;
        tx.commit().await
    }

    /// Makes an organization whose owner is the person.
    pub async fn create_organization_for(
        &self,
        person: PersonId,
        name: &str,
        start: Start,
        by: &By,
    ) -> Result<Organization, StoreError> {
        let mut tx = self.database.begin().await?;
        // Two at once would both find room for one more.
        people::lock(&mut tx, &person.to_string()).await?;
        let made = create_organization(&mut tx, self, person, name, start, by).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Renames it; with `expected` only while it is the edition that somebody saw.
    pub async fn rename_organization(
        &self,
        organization: OrganizationId,
        name: &str,
        expected: Option<&Edition>,
        by: &By,
    ) -> Result<Organization, StoreError> {
        let mut tx = self.database.begin().await?;
        lock_as_admin(&mut tx, organization, by).await?;
        let current = organization_in(&mut tx, organization).await?.edition();
        let action = AuditAction::OrganizationRenamed;
        let target = Target { organization, kind: TargetKind::Organization, id: organization.to_string(), action };
        edition::refuse_other(&mut tx, expected, &current, &target).await?;
        rename(&mut tx, self, organization, name, by).await?;
        tx.commit().await?;
        self.get_organization(organization).await
    }
}

pub(crate) async fn rename(
    tx: &mut Tx,
    store: &Store,
    organization: OrganizationId,
    name: &str,
    by: &By,
) -> Result<(), StoreError> {
    let row = tx.row("SELECT name FROM organizations WHERE id = $1", args![organization]).await?;
    let before = row.map_or(Ok(String::new()), |row| row.text("name"))?;
    if before == name {
        return Ok(());
    }
    tx.execute("UPDATE organizations SET name = $2 WHERE id = $1", args![organization, name]).await?;
    let deed = Deed::new(AuditAction::OrganizationRenamed, TargetKind::Organization, organization, name)
        .with(json!({"before": before}));
    audit::write(tx, store, organization, store.clock.now(), by, deed).await
}

pub(crate) async fn create_organization(
    tx: &mut Tx,
    store: &Store,
    person: PersonId,
    name: &str,
    start: Start,
    by: &By,
) -> Result<Organization, StoreError> {
    let sql = "SELECT COUNT(*) AS owned FROM memberships WHERE person_id = $1 AND role = 'owner'";
    let owned = tx.row(sql, args![person]).await?.map_or(Ok(0), |row| row.int("owned"))?;
    if owned >= OWNED_ORGANIZATIONS_MAX {
        return Err(StoreError::Conflict(format!("you own {owned} organizations, the most that one person may own")));
    }
    let made = store.insert_organization(tx, name, start, trial::For::Person(person)).await?;
    add(tx, made.id, person, Role::Owner, made.created_at).await?;
    let deed = Deed::new(AuditAction::OrganizationCreated, TargetKind::Organization, made.id, name);
    audit::write(tx, store, made.id, made.created_at, by, deed).await?;
    Ok(made)
}

/// Makes the person a member; one who is it already keeps their role, and the answer is no.
pub(crate) async fn add(
    tx: &mut Tx,
    organization: OrganizationId,
    person: PersonId,
    role: Role,
    now: Time,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO memberships (organization_id, person_id, role, joined_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (organization_id, person_id) DO NOTHING";
    Ok(tx.execute(sql, args![organization, person, role.as_str(), now]).await? > 0)
}

pub(crate) async fn refuse_too_many(tx: &mut Tx, organization: OrganizationId) -> Result<(), StoreError> {
    let sql = "SELECT COUNT(*) AS members FROM memberships WHERE organization_id = $1";
    let members = tx.row(sql, args![organization]).await?.map_or(Ok(0), |row| row.int("members"))?;
    if members < MEMBERS_MAX {
        return Ok(());
    }
    Err(StoreError::Conflict(format!("the organization has {members} members, the most it may have")))
}

async fn refuse_last_owner(tx: &mut Tx, organization: OrganizationId, owner: &Member) -> Result<(), StoreError> {
    let sql = "SELECT COUNT(*) AS owners FROM memberships WHERE organization_id = $1 AND role = 'owner'";
    let owners = tx.row(sql, args![organization]).await?.map_or(Ok(0), |row| row.int("owners"))?;
    if owners > 1 {
        return Ok(());
    }
    let email = &owner.email;
    Err(StoreError::Conflict(format!("{email} is the organization's last owner: make another member an owner first")))
}

async fn member_in(tx: &mut Tx, organization: OrganizationId, person: PersonId) -> Result<Member, StoreError> {
    let sql = format!("{MEMBERS} WHERE m.organization_id = $1 AND m.person_id = $2");
    let row = tx.row(&sql, args![organization, person]).await?;
    member(&row.ok_or_else(|| StoreError::NotFound { what: "member", id: person.to_string() })?)
}

fn member(row: &Row) -> Result<Member, StoreError> {
    Ok(Member {
        person_id: row.parsed("id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        role: row.parsed("role")?,
        joined_at: row.time("joined_at")?,
    })
}
