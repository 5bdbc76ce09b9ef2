//! Random operations as values: what can be done to a ledger, and how often each is drawn.

use proptest::prelude::*;

use crate::model::{AMOUNT_MAX, LIVE_MS_MAX};

#[derive(Clone, Debug)]
pub struct Step {
    /// The clock moves by this; backwards too, as another machine's clock does.
    pub passes: i64,
    pub operation: Operation,
}

/// Lots and holds are picked by a number, 0 for the newest.
#[derive(Clone, Debug)]
pub enum Operation {
    Look,
    Grant { cycle: bool, amount: i64, lives: Option<i64> },
    Renew { previous: usize, amount: i64, lives: Option<i64> },
    MoveEnd { lot: usize, lives: Option<i64> },
    End { lot: usize },
    Debit { amount: i64 },
    AdjustDown { amount: i64 },
    Hold { amount: i64, lives: i64 },
    Grow { hold: usize, amount: i64 },
    Settle { hold: usize, amount: i64 },
    Release { hold: usize },
    Revoke { lot: usize, part: i64, whole: i64 },
    Freeze { lot: usize },
    Unfreeze { lot: usize },
}

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![20 => 1..8_i64, 5 => 1..20_i64, 1 => -1..1_i64, 1 => Just(AMOUNT_MAX + 1), 1 => Just(i64::MAX), 1 => Just(i64::MIN)]
}

fn picked() -> impl Strategy<Value = usize> {
    prop_oneof![12 => 0..4_usize, 4 => 0..12_usize, 1 => 0..100_usize]
}

fn granted() -> impl Strategy<Value = i64> {
    prop_oneof![20 => 1..25_i64, 1 => -1..1_i64, 1 => Just(AMOUNT_MAX + 1)]
}

fn lives() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![8 => (1..160_i64).prop_map(Some), 1 => (-3..1_i64).prop_map(Some), 3 => Just(None)]
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation as O;
    prop_oneof![
        1 => Just(O::Look),
        6 => (any::<bool>(), granted(), lives()).prop_map(|(cycle, amount, lives)| O::Grant { cycle, amount, lives }),
        2 => (picked(), granted(), lives()).prop_map(|(previous, amount, lives)| O::Renew { previous, amount, lives }),
        2 => (picked(), lives()).prop_map(|(lot, lives)| O::MoveEnd { lot, lives }),
        1 => (picked()).prop_map(|lot| O::End { lot }),
        6 => amount().prop_map(|amount| O::Debit { amount }),
        1 => amount().prop_map(|amount| O::AdjustDown { amount }),
        9 => (amount(), prop_oneof![12 => 1..60_i64, 1 => Just(0), 1 => Just(LIVE_MS_MAX), 1 => Just(LIVE_MS_MAX + 1)])
            .prop_map(|(amount, lives)| O::Hold { amount, lives }),
        5 => (picked(), amount()).prop_map(|(hold, amount)| O::Grow { hold, amount }),
        8 => (picked(), prop_oneof![1 => Just(0), 9 => amount()]).prop_map(|(hold, amount)| O::Settle { hold, amount }),
        2 => (picked()).prop_map(|hold| O::Release { hold }),
        4 => (picked(), 1..6_i64, 1..6_i64).prop_map(|(lot, part, whole)| O::Revoke { lot, part, whole }),
        3 => (picked()).prop_map(|lot| O::Freeze { lot }),
        2 => (picked()).prop_map(|lot| O::Unfreeze { lot }),
    ]
}

pub fn step() -> impl Strategy<Value = Step> {
    let passes = prop_oneof![6 => 0..12_i64, 1 => -20..0_i64, 1 => 0..90_i64];
    (passes, operation()).prop_map(|(passes, operation)| Step { passes, operation })
}
