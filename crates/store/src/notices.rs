//! Mails about what happened, to those members of an organization who want them. What somebody wants is theirs to say; who said nothing
//! gets everything as an admin or owner, and nothing as a member.
//!
//! A mail is written in the transaction that marks its event as told, so that each event is told to each person once. What comes in
//! heaps, failed runs and paused schedules, is counted in one mail an hour.

use creel_types::{MailId, OrganizationId, PersonId, Role, Time, time::HOUR_MS};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use crate::{
    Store, StoreError,
    access::mails::{Content, MailKind},
    args,
    database::{Row, Tx},
    outbox::{MessageKind, OutboxRow},
};

/// The time between two mails to one person about things that come in heaps.
pub const HEAP_MS: i64 = HOUR_MS;

/// What a member wants to be told by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Notices {
    /// Credits run low or out.
    pub credits: bool,
    /// Runs failed: at most one mail an hour, with their number.
    pub failed_runs: bool,
    /// Schedules were paused for want of credits: at most one mail an hour, with their number.
    pub schedules: bool,
    /// A webhook was disabled because it failed.
    pub webhooks: bool,
}

/// What is not given stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoticeChanges {
    pub credits: Option<bool>,
    pub failed_runs: Option<bool>,
    pub schedules: Option<bool>,
    pub webhooks: Option<bool>,
}

/// What a mail about an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    CreditsLow { percent: i64, available: i64 },
    CreditsExhausted { available: i64 },
    RunsFailed { count: i64, newest: String },
    SchedulesPaused { count: i64, newest: String },
    WebhookDisabled { place: String, is_gone: bool },
}

/// What is kept of it until it is sent.
#[derive(Serialize, Deserialize)]
struct Heap {
    count: i64,
    newest: String,
}

struct Member {
    person: PersonId,
    email: String,
    wants: Notices,
}

const COLUMNS: &str = "m.role, m.notice_credits, m.notice_failed_runs, m.notice_schedules, m.notice_webhooks";

impl Store {
    /// What the person wants to be told about this organization.
    pub async fn get_notices(&self, organization: OrganizationId, person: PersonId) -> Result<Notices, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM memberships m WHERE m.organization_id = $1 AND m.person_id = $2");
        let row = self.database.row(&sql, args![organization, person]).await?;
        notices(&row.ok_or_else(|| StoreError::NotFound { what: "member", id: person.to_string() })?)
    }

    /// Notes what the person wants, whatever their role is or becomes.
    pub async fn change_notices(
        &self,
        organization: OrganizationId,
        person: PersonId,
        changes: NoticeChanges,
    ) -> Result<Notices, StoreError> {
        let sql = "UPDATE memberships SET notice_credits = COALESCE($3, notice_credits),
                   notice_failed_runs = COALESCE($4, notice_failed_runs), notice_schedules = COALESCE($5, notice_schedules),
                   notice_webhooks = COALESCE($6, notice_webhooks) WHERE organization_id = $1 AND person_id = $2";
        let NoticeChanges { credits, failed_runs, schedules, webhooks } = changes;
        let [credits, failed_runs, schedules, webhooks] =
            [credits, failed_runs, schedules, webhooks].map(|wanted| wanted.map(i64::from));
        self.database.execute(sql, args![organization, person, credits, failed_runs, schedules, webhooks]).await?;
        self.get_notices(organization, person).await
    }
}

fn notices(row: &Row) -> Result<Notices, StoreError> {
    let by_default = row.parsed::<Role>("role")? >= Role::Admin;
    let wants = |column| Ok::<_, StoreError>(row.opt_int(column)?.map_or(by_default, |wanted| wanted != 0));
    Ok(Notices {
        credits: wants("notice_credits")?,
        failed_runs: wants("notice_failed_runs")?,
        schedules: wants("notice_schedules")?,
        webhooks: wants("notice_webhooks")?,
    })
}

/// Whether somebody wants a mail.
type Wants = fn(&Notices) -> bool;

/// Which mail the event is told in, and to whom; `None` for what is told to nobody.
fn mail_of(event: &OutboxRow) -> Option<(MailKind, Wants)> {
    let by_credits = event.payload.get("reason").and_then(Json::as_str) == Some("credits");
    Some(match event.kind {
        MessageKind::CreditsLow => (MailKind::CreditsLow, |wants| wants.credits),
        MessageKind::CreditsExhausted => (MailKind::CreditsExhausted, |wants| wants.credits),
        MessageKind::RunFailed => (MailKind::RunsFailed, |wants| wants.failed_runs),
        MessageKind::SchedulePaused if by_credits => (MailKind::SchedulesPaused, |wants| wants.schedules),
        MessageKind::WebhookDisabled => (MailKind::WebhookDisabled, |wants| wants.webhooks),
        _ => return None,
    })
}

/// Writes the mails of an event, in the transaction that marks it as told; answers how many.
pub(crate) async fn write(
    tx: &mut Tx,
    store: &Store,
    organization: OrganizationId,
    event: &OutboxRow,
    now: Time,
) -> Result<u64, StoreError> {
    let Some((kind, wants)) = mail_of(event) else { return Ok(0) };
    let mut mails = 0;
    for member in members(tx, organization).await?.into_iter().filter(|member| wants(&member.wants)) {
        let in_heaps = matches!(kind, MailKind::RunsFailed | MailKind::SchedulesPaused);
        let (details, not_before) = if in_heaps {
            let newest = event.payload.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
            match add_to_heap(tx, organization, member.person, kind, &newest, now).await? {
                None => continue,
                Some(not_before) => (json!(Heap { count: 1, newest }), not_before),
            }
        } else {
            (event.payload.clone(), now)
        };
        mails += tx.execute(
            "INSERT INTO mails (id, kind, to_address, subject_id, state, not_before, created_at, organization_id, details,
             notice_key) VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            args![
                store.random.id::<MailId>(now),
                kind.as_str(),
                member.email,
                member.person,
                not_before,
                now,
                organization,
                details.to_string(),
                format!("{}:{}", event.id, member.person)
            ],
        )
        .await?;
    }
    Ok(mails)
}

async fn members(tx: &mut Tx, organization: OrganizationId) -> Result<Vec<Member>, StoreError> {
    let sql = format!(
        "SELECT p.id, p.email, {COLUMNS} FROM memberships m JOIN people p ON p.id = m.person_id
         WHERE m.organization_id = $1 ORDER BY p.id"
    );
    let rows = tx.rows(&sql, args![organization]).await?;
    rows.iter()
        .map(|row| Ok(Member { person: row.parsed("id")?, email: row.text("email")?, wants: notices(row)? }))
        .collect()
}

/// Counts one more in a mail that nobody has taken yet; else says when the next one may be sent.
async fn add_to_heap(
    tx: &mut Tx,
    organization: OrganizationId,
    person: PersonId,
    kind: MailKind,
    newest: &str,
    now: Time,
) -> Result<Option<Time>, StoreError> {
    let sql = format!(
        "SELECT * FROM mails WHERE organization_id = $1 AND subject_id = $2 AND kind = $3
         ORDER BY created_at DESC, id DESC LIMIT 1{}",
        tx.lock("mails")
    );
    let Some(row) = tx.row(&sql, args![organization, person, kind.as_str()]).await? else { return Ok(Some(now)) };
    if row.text("state")? == "queued" && row.int("attempts")? == 0 {
        let heap: Heap = row.json("details")?;
        let details = json!(Heap { count: heap.count + 1, newest: newest.to_owned() });
        let sql = "UPDATE mails SET details = $2 WHERE id = $1";
        tx.execute(sql, args![row.parsed::<MailId>("id")?, details.to_string()]).await?;
        return Ok(None);
    }
    let last = row.opt_time("ended_at")?.map_or_else(|| row.time("not_before"), Ok)?;
    Ok(Some(now.max(last.plus_ms(HEAP_MS))))
}

/// What the mail says; `None` where the person is no member any more.
pub(crate) async fn content(tx: &mut Tx, mail: &Row) -> Result<Option<Content>, StoreError> {
    let (organization, person): (Option<OrganizationId>, PersonId) =
        (mail.opt_parsed("organization_id")?, mail.parsed("subject_id")?);
    let sql = "SELECT p.name AS person_name, o.name AS organization_name FROM memberships m
               JOIN people p ON p.id = m.person_id JOIN organizations o ON o.id = m.organization_id
               WHERE m.organization_id = $1 AND m.person_id = $2";
    let Some(row) = tx.row(sql, args![organization, person]).await? else { return Ok(None) };
    let Some(notice) = notice(mail)? else { return Ok(None) };
    let (name, organization) = (row.text("person_name")?, row.text("organization_name")?);
    Ok(Some(Content::Notice { name, organization, notice }))
}

fn notice(mail: &Row) -> Result<Option<Notice>, StoreError> {
    let details: Json = mail.json("details")?;
    let number = |name: &str| details.get(name).and_then(Json::as_i64).unwrap_or_default();
    let text = |name: &str| details.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    Ok(Some(match mail.parsed::<MailKind>("kind")? {
        MailKind::CreditsLow => Notice::CreditsLow { percent: number("threshold_percent"), available: number("available") },
        MailKind::CreditsExhausted => Notice::CreditsExhausted { available: number("available") },
        MailKind::RunsFailed => Notice::RunsFailed { count: number("count"), newest: text("newest") },
        MailKind::SchedulesPaused => Notice::SchedulesPaused { count: number("count"), newest: text("newest") },
        MailKind::WebhookDisabled => Notice::WebhookDisabled { place: text("place"), is_gone: text("reason") == "gone" },
        _ => return Ok(None),
    }))
}
