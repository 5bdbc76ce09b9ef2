//! Schedules through the store: each due tick is dealt with once, whoever dies where and however many look; what people change
//! holds at once; credits put to sleep and wake just those that they should.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use creel_store::{
    FailPoints, Store, StoreError, args,
    fail_points::PLACES_OF_A_TICK,
    outbox::MessageKind,
    schedules::{NewSchedule, Schedule, ScheduleChanges, ScheduleFilter, due::DueRuns},
};
use creel_types::{
    Cadence, Credits, IntervalUnit, ScheduleId, ScheduleStatus, SkipReason, Time, Window,
    time::{DAY_MS, HOUR_MS},
};

use crate::shop::{Shop, on_both, operator};

const DAILY: Cadence = Cadence { interval_amount: 1, interval_unit: IntervalUnit::Day };
const HOURLY: Cadence = Cadence { interval_amount: 1, interval_unit: IntervalUnit::Hour };

async fn daily(shop: &Shop) -> Schedule {
    let new = NewSchedule::every(shop.robot().await, DAILY);
    shop.store.create_schedule(shop.organization, new, &operator()).await.unwrap()
}

async fn get(shop: &Shop, id: ScheduleId) -> Schedule {
    shop.store.get_schedule(shop.organization, id).await.unwrap()
}

async fn runs(shop: &Shop, id: ScheduleId) -> usize {
    shop.store.list_runs(shop.organization, None, None, Some(id), None, 500).await.unwrap().len()
}

async fn end_runs(store: &Store) {
    let sql = "UPDATE runs SET ended_at = 1, status = 'completed' WHERE ended_at IS NULL";
    store.database.execute(sql, args![]).await.unwrap();
}

fn done(made: usize, skipped: usize) -> DueRuns {
    DueRuns { made, skipped, ..DueRuns::default() }
}

on_both! {
async fn a_tick_makes_one_run_and_missed_ticks_make_one(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let schedule = daily(&shop).await;
    let begin = shop.store.clock.now();
    assert_eq!((schedule.name.as_str(), schedule.status), ("Daily shop.example run", ScheduleStatus::Active));
    assert_eq!(schedule.next_run_at, Some(begin.plus_ms(DAY_MS)));
    shop.store.clock.advance_ms(DAY_MS - 1);
    assert_eq!(shop.store.make_due_runs().await.unwrap(), done(0, 0));
    shop.store.clock.advance_ms(1);
    assert_eq!(shop.store.make_due_runs().await.unwrap(), done(1, 0));
    assert_eq!(shop.store.make_due_runs().await.unwrap(), done(0, 0));
    let after = get(&shop, schedule.id).await;
    assert_eq!((after.last_run_at, after.next_run_at), (Some(begin.plus_ms(DAY_MS)), Some(begin.plus_ms(2 * DAY_MS))));
    let run = shop.store.get_run(shop.organization, after.last_run.unwrap()).await.unwrap();
    assert_eq!((run.schedule, run.start_urls.as_slice()), (Some(schedule.id), &["https://shop.example/".to_owned()][..]));
    // Nobody was there for ten ticks and a half.
    end_runs(&shop.store).await;
    shop.store.clock.advance_ms(10 * DAY_MS + DAY_MS / 2);
    assert_eq!(shop.store.make_due_runs().await.unwrap(), done(1, 0));
    assert_eq!(get(&shop, schedule.id).await.next_run_at, Some(begin.plus_ms(12 * DAY_MS)));
    assert_eq!(runs(&shop, schedule.id).await, 2);
}
}

on_both! {
async fn a_tick_whose_last_run_goes_on_is_skipped_and_says_so(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let schedule = daily(&shop).await;
    let begin = shop.store.clock.now();
    shop.store.clock.advance_ms(DAY_MS);
    assert_eq!(shop.store.make_due_runs().await.unwrap(), done(1, 0));
    // It waits its turn still.
    shop.store.clock.advance_ms(DAY_MS);
    assert_eq!(shop.store.make_due_runs().await.unwrap(), done(0, 1));
    let after = get(&shop, schedule.id).await;
    assert_eq!(after.last_skipped_at, Some(begin.plus_ms(2 * DAY_MS)));
    assert_eq!(after.last_skip_reason, Some(SkipReason::StillRunning));
    assert_eq!(after.next_run_at, Some(begin.plus_ms(3 * DAY_MS)));
    end_runs(&shop.store).await;
    assert_eq!(shop.store.make_due_runs().await.unwrap(), done(0, 0), "what was skipped is not made up for");
    shop.store.clock.advance_ms(DAY_MS);
    assert_eq!(shop.store.make_due_runs().await.unwrap(), done(1, 0));
    assert_eq!(runs(&shop, schedule.id).await, 2);
}
}

on_both! {
async fn whoever_dies_anywhere_a_tick_makes_one_run(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let schedule = daily(&shop).await;
    for (number, place) in (1..).zip(PLACES_OF_A_TICK) {
        end_runs(&shop.store).await;
        shop.store.clock.advance_ms(DAY_MS);
        let died = Arc::new(AtomicBool::new(false));
        let mut dying = shop.store.clone();
        let here = Arc::clone(&died);
        dying.fail_points = FailPoints::new(move |passed| {
            if passed == place {
                here.store(true, Ordering::SeqCst);
                panic!("it dies at {place}");
            }
        });
        let pass = tokio::spawn(async move { dying.make_due_runs().await }).await;
        assert!(pass.is_err() && died.load(Ordering::SeqCst), "{place} is not passed");
        let made_before = if place == "due.committed" { 1 } else { 0 };
        assert_eq!(shop.store.make_due_runs().await.unwrap(), done(1 - made_before, 0), "{place}");
        assert_eq!(runs(&shop, schedule.id).await, number, "{place}");
    }
    shop.store.verify_ledger(shop.organization).await.unwrap().unwrap();
}
}

on_both! {
async fn many_who_look_at_once_make_each_run_once(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let mut ids = Vec::new();
    for _ in 0..40 {
        ids.push(daily(&shop).await.id);
    }
    shop.store.clock.advance_ms(DAY_MS);
    let mut passes = Vec::new();
    for seed in 0..4 {
        let store = shop.database.store(shop.store.clock.clone(), creel_types::Random::seeded(900 + seed)).await;
        passes.push(tokio::spawn(async move { store.make_due_runs().await.unwrap() }));
    }
    let mut made = 0;
    for pass in passes {
        made += pass.await.unwrap().made;
    }
    assert_eq!(made, 40);
    for id in ids {
        assert_eq!(runs(&shop, id).await, 1);
    }
}
}

on_both! {
async fn pauses_and_resumes_lead_to_the_next_future_tick(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (store, organization, by) = (&shop.store, shop.organization, operator());
    let schedule = daily(&shop).await;
    let begin = store.clock.now();
    for _ in 0..2 {
        let paused = store.pause_schedule(organization, schedule.id, &by).await.unwrap();
        assert_eq!((paused.status, paused.next_run_at), (ScheduleStatus::Paused, None));
    }
    store.clock.advance_ms(3 * DAY_MS);
    assert_eq!(store.make_due_runs().await.unwrap(), done(0, 0));
    for _ in 0..2 {
        let resumed = store.resume_schedule(organization, schedule.id, &by).await.unwrap();
        // The tick of this very instant is not in the future.
        assert_eq!((resumed.status, resumed.next_run_at), (ScheduleStatus::Active, Some(begin.plus_ms(4 * DAY_MS))));
    }
    assert_eq!(store.make_due_runs().await.unwrap(), done(0, 0));
    // A tick that was dealt with is not dealt with again where a clock goes back.
    store.clock.advance_ms(DAY_MS);
    assert_eq!(store.make_due_runs().await.unwrap(), done(1, 0));
    store.clock.advance_ms(-HOUR_MS);
    store.pause_schedule(organization, schedule.id, &by).await.unwrap();
    let resumed = store.resume_schedule(organization, schedule.id, &by).await.unwrap();
    assert_eq!(resumed.next_run_at, Some(begin.plus_ms(5 * DAY_MS)));
    let lines = store.list_audit(organization, &Default::default(), None, 100).await.unwrap();
    let mut deeds: Vec<&str> = lines.iter().map(|line| line.action.as_str()).filter(|deed| deed.starts_with("schedule.")).collect();
    // The ids of one instant are in no order.
    deeds.sort_unstable();
    let once = ["schedule.created", "schedule.paused", "schedule.paused", "schedule.resumed", "schedule.resumed"];
    assert_eq!(deeds, once, "what changes nothing is no deed");
}
}

on_both! {
async fn without_credits_schedules_sleep_and_only_those_wake_that_slept_for_it(engine) {
    let shop = Shop::with_credits(engine, 1).await;
    let (store, organization, by) = (&shop.store, shop.organization, operator());
    let [asleep, by_hand, resumed] = [daily(&shop).await, daily(&shop).await, daily(&shop).await];
    for schedule in [&asleep, &by_hand, &resumed] {
        assert_eq!((schedule.status, schedule.next_run_at), (ScheduleStatus::PausedNoCredits, None));
    }
    for id in [by_hand.id, resumed.id] {
        assert_eq!(store.pause_schedule(organization, id, &by).await.unwrap().status, ScheduleStatus::Paused);
    }
    let back = store.resume_schedule(organization, resumed.id, &by).await.unwrap();
    assert_eq!(back.status, ScheduleStatus::PausedNoCredits);
    let begin = store.clock.now();
    store.clock.advance_ms(5 * DAY_MS + 1);
    assert_eq!(store.make_due_runs().await.unwrap(), done(0, 0));
    shop.grant(1, Some(store.clock.now().plus_ms(2 * DAY_MS))).await;
    for (schedule, status) in [(&asleep, ScheduleStatus::Active), (&by_hand, ScheduleStatus::Paused), (&resumed, ScheduleStatus::Active)] {
        let schedule = get(&shop, schedule.id).await;
        let next = (status == ScheduleStatus::Active).then(|| begin.plus_ms(6 * DAY_MS));
        assert_eq!((schedule.status, schedule.next_run_at), (status, next));
    }
    store.clock.advance_ms(DAY_MS);
    assert_eq!(store.make_due_runs().await.unwrap(), done(2, 0));
    // The lot is over at the next tick and nobody has swept: no run, and they sleep again.
    end_runs(store).await;
    store.clock.advance_ms(DAY_MS);
    assert_eq!(store.make_due_runs().await.unwrap(), done(0, 0));
    assert_eq!(get(&shop, asleep.id).await.status, ScheduleStatus::PausedNoCredits);
    let told = store.list_outbox(organization, None).await.unwrap();
    let count = |kind| told.iter().filter(|row| row.kind == kind).count();
    assert_eq!((count(MessageKind::ScheduleResumed), count(MessageKind::SchedulePaused)), (2, 2));
    assert_eq!(store.balance(organization).await.unwrap().available, Credits(1));
}
}

on_both! {
async fn changes_hold_at_once_and_what_was_due_is_made(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (store, organization, by) = (&shop.store, shop.organization, operator());
    let schedule = daily(&shop).await;
    let change = |changes| store.update_schedule(organization, schedule.id, changes, None, &by);
    let cadence = Some(Cadence { interval_amount: 3, interval_unit: IntervalUnit::Hour });
    let changed = change(ScheduleChanges { cadence, ..ScheduleChanges::default() }).await.unwrap();
    assert_eq!(changed.name, "Every 3 hours shop.example run");
    assert_eq!(changed.next_run_at, Some(store.clock.now().plus_ms(3 * HOUR_MS)), "another cadence, another anchor");
    store.clock.advance_ms(HOUR_MS);
    let same = change(ScheduleChanges { cadence, ..ScheduleChanges::default() }).await.unwrap();
    assert_eq!(same, changed, "the same cadence keeps its anchor");
    let name = Some("mine".to_owned());
    let named = change(ScheduleChanges { name, budget: Some(Some(7)), ..ScheduleChanges::default() }).await.unwrap();
    assert_eq!((named.name.as_str(), named.budget, named.next_run_at), ("mine", Some(7), changed.next_run_at));
    // Due, and changed before anybody looked: made, and then by the new cadence.
    store.clock.advance_ms(2 * HOUR_MS);
    let due = change(ScheduleChanges { cadence: Some(DAILY), budget: Some(None), ..ScheduleChanges::default() }).await.unwrap();
    assert_eq!((due.next_run_at, due.budget, due.name.as_str()), (changed.next_run_at, None, "mine"));
    let due_at = store.clock.now();
    assert_eq!(store.make_due_runs().await.unwrap(), done(1, 0));
    assert_eq!(get(&shop, schedule.id).await.next_run_at, Some(due_at.plus_ms(DAY_MS)));
    // What is changed while it sleeps holds when it wakes.
    store.pause_schedule(organization, schedule.id, &by).await.unwrap();
    let starts_at = Some(Time(due_at.0 + 7 * DAY_MS));
    let asleep = change(ScheduleChanges { starts_at, ..ScheduleChanges::default() }).await.unwrap();
    assert_eq!(asleep.next_run_at, None);
    let awake = store.resume_schedule(organization, schedule.id, &by).await.unwrap();
    assert_eq!(awake.next_run_at, starts_at);
    let windows = Some(vec![Window { days: Vec::new(), from: "12:00".parse().unwrap(), to: "12:00".parse().unwrap() }]);
    let refused = change(ScheduleChanges { windows, ..ScheduleChanges::default() }).await;
    assert!(matches!(refused, Err(StoreError::Invalid { field: "windows", .. })), "{refused:?}");
}
}

on_both! {
async fn what_cannot_be_made_says_so_and_keeps_nothing_else_from_being_made(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let store = &shop.store;
    let [unreadable, fine] = [daily(&shop).await, daily(&shop).await];
    let orphan = daily(&shop).await;
    let spoil = |column: &'static str, value: &'static str, id| async move {
        let sql = format!("UPDATE schedules SET {column} = $1 WHERE id = $2");
        store.database.execute(&sql, args![value, id]).await.unwrap();
    };
    spoil("time_zone", "Mars/Olympus", unreadable.id).await;
    spoil("robot_id", "0190aaaa-0000-7000-8000-000000000000", orphan.id).await;
    store.clock.advance_ms(DAY_MS);
    assert_eq!(store.make_due_runs().await.unwrap(), done(1, 2));
    assert_eq!((runs(&shop, fine.id).await, runs(&shop, unreadable.id).await, runs(&shop, orphan.id).await), (1, 0, 0));
    let reasons = [get(&shop, unreadable.id).await.last_skip_reason, get(&shop, orphan.id).await.last_skip_reason];
    assert_eq!(reasons, [Some(SkipReason::Failed), Some(SkipReason::RobotGone)]);
    assert_eq!(store.make_due_runs().await.unwrap(), done(0, 0));
    // It is shown, and others are forecast and paid, all the same.
    assert!(get(&shop, unreadable.id).await.next_runs(store.clock.now(), 5).is_empty());
    assert_eq!(store.forecast(shop.organization).await.unwrap().schedules.len(), 3);
    shop.grant(5, None).await;
    store.verify_ledger(shop.organization).await.unwrap().unwrap();
}
}

on_both! {
async fn a_robot_goes_with_its_schedules_where_that_is_wished(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let (store, organization, by) = (&shop.store, shop.organization, operator());
    let [one, two] = [daily(&shop).await, daily(&shop).await];
    let refused = store.delete_robot(organization, one.robot, false, &by).await;
    let Err(StoreError::Conflict(message)) = refused else { panic!("{refused:?}") };
    assert!(message.contains("2 schedules"), "{message}");
    store.delete_schedule(organization, two.id, &by).await.unwrap();
    assert!(store.get_schedule(organization, two.id).await.is_err());
    store.delete_robot(organization, one.robot, true, &by).await.unwrap();
    let left = store.list_schedules(organization, ScheduleFilter::default(), None, 10).await.unwrap();
    assert!(left.is_empty());
    let lines = store.list_audit(organization, &Default::default(), None, 100).await.unwrap();
    assert_eq!(lines.iter().filter(|line| line.action.as_str() == "schedule.deleted").count(), 2);
    store.clock.advance_ms(DAY_MS);
    assert_eq!(store.make_due_runs().await.unwrap(), done(0, 0));
}
}

on_both! {
async fn the_forecast_counts_the_ticks_that_come(engine) {
    let shop = Shop::with_credits(engine, 1_000).await;
    let (store, organization) = (&shop.store, shop.organization);
    let robot = shop.robot().await;
    let noon = vec![Window { days: Vec::new(), from: "12:20".parse().unwrap(), to: "13:10".parse().unwrap() }];
    let now = store.clock.now();
    for (new, runs) in [
        (NewSchedule::every(robot, DAILY), 30),
        // Hours that wait for an opening make one run.
        (NewSchedule { windows: noon, ..NewSchedule::every(robot, HOURLY) }, 30),
        (NewSchedule { starts_at: Some(now.plus_ms(40 * DAY_MS)), ..NewSchedule::every(robot, DAILY) }, 0),
    ] {
        let made = store.create_schedule(organization, new, &operator()).await.unwrap();
        let sql = "INSERT INTO runs (id, organization_id, robot_id, schedule_id, name, host, country_code, program, start_urls,
                   settings, status, created_at, ended_at, credits_spent)
                   VALUES ($1, $2, $3, $4, '', 'shop.example', 'US', '{}', '[]', '{}', 'completed', $5, $5, $6)";
        for spent in [4, 10, 1_000] {
            let run: creel_types::RunId = store.random.id(now);
            store.database.execute(sql, args![run, organization, robot, made.id, now, spent]).await.unwrap();
        }
        let forecast = store.forecast(organization).await.unwrap();
        let one = forecast.schedules.iter().find(|one| one.schedule_id == made.id).unwrap();
        assert_eq!((one.credits_per_run, one.runs, one.credits), (Some(Credits(10)), runs, Credits(10 * runs)));
    }
    assert_eq!(store.forecast(organization).await.unwrap().projected_spend, Credits(600));
}
}
