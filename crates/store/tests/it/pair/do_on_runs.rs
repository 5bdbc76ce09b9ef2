//! Operations on runs, pages, schedules and limits, on both sides.

use creel_ledger::{CreditLimit, LimitPeriod};
use creel_store::{
    Judge,
    captures::NewCapture,
    ledger::limits::LimitSubject,
    pages::{NewPage, PageRole},
    runs::{NewRun, RunSettings},
    schedules::NewSchedule,
    settle::{FinishedPage, PageResult},
};
use creel_types::{By, Cadence, Credits, IntervalUnit, PageKind, PageOutcome, Product};

use super::{Pair, Seen, nothing, refusal, seen, word};
use crate::{
    model::{Finished, Found, Page, PageState, Period, Subject},
    operations::{Given, Operation, Step},
};

pub fn address(page: usize) -> String {
    format!("https://shop.example/p/{page}")
}

impl Pair<'_> {
    pub(super) async fn operate_on_runs(&mut self, step: &Step) -> (Seen, Seen) {
        use Operation as O;
        let (who, id) = (step.who, self.ids[step.who].id);
        match &step.operation {
            O::CreateRun { budget, has_key, schedule, pages } => {
                self.create_run(step, *budget, *has_key, *schedule, pages).await
            }
            // The process that crawls works for all organizations: whatever run it names is the right one.
            O::Claim { run } => {
                let Some(at) = self.ids[who].runs.len().checked_sub(run + 1) else { return nobody() };
                self.claim(who, at).await
            }
            O::Lease { run, pages } => {
                let Some(at) = self.ids[who].runs.len().checked_sub(run + 1) else { return nobody() };
                self.lease(who, at, pages).await
            }
            O::Finish { pages } => self.finish(step, pages).await,
            O::Stop { run } => {
                let (own, run) = self.pick(step, *run, |ids| &ids.runs);
                let store = self.store.stop_run(id, run, &creel_types::By::system()).await.map_err(refusal);
                let model = self.world.organizations[who].stop(own);
                (seen(store, |ended| vec![i64::from(ended)]), seen(model, |ended| vec![i64::from(ended)]))
            }
            O::Restart { run, budget, claimed } => {
                let (own, run) = self.pick(step, *run, |ids| &ids.runs);
                let store =
                    self.store.restart_run(id, run, *budget, None, &creel_types::By::system()).await.map_err(refusal);
                let model = self.world.organizations[who].restart(own, *budget);
                if let (Ok(()), Ok(()), Some(at), true) = (&store, &model, own, claimed) {
                    self.claim(who, at).await;
                    return self.lease(who, at, &[]).await;
                }
                (seen(store, nothing), seen(model, nothing))
            }
            O::Complete { run } => {
                let Some(at) = self.ids[who].runs.len().checked_sub(run + 1) else { return nobody() };
                let store = self.store.complete_run(self.ids[who].runs[at], self.owner, None).await.map_err(refusal);
                let model = Ok(self.world.organizations[who].complete(at));
                (seen(store, |ended| vec![i64::from(ended)]), seen(model, |ended| vec![i64::from(ended)]))
            }
            _ => self.operate_on_schedules(step).await,
        }
    }

    async fn create_run(
        &mut self,
        step: &Step,
        budget: Option<i64>,
        has_key: bool,
        schedule: Option<usize>,
        pages: &[usize],
    ) -> (Seen, Seen) {
        let schedule = schedule.and_then(|number| self.ids[step.who].schedules.len().checked_sub(number + 1));
        let ids = &self.ids[step.who];
        let new = NewRun {
            by: creel_types::By::system(),
            robot: self.ids[step.whose].robot,
            api_key: has_key.then_some(ids.key),
            schedule: schedule.map(|at| ids.schedules[at]),
            name: None,
            start_urls: vec![address(0)],
            settings: RunSettings::default(),
            budget,
        };
        let store = self.store.create_run(ids.id, new, None).await.map_err(refusal);
        let model = if step.who == step.whose { Ok(()) } else { Err("not_found") };
        if model.is_ok() {
            self.world.organizations[step.who].create_run(budget, has_key, schedule);
        }
        if let Ok(run) = store {
            self.ids[step.who].runs.push(run);
            let newest = self.ids[step.who].runs.len() - 1;
            if !pages.is_empty() && model.is_ok() {
                self.claim(step.who, newest).await;
                return self.lease(step.who, newest, pages).await;
            }
        }
        (seen(store, |_| Vec::new()), seen(model, nothing))
    }

    async fn claim(&mut self, who: usize, at: usize) -> (Seen, Seen) {
        let judge = Judge::LeaseOnly;
        let store = self.store.claim_run(self.ids[who].runs[at], self.owner, &judge).await.map_err(refusal);
        let model = Ok(self.world.organizations[who].claim(at));
        (seen(store, |run| vec![i64::from(run.is_some())]), seen(model, |claimed| vec![i64::from(claimed)]))
    }

    /// Queues pages and takes everything that is not to wait.
    async fn lease(&mut self, who: usize, at: usize, pages: &[usize]) -> (Seen, Seen) {
        let run = self.ids[who].runs[at];
        let new: Vec<NewPage> = pages
            .iter()
            .map(|page| NewPage { url: address(*page), role: PageRole::Page, priority: 0, depth: 0, shape: String::new() })
            .collect();
        self.store.queue_pages(run, &new).await.unwrap();
        self.store.mark_running(run, self.owner).await.unwrap();
        let leased = self.store.lease_pages(run, self.owner, 1_000).await.unwrap();
        let number = |url: &str| url.rsplit('/').next().unwrap().parse::<i64>().unwrap();
        let mut store: Vec<i64> = leased.iter().map(|page| number(&page.url)).collect();
        store.sort_unstable();
        let model = self.world.organizations[who].lease(at, pages, self.world.now);
        (Seen::Numbers(store), Seen::Numbers(model.into_iter().map(|page| page as i64).collect()))
    }

    /// Hands all pages over in order and at once, so that they are one transaction: on one thread the committer does not run
    /// before the last of them waits.
    async fn finish(&mut self, step: &Step, pages: &[Given]) -> (Seen, Seen) {
        let mut batch: Vec<Finished> = Vec::new();
        for given in pages {
            batch.extend(self.finished(step, given, &batch));
        }
        let pages = batch;
        let settled = pages.iter().map(|page| self.committer.settle(self.to_settle(page)));
        let verdicts = futures::future::join_all(settled).await;
        let store: Vec<&'static str> = verdicts.into_iter().map(|verdict| word(verdict.unwrap())).collect();
        self.verdicts.clone_from(&store);
        let model = if pages.is_empty() { Vec::new() } else { self.world.finish(&pages) };
        (Seen::Words(store), Seen::Words(model))
    }

    fn finished(&self, step: &Step, given: &Given, batch: &[Finished]) -> Option<Finished> {
        let (who, whose) = given.others.unwrap_or((step.who, step.whose));
        let runs = &self.world.organizations[whose].runs;
        let in_hand = |page: &&Page| page.state == PageState::Leased;
        let (warm, cold): (Vec<_>, Vec<_>) =
            (0..runs.len()).rev().partition(|at| runs[*at].pages.iter().any(|page| in_hand(&page)));
        let run = *warm.iter().chain(&cold).nth(given.run)?;
        let is_new = |page: &&Page| {
            in_hand(page) && !batch.iter().any(|other| (other.whose, other.run, other.page) == (whose, run, page.number))
        };
        let next = runs[run].pages.iter().find(is_new).map(|page| page.number);
        let page = given.page.or(next)?;
        Some(Finished { who, whose, run, page, result: given.result.clone() })
    }

    fn to_settle(&self, page: &Finished) -> FinishedPage {
        let result = match &page.result {
            Found::Outcome { outcome, fetched } => PageResult::Outcome {
                outcome: PageOutcome::parse(outcome).unwrap(),
                reason: None,
                error_code: None,
                fetched: *fetched,
            },
            Found::Product { stated, product_id, title } => PageResult::Capture(Box::new(NewCapture {
                store: "shop.example".to_owned(),
                url: address(page.page),
                page_url: address(page.page),
                stated_canonical: stated.map(address),
                product: Product {
                    title: format!("Title {title}"),
                    product_id: product_id.map(|id| id.to_string()),
                    ..Product::default()
                },
            })),
        };
        FinishedPage {
            organization: self.ids[page.who].id,
            run: self.ids[page.whose].runs[page.run],
            url: address(page.page),
            owner: self.owner,
            kind: PageKind::Product,
            status_code: Some(200),
            result,
        }
    }

    async fn operate_on_schedules(&mut self, step: &Step) -> (Seen, Seen) {
        let (who, id) = (step.who, self.ids[step.who].id);
        match step.operation {
            Operation::Schedule => {
                let cadence = Cadence { interval_amount: 1, interval_unit: IntervalUnit::Day };
                let new = NewSchedule::every(self.ids[step.whose].robot, cadence);
                let store = self.store.create_schedule(id, new, &By::system()).await.map_err(refusal);
                if let Ok(schedule) = &store {
                    self.ids[who].schedules.push(schedule.id);
                }
                let model = self.world.schedule(who, who == step.whose);
                (seen(store, |_| Vec::new()), seen(model, nothing))
            }
            Operation::Pause { schedule } => {
                let (own, schedule) = self.pick(step, schedule, |ids| &ids.schedules);
                let store = self.store.pause_schedule(id, schedule, &By::system()).await.map_err(refusal);
                (seen(store, |_| Vec::new()), seen(self.world.pause(who, own), nothing))
            }
            Operation::Resume { schedule } => {
                let (own, schedule) = self.pick(step, schedule, |ids| &ids.schedules);
                let store = self.store.resume_schedule(id, schedule, &By::system()).await.map_err(refusal);
                (seen(store, |_| Vec::new()), seen(self.world.resume(who, own), nothing))
            }
            Operation::DeleteSchedule { schedule } => {
                let (own, schedule) = self.pick(step, schedule, |ids| &ids.schedules);
                let store = self.store.delete_schedule(id, schedule, &By::system()).await.map_err(refusal);
                (seen(store, nothing), seen(self.world.delete_schedule(who, own), nothing))
            }
            Operation::Limit { subject, limit } => self.limit(step, subject, limit).await,
            _ => unreachable!("no operation on schedules"),
        }
    }

    async fn limit(&mut self, step: &Step, subject: usize, limit: Option<(i64, Period)>) -> (Seen, Seen) {
        let is_own = step.who == step.whose;
        let (kind, subject_id, own) = match subject {
            0 => (LimitSubject::ApiKey, self.ids[step.whose].key.to_string(), is_own.then_some(Subject::Key)),
            1 => (LimitSubject::Robot, self.ids[step.whose].robot.to_string(), is_own.then_some(Subject::Robot)),
            number => {
                let (own, schedule) = self.pick(step, number - 2, |ids| &ids.schedules);
                (LimitSubject::Schedule, schedule.to_string(), own.map(Subject::Schedule))
            }
        };
        let period = |period| match period {
            Period::Cycle => LimitPeriod::Cycle,
            Period::Month => LimitPeriod::Month,
            Period::Run => LimitPeriod::Run,
        };
        let given = limit.map(|(amount, of)| CreditLimit { amount: Credits(amount), period: period(of) });
        let store = self.store.set_credit_limit(self.ids[step.who].id, kind, &subject_id, given).await.map_err(refusal);
        (seen(store, nothing), seen(self.world.limit(step.who, own, limit), nothing))
    }
}

/// Neither side has such a thing.
fn nobody() -> (Seen, Seen) {
    (Seen::Numbers(Vec::new()), Seen::Numbers(Vec::new()))
}
