//! Invitations: an address that may become a member. At most one is open for an address in an organization; whoever follows its
//! link has shown that the address is theirs.

use creel_types::{By, Email, InvitationId, OrganizationId, PersonId, Role, Time};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    Token,
    audit::{self, AuditAction, Deed, TargetKind},
    links::{self, LinkKind},
    lock_as_admin,
    mails::{self, MailKind},
    memberships,
    people::{self, NewPerson, Person},
    refuse_above, secret,
};
use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
    organizations::Start,
    robots::LIST_ROWS_MAX,
};

/// Open invitations of an organization.
pub const INVITATIONS_MAX: i64 = 500;

/// An invitation as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    pub created_at: Time,
    pub expires_at: Time,
}

/// An invitation as the person who follows its link sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    pub id: InvitationId,
    pub organization: OrganizationId,
    pub organization_name: String,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    /// Whether somebody has an account with the address: then they sign in to accept.
    pub has_account: bool,
}

/// How the link reaches who is invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    ByMail,
    /// No mail can be sent: whoever invites hands the link over.
    ByHand,
}

/// Who accepts.
#[derive(Clone, Debug)]
pub enum Accepting {
    SignedIn(PersonId),
    New { name: String, password: people::PasswordHash },
}

const COLUMNS: &str = "id, email, role, invited_by, created_at, expires_at";
const OPEN: &str = "accepted_at IS NULL AND revoked_at IS NULL";

impl Store {
    /// Invites an address, in place of an invitation of it that is open. Answers the token where it is to be handed over.
    pub async fn create_invitation(
        &self,
        organization: OrganizationId,
        email: &Email,
        role: Role,
        sending: Sending,
        by: &By,
    ) -> Result<(Invitation, Option<Token>), StoreError> {
        let mut tx = self.database.begin().await?;
        let own = lock_as_admin(&mut tx, organization, by).await?;
        refuse_above(own, role, "inviting with this role")?;
        refuse_member(&mut tx, organization, email).await?;
        let now = self.clock.now();
        end_open(&mut tx, organization, email, now).await?;
        refuse_too_many(&mut tx, organization).await?;
        let id: InvitationId = self.random.id(now);
        tx.execute(
            "INSERT INTO invitations (id, organization_id, email, email_key, role, invited_by, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![id, organization, email.as_str(), email.key(), role.as_str(), by.name.as_str(), now, ends(now)],
        )
        .await?;
        let deed =
            Deed::new(AuditAction::MemberInvited, TargetKind::Invitation, id, email.as_str()).with(json!({"role": role}));
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        let invitation = open_in(&mut tx, organization, id).await?;
        let token = self.send(&mut tx, &invitation, sending, now).await?;
        tx.commit().await?;
        Ok((invitation, token))
    }

    /// Sends it once more, good for as long as a new one. Links that were sent before stay good.
    pub async fn resend_invitation(
        &self,
        organization: OrganizationId,
        id: InvitationId,
        sending: Sending,
        by: &By,
    ) -> Result<(Invitation, Option<Token>), StoreError> {
        let mut tx = self.database.begin().await?;
        let own = lock_as_admin(&mut tx, organization, by).await?;
        let now = self.clock.now();
        let before = open_in(&mut tx, organization, id).await?;
        refuse_above(own, before.role, "inviting with this role")?;
        tx.execute("UPDATE invitations SET expires_at = $2 WHERE id = $1", args![id, ends(now)]).await?;
        let deed = Deed::new(AuditAction::InvitationResent, TargetKind::Invitation, id, &before.email);
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        let invitation = Invitation { expires_at: ends(now), ..before };
        let token = self.send(&mut tx, &invitation, sending, now).await?;
        tx.commit().await?;
        Ok((invitation, token))
    }

    async fn send(
        &self,
        tx: &mut Tx,
        invitation: &Invitation,
        sending: Sending,
        now: Time,
    ) -> Result<Option<Token>, StoreError> {
        match sending {
            Sending::ByMail => {
                mails::queue(tx, self, MailKind::Invitation, &invitation.email, invitation.id, now).await?;
                Ok(None)
            }
            Sending::ByHand => {
                links::mint(tx, self, LinkKind::Invitation, Some(invitation.id.to_string()), now).await.map(Some)
            }
        }
    }

    pub async fn revoke_invitation(
        &self,
        organization: OrganizationId,
        id: InvitationId,
        by: &By,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        lock_as_admin(&mut tx, organization, by).await?;
        let now = self.clock.now();
        let invitation = open_in(&mut tx, organization, id).await?;
        tx.execute("UPDATE invitations SET revoked_at = $2 WHERE id = $1", args![id, now]).await?;
        let deed = Deed::new(AuditAction::InvitationRevoked, TargetKind::Invitation, id, invitation.email);
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        tx.commit().await
    }

    /// Open ones, newest first; one that is past its end is shown until it is replaced or revoked.
    pub async fn list_invitations(
        &self,
        organization: OrganizationId,
        before: Option<InvitationId>,
        limit: i64,
    ) -> Result<Vec<Invitation>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM invitations WHERE organization_id = $1 AND {OPEN} AND ($2 IS NULL OR id < $2)
             ORDER BY id DESC LIMIT $3"
        );
        let rows = self.database.rows(&sql, args![organization, before, limit.clamp(1, LIST_ROWS_MAX)]).await?;
        rows.iter().map(invitation).collect()
    }

    /// What a link invites to; `None` where it is void: unknown, past its end, revoked or accepted.
    pub async fn find_invited(&self, token: &str) -> Result<Option<Invited>, StoreError> {
        invited(&mut self.database.begin_read().await?, token, self.clock.now()).await
    }

    /// Accepts: the person becomes a member. `None` where the link is void. A new person's address counts as proved, since
    /// the link was sent there.
    pub async fn accept_invitation(
        &self,
        token: &str,
        accepting: Accepting,
        start: Start,
        address: Option<String>,
    ) -> Result<Option<(Person, OrganizationId)>, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let Some(found) = invited(&mut tx, token, now).await? else { return Ok(None) };
        lock_organization(&mut tx, found.organization).await?;
        // Once more, now that nobody else decides about it.
        let Some(found) = invited(&mut tx, token, now).await? else { return Ok(None) };
        let known = self.who_accepts(&mut tx, &found, accepting, start, now, address.clone()).await?;
        self.join(&mut tx, &found, &known, &known.by(address), now).await?;
        tx.commit().await?;
        Ok(Some((known, found.organization)))
    }

    async fn who_accepts(
        &self,
        tx: &mut Tx,
        found: &Invited,
        accepting: Accepting,
        start: Start,
        now: Time,
        address: Option<String>,
    ) -> Result<Person, StoreError> {
        let email: Email = found.email.parse().map_err(|_| StoreError::corrupt("email", &found.email))?;
        match accepting {
            Accepting::New { name, password } => {
                let new = NewPerson { email, name, password: Some(password) };
                people::insert(tx, self, &new, Some(now), now).await?.ok_or_else(|| people::taken(&new.email))
            }
            Accepting::SignedIn(person) => {
                let missing = || StoreError::NotFound { what: "person", id: person.to_string() };
                let known = people::lock(tx, &person.to_string()).await?.ok_or_else(missing)?;
                if known.email.eq_ignore_ascii_case(email.as_str()) && known.email_verified_at.is_none() {
                    self.mark_verified(tx, &known, start, &known.by(address)).await?;
                }
                Ok(known)
            }
        }
    }

    /// Makes the person a member by the invitation, under its organization's lock.
    pub(crate) async fn join(
        &self,
        tx: &mut Tx,
        found: &Invited,
        person: &Person,
        by: &By,
        now: Time,
    ) -> Result<(), StoreError> {
        memberships::refuse_too_many(tx, found.organization).await?;
        tx.execute("UPDATE invitations SET accepted_at = $2 WHERE id = $1", args![found.id, now]).await?;
        if memberships::add(tx, found.organization, person.id, found.role, now).await? {
            let deed = Deed::new(AuditAction::MemberJoined, TargetKind::Person, person.id, &person.email)
                .with(json!({"role": found.role, "invited_as": found.email, "invited_by": found.invited_by}));
            audit::write(tx, self, found.organization, now, by, deed).await?;
        }
        Ok(())
    }
}

pub(crate) async fn lock_organization(tx: &mut Tx, organization: OrganizationId) -> Result<(), StoreError> {
    let sql = format!("SELECT o.id FROM organizations o WHERE o.id = $1{}", tx.lock("o"));
    tx.row(&sql, args![organization]).await.map(|_| ())
}

const INVITED: &str = "SELECT i.id, i.organization_id, i.email, i.role, i.invited_by, o.name AS organization_name,
    CAST(CASE WHEN EXISTS (SELECT 1 FROM people p WHERE p.email_key = i.email_key) THEN 1 ELSE 0 END AS BIGINT) AS has_account
    FROM invitations i JOIN organizations o ON o.id = i.organization_id";

async fn invited(tx: &mut Tx, token: &str, now: Time) -> Result<Option<Invited>, StoreError> {
    let sql = format!(
        "{INVITED} JOIN one_time_links l ON l.subject_id = i.id WHERE l.token_hash = $1 AND l.kind = 'invitation'
         AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2 AND l.expires_at > $2"
    );
    tx.row(&sql, args![secret::hash(token), now]).await?.as_ref().map(read_invited).transpose()
}

/// The open invitations of an address, oldest first, each good.
pub(crate) async fn waiting_for(tx: &mut Tx, email: &Email, now: Time) -> Result<Vec<Invited>, StoreError> {
    let sql = format!(
        "{INVITED} WHERE i.email_key = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2
         ORDER BY i.organization_id LIMIT $3"
    );
    tx.rows(&sql, args![email.key(), now, INVITATIONS_MAX]).await?.iter().map(read_invited).collect()
}

async fn refuse_member(tx: &mut Tx, organization: OrganizationId, email: &Email) -> Result<(), StoreError> {
    let sql = "SELECT 1 AS one FROM memberships m JOIN people p ON p.id = m.person_id
               WHERE m.organization_id = $1 AND p.email_key = $2";
    match tx.row(sql, args![organization, email.key()]).await? {
        Some(_) => Err(StoreError::Conflict(format!("{email} is a member already: change their role instead"))),
        None => Ok(()),
    }
}

async fn refuse_too_many(tx: &mut Tx, organization: OrganizationId) -> Result<(), StoreError> {
    let sql = format!("SELECT COUNT(*) AS open FROM invitations WHERE organization_id = $1 AND {OPEN}");
    let open = tx.row(&sql, args![organization]).await?.map_or(Ok(0), |row| row.int("open"))?;
    if open < INVITATIONS_MAX {
        return Ok(());
    }
    Err(StoreError::Conflict(format!("{open} invitations are open, the most there may be: revoke one first")))
}

async fn end_open(tx: &mut Tx, organization: OrganizationId, email: &Email, now: Time) -> Result<(), StoreError> {
    let sql = format!("UPDATE invitations SET revoked_at = $3 WHERE organization_id = $1 AND email_key = $2 AND {OPEN}");
    tx.execute(&sql, args![organization, email.key(), now]).await.map(|_| ())
}

async fn open_in(tx: &mut Tx, organization: OrganizationId, id: InvitationId) -> Result<Invitation, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM invitations WHERE organization_id = $1 AND id = $2 AND {OPEN}");
    let row = tx.row(&sql, args![organization, id]).await?;
    invitation(&row.ok_or_else(|| StoreError::NotFound { what: "invitation", id: id.to_string() })?)
}

fn ends(now: Time) -> Time {
    now.plus_ms(LinkKind::Invitation.life_ms().unwrap_or(0))
}

fn read_invited(row: &Row) -> Result<Invited, StoreError> {
    Ok(Invited {
        id: row.parsed("id")?,
        organization: row.parsed("organization_id")?,
        organization_name: row.text("organization_name")?,
        email: row.text("email")?,
        role: row.parsed("role")?,
        invited_by: row.text("invited_by")?,
        has_account: row.flag("has_account")?,
    })
}

fn invitation(row: &Row) -> Result<Invitation, StoreError> {
    Ok(Invitation {
        id: row.parsed("id")?,
        email: row.text("email")?,
        role: row.parsed("role")?,
        invited_by: row.text("invited_by")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    })
}
