//! What was spent day by day, and how long what is left lasts at that pace.

use creel_store::ledger::{Balance, forecast::Forecast, unmetered::BillingMode, usage::UsageGroup};
use creel_types::time::DAY_MS;

use crate::{
    Dashboard,
    figures::{Number, grouped, instant},
    member::Member,
    refusal::Refusal,
};

/// Days that the chart shows.
const DAYS: i64 = 30;

pub(super) struct Spending {
    pub(super) spent: Number,
    pub(super) granted: Option<Number>,
    /// In a sentence; empty where nothing is spent.
    pub(super) outlook: String,
    /// Whether credits end before the cycle does.
    pub(super) is_short: bool,
    /// A day and what was spent on it, all days of the chart.
    pub(super) days: Vec<(String, i64)>,
}

pub(super) async fn spending(dashboard: &Dashboard, member: &Member, balance: &Balance) -> Result<Spending, Refusal> {
    let store = dashboard.store();
    let now = store.clock.now();
    let midnight = creel_types::Time(now.0 - now.0.rem_euclid(DAY_MS));
    let from = midnight.plus_ms(-(DAYS - 1) * DAY_MS);
    let usage = store.usage(member.organization, UsageGroup::Day, from, now.plus_ms(1)).await?;
    let spent_on = |day: &str| usage.iter().find(|row| row.key.as_deref() == Some(day)).map_or(0, |row| row.credits.0);
    let days = (0..DAYS).map(|day| from.plus_ms(day * DAY_MS).day()).map(|day| (day.clone(), spent_on(&day))).collect();
    let has_end = dashboard.billing.mode() != BillingMode::Off;
    let forecast = store.forecast(member.organization).await?;
    Ok(Spending {
        spent: Number::of(balance.cycle.spent.0),
        granted: has_end.then(|| Number::of(balance.cycle.granted.0)),
        outlook: outlook(&forecast, balance, has_end),
        is_short: has_end && forecast.exhausted_at.is_some_and(|at| at < forecast.until),
        days,
    })
}

fn outlook(forecast: &Forecast, balance: &Balance, has_end: bool) -> String {
    if forecast.daily_spend.0 == 0 {
        return String::new();
    }
    let pace = format!("At the present pace, {} credits a day", grouped(forecast.daily_spend.0));
    let until = if balance.cycle.ends_at.is_some() { "the end of the cycle" } else { "the next 30 days" };
    match forecast.exhausted_at.filter(|_| has_end) {
        Some(at) if at < forecast.until => format!("{pace}, credits are gone on {}.", instant(at)),
        _ => format!("{pace}, {} more are spent until {until}.", grouped(forecast.projected_spend.0)),
    }
}
