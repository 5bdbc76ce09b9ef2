//! What was available day by day, what was spent, and how long what is left lasts at that pace.

use creel_store::ledger::{Balance, forecast::Forecast, unmetered::BillingMode, usage::UsageGroup};
use creel_types::{Time, time::DAY_MS};

use crate::{
    Dashboard,
    chart::{Chart, Point},
    figures::{Number, count, grouped, instant},
    member::Member,
    refusal::Refusal,
};

/// Days that the charts look back.
const DAYS: i64 = 30;
/// Days that they look ahead at most: a month has no more.
const AHEAD_MAX: i64 = 31;

pub(super) struct Spending {
    pub(super) spent: Number,
    pub(super) granted: Option<Number>,
    /// In a sentence; empty where nothing is spent.
    pub(super) outlook: String,
    /// Whether credits end before the cycle does.
    pub(super) is_short: bool,
    pub(super) chart: Chart,
}

pub(super) async fn spending(dashboard: &Dashboard, member: &Member, balance: &Balance) -> Result<Spending, Refusal> {
    let forecast = dashboard.store().forecast(member.organization).await?;
    let has_end = dashboard.billing.mode() != BillingMode::Off;
    let chart = if has_end {
        burn_down(dashboard, member, balance, &forecast).await?
    } else {
        spent_by_day(dashboard, member).await?
    };
    Ok(Spending {
        spent: Number::of(balance.cycle.spent.0),
        granted: has_end.then(|| Number::of(balance.cycle.granted.0)),
        outlook: outlook(&forecast, balance, has_end),
        is_short: has_end && forecast.exhausted_at.is_some_and(|at| at < forecast.until),
        chart,
    })
}

/// What was available at the end of each day, and what will be at the present pace.
async fn burn_down(
    dashboard: &Dashboard,
    member: &Member,
    balance: &Balance,
    forecast: &Forecast,
) -> Result<Chart, Refusal> {
    let store = dashboard.store();
    let now = forecast.as_of;
    let days = store.balance_by_day(member.organization, now.plus_ms(-(DAYS - 1) * DAY_MS), now).await?;
    // Before the first grant there was nothing to look at.
    let past = days.into_iter().skip_while(|(_, left)| *left == 0).map(|(day, left)| point(day, left)).collect();
    let days_ahead = (forecast.until.ms_since(now) / DAY_MS).clamp(0, AHEAD_MAX);
    let left = |day: i64| match forecast.exhausted_at {
        Some(at) if at <= now.plus_ms(day * DAY_MS) => 0,
        _ => (balance.available.0 - forecast.daily_spend.0.saturating_mul(day)).max(0),
    };
    let ahead = (1..=days_ahead).map(|day| point(now.plus_ms(day * DAY_MS).day(), left(day))).collect();
    Ok(Chart::outlook("Credits available, and as expected", "Credits", past, ahead))
}

async fn spent_by_day(dashboard: &Dashboard, member: &Member) -> Result<Chart, Refusal> {
    let store = dashboard.store();
    let now = store.clock.now();
    let from = Time(now.0 - now.0.rem_euclid(DAY_MS)).plus_ms(-(DAYS - 1) * DAY_MS);
    let usage = store.usage(member.organization, UsageGroup::Day, from, now.plus_ms(1)).await?;
    let spent_on = |day: &str| usage.iter().find(|row| row.key.as_deref() == Some(day)).map_or(0, |row| row.credits.0);
    let days = (0..DAYS).map(|day| from.plus_ms(day * DAY_MS).day()).map(|day| (spent_on(&day), day));
    Ok(Chart::bars("Credits spent by day", "Credits", days.map(|(spent, day)| point(day, spent)).collect()))
}

#[expect(clippy::cast_precision_loss, reason = "a place in a drawing; the words beside it are exact")]
fn point(day: String, credits: i64) -> Point {
    Point::new(day, Some(credits as f64), count(credits, "credit"))
}

fn outlook(forecast: &Forecast, balance: &Balance, has_end: bool) -> String {
    if forecast.daily_spend.0 == 0 {
        return String::new();
    }
    let pace = format!("At the present pace, {} a day", count(forecast.daily_spend.0, "credit"));
    let until = if balance.cycle.ends_at.is_some() { "the end of the cycle" } else { "the next 30 days are over" };
    match forecast.exhausted_at.filter(|_| has_end) {
        Some(at) if at < forecast.until => format!("{pace}, credits are gone on {}.", instant(at)),
        _ => format!("{pace}, {} more are spent until {until}.", grouped(forecast.projected_spend.0)),
    }
}
