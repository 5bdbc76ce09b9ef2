//! Credits and schedules in any order: at every commit less than the price of a capture to spend means that no schedule is active,
//! enough means that none is `paused_no_credits`, and what somebody paused by hand is woken by nobody else.
//!
//! Very many orders on the naive model, which the stores of both databases are held against elsewhere; and on both databases with
//! everything at once, looked at while it happens. `CREEL_PROVE_INTERLEAVINGS` sets how many orders, `CREEL_PROVE_SEED` which.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use creel_ledger::{NewHold, Reference, ReferenceType};
use creel_store::{Store, args, ledger::change::ByHand, schedules::NewSchedule};
use creel_types::{
    Cadence, Credits, HoldId, IntervalUnit, OrganizationId, Random, ScheduleId, ScheduleStatus,
    time::{DAY_MS, HOUR_MS},
};

use crate::{
    model::{Finished, Found, Organization, PRICE, Schedule, World},
    random::{proved, wanted},
    shop::{Shop, on_both, operator},
};

const INTERLEAVINGS: u32 = 100_000;
const STEPS: u64 = 14;

/// A small stream of numbers: very many are needed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        // xorshift64*, Vigna 2016.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }
}

#[test]
fn prove_schedules_sleep_and_wake_with_credits_in_any_order() {
    let (orders, seed) = (wanted("CREEL_PROVE_INTERLEAVINGS", INTERLEAVINGS), wanted("CREEL_PROVE_SEED", 1));
    let (mut slept, mut woke, mut steps) = (0_u64, 0_u64, 0_u64);
    for order in 0..orders {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15 ^ (u64::from(seed) << 32) ^ u64::from(order) ^ 1);
        let mut world = World { now: 0, organizations: vec![Organization::new(0, false)] };
        for _ in 0..3 {
            numbers.below(2);
        }
        for _ in 0..STEPS {
            let before = world.organizations[0].schedules.clone();
            let named = step(&mut world, &mut numbers);
            let organization = &world.organizations[0];
            let wakes = organization.spendable() >= PRICE;
            for (at, now) in organization.schedules.iter().enumerate() {
                let was = before.get(at);
                let wrong = if wakes { Schedule::PausedNoCredits } else { Schedule::Active };
                assert!(*now != wrong, "order {order} of seed {seed}: {now:?} with {} to spend", organization.spendable());
                let by_credits = was.is_some() && named != Some(at);
                assert!(
                    !(by_credits && was == Some(&Schedule::Paused) && *now != Schedule::Paused),
                    "order {order} of seed {seed}: woken against somebody's wish"
                );
                slept += u64::from(was == Some(&Schedule::Active) && *now == Schedule::PausedNoCredits);
                woke += u64::from(was == Some(&Schedule::PausedNoCredits) && *now == Schedule::Active);
            }
            steps += 1;
        }
    }
    assert!(u64::from(orders) < 1_000 || (slept > 0 && woke > 0));
    proved(&format!(
        "schedules sleep and wake with credits interleavings={orders} steps={steps} slept={slept} woke={woke} seed={seed}"
    ));
}

/// One operation; answers the schedule that it names.
fn step(world: &mut World, numbers: &mut Numbers) -> Option<usize> {
    world.now += [0, 0, 1, 1, 2, 5][numbers.below(6) as usize];
    let schedules = world.organizations[0].schedules.len() as u64;
    let some = |numbers: &mut Numbers| (schedules > 0).then(|| numbers.below(schedules) as usize);
    match numbers.below(16) {
        0..3 => {
            let (amount, lives) = (1 + numbers.below(4) as i64, numbers.below(2) == 0);
            let ends = lives.then(|| world.now + 1 + numbers.below(8) as i64);
            let _ = world.change(0, |organization, now| organization.credits.grant(now, false, amount, ends));
        }
        3 => debit(world),
        4 => {
            let amount = 1 + numbers.below(3) as i64;
            let _ = world.change(0, |organization, now| {
                organization.credits.pass(now);
                organization.credits.take(now, amount)
            });
        }
        5 => {
            let (amount, lives) = (1 + numbers.below(4) as i64, 1 + numbers.below(6) as i64);
            let _ = world.change(0, |organization, now| organization.credits.hold(now, amount, lives));
        }
        6 => {
            let (hold, amount) = (world.organizations[0].credits.holds.len().checked_sub(1), numbers.below(5) as i64);
            let _ = world.change(0, |organization, now| organization.credits.settle(now, hold, amount));
        }
        7 => {
            let hold = world.organizations[0].credits.holds.len().checked_sub(1);
            let _ = world.change(0, |organization, now| organization.credits.release(now, hold));
        }
        8 => world.sweep(),
        9..12 => {
            let _ = world.schedule(0, true);
        }
        12 => {
            let named = some(numbers);
            let _ = world.pause(0, named);
            return named;
        }
        13 | 14 => {
            let named = some(numbers);
            let _ = world.resume(0, named);
            return named;
        }
        _ => {
            let named = some(numbers);
            let _ = world.delete_schedule(0, named);
            return named;
        }
    }
    None
}

/// A run with one page, captured.
fn debit(world: &mut World) {
    let (organization, now) = (&mut world.organizations[0], world.now);
    organization.create_run(None, false, None);
    let run = organization.runs.len() - 1;
    organization.claim(run);
    organization.lease(run, &[0], now);
    let result = Found::Product { stated: None, product_id: None, title: 0 };
    world.finish(&[Finished { who: 0, whose: 0, run, page: 0, result }]);
}

/// What anybody who reads sees at one instant between commits.
async fn look(store: &Store, organization: OrganizationId, by_hand: ScheduleId) {
    let sql = "SELECT o.available + o.held AS spendable,
        (SELECT COUNT(*) FROM schedules s WHERE s.organization_id = o.id AND s.status = 'active') AS active,
        (SELECT COUNT(*) FROM schedules s WHERE s.organization_id = o.id AND s.status = 'paused_no_credits') AS asleep,
        (SELECT COUNT(*) FROM schedules s WHERE s.organization_id = o.id AND (s.status = 'active') <> (s.next_run_at IS NOT NULL))
            AS astray,
        (SELECT s.status FROM schedules s WHERE s.id = $2) AS by_hand
        FROM organizations o WHERE o.id = $1";
    let row = store.database.row(sql, args![organization, by_hand]).await.unwrap().unwrap();
    let number = |column| row.int(column).unwrap();
    let (spendable, active, asleep) = (number("spendable"), number("active"), number("asleep"));
    assert!(spendable >= PRICE || active == 0, "{active} active with {spendable}");
    assert!(spendable < PRICE || asleep == 0, "{asleep} asleep with {spendable}");
    assert_eq!(number("astray"), 0, "an active schedule has a next run, and no other");
    assert_eq!(row.text("by_hand").unwrap(), "paused");
}

/// What one of several does all the time.
async fn trouble(store: Store, organization: OrganizationId, new: NewSchedule, mut numbers: Numbers) -> u64 {
    let (by, hand) = (operator(), ByHand { reason: "test", actor: "test" });
    let mut own: Vec<ScheduleId> = Vec::new();
    let mut made = 0;
    for _ in 0..40 {
        let one = (!own.is_empty()).then(|| own[numbers.below(own.len() as u64) as usize]);
        match (numbers.below(9), one) {
            (0 | 1, _) => {
                let grant = crate::shop::grant(&store, 1 + numbers.below(4) as i64);
                store.grant(organization, grant).await.unwrap();
            }
            (2, _) => drop(store.adjust_down(organization, Credits(1 + numbers.below(4) as i64), hand).await),
            (3, _) => {
                let hold: HoldId = store.random.id(store.clock.now());
                let reference = Reference::new(ReferenceType::Message, hold);
                let amount = Credits(1 + numbers.below(3) as i64);
                let new = NewHold { hold, amount, live_ms: 60_000, reference, description: String::new() };
                if store.place_hold(organization, new).await.is_ok() {
                    store.settle_hold(organization, hold, Credits(numbers.below(4) as i64), String::new()).await.unwrap();
                }
            }
            (4, Some(id)) => drop(store.pause_schedule(organization, id, &by).await.unwrap()),
            (5, Some(id)) => drop(store.resume_schedule(organization, id, &by).await.unwrap()),
            (6, Some(id)) => {
                store.delete_schedule(organization, id, &by).await.unwrap();
                own.retain(|known| *known != id);
            }
            (7, _) => {
                store.clock.advance_ms(HOUR_MS * numbers.below(30) as i64);
                made += store.make_due_runs().await.unwrap().made as u64;
            }
            _ => own.push(store.create_schedule(organization, new.clone(), &by).await.unwrap().id),
        }
    }
    made
}

on_both! {
async fn at_every_commit_credits_and_schedules_agree(engine) {
    let shop = Shop::with_credits(engine, 2).await;
    let organization = shop.organization;
    let new = NewSchedule::every(shop.robot().await, Cadence { interval_amount: 1, interval_unit: IntervalUnit::Day });
    let by_hand = shop.store.create_schedule(organization, new.clone(), &operator()).await.unwrap().id;
    shop.store.pause_schedule(organization, by_hand, &operator()).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let (watched, stopped) = (shop.store.clone(), Arc::clone(&stop));
    let watching = tokio::spawn(async move {
        let mut looks = 0;
        while !stopped.load(Ordering::SeqCst) {
            look(&watched, organization, by_hand).await;
            looks += 1;
        }
        looks
    });
    let mut troubles = Vec::new();
    for seed in 1..5 {
        let store = shop.database.store(shop.store.clock.clone(), Random::seeded(70 + seed)).await;
        troubles.push(tokio::spawn(trouble(store, organization, new.clone(), Numbers(seed * 7_919))));
    }
    let mut made = 0;
    for trouble in troubles {
        made += trouble.await.unwrap();
    }
    stop.store(true, Ordering::SeqCst);
    let looks: u64 = watching.await.unwrap();
    assert!(looks > 50 && made > 0, "{looks} looks, {made} runs");
    look(&shop.store, organization, by_hand).await;
    shop.store.clock.advance_ms(DAY_MS);
    assert_eq!(shop.store.get_schedule(organization, by_hand).await.unwrap().status, ScheduleStatus::Paused);
    shop.store.verify_ledger(organization).await.unwrap().unwrap();
}
}
