//! What somebody fills in about a webhook: where it is, what it is called, which events it is told.

use creel_store::webhooks::EventKind;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{form::Field, refusal::Refusal};

/// Events that are raised, with what they tell. Others may be wanted too, and are shown where they are.
const RAISED: [(EventKind, &str); 7] = [
    (EventKind::RunCompleted, "A run is complete"),
    (EventKind::RunFailed, "A run failed"),
    (EventKind::CreditsLow, "Credits run low"),
    (EventKind::CreditsExhausted, "Credits are gone"),
    (EventKind::CreditsGranted, "Credits came"),
    (EventKind::SchedulePaused, "A schedule was paused"),
    (EventKind::ScheduleResumed, "A schedule goes on"),
];

#[derive(Default, Deserialize)]
pub(super) struct WebhookForm {
    #[serde(default)]
    pub(super) form_token: String,
    #[serde(default)]
    pub(super) etag: String,
    #[serde(default)]
    pub(super) url: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) events: Vec<String>,
}

/// One event as a box to tick.
pub(super) struct EventBox {
    pub(super) word: &'static str,
    pub(super) text: &'static str,
    pub(super) is_ticked: bool,
}

/// The fields, and what is wrong with one of them.
pub(super) struct WebhookFields {
    pub(super) url: Field,
    pub(super) description: Field,
    pub(super) events: Vec<EventBox>,
    pub(super) events_error: String,
}

/// Names of the fields.
pub(super) const FIELDS: [&str; 3] = ["url", "description", "events"];

impl WebhookForm {
    pub(super) fn body(&self) -> Value {
        json!({"url": self.url.trim(), "description": self.description, "events": self.events})
    }

    pub(super) fn fields(&self, refusal: Option<&Refusal>) -> WebhookFields {
        let is_ticked = |event: EventKind| self.events.iter().any(|word| word == event.as_str());
        let raised = RAISED.into_iter().map(|(event, text)| (event, text, is_ticked(event)));
        let known = |event: &EventKind| RAISED.iter().any(|(raised, _)| raised == event);
        let wanted = EventKind::ALL.iter().copied().filter(|event| !known(event) && is_ticked(*event));
        let others = wanted.map(|event| (event, "Not raised yet", true));
        WebhookFields {
            url: Field::input("url", "url", "Address")
                .required()
                .having("placeholder", "https://shop.example/hooks/creel")
                .having("maxlength", "2000")
                .holding(&*self.url)
                .hinting("Events are sent there as POST requests, signed. It must be https and on the public internet.")
                .refused(refusal),
            description: Field::input("text", "description", "Description (optional)")
                .having("maxlength", "200")
                .holding(&*self.description)
                .refused(refusal),
            events: raised
                .chain(others)
                .map(|(event, text, is_ticked)| EventBox { word: event.as_str(), text, is_ticked })
                .collect(),
            events_error: refusal
                .filter(|refusal| refusal.is_at("events"))
                .map(|refusal| refusal.message.clone())
                .unwrap_or_default(),
        }
    }
}

/// What a webhook is told, in a few words.
pub(super) fn told(events: &[EventKind]) -> String {
    match events {
        [] => "everything".to_owned(),
        [one] => one.to_string(),
        [one, two] => format!("{one}, {two}"),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
    }
}
