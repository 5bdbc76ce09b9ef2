//! How many credits one message may take in all: what the balance has beyond what others hold, within the limit of its key.

use creel_types::{ApiKeyId, Credits, MessageEnd, MessageId, OrganizationId, TOKENS_A_CREDIT, Time};

use super::OUTPUT_TOKENS_MIN;
use crate::{
    StoreError, args,
    database::Tx,
    ledger::{
        account::Locked,
        limits::{LimitSubject, Limits, RunSpending},
    },
};

/// What a message may take, and what bounds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) credits: Credits,
    pub(super) bound: MessageEnd,
}

impl Room {
    /// Under the organization's lock. `holds` is what the message holds already.
    pub(super) async fn load(
        tx: &mut Tx,
        locked: &Locked,
        key: Option<ApiKeyId>,
        own: Option<MessageId>,
        now: Time,
    ) -> Result<Room, StoreError> {
        let held = own.map_or(Credits::ZERO, |own| held_for(locked, &own.to_string()));
        let balance = Room { credits: held + locked.account.available, bound: MessageEnd::InsufficientCredits };
        let Some(key) = key else { return Ok(balance) };
        let organization = locked.account.organization;
        let Some(limits) = Limits::load_one(tx, organization, locked, now).await? else { return Ok(balance) };
        let subjects = [(LimitSubject::ApiKey, key.to_string())];
        let Some(left) = limits.left(&RunSpending { subjects: &subjects, spent: Credits::ZERO }) else { return Ok(balance) };
        // What other messages of the key hold will count against its limit when they end.
        let others = held_by_key(tx, locked, organization, key).await? - held;
        let left = Credits((left - others).0.max(0));
        Ok(if left < balance.credits { Room { credits: left, bound: MessageEnd::LimitReached } } else { balance })
    }

    /// How many tokens an answer may have where so many were used and so many are asked now; none where it would be too few.
    pub(super) fn output_tokens(self, used: i64, prompt_tokens: i64, output_tokens_max: i64) -> Option<i64> {
        let payable = self.credits.0.saturating_mul(TOKENS_A_CREDIT);
        let left = payable.saturating_sub(used).saturating_sub(prompt_tokens);
        (left >= OUTPUT_TOKENS_MIN).then(|| left.min(output_tokens_max.max(OUTPUT_TOKENS_MIN)))
    }
}

fn held_for(locked: &Locked, message: &str) -> Credits {
    use creel_ledger::{HoldState, ReferenceType};
    let holds = locked.account.holds().iter();
    let of_message = |hold: &&creel_ledger::Hold| {
        hold.state == HoldState::Open && hold.reference.kind == ReferenceType::Message && hold.reference.id == message
    };
    holds.filter(of_message).map(creel_ledger::Hold::amount).sum()
}

async fn held_by_key(
    tx: &mut Tx,
    locked: &Locked,
    organization: OrganizationId,
    key: ApiKeyId,
) -> Result<Credits, StoreError> {
    let sql = "SELECT id FROM messages WHERE organization_id = $1 AND api_key_id = $2 AND ended_at IS NULL";
    let mut held = Credits::ZERO;
    for row in &tx.rows(sql, args![organization, key]).await? {
        held += held_for(locked, &row.text("id")?);
    }
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_gets_what_is_left_and_never_less_than_is_worth_asking_for() {
        for (credits, used, prompt, most, tokens) in [
            (1, 0, 744, 2_000, Some(256)),
            (1, 0, 745, 2_000, None),
            (2, 0, 745, 2_000, Some(1_255)),
            (10, 0, 100, 2_000, Some(2_000)),
            (3, 2_500, 244, 2_000, Some(256)),
            (3, 2_500, 245, 2_000, None),
            (0, 0, 0, 2_000, None),
            (10, 0, 100, 1, Some(256)),
            (i64::MAX, 0, 100, 2_000, Some(2_000)),
        ] {
            let room = Room { credits: Credits(credits), bound: MessageEnd::InsufficientCredits };
            assert_eq!(room.output_tokens(used, prompt, most), tokens, "{credits} {used} {prompt}");
        }
    }
}
