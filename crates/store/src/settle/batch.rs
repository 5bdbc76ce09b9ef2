//! One transaction that settles a batch: lock, load, decide in memory in arrival order, write in sets.

use std::collections::{BTreeMap, BTreeSet};

use creel_ledger::{Reference, ReferenceType, Refused};
use creel_types::{Action, CaptureId, Credits, EndReason, OrganizationId, PageOutcome, RunError, RunErrorCode, RunId, Time};

use super::{
    FinishedPage, PageResult, Verdict,
    duplicates::{Identity, KnownCaptures},
    write,
};
use crate::{
    Store, StoreError, args,
    captures::NewCapture,
    database::{Given, Kind, Row, Tx},
    ledger::{
        account::{Locked, Named, lock_accounts},
        limits::{self, Allows, LimitKey, Limits, RunSpending},
    },
};

/// Characters of a title that a ledger entry keeps.
const DESCRIPTION_CHARS_MAX: usize = 200;

/// A finished page with the id that its capture gets.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    pub page: &'a FinishedPage,
    pub capture: CaptureId,
    /// The capture's content as it is stored.
    pub content: &'a str,
}

/// Settles the pages in one transaction and answers each in order. Either all of it is on disk or none.
pub(super) async fn settle(store: &Store, items: &[Item<'_>]) -> Result<Vec<Verdict>, StoreError> {
    let mut tx = store.database.begin().await?;
    store.fail_points.pass("settle.begun");
    let mut batch = Batch::load(&mut tx, store, items).await?;
    store.fail_points.pass("settle.loaded");
    let verdicts: Vec<Verdict> = (0..).zip(items).map(|(at, item)| batch.decide_at(at, item)).collect::<Result<_, _>>()?;
    store.fail_points.pass("settle.decided");
    write::write(batch, &mut tx, items, &verdicts).await?;
    store.fail_points.pass("settle.written");
    tx.commit().await?;
    store.fail_points.pass("settle.committed");
    Ok(verdicts)
}

/// What the decisions need of a run, and what they change in it.
#[derive(Debug)]
pub(super) struct RunState {
    pub organization: OrganizationId,
    budget: Option<i64>,
    extracted: i64,
    credits_spent: Credits,
    subjects: Vec<LimitKey>,
    ended: bool,
    /// Why it ends in this transaction.
    pub ends: Option<(EndReason, Option<RunError>)>,
    pub duplicates: i64,
    pub stored: i64,
    pub fetched: i64,
    pub failed: i64,
    pub blocked: i64,
}

impl RunState {
    fn end(&mut self, reason: EndReason, error: Option<RunError>) {
        self.ended = true;
        self.ends = Some((reason, error));
    }
}

/// A page's row in the frontier, as far as settling it needs to know.
#[derive(Debug)]
enum Lease {
    Ours,
    /// Done, with the capture that it led to.
    Done(PageOutcome, Option<CaptureId>),
}

impl Lease {
    /// What an earlier try said that was committed and whose answer was lost: the page is done in just this way.
    fn earlier_verdict(&self, item: &Item<'_>) -> Option<Verdict> {
        let Lease::Done(outcome, capture) = self else { return None };
        match &item.page.result {
            PageResult::Capture(_) if *capture == Some(item.capture) => Some(Verdict::Stored(item.capture)),
            PageResult::Capture(_) if *outcome == PageOutcome::Duplicate => Some(Verdict::Duplicate),
            PageResult::Outcome { outcome: stated, .. } if stated == outcome => Some(Verdict::Recorded),
            _ => None,
        }
    }
}

/// A capture that is to be stored.
pub(super) struct Decided<'a> {
    pub id: CaptureId,
    pub page: &'a FinishedPage,
    pub new: &'a NewCapture,
    pub content: &'a str,
    pub canonical_url: String,
}

pub(super) struct Batch<'a> {
    pub store: &'a Store,
    pub now: Time,
    pub accounts: BTreeMap<OrganizationId, Locked>,
    pub runs: BTreeMap<RunId, RunState>,
    pub limits: BTreeMap<OrganizationId, Limits>,
    pub captures: Vec<Decided<'a>>,
    /// Captures that give up an address, with the one that they go back to.
    pub displaced: Vec<(String, String)>,
    /// The pages of this batch that come to an end in it, by their place in it.
    pub closed: Vec<usize>,
    leases: BTreeMap<(RunId, String), Lease>,
    known: KnownCaptures,
}

impl<'a> Batch<'a> {
    /// Locks organizations, then runs, in sorted order, so that two batches never wait for each other in a circle; everything
    /// that decides is read after that.
    async fn load(tx: &mut Tx, store: &'a Store, items: &[Item<'_>]) -> Result<Batch<'a>, StoreError> {
        let organizations: BTreeSet<OrganizationId> = items.iter().map(|item| item.page.organization).collect();
        let mut accounts = lock_accounts(tx, &organizations, Named::default()).await?;
        store.fail_points.pass("settle.organizations_locked");
        let runs = lock_runs(tx, items).await?;
        store.fail_points.pass("settle.runs_locked");
        // Not before the locks: while this waited, a lot may have ended.
        let now = store.clock.now();
        for locked in accounts.values_mut() {
            locked.account.expire_due(now);
        }
        let limits = Limits::load(tx, accounts.values(), now).await?;
        let leases = load_leases(tx, items).await?;
        let candidates = items.iter().filter_map(|item| match &item.page.result {
            PageResult::Capture(new) => Some((item.page.run, &**new)),
            PageResult::Outcome { .. } => None,
        });
        let known = KnownCaptures::load(tx, candidates).await?;
        let (captures, displaced, closed) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Batch { store, now, accounts, runs, limits, captures, displaced, closed, leases, known })
    }

    fn decide_at(&mut self, at: usize, item: &Item<'a>) -> Result<Verdict, StoreError> {
        let page = item.page;
        // A run of another organization is as good as none.
        if self.runs.get(&page.run).is_none_or(|run| run.organization != page.organization) {
            return Ok(Verdict::RunEnded);
        }
        let key = (page.run, page.url.clone());
        if let Some(verdict) = self.leases.get(&key).and_then(|lease| lease.earlier_verdict(item)) {
            return Ok(verdict);
        }
        let verdict = self.decide(&key, item)?;
        if matches!(verdict, Verdict::Stored(_) | Verdict::Duplicate | Verdict::Recorded) {
            self.closed.push(at);
        }
        Ok(verdict)
    }

    fn decide(&mut self, key: &(RunId, String), item: &Item<'a>) -> Result<Verdict, StoreError> {
        let page = item.page;
        let (Some(run), Some(locked)) = (self.runs.get_mut(&page.run), self.accounts.get(&page.organization)) else {
            return Ok(Verdict::RunEnded);
        };
        if !run.ended && locked.is_frozen {
            let message = "the organization's ledger did not verify; nothing is debited until it does".to_owned();
            run.end(EndReason::Error, Some(RunError { code: RunErrorCode::LedgerFrozen, message }));
        }
        if run.ended {
            return Ok(match run.ends {
                Some((EndReason::BudgetReached, _)) => Verdict::BudgetReached,
                Some((EndReason::InsufficientCredits, _)) => Verdict::InsufficientCredits,
                Some((EndReason::LimitReached, _)) => Verdict::LimitReached,
                _ => Verdict::RunEnded,
            });
        }
        match self.leases.remove(key) {
            Some(Lease::Ours) => {}
            _ => return Ok(Verdict::LeaseLost),
        }
        match &page.result {
            PageResult::Outcome { outcome, fetched, .. } => {
                run.fetched += i64::from(*fetched);
                run.failed += i64::from(*outcome == PageOutcome::Error);
                run.blocked += i64::from(*outcome == PageOutcome::Blocked);
                run.duplicates += i64::from(*outcome == PageOutcome::Duplicate);
                Ok(Verdict::Recorded)
            }
            PageResult::Capture(new) => self.decide_capture(item, new),
        }
    }

    fn decide_capture(&mut self, item: &Item<'a>, new: &'a NewCapture) -> Result<Verdict, StoreError> {
        let page = item.page;
        let (Some(run), Some(locked)) = (self.runs.get_mut(&page.run), self.accounts.get_mut(&page.organization)) else {
            return Ok(Verdict::RunEnded);
        };
        let (canonical_url, displaced) = match self.known.identify(page.run, new) {
            Identity::Duplicate => {
                run.fetched += 1;
                run.duplicates += 1;
                return Ok(Verdict::Duplicate);
            }
            Identity::New { canonical_url, displaced } => (canonical_url, displaced),
        };
        let price = Action::Extract.price();
        let spending = RunSpending { subjects: &run.subjects, spent: run.credits_spent };
        let limits = self.limits.get_mut(&page.organization);
        match limits.as_ref().map_or(Allows::Now, |limits| limits.allow(&spending, price)) {
            Allows::Now => {}
            Allows::Later => return Ok(Verdict::Wait),
            Allows::Never => {
                run.end(EndReason::LimitReached, None);
                return Ok(Verdict::LimitReached);
            }
        }
        let reference = Reference::new(ReferenceType::Capture, item.capture);
        let description = new.product.title.chars().take(DESCRIPTION_CHARS_MAX).collect();
        match locked.account.debit(self.now, price, reference, description) {
            Ok(()) => {}
            // What is held may come back: the run goes on, and the page waits.
            Err(Refused::InsufficientCredits { .. }) if locked.can_pay_a_capture() => return Ok(Verdict::Wait),
            Err(Refused::InsufficientCredits { .. }) => {
                run.end(EndReason::InsufficientCredits, None);
                return Ok(Verdict::InsufficientCredits);
            }
            Err(refused) => return Err(refused.into()),
        }
        if let Some(limits) = limits {
            limits.count(&spending, price);
        }
        run.fetched += 1;
        run.stored += 1;
        run.credits_spent += price;
        if run.budget.is_some_and(|budget| run.extracted + run.stored >= budget) {
            // The capture that fills the budget ends the run in its own transaction; budget wins over credits.
            run.end(EndReason::BudgetReached, None);
        }
        self.keep(Decided { id: item.capture, page, new, content: item.content, canonical_url }, displaced);
        Ok(Verdict::Stored(item.capture))
    }

    /// Remembers what is to be stored, so that the next page of the batch sees it.
    fn keep(&mut self, decided: Decided<'a>, displaced: Option<(String, String)>) {
        self.known.remember(decided.page.run, &decided.id.to_string(), &decided.canonical_url, decided.new);
        if let Some((capture, page_url)) = displaced {
            // The one that gives way may be of this very batch and not be written yet.
            match self.captures.iter_mut().find(|other| other.id.to_string() == capture) {
                Some(other) => other.canonical_url = page_url,
                None => self.displaced.push((capture, page_url)),
            }
        }
        self.captures.push(decided);
    }
}

async fn lock_runs(tx: &mut Tx, items: &[Item<'_>]) -> Result<BTreeMap<RunId, RunState>, StoreError> {
    let ids: BTreeSet<RunId> = items.iter().map(|item| item.page.run).collect();
    let mut given = Given::new(&[("id", Kind::Text)]);
    for id in ids {
        given.push(args![id]);
    }
    let sql = format!(
        "SELECT r.id, r.organization_id, r.robot_id, r.api_key_id, r.schedule_id, r.budget, r.extracted, r.credits_spent,
         r.ended_at FROM runs r WHERE r.id IN (SELECT id FROM given) ORDER BY r.id{}",
        tx.lock("r")
    );
    tx.rows_given(given, &sql).await?.iter().map(|row| Ok((row.parsed("id")?, run_state(row)?))).collect()
}

fn run_state(row: &Row) -> Result<RunState, StoreError> {
    Ok(RunState {
        organization: row.parsed("organization_id")?,
        budget: row.opt_int("budget")?,
        extracted: row.int("extracted")?,
        credits_spent: row.credits("credits_spent")?,
        subjects: limits::subjects(row)?,
        ended: row.opt_int("ended_at")?.is_some(),
        ends: None,
        duplicates: 0,
        stored: 0,
        fetched: 0,
        failed: 0,
        blocked: 0,
    })
}

/// Which of the pages are still leased by the process that finished them, and which are done.
async fn load_leases(tx: &mut Tx, items: &[Item<'_>]) -> Result<BTreeMap<(RunId, String), Lease>, StoreError> {
    let mut given = Given::new(&[("run_id", Kind::Text), ("url", Kind::Text), ("owner", Kind::Text)]);
    for Item { page, .. } in items {
        given.push(args![page.run, page.url.as_str(), page.owner]);
    }
    let sql = "SELECT p.run_id, p.url, p.state, p.outcome, p.capture_id, p.leased_by, given.owner
        FROM given CROSS JOIN pages p WHERE p.run_id = given.run_id AND p.url = given.url";
    let mut leases = BTreeMap::new();
    for row in &tx.rows_given(given, sql).await? {
        let lease = match row.text("state")?.as_str() {
            "done" => Lease::Done(row.parsed("outcome")?, row.opt_parsed("capture_id")?),
            "leased" if row.opt_text("leased_by")? == Some(row.text("owner")?) => Lease::Ours,
            _ => continue,
        };
        leases.insert((row.parsed("run_id")?, row.text("url")?), lease);
    }
    Ok(leases)
}
