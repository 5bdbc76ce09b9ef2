//! The store and its naive model side by side: one operation done on both, and everything one can see compared.

mod compare;
mod do_on_credits;
mod do_on_runs;

use creel_ledger::Refused;
use creel_store::{
    Store, StoreError,
    builds::BuildAnswer,
    organizations::Start,
    settle::{Committer, Verdict},
};
use creel_types::{
    ApiKeyId, Country, Credits, HoldId, Host, LotId, OrganizationId, RobotId, RobotProgram, RunId, ScheduleId,
};
use url::Url;
use uuid::Uuid;

use crate::{
    model::{MONTH_ENDS, Organization, World},
    operations::{Operation, Passes, Step},
};

/// Where the clock stands at first: shortly before a month ends.
pub const BEGIN: i64 = MONTH_ENDS - 40;

/// The ids of one organization's things, in the order of the model's.
pub struct Ids {
    pub id: OrganizationId,
    robot: RobotId,
    key: ApiKeyId,
    lots: Vec<LotId>,
    holds: Vec<HoldId>,
    runs: Vec<RunId>,
    schedules: Vec<ScheduleId>,
}

/// Both sides.
pub struct Pair<'a> {
    store: &'a Store,
    committer: &'a Committer,
    owner: Uuid,
    pub world: World,
    ids: Vec<Ids>,
    /// What the last step's pages came to, for the tally.
    pub verdicts: Vec<&'static str>,
}

/// What an operation came to, in a form that both sides speak.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    Numbers(Vec<i64>),
    Words(Vec<&'static str>),
    Refused(&'static str),
}

impl<'a> Pair<'a> {
    /// New organizations on a database that has those of earlier sequences.
    pub async fn new(store: &'a Store, committer: &'a Committer, owner: Uuid, begins: &[i64]) -> Pair<'a> {
        store.clock.advance_ms(BEGIN - store.clock.now().0);
        let mut pair = Pair {
            store,
            committer,
            owner,
            world: World { now: BEGIN, organizations: Vec::new() },
            ids: Vec::new(),
            verdicts: Vec::new(),
        };
        for (at, credits) in begins.iter().enumerate() {
            pair.make_organization(at == 0, *credits).await;
        }
        pair
    }

    async fn make_organization(&mut self, has_cycle: bool, credits: i64) {
        let store = self.store;
        let id = store.create_organization("one", Start::Credits(Credits::ZERO)).await.unwrap().id;
        if has_cycle {
            store.begin_cycle(id, store.clock.now(), None).await.unwrap();
        }
        let url = Url::parse("https://shop.example/").unwrap();
        let program = RobotProgram::general(Host::of(&url).unwrap(), Country::US, url.to_string());
        let build = store.create_robot_build(id, url.as_str(), &program, false).await.unwrap();
        let BuildAnswer::Build(build) = build else { panic!("a new organization has a robot") };
        let robot = store.get_robot_build(id, build).await.unwrap().robot_id.unwrap();
        let (key, _) = crate::shop::owners_key(store, id, "key").await;
        let (lots, holds, runs, schedules) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        self.ids.push(Ids { id, robot, key, lots, holds, runs, schedules });
        self.world.organizations.push(Organization::new(self.world.now, has_cycle));
        if credits > 0 {
            self.grant(self.ids.len() - 1, None, credits, None, false).await;
        }
    }

    pub async fn run(&mut self, step: &Step) -> Result<(), String> {
        self.pass(step.passes);
        self.verdicts.clear();
        let (store, model) = self.operate(step).await;
        if store != model {
            return Err(format!("the outcome is {store:?}, the model says {model:?}"));
        }
        self.compare(|organization| step.concerns(organization)).await
    }

    fn pass(&mut self, passes: Passes) {
        let now = match passes {
            Passes::By(ms) => self.world.now + ms,
            Passes::ToEnd(beyond) => self.next_end().map_or(self.world.now, |end| end + beyond),
        };
        let now = now.max(BEGIN);
        self.store.clock.advance_ms(now - self.world.now);
        self.world.now = now;
    }

    /// The end of a lot or a hold that comes next.
    fn next_end(&self) -> Option<i64> {
        let credits = self.world.organizations.iter().map(|organization| &organization.credits);
        let ends = credits.flat_map(|credits| {
            let lots = credits.lots.iter().filter_map(|lot| lot.ends);
            lots.chain(credits.holds.iter().map(|hold| hold.ends)).collect::<Vec<_>>()
        });
        ends.filter(|end| *end > self.world.now && *end < self.world.now + 10_000).min()
    }

    async fn operate(&mut self, step: &Step) -> (Seen, Seen) {
        use Operation as O;
        match &step.operation {
            O::CreateRun { .. }
            | O::Claim { .. }
            | O::Lease { .. }
            | O::Finish { .. }
            | O::Stop { .. }
            | O::Restart { .. }
            | O::Complete { .. }
            | O::Schedule
            | O::Pause { .. }
            | O::Resume { .. }
            | O::DeleteSchedule { .. }
            | O::Limit { .. } => self.operate_on_runs(step).await,
            _ => self.operate_on_credits(step).await,
        }
    }

    fn fresh<T: From<Uuid>>(&self) -> T {
        self.store.random.id(self.store.clock.now())
    }

    /// One that a number means among those of `whose`, counted from the newest: its place in the model where it is `who`'s
    /// own, and its id, or an id that nobody has.
    fn pick<T: From<Uuid> + Copy>(&self, step: &Step, number: usize, of: impl Fn(&Ids) -> &Vec<T>) -> (Option<usize>, T) {
        let known = of(&self.ids[step.whose]);
        match known.len().checked_sub(number + 1) {
            Some(at) => ((step.who == step.whose).then_some(at), known[at]),
            None => (None, self.fresh()),
        }
    }
}

fn seen<T>(answer: Result<T, &'static str>, numbers: impl FnOnce(T) -> Vec<i64>) -> Seen {
    answer.map_or_else(Seen::Refused, |answer| Seen::Numbers(numbers(answer)))
}

fn nothing((): ()) -> Vec<i64> {
    Vec::new()
}

pub fn refusal(error: StoreError) -> &'static str {
    match error {
        StoreError::NotFound { .. } => "not_found",
        StoreError::Conflict(_) => "conflict",
        StoreError::LedgerFrozen(_) => "ledger_frozen",
        // Somebody else's id for something new: the row is not taken over, and all is undone.
        StoreError::Corrupt(what) if what.contains("another organization") => "taken",
        StoreError::Refused(refused) => match refused {
            Refused::InsufficientCredits { .. } => "insufficient",
            Refused::NotPositive(_) => "not_positive",
            Refused::AlreadyEnded(_) => "already_ended",
            Refused::TooLarge => "too_large",
            Refused::ReasonMissing => "reason_missing",
            Refused::UnknownLot(_) => "unknown_lot",
            Refused::LotExists(_) => "lot_exists",
            Refused::UnknownHold(_) => "unknown_hold",
            Refused::HoldExists(_) => "hold_exists",
            Refused::HoldLife { .. } => "hold_life",
            other => panic!("{other}"),
        },
        other => panic!("{other}"),
    }
}

pub fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Stored(_) => "stored",
        Verdict::Duplicate => "duplicate",
        Verdict::Wait => "wait",
        Verdict::InsufficientCredits => "insufficient_credits",
        Verdict::BudgetReached => "budget_reached",
        Verdict::LimitReached => "limit_reached",
        Verdict::RunEnded => "run_ended",
        Verdict::LeaseLost => "lease_lost",
        Verdict::Recorded => "recorded",
    }
}
