//! What webhooks are sent: each event with the fields of its `data`, once, for the reference and for a JSON schema.

use creel_store::webhooks::EventKind;
use serde_json::{Value, json};

/// What a field holds.
#[derive(Clone, Copy)]
enum Holds {
    Id,
    Text,
    Number,
    Instant,
    Error,
}

/// A field of `data`: its name, what it holds, whether it may be null, what it means.
type Field = (&'static str, Holds, bool, &'static str);

const RUN: &[Field] = &[
    ("run_id", Holds::Id, false, "the run"),
    ("name", Holds::Text, false, "its name"),
    ("status", Holds::Text, false, "`completed` or `failed`"),
    (
        "end_reason",
        Holds::Text,
        false,
        "`crawl_complete`, `budget_reached`, `insufficient_credits`, `limit_reached` or `error`",
    ),
    ("error", Holds::Error, true, "`{code, message}` of a run that failed"),
    ("robot_id", Holds::Id, false, "its robot"),
    ("schedule_id", Holds::Id, true, "the schedule that made it"),
    ("budget", Holds::Number, true, "the most captures that it was to make"),
    ("extracted", Holds::Number, false, "captures that it made"),
    ("duplicates", Holds::Number, false, "products that it met again"),
    ("pages_fetched", Holds::Number, false, "pages that were fetched"),
    ("pages_failed", Holds::Number, false, "pages that could not be"),
    ("pages_blocked", Holds::Number, false, "pages that the shop refused"),
    ("credits_spent", Holds::Number, false, "what its captures cost"),
    ("created_at", Holds::Instant, false, "when it was asked for"),
    ("started_at", Holds::Instant, true, "when it began"),
    ("ended_at", Holds::Instant, false, "when it ended"),
];

const ENRICHMENT: &[Field] = &[
    ("enrichment_id", Holds::Id, false, "the enrichment"),
    ("name", Holds::Text, false, "its name"),
    ("status", Holds::Text, false, "`completed` or `failed`"),
    ("end_reason", Holds::Text, false, "`all_processed`, `insufficient_credits`, `limit_reached` or `error`"),
    ("error", Holds::Text, true, "what went wrong in one that failed"),
    ("run_id", Holds::Id, true, "the run that it is about"),
    ("total", Holds::Number, true, "captures that it is about; null where it ended before they were known"),
    ("processed", Holds::Number, false, "items that it made"),
    ("failed", Holds::Number, false, "captures of which no item could be made"),
    ("already_enriched", Holds::Number, false, "captures that had an item"),
    ("credits_spent", Holds::Number, false, "what its items cost"),
    ("created_at", Holds::Instant, false, "when it was asked for"),
    ("started_at", Holds::Instant, true, "when it began"),
    ("ended_at", Holds::Instant, false, "when it ended"),
];

const THRESHOLD: &[Field] = &[
    ("threshold_percent", Holds::Number, false, "the threshold that was passed"),
    ("of", Holds::Number, false, "the credits that it is percents of"),
    ("available", Holds::Number, false, "what is left"),
    ("held", Holds::Number, false, "what is set aside for work under way"),
];

const GRANTED: &[Field] = &[
    ("sequence", Holds::Number, false, "the entry of the statement"),
    ("credits", Holds::Number, false, "how many"),
    ("available", Holds::Number, false, "what is there with them"),
    ("expires_at", Holds::Instant, true, "when they end"),
    ("description", Holds::Text, false, "what they are for"),
];

const SCHEDULE: &[Field] = &[
    ("schedule_id", Holds::Id, false, "the schedule"),
    ("name", Holds::Text, false, "its name"),
    ("reason", Holds::Text, false, "`credits` where credits ran out or came back; else who did it"),
];

const TEST: &[Field] =
    &[("webhook_id", Holds::Id, false, "the webhook"), ("message", Holds::Text, false, "a line for people")];

/// When it is raised, and its fields; `None` for what is not raised yet.
fn meaning(kind: EventKind) -> (&'static str, Option<&'static [Field]>) {
    match kind {
        EventKind::RunCompleted => (
            "A run completed: it crawled everything, or its budget, a limit or credits ended it. A run that is restarted ends again.",
            Some(RUN),
        ),
        EventKind::RunFailed => ("A run failed. That somebody stopped a run is no event.", Some(RUN)),
        EventKind::CreditsLow => ("A threshold of credits was passed, once each per cycle or grant.", Some(THRESHOLD)),
        EventKind::CreditsExhausted => {
            ("One capture can no longer be paid: runs end and schedules are paused.", Some(THRESHOLD))
        }
        EventKind::CreditsGranted => ("Credits were added.", Some(GRANTED)),
        EventKind::SchedulePaused => ("A schedule makes no more runs.", Some(SCHEDULE)),
        EventKind::ScheduleResumed => ("A schedule makes runs again.", Some(SCHEDULE)),
        EventKind::WebhookTest => ("Somebody asked for it: `POST /v1/webhooks/{id}/test`.", Some(TEST)),
        EventKind::RunUnhealthy => ("A run's captures do not look like those of the runs before.", None),
        EventKind::RobotDegraded => ("A robot no longer reads its shop as it did.", None),
        EventKind::EnrichmentCompleted => (
            "An enrichment ended by itself: all is processed, or a limit, credits or an error ended it. One that is restarted ends again.",
            Some(ENRICHMENT),
        ),
        EventKind::ChangesDetected => ("A run found changes.", None),
    }
}

impl Holds {
    const fn word(self) -> &'static str {
        match self {
            Holds::Id => "id",
            Holds::Text => "text",
            Holds::Number => "whole number",
            Holds::Instant => "instant",
            Holds::Error => "object",
        }
    }

    fn schema(self) -> Value {
        match self {
            Holds::Id => json!({"type": "string", "format": "uuid"}),
            Holds::Text => json!({"type": "string"}),
            Holds::Number => json!({"type": "integer"}),
            Holds::Instant => json!({"type": "string", "format": "date-time"}),
            Holds::Error => json!({
                "type": "object",
                "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
                "required": ["code", "message"],
            }),
        }
    }
}

/// The reference of events, in Markdown.
#[must_use]
pub fn events_text() -> String {
    let mut text = include_str!("events.md").to_owned();
    for kind in EventKind::ALL {
        let (says, fields) = meaning(*kind);
        text += &format!("\n## `{kind}`\n\n{says}\n");
        let Some(fields) = fields else {
            text += "\nNot raised yet; it may be asked for already.\n";
            continue;
        };
        text += "\n| field of `data` | holds | means |\n| --- | --- | --- |\n";
        for (name, holds, may_be_null, says) in fields {
            let or_null = if *may_be_null { " or null" } else { "" };
            text += &format!("| `{name}` | {}{or_null} | {says} |\n", holds.word());
        }
    }
    text
}

/// A JSON schema of the bodies that are sent. Fields may be added; those that are here stay.
#[must_use]
pub fn events_schema_text() -> String {
    let raised = EventKind::ALL.iter().filter_map(|kind| Some((*kind, meaning(*kind).1?)));
    let bodies: Vec<Value> = raised.map(|(kind, fields)| body(kind, fields)).collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The body of a request that Creel sends to a webhook",
        "oneOf": bodies,
    });
    format!("{schema:#}\n")
}

fn body(kind: EventKind, fields: &[Field]) -> Value {
    let properties: serde_json::Map<String, Value> = fields
        .iter()
        .map(|(name, holds, may_be_null, says)| {
            let mut schema = holds.schema();
            if *may_be_null {
                schema["type"] = json!([schema["type"], "null"]);
            }
            schema["description"] = json!(says);
            ((*name).to_owned(), schema)
        })
        .collect();
    let names: Vec<&str> = fields.iter().map(|field| field.0).collect();
    json!({
        "title": kind,
        "type": "object",
        "properties": {
            "type": {"const": kind},
            "timestamp": Holds::Instant.schema(),
            "organization_id": Holds::Id.schema(),
            "data": {"type": "object", "properties": properties, "required": names},
        },
        "required": ["type", "timestamp", "organization_id", "data"],
    })
}
