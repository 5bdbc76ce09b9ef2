//! How many credits one message may take in all: what the balance has beyond what others hold, within the limit of its key.

use creel_types::{ApiKeyId, Credits, MessageEnd, MessageId, TOKENS_A_CREDIT, Time};

use super::OUTPUT_TOKENS_MIN;
use crate::{
    StoreError,
    database::Tx,
    ledger::{
        account::Locked,
        limits::{LimitSubject, Limits},
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
        let Some(limits) = Limits::load_one(tx, locked, now).await? else { return Ok(balance) };
        // What other messages of the key hold will count against its limit when they end.
        Ok(match limits.left_to_message(&(LimitSubject::ApiKey, key.to_string()), held) {
            Some(left) if left < balance.credits => Room { credits: left, bound: MessageEnd::LimitReached },
            _ => balance,
        })
    }

    /// How many tokens an answer may have where so many were used and so many are asked now; none where it would be too few.
    pub(super) fn output_tokens(self, used: i64, prompt_tokens: i64, output_tokens_max: i64) -> Option<i64> {
        let payable = self.credits.0.saturating_mul(TOKENS_A_CREDIT);
        let left = payable.saturating_sub(used).saturating_sub(prompt_tokens);
        (left >= OUTPUT_TOKENS_MIN).then(|| left.min(output_tokens_max.max(OUTPUT_TOKENS_MIN)))
    }
}

fn held_for(locked: &Locked, message: &str) -> Credits {
    locked.held_for_messages().filter(|hold| hold.reference.id == message).map(creel_ledger::Hold::amount).sum()
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
