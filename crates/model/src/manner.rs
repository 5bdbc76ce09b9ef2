//! In which manner an endpoint wants to be asked. All speak one protocol, and each leaves something of it out: what one refuses is
//! not sent to it again.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value as Json;

use crate::ModelError;

/// Something that an endpoint may refuse, by the word that it refuses it with.
struct Habit {
    word: &'static str,
    is_left: AtomicBool,
}

/// How endpoints say that they do not know a field.
const UNKNOWN: [&str; 10] = [
    "unsupported",
    "not support",
    "unknown",
    "unrecognized",
    "unexpected",
    "extra",
    "not permitted",
    "not allowed",
    "invalid field",
    "max_completion_tokens",
];

/// What was left off a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept([bool; 3]);

/// What is known of an endpoint.
pub(crate) struct Manners([Habit; 3]);

impl Manners {
    pub(crate) fn unknown() -> Manners {
        let habit = |word| Habit { word, is_left: AtomicBool::new(false) };
        Manners([habit("stream_options"), habit("max_tokens"), habit("temperature")])
    }

    /// Leaves off what the endpoint has just refused of a body that was put into this manner. Answers whether asking again helps:
    /// where somebody else learned it meanwhile it does.
    pub(crate) fn learn(&self, error: &ModelError, kept: Kept) -> bool {
        let ModelError::Refused { status: 400 | 404 | 415 | 422 | 501, words } = error else { return false };
        let words = words.to_lowercase();
        // A limit that is too large, or a temperature that is, is no unknown field.
        if !UNKNOWN.iter().any(|said| words.contains(said)) {
            return false;
        }
        for (habit, was_left) in self.0.iter().zip(kept.0) {
            if !was_left && words.contains(habit.word) {
                habit.is_left.store(true, Ordering::Relaxed);
                return true;
            }
        }
        false
    }

    /// Puts a body into the endpoint's manner.
    pub(crate) fn keep(&self, body: &mut Json) -> Kept {
        let kept = Kept(std::array::from_fn(|at| self.0[at].is_left.load(Ordering::Relaxed)));
        let Some(fields) = body.as_object_mut() else { return kept };
        for (habit, _) in self.0.iter().zip(kept.0).filter(|(_, is_left)| *is_left) {
            let removed = fields.shift_remove(habit.word);
            if habit.word == "max_tokens"
                && let Some(most) = removed
            {
                fields.insert("max_completion_tokens".to_owned(), most);
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_refused_once_is_not_sent_again() {
        let manners = Manners::unknown();
        let body = || json!({"model": "m", "max_tokens": 9, "temperature": 0, "stream_options": {"include_usage": true}});
        let kept = || {
            let mut kept = body();
            manners.keep(&mut kept);
            kept
        };
        assert_eq!(kept(), body());
        let refused = |words: &str| ModelError::Refused { status: 400, words: words.into() };
        let (first, second) = (manners.keep(&mut body()), manners.keep(&mut body()));
        assert!(!manners.learn(&refused("no such model"), first));
        assert!(!manners.learn(&refused("max_tokens is too large: 100000"), first), "it is known, and too much");
        assert!(!manners.learn(&ModelError::Unavailable { reason: "unknown max_tokens".into() }, first));
        assert!(manners.learn(&refused("Unsupported parameter: 'max_tokens', use 'max_completion_tokens'"), first));
        assert!(
            manners.learn(&refused("unsupported 'max_tokens'"), second),
            "asked before that was known, it is asked again"
        );
        let third = manners.keep(&mut body());
        assert!(!manners.learn(&refused("unsupported 'max_tokens'"), third), "left off already: it would be asked for ever");
        assert_eq!(
            kept(),
            json!({"model": "m", "temperature": 0, "stream_options": {"include_usage": true}, "max_completion_tokens": 9})
        );
        assert!(manners.learn(&refused("temperature does not support 0"), third));
        assert!(manners.learn(&refused("unknown field `stream_options`"), third));
        assert_eq!(kept(), json!({"model": "m", "max_completion_tokens": 9}));
    }
}
