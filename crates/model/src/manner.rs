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

/// What is known of an endpoint.
pub(crate) struct Manners([Habit; 3]);

impl Manners {
    pub(crate) fn unknown() -> Manners {
        let habit = |word| Habit { word, is_left: AtomicBool::new(false) };
        Manners([habit("stream_options"), habit("max_tokens"), habit("temperature")])
    }

    /// Leaves off what the endpoint has just refused. Answers whether that is news.
    pub(crate) fn learn(&self, error: &ModelError) -> bool {
        let ModelError::Refused { status: 400 | 404 | 415 | 422 | 501, words } = error else { return false };
        let refused = self.0.iter().find(|habit| words.contains(habit.word));
        refused.is_some_and(|habit| !habit.is_left.swap(true, Ordering::Relaxed))
    }

    /// Puts a body into the endpoint's manner.
    pub(crate) fn keep(&self, body: &mut Json) {
        let Some(fields) = body.as_object_mut() else { return };
        for habit in self.0.iter().filter(|habit| habit.is_left.load(Ordering::Relaxed)) {
            let removed = fields.shift_remove(habit.word);
            if habit.word == "max_tokens"
                && let Some(most) = removed
            {
                fields.insert("max_completion_tokens".to_owned(), most);
            }
        }
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
        assert!(!manners.learn(&refused("no such model")));
        assert!(!manners.learn(&ModelError::Unavailable { reason: "max_tokens".into() }));
        assert!(manners.learn(&refused("Unsupported parameter: 'max_tokens', use 'max_completion_tokens'")));
        assert!(!manners.learn(&refused("'max_tokens'")), "known already: it would be asked for ever");
        assert_eq!(
            kept(),
            json!({"model": "m", "temperature": 0, "stream_options": {"include_usage": true}, "max_completion_tokens": 9})
        );
        assert!(manners.learn(&refused("temperature does not support 0")));
        assert!(manners.learn(&refused("unknown field `stream_options`")));
        assert_eq!(kept(), json!({"model": "m", "max_completion_tokens": 9}));
    }
}
