//! Messages of the assistant: what becomes of one, whose conversation it is in, and what its tokens cost.

use crate::{Action, ApiKeyId, Credits, PersonId, words};

/// Tokens of one message that a credit pays; a thousand that was started is paid whole.
pub const TOKENS_A_CREDIT: i64 = 1_000;

words! {
    /// How a message stands.
    MessageStatus {
        /// Its answer is being made.
        Answering = "answering",
        Answered = "answered",
        /// Somebody stopped it, or credits ended: what was said until then is its answer.
        Stopped = "stopped",
        /// The model failed, or the process did.
        Failed = "failed",
    }
}

words! {
    /// Why a message ended.
    MessageEnd {
        Answered = "answered",
        /// The asker stopped it.
        StoppedByUser = "stopped_by_user",
        /// Whoever asked went away before the answer was whole.
        ClientGone = "client_gone",
        InsufficientCredits = "insufficient_credits",
        /// The credit limit of the API key.
        LimitReached = "limit_reached",
        /// It took as many calls of the model, or as long, as a message may take.
        TooLong = "too_long",
        /// The model's endpoint failed.
        ModelFailed = "model_failed",
        /// The process that made the answer died.
        Interrupted = "interrupted",
    }
}

impl MessageEnd {
    /// The status that a message with this end has.
    #[must_use]
    pub const fn status(self) -> MessageStatus {
        match self {
            MessageEnd::Answered => MessageStatus::Answered,
            MessageEnd::StoppedByUser
            | MessageEnd::ClientGone
            | MessageEnd::InsufficientCredits
            | MessageEnd::LimitReached
            | MessageEnd::TooLong => MessageStatus::Stopped,
            MessageEnd::ModelFailed | MessageEnd::Interrupted => MessageStatus::Failed,
        }
    }
}

/// Whose conversation it is: nobody else of the organization reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    Person(PersonId),
    Key(ApiKeyId),
}

impl Asker {
    #[must_use]
    pub const fn person(self) -> Option<PersonId> {
        if let Asker::Person(person) = self { Some(person) } else { None }
    }

    #[must_use]
    pub const fn key(self) -> Option<ApiKeyId> {
        if let Asker::Key(key) = self { Some(key) } else { None }
    }
}

/// What a message of so many tokens costs: a credit for each thousand that was started.
#[must_use]
pub const fn credits_of_tokens(tokens: i64) -> Credits {
    let tokens = if tokens > 0 { tokens } else { 0 };
    let started = tokens / TOKENS_A_CREDIT + if tokens % TOKENS_A_CREDIT > 0 { 1 } else { 0 };
    Credits(started.saturating_mul(Action::Assistant.price().0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_started_thousand_is_one_credit() {
        for (tokens, credits) in [
            (-1, 0),
            (0, 0),
            (1, 1),
            (999, 1),
            (1_000, 1),
            (1_001, 2),
            (2_000, 2),
            (2_001, 3),
            (i64::MAX, 9_223_372_036_854_776),
        ] {
            assert_eq!(credits_of_tokens(tokens), Credits(credits), "{tokens}");
        }
    }
}
