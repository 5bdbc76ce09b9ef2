//! What endpoints may be told, and the body in which it is told.

use creel_types::{OrganizationId, words};
use serde_json::json;

use crate::outbox::OutboxRow;

words! {
    /// What a webhook may be told. Some of these are not raised yet; whoever wants them may say so already.
    EventKind {
        RunCompleted = "run.completed",
        RunFailed = "run.failed",
        RunUnhealthy = "run.unhealthy",
        RobotDegraded = "robot.degraded",
        CreditsLow = "credits.low",
        CreditsExhausted = "credits.exhausted",
        CreditsGranted = "credits.granted",
        SchedulePaused = "schedule.paused",
        ScheduleResumed = "schedule.resumed",
        EnrichmentCompleted = "enrichment.completed",
        ChangesDetected = "changes.detected",
        /// Sent when somebody asks for it, to the webhook that they name, whatever it wants.
        WebhookTest = "webhook.test",
    }
}

/// The body of each request that tells the event: the same bytes each time, since they are signed.
pub(super) fn body(organization: OrganizationId, event: &OutboxRow) -> String {
    let OutboxRow { kind, payload, created_at, .. } = event;
    json!({"type": kind, "timestamp": created_at, "organization_id": organization, "data": payload}).to_string()
}
