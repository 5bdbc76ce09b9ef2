//! One transaction that settles a batch, step by step: load under lock, decide in memory in arrival order, write in sets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use creel_ledger::{Account, Reference, ReferenceType, Refused};
use creel_types::{Action, CaptureId, Credits, EndReason, OrganizationId, PageOutcome, RunId, Time};

use super::{
    FinishedPage, PageResult, Verdict,
    duplicates::{Identity, KnownCaptures},
};
use crate::{
    Store, StoreError, args,
    captures::NewCapture,
    database::{Tx, Value, places},
    ledger, runs,
};

/// Settles the pages in one transaction and answers each in order. Either all of it is on disk or none.
pub(super) async fn settle(store: &Store, pages: &[&FinishedPage]) -> Result<Vec<Verdict>, StoreError> {
    let mut tx = store.database.begin().await?;
    let mut batch = Batch::load(&mut tx, store, pages).await?;
    let verdicts: Vec<Verdict> = pages.iter().map(|page| batch.decide(page)).collect::<Result<_, _>>()?;
    batch.write(&mut tx, pages, &verdicts).await?;
    tx.commit().await?;
    Ok(verdicts)
}

/// What the decisions need of a run, and what they change in it.
#[derive(Debug)]
struct RunState {
    budget: Option<i64>,
    extracted: i64,
    ended: bool,
    /// Why it ends in this transaction.
    ends: Option<EndReason>,
    duplicates: i64,
    stored: i64,
    fetched: i64,
    failed: i64,
    blocked: i64,
}

struct Batch<'a> {
    store: &'a Store,
    now: Time,
    accounts: BTreeMap<OrganizationId, Account>,
    runs: BTreeMap<RunId, RunState>,
    leased: BTreeSet<(RunId, String)>,
    known: KnownCaptures,
    captures: Vec<(CaptureId, &'a FinishedPage, &'a NewCapture, String)>,
    displaced: Vec<(String, String)>,
}

impl<'a> Batch<'a> {
    /// Takes organizations, then runs, in sorted order, so that two batches never wait for each other in a circle.
    async fn load(tx: &mut Tx, store: &'a Store, pages: &[&FinishedPage]) -> Result<Batch<'a>, StoreError> {
        let organizations: BTreeSet<OrganizationId> = pages.iter().map(|page| page.organization).collect();
        let run_ids: BTreeSet<RunId> = pages.iter().map(|page| page.run).collect();
        let now = store.clock.now();
        let mut accounts = BTreeMap::new();
        for organization in organizations {
            let mut account = ledger::lock_account(tx, organization).await?;
            account.expire_due(now);
            accounts.insert(organization, account);
        }
        let mut runs = BTreeMap::new();
        for run in run_ids {
            if let Some(state) = load_run(tx, run).await? {
                runs.insert(run, state);
            }
        }
        let leased = load_leases(tx, pages).await?;
        let candidates = pages.iter().filter_map(|page| match &page.result {
            PageResult::Capture(new) => Some((page.run, &**new)),
            PageResult::Outcome { .. } => None,
        });
        let known = KnownCaptures::load(tx, candidates).await?;
        Ok(Batch { store, now, accounts, runs, leased, known, captures: Vec::new(), displaced: Vec::new() })
    }

    fn decide(&mut self, page: &'a FinishedPage) -> Result<Verdict, StoreError> {
        let Some(run) = self.runs.get_mut(&page.run) else { return Ok(Verdict::RunEnded) };
        if run.ended {
            return Ok(match run.ends {
                Some(EndReason::BudgetReached) => Verdict::BudgetReached,
                Some(EndReason::InsufficientCredits) => Verdict::InsufficientCredits,
                _ => Verdict::RunEnded,
            });
        }
        if !self.leased.remove(&(page.run, page.url.clone())) {
            return Ok(Verdict::LeaseLost);
        }
        match &page.result {
            PageResult::Outcome { outcome, fetched, .. } => {
                run.fetched += i64::from(*fetched);
                run.failed += i64::from(*outcome == PageOutcome::Error);
                run.blocked += i64::from(*outcome == PageOutcome::Blocked);
                run.duplicates += i64::from(*outcome == PageOutcome::Duplicate);
                Ok(Verdict::Recorded)
            }
            PageResult::Capture(new) => self.decide_capture(page, new),
        }
    }

    fn decide_capture(&mut self, page: &'a FinishedPage, new: &'a NewCapture) -> Result<Verdict, StoreError> {
        let (Some(run), Some(account)) = (self.runs.get_mut(&page.run), self.accounts.get_mut(&page.organization)) else {
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
        let id: CaptureId = self.store.random.id(self.now);
        let reference = Reference::new(ReferenceType::Capture, id);
        match account.debit(self.now, Action::Extract.price(), reference, new.product.title.chars().take(200).collect()) {
            Ok(()) => {}
            Err(Refused::InsufficientCredits { .. }) => {
                run.ended = true;
                run.ends = Some(EndReason::InsufficientCredits);
                return Ok(Verdict::InsufficientCredits);
            }
            Err(refused) => return Err(refused.into()),
        }
        run.fetched += 1;
        run.stored += 1;
        if run.budget.is_some_and(|budget| run.extracted + run.stored >= budget) {
            // The capture that fills the budget ends the run in its own transaction; budget wins over credits.
            run.ended = true;
            run.ends = Some(EndReason::BudgetReached);
        }
        self.known.remember(page.run, &id.to_string(), &canonical_url, new);
        if let Some((capture, page_url)) = displaced {
            // The one that gives way may be of this very batch and not be written yet.
            match self.captures.iter_mut().find(|(id, ..)| id.to_string() == capture) {
                Some((.., its_canonical_url)) => *its_canonical_url = page_url,
                None => self.displaced.push((capture, page_url)),
            }
        }
        self.captures.push((id, page, new, canonical_url));
        Ok(Verdict::Stored(id))
    }

    async fn write(self, tx: &mut Tx, pages: &[&FinishedPage], verdicts: &[Verdict]) -> Result<(), StoreError> {
        for (capture, page_url) in &self.displaced {
            let args = args![capture.as_str(), page_url.as_str()];
            tx.execute("UPDATE captures SET canonical_url = $2 WHERE id = $1", args).await?;
        }
        insert_captures(tx, &self.captures, self.now).await?;
        for account in self.accounts.values() {
            ledger::save_account(tx, account).await?;
        }
        finish_pages(tx, pages, verdicts, self.now).await?;
        for (id, run) in &self.runs {
            count_in_run(tx, *id, run).await?;
            if let Some(reason) = run.ends {
                runs::end_run(tx, *id, reason, None, self.now).await?;
            }
        }
        for account in self.accounts.values() {
            end_runs_without_credits(tx, account, self.now).await?;
        }
        Ok(())
    }
}

async fn load_run(tx: &mut Tx, run: RunId) -> Result<Option<RunState>, StoreError> {
    let row = tx.row("SELECT budget, extracted, ended_at FROM runs WHERE id = $1", args![run]).await?;
    row.map(|row| {
        Ok(RunState {
            budget: row.opt_int("budget")?,
            extracted: row.int("extracted")?,
            ended: row.opt_int("ended_at")?.is_some(),
            ends: None,
            duplicates: 0,
            stored: 0,
            fetched: 0,
            failed: 0,
            blocked: 0,
        })
    })
    .transpose()
}

/// Which of the pages are still leased by the process that finished them.
async fn load_leases(tx: &mut Tx, pages: &[&FinishedPage]) -> Result<BTreeSet<(RunId, String)>, StoreError> {
    let sql = format!(
        "SELECT run_id, url, leased_by FROM pages WHERE state = 'leased' AND (run_id, url, leased_by) IN (VALUES {})",
        places(pages.len(), 3)
    );
    let values = pages.iter().flat_map(|page| args![page.run, page.url.as_str(), page.owner]).collect();
    let rows = tx.rows(&sql, values).await?;
    rows.iter().map(|row| Ok((row.parsed("run_id")?, row.text("url")?))).collect()
}

async fn insert_captures(
    tx: &mut Tx,
    captures: &[(CaptureId, &FinishedPage, &NewCapture, String)],
    now: Time,
) -> Result<(), StoreError> {
    if captures.is_empty() {
        return Ok(());
    }
    let mut values = Vec::with_capacity(captures.len() * 17);
    for (id, page, new, canonical_url) in captures {
        let product = &new.product;
        let content = serde_json::to_string(product).map_err(|error| StoreError::corrupt("content", error))?;
        values.extend(args![
            *id,
            page.organization,
            page.run,
            new.store.as_str(),
            new.url.as_str(),
            new.page_url.as_str(),
            canonical_url.as_str(),
            now,
            product.product_id.as_deref(),
            product.title.as_str(),
            new.title_normalized(),
            product.brand.as_deref(),
            product.min_price.map(creel_types::Amount::scaled),
            product.max_price.map(creel_types::Amount::scaled),
            product.currency.map(|currency| currency.to_string()),
            product.available,
            content,
        ]);
    }
    // Robot and country stand in the run's row and are copied from there.
    let sql = format!(
        "INSERT INTO captures (id, organization_id, run_id, robot_id, store, url, page_url, canonical_url, country_code,
         extracted_at, product_id, title, title_normalized, brand, min_price, max_price, currency, available, content)
         SELECT v.column1, v.column2, v.column3, r.robot_id, v.column4, v.column5, v.column6, v.column7, r.country_code,
         v.column8, v.column9, v.column10, v.column11, v.column12, v.column13, v.column14, v.column15, v.column16, v.column17
         FROM (VALUES {}) AS v JOIN runs r ON r.id = v.column3",
        places(captures.len(), 17)
    );
    let inserted = tx.execute(&sql, values).await?;
    if inserted != captures.len() as u64 {
        return Err(StoreError::corrupt("captures inserted", inserted));
    }
    Ok(())
}

/// Closes the pages that came to an end; those refused for credits or budget stay for another day.
async fn finish_pages(tx: &mut Tx, pages: &[&FinishedPage], verdicts: &[Verdict], now: Time) -> Result<(), StoreError> {
    let mut values: Vec<Value> = Vec::with_capacity(pages.len() * 8);
    let mut rows = 0;
    for (page, verdict) in pages.iter().zip(verdicts) {
        let (outcome, reason, error_code, capture) = match (verdict, &page.result) {
            (Verdict::Stored(id), _) => (PageOutcome::Captured, None, None, Some(*id)),
            (Verdict::Duplicate, _) => {
                (PageOutcome::Duplicate, Some("the run has this product already".to_owned()), None, None)
            }
            (Verdict::Recorded, PageResult::Outcome { outcome, reason, error_code, .. }) => {
                (*outcome, reason.clone(), *error_code, None)
            }
            _ => continue,
        };
        rows += 1;
        values.extend(args![
            page.run,
            page.url.as_str(),
            page.kind.as_str(),
            outcome.as_str(),
            reason,
            error_code.map(|code| code.as_str()),
            page.status_code.map(i64::from),
            capture,
        ]);
    }
    if rows == 0 {
        return Ok(());
    }
    let at = rows * 8 + 1;
    let sql = format!(
        "UPDATE pages SET state = 'done', leased_by = NULL, lease_expires_at = NULL, kind = v.column3, outcome = v.column4,
         reason = v.column5, error_code = v.column6, status_code = v.column7, capture_id = v.column8, done_at = ${at}
         FROM (VALUES {}) AS v WHERE pages.run_id = v.column1 AND pages.url = v.column2",
        places(rows, 8)
    );
    values.push(Value::from(now));
    tx.execute(&sql, values).await?;
    Ok(())
}

async fn count_in_run(tx: &mut Tx, id: RunId, run: &RunState) -> Result<(), StoreError> {
    let spent = Credits(run.stored * Action::Extract.price().0);
    tx.execute(
        "UPDATE runs SET extracted = extracted + $2, duplicates = duplicates + $3, pages_fetched = pages_fetched + $4,
         pages_failed = pages_failed + $5, pages_blocked = pages_blocked + $6, credits_spent = credits_spent + $7
         WHERE id = $1",
        args![id, run.stored, run.duplicates, run.fetched, run.failed, run.blocked, spent],
    )
    .await?;
    Ok(())
}

/// Where the organization can no longer pay one capture, every started run with anything left to fetch ends.
pub(crate) async fn end_runs_without_credits(tx: &mut Tx, account: &Account, now: Time) -> Result<(), StoreError> {
    if account.spendable() >= Action::Extract.price() {
        return Ok(());
    }
    let rows = tx
        .rows(
            "SELECT id FROM runs r WHERE organization_id = $1 AND ended_at IS NULL AND status IN ('starting', 'running')
             AND EXISTS (SELECT 1 FROM pages p WHERE p.run_id = r.id AND p.state <> 'done') ORDER BY id",
            args![account.organization],
        )
        .await?;
    let alive: HashMap<RunId, ()> = rows.iter().map(|row| Ok((row.parsed("id")?, ()))).collect::<Result<_, StoreError>>()?;
    for run in alive.into_keys() {
        runs::end_run(tx, run, EndReason::InsufficientCredits, None, now).await?;
    }
    Ok(())
}
