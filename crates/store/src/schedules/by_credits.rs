//! What credits do to schedules: they sleep where one capture cannot be paid any more, and exactly those that slept for that
//! wake where it can.

use creel_types::{OrganizationId, ScheduleId, ScheduleStatus, Time};
use serde_json::json;

use super::{LIGHT_VIEW, schedule};
use crate::{
    StoreError, args,
    database::{Given, Kind, Row, Tx},
    outbox::{Message, MessageKind},
};

#[derive(Clone, Copy, Debug)]
pub(crate) enum ByCredits {
    Sleep,
    Wake,
}

/// Called under the organization's lock, in the transaction that changes its credits.
pub(crate) async fn change_by_credits(
    tx: &mut Tx,
    organization: OrganizationId,
    change: ByCredits,
    now: Time,
    messages: &mut Vec<Message>,
) -> Result<(), StoreError> {
    let (changed, kind) = match change {
        ByCredits::Sleep => (sleep(tx, organization).await?, MessageKind::SchedulePaused),
        ByCredits::Wake => (wake(tx, organization, now).await?, MessageKind::ScheduleResumed),
    };
    for (id, name) in changed {
        let payload = json!({"schedule_id": id, "name": name, "reason": "credits"});
        messages.push(Message { organization, kind, payload });
    }
    Ok(())
}

async fn sleep(tx: &mut Tx, organization: OrganizationId) -> Result<Vec<(ScheduleId, String)>, StoreError> {
    let (from, to) = (ScheduleStatus::Active.as_str(), ScheduleStatus::PausedNoCredits.as_str());
    let sql = "UPDATE schedules SET status = $3, next_run_at = NULL WHERE organization_id = $1 AND status = $2
               RETURNING id, name";
    tx.rows(sql, args![organization, from, to]).await?.iter().map(named).collect()
}

/// Each goes on with its next future tick.
async fn wake(tx: &mut Tx, organization: OrganizationId, now: Time) -> Result<Vec<(ScheduleId, String)>, StoreError> {
    let sql = format!("{LIGHT_VIEW} WHERE s.organization_id = $1 AND s.status = $2 ORDER BY s.id");
    let rows = tx.rows(&sql, args![organization, ScheduleStatus::PausedNoCredits.as_str()]).await?;
    let mut given = Given::new(&[("id", Kind::Text), ("next_run_at", Kind::Int)]);
    let mut woken = Vec::with_capacity(rows.len());
    for row in &rows {
        let (id, name) = named(row)?;
        // No grant fails over a schedule that cannot be read: due at once, it is skipped for that and says so.
        let next = schedule(row).and_then(|schedule| schedule.next_tick(now)).unwrap_or(Some(now));
        given.push(args![id, next]);
        woken.push((id, name));
    }
    tx.execute_given(
        given,
        "UPDATE schedules SET status = 'active', next_run_at = given.next_run_at FROM given WHERE schedules.id = given.id",
    )
    .await?;
    Ok(woken)
}

fn named(row: &Row) -> Result<(ScheduleId, String), StoreError> {
    Ok((row.parsed("id")?, row.text("name")?))
}
