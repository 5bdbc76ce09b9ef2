//! Sessions: a signed-in browser of a person. What the person may do is read with the session each time, so that a change of
//! roles holds from the next request on.

use creel_types::{By, OrganizationId, PersonId, Role, SessionId, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Token,
    audit::{self, AuditAction, Deed, TargetKind},
    people::{self, PasswordHash, Person},
    secret,
};
use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
};

/// A session ends after this time, used or not.
pub const SESSION_MS_MAX: i64 = 30 * creel_types::time::DAY_MS;
/// A session that is not used ends after this time.
pub const SESSION_IDLE_MS_MAX: i64 = 14 * creel_types::time::DAY_MS;
/// Sessions of one person; the oldest ends where there is one more.
pub const SESSIONS_MAX: i64 = 50;
/// Letters that are kept of what a browser calls itself.
const USER_AGENT_LETTERS_MAX: usize = 200;
/// How often it is written down that a session was used.
const SEEN_NOTED_MS: i64 = 60_000;

/// The session that a request came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionHolder {
    pub session: SessionId,
    pub person: PersonId,
    pub email: String,
    pub name: String,
    pub is_verified: bool,
    pub has_password: bool,
    /// The organization that is looked at, while the person is a member of it.
    pub organization: Option<Membership>,
    pub created_at: Time,
    pub last_seen_at: Time,
}

/// An organization with what a person may do in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Membership {
    pub id: OrganizationId,
    pub name: String,
    pub role: Role,
}

/// A session as its person sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionRow {
    pub id: SessionId,
    pub created_at: Time,
    pub last_seen_at: Time,
    pub user_agent: Option<String>,
    pub address: Option<String>,
}

/// By what somebody proved who they are.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    /// The hash that the password was held against: if it is another one by now, the proof is void.
    Password(&'a PasswordHash),
    /// A provider of OpenID Connect.
    Provider,
    /// A link that was sent or printed.
    Link,
}

impl Proof<'_> {
    const fn as_str(self) -> &'static str {
        match self {
            Proof::Password(_) => "password",
            Proof::Provider => "oidc",
            Proof::Link => "link",
        }
    }
}

/// From where somebody signs in.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    pub user_agent: Option<String>,
    pub address: Option<String>,
}

impl Store {
    /// Begins a session in the organization that the person looked at last.
    pub async fn begin_session(
        &self,
        person: PersonId,
        browser: &Browser,
        proof: Proof<'_>,
    ) -> Result<(SessionId, Token), StoreError> {
        let mut tx = self.database.begin().await?;
        let missing = || StoreError::NotFound { what: "person", id: person.to_string() };
        let known = people::lock(&mut tx, &person.to_string()).await?.ok_or_else(missing)?;
        if let Proof::Password(hash) = proof
            && known.password.as_ref() != Some(hash)
        {
            return Err(StoreError::Conflict("the password was changed in this moment: sign in again".to_owned()));
        }
        let begun = begin_session(&mut tx, self, &known, browser, proof).await?;
        tx.commit().await?;
        Ok(begun)
    }

    /// Whose session this is; `None` for unknown and ended ones.
    pub async fn find_session(&self, token: &str) -> Result<Option<SessionHolder>, StoreError> {
        let now = self.clock.now();
        let row = self
            .database
            .row(
                "SELECT s.id, s.created_at, s.last_seen_at, p.id AS person_id, p.email, p.name, p.email_verified_at,
                 CAST(CASE WHEN p.password_hash IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_password,
                 o.id AS organization_id, o.name AS organization_name, m.role
                 FROM sessions s JOIN people p ON p.id = s.person_id
                 LEFT JOIN memberships m ON m.person_id = s.person_id AND m.organization_id = s.organization_id
                 LEFT JOIN organizations o ON o.id = m.organization_id
                 WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $3",
                args![secret::hash(token), now, now.plus_ms(-SESSION_IDLE_MS_MAX)],
            )
            .await?;
        row.as_ref().map(session_holder).transpose()
    }

    /// Whether a use of the session now need not be written down, because the last one is young.
    #[must_use]
    pub fn session_use_is_noted(&self, holder: &SessionHolder) -> bool {
        self.clock.now().ms_since(holder.last_seen_at) < SEEN_NOTED_MS
    }

    /// Writes down that a session was used, at most once a minute.
    pub async fn note_session_seen(&self, holder: &SessionHolder) -> Result<(), StoreError> {
        if self.session_use_is_noted(holder) {
            return Ok(());
        }
        let now = self.clock.now();
        let sql = "UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at <= $3";
        self.database.execute(sql, args![holder.session, now, now.plus_ms(-SEEN_NOTED_MS)]).await?;
        Ok(())
    }

    /// Looks at another organization from now on; one that the person is no member of is as good as missing.
    pub async fn switch_organization(
        &self,
        session: SessionId,
        person: PersonId,
        organization: OrganizationId,
    ) -> Result<(), StoreError> {
        let touched = self
            .database
            .execute(
                "UPDATE sessions SET organization_id = $3 WHERE id = $1 AND person_id = $2 AND EXISTS
                 (SELECT 1 FROM memberships m WHERE m.organization_id = $3 AND m.person_id = $2)",
                args![session, person, organization],
            )
            .await?;
        if touched == 0 {
            return Err(StoreError::NotFound { what: "organization", id: organization.to_string() });
        }
        Ok(())
    }

    /// Newest first, those that have not ended.
    pub async fn list_sessions(&self, person: PersonId) -> Result<Vec<SessionRow>, StoreError> {
        let now = self.clock.now();
        let rows = self
            .database
            .rows(
                "SELECT id, created_at, last_seen_at, user_agent, address FROM sessions
                 WHERE person_id = $1 AND expires_at > $2 AND last_seen_at > $3 ORDER BY created_at DESC, id DESC LIMIT $4",
                args![person, now, now.plus_ms(-SESSION_IDLE_MS_MAX), SESSIONS_MAX],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(SessionRow {
                    id: row.parsed("id")?,
                    created_at: row.time("created_at")?,
                    last_seen_at: row.time("last_seen_at")?,
                    user_agent: row.opt_text("user_agent")?,
                    address: row.opt_text("address")?,
                })
            })
            .collect()
    }

    /// Ends a session of the person: signing out, here or of another browser.
    pub async fn end_session(&self, person: PersonId, session: SessionId, by: &By) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let sql = "DELETE FROM sessions WHERE id = $1 AND person_id = $2 RETURNING organization_id";
        let Some(row) = tx.row(sql, args![session, person]).await? else {
            return Err(StoreError::NotFound { what: "session", id: session.to_string() });
        };
        if let Some(organization) = row.opt_parsed("organization_id")? {
            let deed = Deed::new(AuditAction::PersonSignedOut, TargetKind::Person, person, &by.name);
            audit::write(&mut tx, self, organization, self.clock.now(), by, deed).await?;
        }
        tx.commit().await
    }

    /// Ends every session of the person but the one to keep.
    pub async fn end_other_sessions(&self, person: PersonId, keep: SessionId, by: &By) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        people::lock(&mut tx, &person.to_string()).await?;
        end_others(&mut tx, person, Some(keep)).await?;
        let deed = Deed::new(AuditAction::PersonSignedOut, TargetKind::Person, person, &by.name)
            .with(serde_json::json!({"everywhere_else": true}));
        audit::write_for_person(&mut tx, self, person, self.clock.now(), by, deed).await?;
        tx.commit().await
    }
}

async fn begin_session(
    tx: &mut Tx,
    store: &Store,
    person: &Person,
    browser: &Browser,
    proof: Proof<'_>,
) -> Result<(SessionId, Token), StoreError> {
    let now = store.clock.now();
    let organization = organization_to_look_at(tx, person.id).await?;
    let (id, token): (SessionId, Token) = (store.random.id(now), Token::mint(&store.random));
    let user_agent = browser.user_agent.as_ref().map(|name| name.chars().take(USER_AGENT_LETTERS_MAX).collect::<String>());
    tx.execute(
        "INSERT INTO sessions (id, person_id, organization_id, token_hash, created_at, last_seen_at, expires_at, user_agent,
         address) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)",
        args![
            id,
            person.id,
            organization,
            token.hash(),
            now,
            now.plus_ms(SESSION_MS_MAX),
            user_agent,
            browser.address.clone()
        ],
    )
    .await?;
    tx.execute(
        "DELETE FROM sessions WHERE person_id = $1 AND id NOT IN
         (SELECT id FROM sessions WHERE person_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2)",
        args![person.id, SESSIONS_MAX],
    )
    .await?;
    if let Some(organization) = organization {
        let deed = Deed::new(AuditAction::PersonSignedIn, TargetKind::Person, person.id, &person.email)
            .with(serde_json::json!({"how": proof.as_str()}));
        audit::write(tx, store, organization, now, &person.by(browser.address.clone()), deed).await?;
    }
    Ok((id, token))
}

/// The organization of the person's newest session, else the one that they joined first.
async fn organization_to_look_at(tx: &mut Tx, person: PersonId) -> Result<Option<OrganizationId>, StoreError> {
    let row = tx
        .row(
            "SELECT m.organization_id FROM memberships m WHERE m.person_id = $1 ORDER BY
             COALESCE((SELECT MAX(s.created_at) FROM sessions s WHERE s.person_id = m.person_id
             AND s.organization_id = m.organization_id), 0) DESC, m.joined_at, m.organization_id LIMIT 1",
            args![person],
        )
        .await?;
    row.map(|row| row.parsed("organization_id")).transpose()
}

/// Ends the person's sessions but the one to keep: whoever else has one knew the password that is no more.
pub(crate) async fn end_others(tx: &mut Tx, person: PersonId, keep: Option<SessionId>) -> Result<(), StoreError> {
    let sql = "DELETE FROM sessions WHERE person_id = $1 AND ($2 IS NULL OR id <> $2)";
    tx.execute(sql, args![person, keep]).await.map(|_| ())
}

fn session_holder(row: &Row) -> Result<SessionHolder, StoreError> {
    let organization = match row.opt_parsed("organization_id")? {
        Some(id) => Some(Membership { id, name: row.text("organization_name")?, role: row.parsed("role")? }),
        None => None,
    };
    Ok(SessionHolder {
        session: row.parsed("id")?,
        person: row.parsed("person_id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        is_verified: row.opt_int("email_verified_at")?.is_some(),
        has_password: row.flag("has_password")?,
        organization,
        created_at: row.time("created_at")?,
        last_seen_at: row.time("last_seen_at")?,
    })
}
