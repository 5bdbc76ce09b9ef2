//! What a change of credits brings with it, in the same transaction: runs end and schedules sleep where one capture can no
//! longer be paid, schedules wake where it can again, what waited for a hold goes on, and what somebody must be told is
//! written to the outbox.

use creel_ledger::{Account, EntryKind, HoldState, Threshold, threshold};
use creel_types::{Action, Credits, EndReason, OrganizationId, RunId, Time};
use serde_json::json;

use super::account::{Locked, save_accounts};
use crate::{
    Store, StoreError, args,
    database::Tx,
    enrichments,
    outbox::{self, Message, MessageKind},
    runs,
    schedules::by_credits::{self, ByCredits},
};

/// Writes changed accounts and everything that follows from them. Every change of credits ends here.
pub(crate) async fn save(tx: &mut Tx, store: &Store, accounts: &mut [&mut Locked], now: Time) -> Result<(), StoreError> {
    let mut messages = Vec::new();
    for locked in accounts.iter_mut() {
        note_grants(locked, &mut messages);
        raise_notices(locked, &store.thresholds, &mut messages);
    }
    let saved: Vec<&Locked> = accounts.iter().map(|locked| &**locked).collect();
    save_accounts(tx, &store.fail_points, &saved).await?;
    for locked in &saved {
        end_or_wake(tx, store, locked, now, &mut messages).await?;
        if locked.account.changed_holds().any(|hold| hold.state != HoldState::Open) {
            release_what_waits(tx, locked.account.organization).await?;
        }
    }
    outbox::insert(tx, store, now, messages).await?;
    store.fail_points.pass("account.consequences_written");
    Ok(())
}

/// Every grant is told, and is what later thresholds are percents of.
fn note_grants(locked: &mut Locked, messages: &mut Vec<Message>) {
    for entry in locked.account.entries() {
        let grants = entry.kind == EntryKind::Grant || entry.kind == EntryKind::Adjust;
        if !grants || entry.amount <= Credits::ZERO {
            continue;
        }
        if locked.cycle_starts_at.is_some() {
            locked.threshold_base += entry.amount;
        } else {
            // Without a cycle each grant begins anew what thresholds count.
            locked.threshold_base = entry.amount;
            locked.raised.clear();
        }
        messages.push(Message {
            organization: entry.organization,
            kind: MessageKind::CreditsGranted,
            payload: json!({
                "sequence": entry.sequence, "credits": entry.amount, "available": entry.balance_after,
                "expires_at": entry.lots.first().and_then(|part| part.terms).and_then(|terms| terms.expires_at),
                "description": entry.description,
            }),
        });
    }
}

fn raise_notices(locked: &mut Locked, thresholds: &[Threshold], messages: &mut Vec<Message>) {
    let (base, after) = (locked.threshold_base, locked.account.spendable());
    for notice in threshold::notices(base, locked.spendable_before, after, thresholds, &locked.raised) {
        locked.raised.push(notice.threshold);
        let kind = match notice.kind {
            creel_ledger::NoticeKind::Low => MessageKind::CreditsLow,
            creel_ledger::NoticeKind::Exhausted => MessageKind::CreditsExhausted,
        };
        let Account { organization, available, held, .. } = locked.account;
        messages.push(Message {
            organization,
            kind,
            payload: json!({"threshold_percent": notice.threshold.0, "of": base, "available": available, "held": held}),
        });
    }
}

/// Spendable credits under the price of one capture end every started run with anything left to fetch and put every active
/// schedule to sleep; enough of them wake exactly those schedules, and restart no run.
async fn end_or_wake(
    tx: &mut Tx,
    store: &Store,
    locked: &Locked,
    now: Time,
    messages: &mut Vec<Message>,
) -> Result<(), StoreError> {
    let organization = locked.account.organization;
    if !locked.can_pay_a_capture() {
        for run in unfinished_runs(tx, organization).await? {
            runs::end_run(tx, store, run, EndReason::InsufficientCredits, None, now).await?;
        }
        if locked.account.spendable() < Action::Enrich.price() {
            enrichments::end_all_unpayable(tx, store, organization, now).await?;
        }
        return by_credits::change_by_credits(tx, organization, ByCredits::Sleep, now, messages).await;
    }
    if locked.spendable_before < Action::Extract.price() {
        return by_credits::change_by_credits(tx, organization, ByCredits::Wake, now, messages).await;
    }
    Ok(())
}

async fn unfinished_runs(tx: &mut Tx, organization: OrganizationId) -> Result<Vec<RunId>, StoreError> {
    let sql = format!(
        "SELECT id FROM runs r WHERE organization_id = $1 AND ended_at IS NULL AND status IN ('starting', 'running')
         AND {} ORDER BY id",
        runs::HAS_OPEN_PAGES
    );
    let rows = tx.rows(&sql, args![organization]).await?;
    rows.iter().map(|row| row.parsed("id")).collect()
}

async fn release_what_waits(tx: &mut Tx, organization: OrganizationId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE pages SET not_before = 0, waits_for_hold = 0 WHERE waits_for_hold = 1
         AND run_id IN (SELECT id FROM runs WHERE organization_id = $1 AND ended_at IS NULL)",
        args![organization],
    )
    .await?;
    let sql = "UPDATE enrichments SET not_before = 0 WHERE organization_id = $1 AND ended_at IS NULL AND not_before > 0";
    tx.execute(sql, args![organization]).await?;
    Ok(())
}
