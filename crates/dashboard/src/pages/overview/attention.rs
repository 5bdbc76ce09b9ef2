//! What needs attention: each as a sentence with the way to where it can be mended. Nothing here is found by reading many rows.

use creel_store::{ledger::unmetered::BillingMode, runs::RunView, schedules::ScheduleFilter, webhooks::WebhookStatus};
use creel_types::{RobotStatus, RunStatus, ScheduleStatus, Time, time::DAY_MS};

use crate::{
    Dashboard,
    figures::count,
    member::Member,
    parts::Tone,
    refusal::{Refusal, sentence},
};

/// Of each kind; whoever has more sees the first ones and the list behind them.
const ROWS_MAX: i64 = 4;
/// Robots and webhooks that are looked through, the newest.
const LOOKED_THROUGH_MAX: i64 = 100;
/// A failed run is of interest for so long.
const FAILED_MS: i64 = 7 * DAY_MS;

pub(super) struct Matter {
    pub(super) tone: Tone,
    pub(super) text: String,
    pub(super) path: String,
    pub(super) way: &'static str,
}

pub(super) async fn matters(dashboard: &Dashboard, member: &Member) -> Result<Vec<Matter>, Refusal> {
    let mut matters = of_billing(dashboard, member).await?;
    matters.extend(of_runs(dashboard, member).await?);
    matters.extend(of_schedules(dashboard, member).await?);
    matters.extend(of_robots(dashboard, member).await?);
    matters.extend(of_webhooks(dashboard, member).await?);
    Ok(matters)
}

/// What a plan asks for: the billing page says it in full.
async fn of_billing(dashboard: &Dashboard, member: &Member) -> Result<Vec<Matter>, Refusal> {
    if dashboard.billing.mode() != BillingMode::Stripe {
        return Ok(Vec::new());
    }
    let view = dashboard.store().subscription_view(member.organization).await?;
    let said = crate::pages::billing::status(&view, dashboard.store().clock.now());
    let matter = |sentence: crate::pages::billing::Sentence| Matter {
        tone: if sentence.is_urgent { Tone::Bad } else { Tone::Plain },
        text: sentence.text,
        path: "/billing".to_owned(),
        way: "Billing",
    };
    let is_trial = view.subscription.is_none() && view.trial.is_some();
    Ok(said.into_iter().filter(|sentence| sentence.is_urgent || is_trial).map(matter).collect())
}

async fn of_runs(dashboard: &Dashboard, member: &Member) -> Result<Vec<Matter>, Refusal> {
    let store = dashboard.store();
    let since = store.clock.now().plus_ms(-FAILED_MS);
    let failed = store.list_runs(member.organization, Some(RunStatus::Failed), None, None, None, ROWS_MAX).await?;
    Ok(failed.into_iter().filter(|run| is_since(run, since)).map(failed_run).collect())
}

fn is_since(run: &RunView, since: Time) -> bool {
    run.ended_at.is_some_and(|at| at >= since)
}

fn failed_run(run: RunView) -> Matter {
    let why = run.error.map(|error| format!(": {}", error.message)).unwrap_or_default();
    let text = format!("The run {} failed{why}", run.name);
    Matter { tone: Tone::Bad, text: sentence(&text), path: format!("/runs/{}", run.id), way: "Look at the run" }
}

async fn of_schedules(dashboard: &Dashboard, member: &Member) -> Result<Vec<Matter>, Refusal> {
    let filter = ScheduleFilter { status: Some(ScheduleStatus::PausedNoCredits), ..ScheduleFilter::default() };
    let paused = dashboard.store().list_schedules(member.organization, filter, None, ROWS_MAX).await?;
    let matter = |schedule: creel_store::schedules::Schedule| Matter {
        tone: Tone::Warn,
        text: format!("The schedule {} waits for credits and goes on by itself when there are some.", schedule.name),
        path: format!("/schedules/{}", schedule.id),
        way: "Look at the schedule",
    };
    Ok(paused.into_iter().map(matter).collect())
}

async fn of_robots(dashboard: &Dashboard, member: &Member) -> Result<Vec<Matter>, Refusal> {
    let robots = dashboard.store().list_robots(member.organization, None, LOOKED_THROUGH_MAX).await?;
    let degraded = robots.into_iter().filter(|robot| robot.status == RobotStatus::Degraded);
    let matter = |robot: creel_types::Robot| Matter {
        tone: Tone::Warn,
        text: format!("The robot {} finds less than it used to.", robot.name),
        path: format!("/robots/{}", robot.id),
        way: "Look at the robot",
    };
    Ok(degraded.take(4).map(matter).collect())
}

async fn of_webhooks(dashboard: &Dashboard, member: &Member) -> Result<Vec<Matter>, Refusal> {
    let store = dashboard.store();
    let webhooks = store.list_webhooks(member.organization, None, LOOKED_THROUGH_MAX).await?;
    let now = store.clock.now();
    let matter = |webhook: creel_store::webhooks::Webhook| {
        let hours = webhook.failing_since.map(|since| now.ms_since(since) / creel_types::time::HOUR_MS);
        let text = match (webhook.status, hours) {
            (WebhookStatus::Disabled, _) => "is off after it failed for long",
            _ => "does not take what it is sent",
        };
        let for_long = hours.filter(|hours| *hours > 0).map(|hours| format!(", for {}", count(hours, "hour")));
        Matter {
            tone: Tone::Warn,
            text: format!("The webhook {} {text}{}.", webhook.url, for_long.unwrap_or_default()),
            path: format!("/settings/webhooks/{}", webhook.id),
            way: "Look at its deliveries",
        }
    };
    Ok(webhooks.into_iter().filter(|webhook| webhook.failing_since.is_some()).take(4).map(matter).collect())
}
