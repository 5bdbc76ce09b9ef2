//! The endpoints of an organization: made, changed, given another secret, deleted. Whether an address may be contacted was looked at
//! before, and is looked at again whenever something is sent.

use creel_types::{By, OrganizationId, Time, WebhookId, words};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{EventKind, SigningSecret};
use crate::{
    Store, StoreError,
    access::{
        audit::{self, AuditAction, Deed, TargetKind},
        keys::OVERLAP_SECONDS_MAX,
        lock_as_admin,
    },
    args,
    database::{Row, Tx},
    edition::{self, Edition, Target},
    robots::LIST_ROWS_MAX,
};

/// Endpoints of an organization.
pub const WEBHOOKS_MAX: i64 = 20;

words! {
    WebhookStatus {
        Active = "active",
        /// Nothing new is sent to it; what waits goes on waiting.
        Disabled = "disabled",
    }
}

words! {
    /// Why nothing is sent to a webhook.
    DisabledReason {
        ByHand = "by_hand",
        /// It answered 410 Gone.
        Gone = "gone",
        /// It answered nothing good for days.
        Failing = "failing",
    }
}

/// An endpoint, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Webhook {
    pub id: WebhookId,
    pub url: String,
    pub description: String,
    /// What it is told; an empty list stands for everything.
    pub events: Vec<EventKind>,
    pub status: WebhookStatus,
    /// Null while it is active.
    pub disabled_reason: Option<DisabledReason>,
    /// When it last took something.
    pub delivered_at: Option<Time>,
    /// The first failure since then.
    pub failing_since: Option<Time>,
    pub created_at: Time,
    /// When its secret was last changed.
    pub rotated_at: Option<Time>,
    /// Until when the secret before the last rotation signs beside the new one.
    pub previous_valid_until: Option<Time>,
}

impl Webhook {
    /// Where it is and what it is told; that it is disabled, fails or has another secret makes no other edition.
    #[must_use]
    pub fn edition(&self) -> Edition {
        Edition::of(&(self.id, &self.url, &self.description, &self.events))
    }
}

#[derive(Clone, Debug)]
pub struct NewWebhook {
    pub url: String,
    pub description: String,
    pub events: Vec<EventKind>,
}

/// What is not given stays as it is.
#[derive(Clone, Debug, Default)]
pub struct WebhookChanges {
    pub url: Option<String>,
    pub description: Option<String>,
    pub events: Option<Vec<EventKind>>,
    pub status: Option<WebhookStatus>,
}

const COLUMNS: &str =
    "id, url, description, events, status, disabled_reason, delivered_at, failing_since, created_at, rotated_at,
    previous_valid_until";

/// When the next attempt is due, worked out from what waits.
pub(super) const DUE_AT: &str = "CASE WHEN status = 'active' AND deleted_at IS NULL THEN
    (SELECT MIN(d.not_before) FROM webhook_deliveries d WHERE d.webhook_id = webhooks.id AND d.status = 'pending') END";

impl Store {
    /// Makes an endpoint and answers its secret, which nobody can read again.
    pub async fn create_webhook(
        &self,
        organization: OrganizationId,
        new: NewWebhook,
        by: &By,
    ) -> Result<(Webhook, SigningSecret), StoreError> {
        let mut tx = self.database.begin().await?;
        lock_as_admin(&mut tx, organization, by).await?;
        refuse_too_many(&mut tx, organization).await?;
        let now = self.clock.now();
        let (id, secret): (WebhookId, _) = (self.random.id(now), SigningSecret::mint(&self.random));
        let (url, events) = (new.url.as_str(), spelled(new.events));
        tx.execute(
            "INSERT INTO webhooks (id, organization_id, url, description, events, status, secret, created_at)
             VALUES ($1, $2, $3, $4, $5, 'active', $6, $7)",
            args![id, organization, url, new.description.as_str(), events, secret.as_str(), now],
        )
        .await?;
        let deed = Deed::new(AuditAction::WebhookCreated, TargetKind::Webhook, id, place(url));
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        let webhook = webhook_in(&mut tx, organization, id).await?;
        tx.commit().await?;
        Ok((webhook, secret))
    }

    pub async fn get_webhook(&self, organization: OrganizationId, id: WebhookId) -> Result<Webhook, StoreError> {
        webhook_in(&mut self.database.begin_read().await?, organization, id).await
    }

    /// Newest first.
    pub async fn list_webhooks(
        &self,
        organization: OrganizationId,
        before: Option<WebhookId>,
        limit: i64,
    ) -> Result<Vec<Webhook>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM webhooks WHERE organization_id = $1 AND deleted_at IS NULL AND ($2 IS NULL OR id < $2)
             ORDER BY id DESC LIMIT $3"
        );
        let rows = self.database.rows(&sql, args![organization, before, limit.clamp(1, LIST_ROWS_MAX)]).await?;
        rows.iter().map(webhook).collect()
    }

    /// Changes what is given; with `expected` only while it is the edition that somebody saw. Made active again, it gets what
    /// waited.
    pub async fn update_webhook(
        &self,
        organization: OrganizationId,
        id: WebhookId,
        changes: WebhookChanges,
        expected: Option<&Edition>,
        by: &By,
    ) -> Result<Webhook, StoreError> {
        let mut tx = self.database.begin().await?;
        let old = lock_webhook(&mut tx, organization, id, by).await?;
        let action = AuditAction::WebhookChanged;
        let target = Target { organization, kind: TargetKind::Webhook, id: id.to_string(), action };
        edition::refuse_other(&mut tx, expected, &old.edition(), &target).await?;
        let (now, url) = (self.clock.now(), changes.url.unwrap_or_else(|| old.url.clone()));
        let status = changes.status.unwrap_or(old.status);
        let switched = status != old.status;
        let reason = if switched && status == WebhookStatus::Disabled { Some(DisabledReason::ByHand) } else { None };
        tx.execute(
            "UPDATE webhooks SET url = $2, description = $3, events = $4, status = $5,
             disabled_reason = CASE WHEN $6 = 1 THEN $7 ELSE disabled_reason END,
             failing_since = CASE WHEN $6 = 1 THEN NULL ELSE failing_since END WHERE id = $1",
            args![
                id,
                url.as_str(),
                changes.description.unwrap_or(old.description),
                spelled(changes.events.unwrap_or(old.events)),
                status.as_str(),
                switched,
                reason.map(DisabledReason::as_str)
            ],
        )
        .await?;
        reckon_due(&mut tx, id).await?;
        let details = json!({"status": status, "url_changed": url != old.url});
        let deed = Deed::new(AuditAction::WebhookChanged, TargetKind::Webhook, id, place(&url)).with(details);
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        let webhook = webhook_in(&mut tx, organization, id).await?;
        tx.commit().await?;
        Ok(webhook)
    }

    /// Gives the endpoint a new secret. Until the overlap ends both sign; one that was still in its overlap from an earlier
    /// rotation ends at once.
    pub async fn rotate_webhook_secret(
        &self,
        organization: OrganizationId,
        id: WebhookId,
        overlap_seconds: i64,
        by: &By,
    ) -> Result<(Webhook, SigningSecret), StoreError> {
        let mut tx = self.database.begin().await?;
        let old = lock_webhook(&mut tx, organization, id, by).await?;
        let (now, secret) = (self.clock.now(), SigningSecret::mint(&self.random));
        let until = now.plus_seconds(overlap_seconds.clamp(0, OVERLAP_SECONDS_MAX));
        tx.execute(
            "UPDATE webhooks SET previous_secret = CASE WHEN $4 > $3 THEN secret END,
             previous_valid_until = CASE WHEN $4 > $3 THEN $4 END, secret = $2, rotated_at = $3 WHERE id = $1",
            args![id, secret.as_str(), now, until],
        )
        .await?;
        let details = json!({"overlap_seconds": until.ms_since(now) / 1000});
        let deed = Deed::new(AuditAction::WebhookSecretRotated, TargetKind::Webhook, id, place(&old.url)).with(details);
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        let webhook = webhook_in(&mut tx, organization, id).await?;
        tx.commit().await?;
        Ok((webhook, secret))
    }

    /// Nothing is sent to it any more, and its secrets are gone. Its log can no longer be asked for, and is swept when it is old.
    pub async fn delete_webhook(&self, organization: OrganizationId, id: WebhookId, by: &By) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let old = lock_webhook(&mut tx, organization, id, by).await?;
        let now = self.clock.now();
        let sql = "UPDATE webhooks SET deleted_at = $2, due_at = NULL, secret = '', previous_secret = NULL WHERE id = $1";
        tx.execute(sql, args![id, now]).await?;
        let deed = Deed::new(AuditAction::WebhookDeleted, TargetKind::Webhook, id, place(&old.url));
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        tx.commit().await
    }
}

async fn refuse_too_many(tx: &mut Tx, organization: OrganizationId) -> Result<(), StoreError> {
    let sql = "SELECT COUNT(*) AS webhooks FROM webhooks WHERE organization_id = $1 AND deleted_at IS NULL";
    let webhooks = tx.row(sql, args![organization]).await?.map_or(Ok(0), |row| row.int("webhooks"))?;
    if webhooks < WEBHOOKS_MAX {
        return Ok(());
    }
    Err(StoreError::Conflict(format!("the organization has {webhooks} webhooks, the most it may have: delete one first")))
}

/// The endpoint under its own lock and its organization's, for somebody who may change it.
pub(super) async fn lock_webhook(
    tx: &mut Tx,
    organization: OrganizationId,
    id: WebhookId,
    by: &By,
) -> Result<Webhook, StoreError> {
    lock_as_admin(tx, organization, by).await?;
    let sql = format!(
        "SELECT {COLUMNS} FROM webhooks WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL{}",
        tx.lock("webhooks")
    );
    let row = tx.row(&sql, args![organization, id]).await?;
    webhook(&row.ok_or_else(|| missing(id))?)
}

/// The same, refused while it is disabled.
pub(super) async fn lock_active_webhook(
    tx: &mut Tx,
    organization: OrganizationId,
    id: WebhookId,
    by: &By,
) -> Result<Webhook, StoreError> {
    let webhook = lock_webhook(tx, organization, id, by).await?;
    if webhook.status == WebhookStatus::Active {
        return Ok(webhook);
    }
    Err(StoreError::Conflict("the webhook is disabled: make it active first".to_owned()))
}

/// Writes down anew when the next attempt is due.
pub(super) async fn reckon_due(tx: &mut Tx, id: WebhookId) -> Result<(), StoreError> {
    tx.execute(&format!("UPDATE webhooks SET due_at = {DUE_AT} WHERE id = $1"), args![id]).await.map(|_| ())
}

pub(super) async fn webhook_in(tx: &mut Tx, organization: OrganizationId, id: WebhookId) -> Result<Webhook, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM webhooks WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL");
    webhook(&tx.row(&sql, args![organization, id]).await?.ok_or_else(|| missing(id))?)
}

fn missing(id: WebhookId) -> StoreError {
    StoreError::NotFound { what: "webhook", id: id.to_string() }
}

/// Each kind once, in the order of the list of kinds.
fn spelled(mut events: Vec<EventKind>) -> String {
    events.sort_unstable();
    events.dedup();
    json!(events).to_string()
}

/// What the log and mails call an endpoint: its address without path and query, where people put tokens.
pub(crate) fn place(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| String::new(), |url| url.origin().ascii_serialization())
}

fn webhook(row: &Row) -> Result<Webhook, StoreError> {
    Ok(Webhook {
        id: row.parsed("id")?,
        url: row.text("url")?,
        description: row.text("description")?,
        events: row.json("events")?,
        status: row.parsed("status")?,
        disabled_reason: row.opt_parsed("disabled_reason")?,
        delivered_at: row.opt_time("delivered_at")?,
        failing_since: row.opt_time("failing_since")?,
        created_at: row.time("created_at")?,
        rotated_at: row.opt_time("rotated_at")?,
        previous_valid_until: row.opt_time("previous_valid_until")?,
    })
}
