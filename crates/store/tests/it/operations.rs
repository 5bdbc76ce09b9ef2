//! Random operations on the store as values: what can be done, by whom, to whose things, and how often each is drawn.

use proptest::{collection::vec, prelude::*};

use crate::model::{Found, Period};

pub const ORGANIZATIONS: usize = 3;

/// How the clock moves before an operation.
#[derive(Clone, Copy, Debug)]
pub enum Passes {
    /// Backwards too, as another machine's clock does.
    By(i64),
    /// To the next instant at which a lot or a hold of anybody ends, and this much beyond.
    ToEnd(i64),
}

#[derive(Clone, Debug)]
pub struct Step {
    pub passes: Passes,
    /// Who asks, and whose things are named: mostly the own ones.
    pub who: usize,
    pub whose: usize,
    pub operation: Operation,
}

/// Lots, holds, runs and schedules are picked by a number, 0 for the newest.
#[derive(Clone, Debug)]
pub enum Operation {
    Look,
    Sweep,
    Grant {
        amount: i64,
        lives: Option<i64>,
        by_hand: bool,
    },
    GrantAgain {
        lot: usize,
    },
    AdjustDown {
        amount: i64,
        says_why: bool,
    },
    Revoke {
        lot: usize,
        part: i64,
        whole: i64,
    },
    Freeze {
        lot: usize,
    },
    Unfreeze {
        lot: usize,
    },
    Hold {
        amount: i64,
        lives: i64,
    },
    /// All that is available but this much: then pages wait.
    HoldAllBut {
        leaves: i64,
        lives: i64,
    },
    HoldAgain {
        hold: usize,
    },
    Settle {
        hold: usize,
        amount: i64,
    },
    Release {
        hold: usize,
    },
    /// With pages it is claimed, and they are in hand, at once.
    CreateRun {
        budget: Option<i64>,
        has_key: bool,
        schedule: Option<usize>,
        pages: Vec<usize>,
    },
    Claim {
        run: usize,
    },
    Lease {
        run: usize,
        pages: Vec<usize>,
    },
    Finish {
        pages: Vec<Given>,
    },
    Stop {
        run: usize,
    },
    /// Claimed, it takes everything that is queued in hand.
    Restart {
        run: usize,
        budget: Option<i64>,
        claimed: bool,
    },
    Complete {
        run: usize,
    },
    Schedule,
    Pause {
        schedule: usize,
    },
    Resume {
        schedule: usize,
    },
    DeleteSchedule {
        schedule: usize,
    },
    Limit {
        subject: usize,
        limit: Option<(i64, Period)>,
    },
}

/// A page of a batch. Numbers count runs with pages in hand first, and pages in hand first, so that most of them are.
#[derive(Clone, Debug)]
pub struct Given {
    /// In whose name, and of whose run; without it like the step.
    pub others: Option<(usize, usize)>,
    pub run: usize,
    /// Without it the next page in hand that the batch does not have yet.
    pub page: Option<usize>,
    pub result: Found,
}

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![20 => 1..8_i64, 1 => -1..1_i64, 1 => Just(i64::MAX)]
}

fn picked() -> impl Strategy<Value = usize> {
    prop_oneof![12 => 0..3_usize, 2 => 0..12_usize]
}

/// What each organization begins with, and what is done then.
pub fn sequence(steps_max: usize) -> impl Strategy<Value = (Vec<i64>, Vec<Step>)> {
    let begins = prop_oneof![1 => 0..10_i64, 2 => 0..60_i64];
    (vec(begins, ORGANIZATIONS), vec(step(), 0..=steps_max))
}

/// Two organizations that are mostly one and the same.
fn pair() -> impl Strategy<Value = (usize, usize)> {
    let one = prop_oneof![3 => Just(0_usize), 1 => 1..ORGANIZATIONS];
    (one, prop_oneof![14 => Just(None), 1 => (0..ORGANIZATIONS).prop_map(Some)])
        .prop_map(|(who, whose)| (who, whose.unwrap_or(who)))
}

fn found() -> impl Strategy<Value = Found> {
    let product = (prop_oneof![4 => Just(None), 1 => (0..6_usize).prop_map(Some)], prop::option::of(0..5_u8), 0..5_u8)
        .prop_map(|(stated, product_id, title)| Found::Product { stated, product_id, title });
    let outcome = (prop::sample::select(vec!["error", "blocked", "discovery", "duplicate", "gate_failed"]), any::<bool>())
        .prop_map(|(outcome, fetched)| Found::Outcome { outcome, fetched });
    prop_oneof![6 => product, 1 => outcome]
}

fn given_page() -> impl Strategy<Value = Given> {
    let page = prop_oneof![6 => Just(None), 1 => (0..24_usize).prop_map(Some)];
    let others = prop_oneof![9 => Just(None), 1 => pair().prop_map(Some)];
    (others, prop_oneof![7 => Just(0_usize), 2 => 0..4_usize], page, found()).prop_map(|(others, run, page, result)| Given {
        others,
        run,
        page,
        result,
    })
}

fn limit() -> impl Strategy<Value = Option<(i64, Period)>> {
    let period = prop::sample::select(vec![Period::Cycle, Period::Month, Period::Run]);
    prop_oneof![5 => (prop_oneof![20 => 1..14_i64, 1 => Just(0)], period).prop_map(Some), 1 => Just(None)]
}

fn on_credits() -> impl Strategy<Value = Operation> {
    use Operation as O;
    let lives = || prop_oneof![6 => (1..90_i64).prop_map(Some), 1 => (-3..1_i64).prop_map(Some), 5 => Just(None)];
    let live = prop_oneof![12 => 1..40_i64, 1 => Just(0), 1 => Just(600_001)];
    prop_oneof![
        1 => Just(O::Look),
        1 => Just(O::Sweep),
        16 => (prop_oneof![10 => 1..10_i64, 10 => 10..40_i64, 1 => -1..1_i64], lives(), any::<bool>())
            .prop_map(|(amount, lives, by_hand)| O::Grant { amount, lives, by_hand }),
        1 => picked().prop_map(|lot| O::GrantAgain { lot }),
        1 => (amount(), prop_oneof![5 => Just(true), 1 => Just(false)])
            .prop_map(|(amount, says_why)| O::AdjustDown { amount, says_why }),
        2 => (picked(), 1..4_i64, 1..4_i64).prop_map(|(lot, part, whole)| O::Revoke { lot, part, whole }),
        2 => picked().prop_map(|lot| O::Freeze { lot }),
        2 => picked().prop_map(|lot| O::Unfreeze { lot }),
        4 => (amount(), live).prop_map(|(amount, lives)| O::Hold { amount, lives }),
        4 => (0..3_i64, 5..80_i64).prop_map(|(leaves, lives)| O::HoldAllBut { leaves, lives }),
        1 => picked().prop_map(|hold| O::HoldAgain { hold }),
        4 => (picked(), prop_oneof![1 => Just(0), 9 => amount()]).prop_map(|(hold, amount)| O::Settle { hold, amount }),
        2 => picked().prop_map(|hold| O::Release { hold }),
    ]
}

fn on_runs() -> impl Strategy<Value = Operation> {
    use Operation as O;
    let budget = || prop_oneof![2 => Just(None), 1 => (1..9_i64).prop_map(Some)];
    let pages = || vec(0..24_usize, 1..12);
    prop_oneof![
        8 => (budget(), any::<bool>(), prop::option::of(picked()), prop_oneof![7 => pages(), 1 => Just(Vec::new())])
            .prop_map(|(budget, has_key, schedule, pages)| O::CreateRun { budget, has_key, schedule, pages }),
        2 => picked().prop_map(|run| O::Claim { run }),
        6 => (picked(), pages()).prop_map(|(run, pages)| O::Lease { run, pages }),
        16 => vec(given_page(), 1..12).prop_map(|pages| O::Finish { pages }),
        1 => picked().prop_map(|run| O::Stop { run }),
        4 => (picked(), prop::option::of(1..12_i64), prop_oneof![3 => Just(true), 1 => Just(false)])
            .prop_map(|(run, budget, claimed)| O::Restart { run, budget, claimed }),
        3 => picked().prop_map(|run| O::Complete { run }),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation as O;
    prop_oneof![
        31 => on_credits(),
        35 => on_runs(),
        6 => Just(O::Schedule),
        2 => picked().prop_map(|schedule| O::Pause { schedule }),
        2 => picked().prop_map(|schedule| O::Resume { schedule }),
        1 => picked().prop_map(|schedule| O::DeleteSchedule { schedule }),
        3 => (0..5_usize, limit()).prop_map(|(subject, limit)| O::Limit { subject, limit }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let passes = prop_oneof![
        6 => (0..4_i64).prop_map(Passes::By),
        1 => (-20..0_i64).prop_map(Passes::By),
        1 => (0..60_i64).prop_map(Passes::By),
        3 => (-1..2_i64).prop_map(Passes::ToEnd),
    ];
    (passes, pair(), operation()).prop_map(|(passes, (who, whose), operation)| Step { passes, who, whose, operation })
}

impl Step {
    /// Whoever could be touched by it.
    pub fn concerns(&self, organization: usize) -> bool {
        let in_batch = |page: &Given| page.others.is_some_and(|(who, whose)| who == organization || whose == organization);
        let is_of_all = matches!(self.operation, Operation::Sweep);
        let is_in = matches!(&self.operation, Operation::Finish { pages } if pages.iter().any(in_batch));
        is_of_all || is_in || self.who == organization || self.whose == organization
    }
}
