//! How long the credits last: what was left day by day, what will be at the present pace, and which schedule spends what.

use creel_store::ledger::{
    Balance,
    forecast::{Forecast, ScheduleForecast},
    unmetered::BillingMode,
};
use creel_types::{Time, time::DAY_MS};

use crate::{
    Dashboard,
    columns::{Columns, Day},
    figures::{Number, When, grouped, instant},
    member::Member,
    parts::Progress,
    refusal::Refusal,
};

/// Days before today that are shown.
const PAST_DAYS: i64 = 14;
/// Days ahead that are shown, at most.
const AHEAD_DAYS_MAX: i64 = 45;

pub(crate) struct Outlook {
    pub(crate) daily: Number,
    pub(crate) projected: Number,
    /// What it is reckoned to.
    pub(crate) until: When,
    /// Nothing where credits last, or where nobody pays.
    pub(crate) gone: Option<String>,
    /// Credits are gone before they come anew.
    pub(crate) is_short: bool,
    /// How much of the cycle's credits is spent.
    pub(crate) spent: Option<Progress>,
    pub(crate) chart: Option<Columns>,
    pub(super) schedules: Vec<ScheduleRow>,
    pub(super) unscheduled: String,
}

pub(super) struct ScheduleRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) per_run: String,
    pub(super) runs: String,
    pub(super) credits: String,
    pub(super) percent: String,
}

pub(crate) async fn outlook(dashboard: &Dashboard, member: &Member, balance: &Balance) -> Result<Outlook, Refusal> {
    let store = dashboard.store();
    let now = store.clock.now();
    let forecast = store.forecast(member.organization).await?;
    let has_end = dashboard.billing.mode() != BillingMode::Off;
    let chart = match has_end {
        true => {
            let from = now.midnight().plus_ms(-PAST_DAYS * DAY_MS);
            let past = store.balance_by_day(member.organization, from, now).await?;
            chart(past, balance, &forecast, now)
        }
        false => None,
    };
    let gone = forecast.exhausted_at.filter(|_| has_end);
    Ok(Outlook {
        daily: Number::of(forecast.daily_spend.0),
        projected: Number::of(forecast.projected_spend.0),
        until: When::of(forecast.until, now),
        gone: gone.map(instant),
        is_short: gone.is_some_and(|at| at < forecast.until),
        spent: spent(balance).filter(|_| has_end),
        chart,
        schedules: forecast.schedules.iter().map(schedule_row).collect(),
        unscheduled: grouped(forecast.unscheduled.0),
    })
}

fn spent(balance: &Balance) -> Option<Progress> {
    let (spent, granted) = (balance.cycle.spent.0, balance.cycle.granted.0);
    let percent = spent.saturating_mul(100).checked_div(granted)?.clamp(0, 100);
    Some(Progress {
        label: format!("{} of {} spent in this cycle", grouped(spent), grouped(granted)),
        percent: Some(percent),
    })
}

/// What was left at the end of each day, then what will be.
fn chart(past: Vec<(String, i64)>, balance: &Balance, forecast: &Forecast, now: Time) -> Option<Columns> {
    let mut days: Vec<Day> = past.into_iter().map(|(day, number)| Day { day, number, is_faint: false }).collect();
    if let Some(today) = days.last_mut() {
        today.number = balance.available.0;
    }
    let ahead = (forecast.until.ms_since(now) / DAY_MS).clamp(0, AHEAD_DAYS_MAX);
    days.extend(expected(balance, forecast.daily_spend.0, now, ahead));
    Columns::of("Credits left by day, and as expected", "credits", &days)
}

/// What is left at the end of each day ahead, if each costs the same: lots are spent in their order, and end when they end.
fn expected(balance: &Balance, daily: i64, now: Time, count: i64) -> Vec<Day> {
    let mut lots: Vec<(i64, Option<Time>)> = balance.lots.iter().map(|lot| (lot.remaining.0, lot.expires_at)).collect();
    let today = now.midnight();
    let day = |at: i64| {
        let end = today.plus_ms((at + 1) * DAY_MS);
        let mut cost = daily;
        for (left, _) in &mut lots {
            let taken = cost.min(*left);
            *left -= taken;
            cost -= taken;
        }
        lots.retain(|(left, ends)| *left > 0 && ends.is_none_or(|ends| ends > end));
        let number = lots.iter().map(|(left, _)| left).sum();
        Day { day: end.plus_ms(-DAY_MS).day(), number, is_faint: true }
    };
    (1..=count).map(day).collect()
}

fn schedule_row(row: &ScheduleForecast) -> ScheduleRow {
    ScheduleRow {
        id: row.schedule_id.to_string(),
        name: row.name.clone(),
        per_run: row.credits_per_run.map_or_else(|| "not known yet".to_owned(), |credits| grouped(credits.0)),
        runs: grouped(row.runs),
        credits: grouped(row.credits.0),
        percent: format!("{:.1}", row.share * 100.0),
    }
}

#[cfg(test)]
mod tests {
    use creel_ledger::LotSource;
    use creel_store::ledger::{BalanceLot, Cycle};
    use creel_types::{Credits, Random};

    use super::*;

    #[test]
    fn what_is_left_ahead_ends_with_its_lots() {
        let now: Time = "2026-01-10T12:00:00Z".parse().unwrap();
        let lot = |remaining, expires_at| BalanceLot {
            id: Random::seeded(1).id(now),
            source: LotSource::Cycle,
            amount: Credits(remaining),
            remaining: Credits(remaining),
            expires_at,
        };
        let balance = Balance {
            available: Credits(130),
            held: Credits(0),
            lots: vec![lot(100, Some(now.plus_ms(2 * DAY_MS))), lot(30, None)],
            cycle: Cycle { starts_at: now, ends_at: None, granted: Credits(130), spent: Credits(0) },
            as_of: now,
        };
        let left: Vec<i64> = expected(&balance, 10, now, 6).into_iter().map(|day| day.number).collect();
        assert_eq!(left, [120, 30, 20, 10, 0, 0], "the first lot ends on the second day with what is left of it");
        assert_eq!(expected(&balance, 0, now, 1)[0].day, "2026-01-11");
    }
}
