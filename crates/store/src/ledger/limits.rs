//! Credit limits on keys, robots and schedules: set, shown, and loaded under the organization's lock for whoever debits.

use std::collections::{BTreeMap, BTreeSet};

use creel_ledger::{CreditLimit, Hold, LimitPeriod, LimitState, limit::month_start};
use creel_types::{Credits, HoldId, OrganizationId, Time, words};
use serde::Serialize;
use utoipa::ToSchema;

use super::account::{Locked, Named, ids, lock_account};
use crate::{
    Store, StoreError, args,
    database::{Given, Kind, Row, Tx},
};

words! {
    /// What a limit is on.
    LimitSubject {
        ApiKey = "api_key",
        Robot = "robot",
        Schedule = "schedule",
    }
}

/// A limit with what was spent of it in its current period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LimitView {
    pub subject: LimitSubject,
    pub subject_id: String,
    pub amount: Credits,
    pub period: LimitPeriod,
    /// Null for a limit on each run, which has a count of its own.
    pub spent: Option<Credits>,
}

/// Which limit: a subject and its id.
pub(crate) type LimitKey = (LimitSubject, String);

/// The limits of one organization as a batch of debits counts in them.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    counted: BTreeMap<LimitKey, LimitState>,
    /// A limit on each run counts what that run spent.
    by_run: BTreeMap<LimitKey, CreditLimit>,
    /// What messages that are being answered hold, by the key that asked them: some of it will count when they end.
    held: BTreeMap<LimitKey, Credits>,
    changed: BTreeSet<LimitKey>,
}

/// What limits say of a debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allows {
    Now,
    /// It would pass a limit if what messages hold came to be debited whole.
    Later,
    Never,
}

impl Limits {
    /// The limits of each organization, with counters of periods that are over begun anew. Called under their locks.
    pub(crate) async fn load(
        tx: &mut Tx,
        accounts: impl IntoIterator<Item = &Locked>,
        now: Time,
    ) -> Result<BTreeMap<OrganizationId, Limits>, StoreError> {
        let limited = accounts.into_iter().filter(|locked| locked.has_limits);
        let accounts: BTreeMap<OrganizationId, &Locked> = limited.map(|one| (one.account.organization, one)).collect();
        let mut loaded: BTreeMap<OrganizationId, Limits> = BTreeMap::new();
        let sql = "SELECT c.* FROM given JOIN credit_limits c ON c.organization_id = given.id";
        for row in &tx.rows_given(ids(accounts.keys()), sql).await? {
            let organization: OrganizationId = row.parsed("organization_id")?;
            let Some(locked) = accounts.get(&organization) else { continue };
            loaded.entry(organization).or_default().add(row, locked, now)?;
        }
        load_held(tx, &accounts, &mut loaded).await?;
        Ok(loaded)
    }

    /// The limits of one organization, where it has any. Called under its lock.
    pub(crate) async fn load_one(tx: &mut Tx, locked: &Locked, now: Time) -> Result<Option<Limits>, StoreError> {
        Ok(Limits::load(tx, [locked], now).await?.remove(&locked.account.organization))
    }

    fn add(&mut self, row: &Row, locked: &Locked, now: Time) -> Result<(), StoreError> {
        let key = (row.parsed("subject")?, row.text("subject_id")?);
        let limit = limit(row)?;
        if limit.period == LimitPeriod::Run {
            self.by_run.insert(key, limit);
        } else {
            self.counted.insert(key, state(row, limit, locked, now)?);
        }
        Ok(())
    }

    /// What the limit on a key leaves to one of its messages beside what the others hold; none where it has no limit. A limit on
    /// each run is one on each message.
    pub(crate) fn left_to_message(&self, key: &LimitKey, held_by_it: Credits) -> Option<Credits> {
        let held_by_others = self.held_by(key) - held_by_it;
        let counted = self.counted.get(key).map(|state| Credits((state.left() - held_by_others).0.max(0)));
        counted.or_else(|| self.by_run.get(key).map(|limit| limit.amount))
    }

    /// Whether a debit of a run passes none of the limits that apply to it.
    pub(crate) fn allow(&self, run: &RunSpending<'_>, amount: Credits) -> Allows {
        let counted = || run.subjects.iter().filter_map(|key| Some((key, *self.counted.get(key)?)));
        let mut of_run = run.subjects.iter().filter_map(|key| self.by_run.get(key));
        let passes_run = |limit: &CreditLimit| {
            LimitState { limit: *limit, period_start: Time(0), spent: run.spent }.check(amount).is_err()
        };
        if of_run.any(passes_run) || counted().any(|(_, state)| state.check(amount).is_err()) {
            return Allows::Never;
        }
        let with_held =
            |(key, state): (&LimitKey, LimitState)| LimitState { spent: state.spent + self.held_by(key), ..state };
        if counted().map(with_held).any(|state| state.check(amount).is_err()) { Allows::Later } else { Allows::Now }
    }

    fn held_by(&self, key: &LimitKey) -> Credits {
        self.held.get(key).copied().unwrap_or(Credits::ZERO)
    }

    /// Counts a debit that was checked and made.
    pub(crate) fn count(&mut self, run: &RunSpending<'_>, amount: Credits) {
        for key in run.subjects {
            if let Some(state) = self.counted.get_mut(key) {
                state.spent += amount;
                self.changed.insert(key.clone());
            }
        }
    }
}

/// What open messages hold, where a limit is on a key. A hold that is over is not counted: its message may still be settled, as
/// far as the balance goes.
async fn load_held(
    tx: &mut Tx,
    accounts: &BTreeMap<OrganizationId, &Locked>,
    loaded: &mut BTreeMap<OrganizationId, Limits>,
) -> Result<(), StoreError> {
    let is_on_a_key = |limits: &Limits| limits.counted.keys().any(|(subject, _)| *subject == LimitSubject::ApiKey);
    let open = |organization: &OrganizationId| accounts.get(organization).and_then(|one| one.held_for_messages().next());
    let asked: Vec<_> = loaded.iter().filter(|(id, limits)| is_on_a_key(limits) && open(id).is_some()).collect();
    let given = ids(asked.iter().map(|(id, _)| *id));
    let sql = "SELECT m.organization_id, m.api_key_id, m.hold_id FROM given
        JOIN holds h ON h.organization_id = given.id AND h.state = 'open' AND h.reference_type = 'message'
        JOIN messages m ON m.id = h.reference_id AND m.api_key_id IS NOT NULL";
    for row in &tx.rows_given(given, sql).await? {
        let organization: OrganizationId = row.parsed("organization_id")?;
        let (Some(locked), Some(limits)) = (accounts.get(&organization), loaded.get_mut(&organization)) else { continue };
        let hold: HoldId = row.parsed("hold_id")?;
        let held: Credits = locked.held_for_messages().filter(|one| one.id == hold).map(Hold::amount).sum();
        *limits.held.entry((LimitSubject::ApiKey, row.text("api_key_id")?)).or_default() += held;
    }
    Ok(())
}

/// A run as limits see it.
pub(crate) struct RunSpending<'a> {
    /// Its robot, and the key or schedule that made it.
    pub subjects: &'a [LimitKey],
    pub spent: Credits,
}

/// Writes the counters that changed.
pub(crate) async fn save<'a>(
    tx: &mut Tx,
    limits: impl IntoIterator<Item = (&'a OrganizationId, &'a Limits)>,
) -> Result<(), StoreError> {
    let mut given = Given::new(&[
        ("organization_id", Kind::Text),
        ("subject", Kind::Text),
        ("subject_id", Kind::Text),
        ("counted_since", Kind::Int),
        ("spent", Kind::Int),
    ]);
    for (organization, limits) in limits {
        for key in &limits.changed {
            if let Some(state) = limits.counted.get(key) {
                given.push(args![*organization, key.0.as_str(), key.1.as_str(), state.period_start, state.spent]);
            }
        }
    }
    tx.execute_given(
        given,
        "UPDATE credit_limits SET counted_since = given.counted_since, spent = given.spent FROM given
         WHERE credit_limits.organization_id = given.organization_id AND credit_limits.subject = given.subject
         AND credit_limits.subject_id = given.subject_id",
    )
    .await?;
    Ok(())
}

impl Store {
    /// Sets or changes a limit; what was spent in its period stays counted. `None` takes it away.
    pub async fn set_credit_limit(
        &self,
        organization: OrganizationId,
        subject: LimitSubject,
        id: &str,
        limit: Option<CreditLimit>,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let locked = lock_account(&mut tx, organization, Named::default()).await?;
        check_subject(&mut tx, organization, subject, id).await?;
        let Some(limit) = limit else {
            let sql = "DELETE FROM credit_limits WHERE organization_id = $1 AND subject = $2 AND subject_id = $3";
            tx.execute(sql, args![organization, subject.as_str(), id]).await?;
            note_whether_there_are_any(&mut tx, organization).await?;
            return tx.commit().await;
        };
        // Checked anew: a limit that came from outside may have been made without its constructor.
        let limit = CreditLimit::new(limit.amount, limit.period)?;
        let since = period_start(limit.period, &locked, self.clock.now());
        // A limit of another period counts from now on; what the new period has spent already is found in the ledger.
        let spent = match limit.period {
            LimitPeriod::Run => Credits::ZERO,
            LimitPeriod::Cycle | LimitPeriod::Month => spent_since(&mut tx, organization, subject, id, since).await?,
        };
        tx.execute(
            "INSERT INTO credit_limits (organization_id, subject, subject_id, amount, period, counted_since, spent)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (organization_id, subject, subject_id) DO UPDATE SET amount = excluded.amount,
             period = excluded.period, counted_since = excluded.counted_since, spent = excluded.spent",
            args![organization, subject.as_str(), id, limit.amount, limit.period.as_str(), since, spent],
        )
        .await?;
        note_whether_there_are_any(&mut tx, organization).await?;
        tx.commit().await
    }

    pub async fn list_credit_limits(&self, organization: OrganizationId) -> Result<Vec<LimitView>, StoreError> {
        let mut tx = self.database.begin_read().await?;
        let locked = super::account::read_account(&mut tx, organization).await?;
        let sql = "SELECT * FROM credit_limits WHERE organization_id = $1 ORDER BY subject, subject_id";
        let rows = tx.rows(sql, args![organization]).await?;
        rows.iter()
            .map(|row| {
                let limit = limit(row)?;
                let counts = limit.period != LimitPeriod::Run;
                let spent = counts.then(|| state(row, limit, &locked, self.clock.now())).transpose()?;
                Ok(LimitView {
                    subject: row.parsed("subject")?,
                    subject_id: row.text("subject_id")?,
                    amount: limit.amount,
                    period: limit.period,
                    spent: spent.map(|state| state.spent),
                })
            })
            .collect()
    }
}

async fn note_whether_there_are_any(tx: &mut Tx, organization: OrganizationId) -> Result<(), StoreError> {
    let sql = "UPDATE organizations SET has_limits = (SELECT CASE WHEN COUNT(*) > 0 THEN 1 ELSE 0 END FROM credit_limits
        WHERE organization_id = $1) WHERE id = $1";
    tx.execute(sql, args![organization]).await?;
    Ok(())
}

fn limit(row: &Row) -> Result<CreditLimit, StoreError> {
    Ok(CreditLimit { amount: row.credits("amount")?, period: row.parsed("period")? })
}

fn state(row: &Row, limit: CreditLimit, locked: &Locked, now: Time) -> Result<LimitState, StoreError> {
    let start = period_start(limit.period, locked, now);
    Ok(LimitState::load(limit, row.time("counted_since")?, row.credits("spent")?, start))
}

/// The month is that of the ledger's own time, which may
/// be ahead of this machine's: the debit that is counted gets an instant in that month.
fn period_start(period: LimitPeriod, locked: &Locked, now: Time) -> Time {
    match period {
        LimitPeriod::Cycle => locked.cycle_start(),
        LimitPeriod::Month => month_start(now.max(locked.account.last_at)),
        LimitPeriod::Run => Time(0),
    }
}

async fn check_subject(
    tx: &mut Tx,
    organization: OrganizationId,
    subject: LimitSubject,
    id: &str,
) -> Result<(), StoreError> {
    let (sql, what) = match subject {
        LimitSubject::ApiKey => ("SELECT id FROM api_keys WHERE organization_id = $1 AND id = $2", "API key"),
        LimitSubject::Robot => ("SELECT id FROM robots WHERE organization_id = $1 AND id = $2", "robot"),
        LimitSubject::Schedule => ("SELECT id FROM schedules WHERE organization_id = $1 AND id = $2", "schedule"),
    };
    match tx.row(sql, args![organization, id]).await? {
        Some(_) => Ok(()),
        None => Err(StoreError::NotFound { what, id: id.to_owned() }),
    }
}

/// What the ledger says was spent through the subject since an instant: on captures of its runs, on items of its enrichments, and on
/// messages, which only keys have.
pub(super) async fn spent_since(
    tx: &mut Tx,
    organization: OrganizationId,
    subject: LimitSubject,
    id: &str,
    since: Time,
) -> Result<Credits, StoreError> {
    let column = match subject {
        LimitSubject::ApiKey => "u.api_key_id",
        LimitSubject::Robot => "u.robot_id",
        LimitSubject::Schedule => "u.schedule_id",
    };
    let mut spent = Credits::ZERO;
    let origins = [
        ("capture", "captures", "runs u ON u.id = t.run_id"),
        ("item", "items", "enrichments u ON u.id = t.enrichment_id"),
        ("message", "messages", "messages u ON u.id = t.id"),
    ];
    let origins = if subject == LimitSubject::ApiKey { &origins[..] } else { &origins[..2] };
    for (kind, things, origin) in origins {
        let sql = format!(
            "SELECT CAST(COALESCE(SUM(-e.amount), 0) AS BIGINT) AS spent FROM ledger_entries e
             JOIN {things} t ON t.id = e.reference_id AND t.organization_id = e.organization_id JOIN {origin}
             WHERE e.organization_id = $1 AND e.kind = 'debit' AND e.reference_type = '{kind}' AND e.at >= $2 AND {column} = $3"
        );
        let row = tx.row(&sql, args![organization, since, id]).await?;
        spent += row.map_or(Ok(Credits::ZERO), |row| row.credits("spent"))?;
    }
    Ok(spent)
}

/// What limits a run or an enrichment is under, by its row.
pub(crate) fn subjects(row: &Row) -> Result<Vec<LimitKey>, StoreError> {
    let mut subjects = Vec::new();
    if let Some(robot) = row.opt_text("robot_id")? {
        subjects.push((LimitSubject::Robot, robot));
    }
    if let Some(key) = row.opt_text("api_key_id")? {
        subjects.push((LimitSubject::ApiKey, key));
    }
    if let Some(schedule) = row.opt_text("schedule_id")? {
        subjects.push((LimitSubject::Schedule, schedule));
    }
    Ok(subjects)
}
