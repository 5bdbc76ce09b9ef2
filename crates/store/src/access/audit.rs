//! The audit log: who did what, to what, from where. A line is written in the transaction that does it, so nothing is told that
//! did not happen and nothing that happened stays untold. Refuses secrets: details are what a reader of the log may know.

use creel_types::{AuditId, By, OrganizationId, PersonId, Time, words};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    Store, StoreError, args,
    database::{Given, Kind, Row, Tx},
    robots::LIST_ROWS_MAX,
};

words! {
    /// What can be done.
    AuditAction {
        ApiKeyCreated = "api_key.created",
        ApiKeyRenamed = "api_key.renamed",
        ApiKeyRotated = "api_key.rotated",
        ApiKeyRevoked = "api_key.revoked",
        MemberInvited = "member.invited",
        MemberJoined = "member.joined",
        MemberRoleChanged = "member.role_changed",
        MemberRemoved = "member.removed",
        InvitationResent = "invitation.resent",
        InvitationRevoked = "invitation.revoked",
        OrganizationCreated = "organization.created",
        OrganizationRenamed = "organization.renamed",
        PersonSignedIn = "person.signed_in",
        PersonSignedOut = "person.signed_out",
        PersonPasswordChanged = "person.password_changed",
        PersonEmailVerified = "person.email_verified",
        PersonIdentityLinked = "person.identity_linked",
        RobotRenamed = "robot.renamed",
        RobotDeleted = "robot.deleted",
        RunCreated = "run.created",
        RunStopped = "run.stopped",
        RunRestarted = "run.restarted",
        RunDeleted = "run.deleted",
        CaptureDeleted = "capture.deleted",
        ConversationDeleted = "conversation.deleted",
        EnrichmentCreated = "enrichment.created",
        EnrichmentStopped = "enrichment.stopped",
        EnrichmentRestarted = "enrichment.restarted",
        WebhookCreated = "webhook.created",
        WebhookChanged = "webhook.changed",
        WebhookSecretRotated = "webhook.secret_rotated",
        WebhookTested = "webhook.tested",
        WebhookReplayed = "webhook.replayed",
        WebhookDisabled = "webhook.disabled",
        WebhookDeleted = "webhook.deleted",
        ScheduleCreated = "schedule.created",
        ScheduleUpdated = "schedule.updated",
        SchedulePaused = "schedule.paused",
        ScheduleResumed = "schedule.resumed",
        ScheduleDeleted = "schedule.deleted",
    }
}

words! {
    /// What something can be done to.
    TargetKind {
        ApiKey = "api_key",
        Person = "person",
        Invitation = "invitation",
        Organization = "organization",
        Robot = "robot",
        Run = "run",
        Capture = "capture",
        Conversation = "conversation",
        Enrichment = "enrichment",
        Webhook = "webhook",
        Schedule = "schedule",
    }
}

/// What was done to what, before it is a line.
#[derive(Debug)]
pub(crate) struct Deed {
    pub action: AuditAction,
    pub target_kind: TargetKind,
    pub target_id: String,
    /// As it was called then.
    pub target_name: String,
    /// An object.
    pub details: Json,
}

impl Deed {
    pub(crate) fn new(action: AuditAction, kind: TargetKind, id: impl ToString, name: impl Into<String>) -> Deed {
        let details = Json::Object(serde_json::Map::new());
        Deed { action, target_kind: kind, target_id: id.to_string(), target_name: name.into(), details }
    }

    pub(crate) fn with(self, details: Json) -> Deed {
        Deed { details, ..self }
    }
}

/// A line as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AuditLine {
    pub id: AuditId,
    pub at: Time,
    pub actor_kind: String,
    pub actor_id: Option<String>,
    pub actor_name: String,
    pub address: Option<String>,
    pub action: AuditAction,
    pub target_kind: TargetKind,
    pub target_id: String,
    pub target_name: String,
    /// What the action says beside this; its keys depend on it.
    #[schema(value_type = Object)]
    pub details: Json,
}

/// Which lines; a bound that is not given bounds nothing.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub action: Option<AuditAction>,
    pub actor_id: Option<String>,
    /// From this instant on.
    pub from: Option<Time>,
    /// Before this instant.
    pub to: Option<Time>,
}

const COLUMNS: &[(&str, Kind)] = &[
    ("id", Kind::Text),
    ("organization_id", Kind::Text),
    ("at", Kind::Int),
    ("actor_kind", Kind::Text),
    ("actor_id", Kind::Text),
    ("actor_name", Kind::Text),
    ("address", Kind::Text),
    ("action", Kind::Text),
    ("target_kind", Kind::Text),
    ("target_id", Kind::Text),
    ("target_name", Kind::Text),
    ("details", Kind::Text),
];

/// Writes the line in the transaction that does the deed.
pub(crate) async fn write(
    tx: &mut Tx,
    store: &Store,
    organization: OrganizationId,
    now: Time,
    by: &By,
    deed: Deed,
) -> Result<(), StoreError> {
    write_in(tx, store, &[organization], now, by, &deed).await
}

/// Writes it into each organization of a person: what somebody did to their own account.
pub(crate) async fn write_for_person(
    tx: &mut Tx,
    store: &Store,
    person: PersonId,
    now: Time,
    by: &By,
    deed: Deed,
) -> Result<(), StoreError> {
    let rows = tx.rows("SELECT organization_id FROM memberships WHERE person_id = $1", args![person]).await?;
    let organizations = rows.iter().map(|row| row.parsed("organization_id")).collect::<Result<Vec<_>, _>>()?;
    write_in(tx, store, &organizations, now, by, &deed).await
}

async fn write_in(
    tx: &mut Tx,
    store: &Store,
    organizations: &[OrganizationId],
    now: Time,
    by: &By,
    deed: &Deed,
) -> Result<(), StoreError> {
    let mut given = Given::new(COLUMNS);
    for organization in organizations {
        given.push(args![
            store.random.id::<AuditId>(now),
            *organization,
            now,
            by.actor.kind(),
            by.actor.id(),
            by.name.as_str(),
            by.address.clone(),
            deed.action.as_str(),
            deed.target_kind.as_str(),
            deed.target_id.as_str(),
            deed.target_name.as_str(),
            deed.details.to_string(),
        ]);
    }
    tx.insert_given("audit", given, "").await?;
    Ok(())
}

impl Store {
    /// Newest first, before the given line.
    pub async fn list_audit(
        &self,
        organization: OrganizationId,
        filter: &AuditFilter,
        before: Option<AuditId>,
        limit: i64,
    ) -> Result<Vec<AuditLine>, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT * FROM audit WHERE organization_id = $1 AND ($2 IS NULL OR id < $2) AND ($3 IS NULL OR action = $3)
                 AND ($4 IS NULL OR actor_id = $4) AND ($5 IS NULL OR at >= $5) AND ($6 IS NULL OR at < $6)
                 ORDER BY id DESC LIMIT $7",
                args![
                    organization,
                    before,
                    filter.action.map(AuditAction::as_str),
                    filter.actor_id.clone(),
                    filter.from,
                    filter.to,
                    limit.clamp(1, LIST_ROWS_MAX)
                ],
            )
            .await?;
        rows.iter().map(line).collect()
    }
}

fn line(row: &Row) -> Result<AuditLine, StoreError> {
    Ok(AuditLine {
        id: row.parsed("id")?,
        at: row.time("at")?,
        actor_kind: row.text("actor_kind")?,
        actor_id: row.opt_text("actor_id")?,
        actor_name: row.text("actor_name")?,
        address: row.opt_text("address")?,
        action: row.parsed("action")?,
        target_kind: row.parsed("target_kind")?,
        target_id: row.text("target_id")?,
        target_name: row.text("target_name")?,
        details: row.json("details")?,
    })
}
