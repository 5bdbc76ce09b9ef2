//! What will be spent if everything goes on as it did, when credits are gone, and which schedule spends what share.

use creel_ledger::forecast::{Rate, exhausted_at};
use creel_types::{Credits, OrganizationId, ScheduleId, ScheduleStatus, Time, time::DAY_MS};
use serde::Serialize;
use utoipa::ToSchema;

use super::{account::read_account, usage};
use crate::{Store, StoreError, args, database::Tx, schedules};

/// How far the forecast looks back for what no schedule spends, and ahead where no cycle ends.
const WINDOW_DAYS: i64 = 30;
/// A schedule costs the median of so many of its last runs.
const LAST_RUNS: i64 = 3;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Forecast {
    pub as_of: Time,
    /// The end of the cycle, or thirty days from now where there is none.
    pub until: Time,
    /// What is spent until then at the present pace, whether or not it can be paid.
    pub projected_spend: Credits,
    /// A day's spending at the present pace.
    pub daily_spend: Credits,
    /// When nothing is left, lots that end on the way included; null where nothing is spent.
    pub exhausted_at: Option<Time>,
    pub schedules: Vec<ScheduleForecast>,
    /// What runs without a schedule and everything else spend until then, by the last thirty days.
    pub unscheduled: Credits,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ScheduleForecast {
    pub schedule_id: ScheduleId,
    pub name: String,
    pub status: ScheduleStatus,
    /// The median of its last three runs, with what they enriched by themselves; null before the first.
    pub credits_per_run: Option<Credits>,
    /// How often it is due until the end of the forecast; never while it is paused.
    pub runs: i64,
    /// What they spend.
    pub credits: Credits,
    /// Its part of everything that is spent, 0 to 1.
    pub share: f64,
}

struct Paced {
    forecast: ScheduleForecast,
    rate: Rate,
}

impl Store {
    pub async fn forecast(&self, organization: OrganizationId) -> Result<Forecast, StoreError> {
        self.end_what_is_due_now(organization).await?;
        let now = self.clock.now();
        let mut tx = self.database.begin_read().await?;
        let locked = read_account(&mut tx, organization).await?;
        let until = locked.cycle_ends_at.filter(|end| *end > now).unwrap_or(now.plus_ms(WINDOW_DAYS * DAY_MS));
        let ahead = until.ms_since(now);
        let schedules = paced_schedules(&mut tx, organization, (now, until)).await?;
        let unscheduled = unscheduled_rate(&mut tx, organization, locked.created_at, now).await?;
        let rate = schedules.iter().fold(unscheduled, |sum, schedule| sum.plus(schedule.rate));
        Ok(Forecast {
            as_of: now,
            until,
            projected_spend: rate.over(ahead),
            daily_spend: rate.over(DAY_MS),
            exhausted_at: exhausted_at(now, locked.account.lots(), rate),
            schedules: schedules.into_iter().map(|schedule| shared(schedule, rate)).collect(),
            unscheduled: unscheduled.over(ahead),
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share shown to people, not an amount")]
fn shared(schedule: Paced, all: Rate) -> ScheduleForecast {
    let share = if all.0 == 0 { 0.0 } else { schedule.rate.0 as f64 / all.0 as f64 };
    ScheduleForecast { share: (share * 1000.0).round() / 1000.0, ..schedule.forecast }
}

async fn paced_schedules(
    tx: &mut Tx,
    organization: OrganizationId,
    (now, until): (Time, Time),
) -> Result<Vec<Paced>, StoreError> {
    let sql = format!("{} WHERE s.organization_id = $1 ORDER BY s.id", schedules::LIGHT_VIEW);
    let rows = tx.rows(&sql, args![organization]).await?;
    let mut schedules = Vec::with_capacity(rows.len());
    for row in &rows {
        let schedule = schedules::schedule(row)?;
        let per_run = median_of_last_runs(tx, organization, schedule.id).await?;
        let runs_on = schedule.status != ScheduleStatus::Paused;
        let ticks = || schedule.timetable().map_or(0, |timetable| timetable.count(now, until));
        let runs = if runs_on && per_run.is_some() { ticks() } else { 0 };
        let runs = i64::try_from(runs).unwrap_or(i64::MAX);
        let credits = per_run.map_or(Credits::ZERO, |amount| Credits(amount.0.saturating_mul(runs)));
        let forecast = ScheduleForecast {
            schedule_id: schedule.id,
            name: schedule.name,
            status: schedule.status,
            credits_per_run: per_run,
            runs,
            credits,
            share: 0.0,
        };
        schedules.push(Paced { forecast, rate: Rate::of(credits, until.ms_since(now)) });
    }
    Ok(schedules)
}

async fn median_of_last_runs(
    tx: &mut Tx,
    organization: OrganizationId,
    schedule: ScheduleId,
) -> Result<Option<Credits>, StoreError> {
    let rows = tx
        .rows(
            "SELECT u.credits_spent + COALESCE((SELECT CAST(SUM(n.credits_spent) AS BIGINT) FROM enrichments n
                WHERE n.run_id = u.id AND n.schedule_id = u.schedule_id), 0) AS credits_spent
             FROM runs u WHERE u.organization_id = $1 AND u.schedule_id = $2 AND u.ended_at IS NOT NULL
             ORDER BY u.id DESC LIMIT $3",
            args![organization, schedule, LAST_RUNS],
        )
        .await?;
    let mut spent = rows.iter().map(|row| row.credits("credits_spent")).collect::<Result<Vec<_>, _>>()?;
    spent.sort();
    Ok(match spent.as_slice() {
        [] => None,
        [one] => Some(*one),
        // Of two, the mean, a started credit counting whole.
        [low, high] => Some(Credits((low.0 + high.0 + 1) / 2)),
        [_, middle, ..] => Some(*middle),
    })
}

/// What was debited in the window and came from no schedule; a young organization's window is its life, at least a day.
async fn unscheduled_rate(
    tx: &mut Tx,
    organization: OrganizationId,
    created_at: Time,
    now: Time,
) -> Result<Rate, StoreError> {
    let from = now.plus_ms(-WINDOW_DAYS * DAY_MS).max(created_at);
    let spent = usage::spent_without_schedule(tx, organization, from, now).await?;
    Ok(Rate::of(spent, now.ms_since(from).max(DAY_MS)))
}
