//! Whatever order, delay, repetition and loss events come with, a life ends in one state and with exactly the right lots.
//!
//! Events say nothing but whom to look at, so what an order of delivery amounts to is when Creel looks. Of a life of seven things,
//! each of the 5,040 orders in which their events may come is gone through; those that look at the same moments are lived once.

use std::{collections::BTreeSet, sync::Arc};

use creel_billing::stripe::StripeClient;
use creel_store::{billing::AlarmKind, database::Engine};
use creel_testkit::stripe::Signed;
use creel_types::{Clock, Plan, Random, Time};
use url::Url;

use crate::world::{TestDatabase, World, on_both, store_on};

/// When each thing happens: subscribed, credits bought, upgraded, renewed, half of it refunded, the credits' payment disputed, set
/// to end.
const HAPPENS: [&str; 7] = [
    "2026-01-31T10:00:00Z",
    "2026-02-05T10:00:00Z",
    "2026-02-10T10:00:00Z",
    "2026-03-10T11:00:00Z",
    "2026-03-11T10:00:00Z",
    "2026-03-12T10:00:00Z",
    "2026-03-13T10:00:00Z",
];
const ENDS: &str = "2026-03-14T10:00:00Z";

async fn happen(world: &World, thing: usize) {
    let World { stripe, billing, organization, .. } = world;
    let id = |object: &serde_json::Value| object["id"].as_str().unwrap().to_owned();
    stripe.advance(HAPPENS[thing].parse().unwrap()).await;
    match thing {
        0 => {
            let page = billing.checkout(*organization, &world.buyer(), Plan::Start, 1, None).await.unwrap();
            stripe.pay_checkout(page.as_str()).unwrap();
        }
        1 => {
            let page = billing.buy_credits(*organization, 1, None).await.unwrap();
            stripe.pay_checkout(page.url.as_str()).unwrap();
        }
        2 => upgrade(world).await,
        // The clock did it.
        3 => {}
        4 => {
            let renewal =
                stripe.all("invoice").into_iter().rfind(|one| one["billing_reason"] == "subscription_cycle").unwrap();
            stripe.refund(&id(&renewal), Some(renewal["amount_paid"].as_i64().unwrap() / 2)).unwrap();
        }
        5 => {
            let bought = stripe.all("invoice").into_iter().find(|one| one["billing_reason"] == "manual").unwrap();
            stripe.dispute(&id(&bought), false).unwrap();
        }
        _ => {
            stripe.cancel_at_period_end(&id(&stripe.all("subscription")[0])).unwrap();
        }
    }
}

/// The same that Creel asks for, without a look at what came of it.
async fn upgrade(world: &World) {
    let key = creel_billing::Secret::new(world.stripe.secret_key());
    let client = StripeClient::new(key, &Url::parse(&world.stripe.base_url()).unwrap(), Random::seeded(3)).unwrap();
    let subscription = client.list_subscriptions(&world.customer().await).await.unwrap().remove(0);
    let price = world.stripe.all("price").into_iter().find(|price| price["lookup_key"] == "creel_scale_monthly").unwrap();
    let item = &subscription.items.data[0].id;
    client.upgrade_subscription(&subscription.id, item, price["id"].as_str().unwrap(), 3, "upgrade").await.unwrap();
}

/// What is left in the end.
async fn outcome(world: &World) -> String {
    world.store.verify_ledger(world.organization).await.unwrap().unwrap();
    let balance = world.store.balance(world.organization).await.unwrap();
    // What was over before it was known of is told: that depends on when it became known, and on nothing else.
    let alarms = world.store.list_alarms().await.unwrap();
    let of_this = alarms.iter().filter(|alarm| alarm.organization_id == Some(world.organization));
    let others: Vec<AlarmKind> = of_this.map(|alarm| alarm.kind).filter(|kind| *kind != AlarmKind::TooLate).collect();
    format!(
        "{} available, {}, lots {}, cycle from {:?} to {:?}, alarms {others:?}",
        balance.available,
        world.plan().await,
        world.lots().await,
        balance.cycle.starts_at,
        balance.cycle.ends_at
    )
}

const RIGHT: &str = "150000 available, scale-3, lots cycle:150000@04-10T10:00 purchase:10000@05-06T10:00";

/// Lives through the seven things; after each, the events of those that `looks` says are delivered, one after the other.
async fn live(world: &World, order: &[usize]) -> String {
    let mut events: Vec<Vec<Signed>> = Vec::new();
    let mut waiting = order.iter().copied().peekable();
    for thing in 0..HAPPENS.len() {
        happen(world, thing).await;
        events.push(world.stripe.take_events());
        while let Some(next) = waiting.next_if(|next| *next <= thing) {
            for event in &events[next] {
                let signature = world.stripe.sign(&event.body, world.clock.now());
                world.billing.receive(&signature, &event.body).await.unwrap();
            }
            world.work().await;
        }
    }
    world.stripe.advance(ENDS.parse().unwrap()).await;
    world.settle().await;
    outcome(world).await
}

/// Every order in which seven things may be told, one for each way in which looks may fall between what happens.
fn orders() -> Vec<Vec<usize>> {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    let mut all = 0;
    permutations(&mut (0..HAPPENS.len()).collect(), 0, &mut |order| {
        all += 1;
        // A look comes no sooner than what was told last has happened.
        let mut latest = 0;
        let looks: Vec<usize> = order
            .iter()
            .map(|thing| {
                latest = latest.max(*thing);
                latest
            })
            .collect();
        if seen.insert(looks) {
            kept.push(order.to_vec());
        }
    });
    assert_eq!((all, kept.len()), (5_040, 429));
    kept
}

fn permutations(order: &mut Vec<usize>, from: usize, each: &mut impl FnMut(&[usize])) {
    if from == order.len() {
        return each(order);
    }
    for at in from..order.len() {
        order.swap(from, at);
        permutations(order, from + 1, each);
        order.swap(from, at);
    }
}

async fn live_all(engine: Engine, orders: Vec<Vec<usize>>) {
    let database = Arc::new(TestDatabase::new(engine).await);
    let first = store_on(&database, Clock::fixed(Time(0)), Random::seeded(0)).await;
    let right =
        format!("{RIGHT}, cycle from {:?} to Some({:?}), alarms []", at("2026-03-10T10:00:00Z"), at("2026-04-10T10:00:00Z"));
    for (number, order) in orders.into_iter().enumerate() {
        let seed = number as u64 + 1;
        let clock = Clock::fixed("2026-01-24T09:00:00Z".parse().unwrap());
        let store = creel_store::Store { clock: clock.clone(), random: Random::seeded(seed), ..first.clone() };
        let world = World::in_store(Arc::clone(&database), store, clock, seed).await.with_days(90);
        assert_eq!(live(&world, &order).await, right, "{order:?}");
    }
}

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

/// In four parts, so that they are gone through side by side.
macro_rules! every_order_of_seven_ends_in_one_state_on_sqlite {
    ($($name:ident = $part:literal),*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            live_all(Engine::Sqlite, orders().into_iter().skip($part).step_by(4).collect()).await;
        }
    )*};
}
every_order_of_seven_ends_in_one_state_on_sqlite!(
    orders_of_seven_a_first_part = 0,
    orders_of_seven_a_second_part = 1,
    orders_of_seven_a_third_part = 2,
    orders_of_seven_a_fourth_part = 3
);

/// The rules are the same text of SQL: on the other database every tenth.
#[tokio::test(flavor = "multi_thread")]
async fn orders_of_seven_end_in_one_state_on_postgres() {
    live_all(Engine::Postgres, orders().into_iter().step_by(10).collect()).await;
}

on_both! {
async fn an_event_that_comes_to_two_processes_grants_once(engine) {
    let world = World::new(engine, "2026-01-31T09:00:00Z", 5).await;
    let other = crate::world::billing_on(&world.database, &world.stripe, &world.clock, 6).await;
    let page = world.billing.checkout(world.organization, &world.buyer(), Plan::Start, 1, None).await.unwrap();
    world.stripe.pay_checkout(page.as_str()).unwrap();
    for month in 0..12 {
        let events = world.stripe.take_events();
        let both = |billing: creel_billing::Billing| {
            let events = events.clone();
            async move {
                for event in &events {
                    billing.receive(&event.signature, &event.body).await.unwrap();
                    billing.receive(&event.signature, &event.body).await.unwrap();
                }
                crate::world::work(&billing).await;
            }
        };
        tokio::join!(both(world.billing.clone()), both(other.clone()));
        world.work().await;
        let balance = world.store.balance(world.organization).await.unwrap();
        let cycles = balance.lots.iter().filter(|lot| lot.source == creel_ledger::LotSource::Cycle).count();
        assert_eq!(cycles, 1, "month {month}: {balance:?}");
        world.check().await;
        world.stripe.advance(world.stripe.next_due().unwrap()).await;
        world.stripe.advance_ms(creel_types::time::HOUR_MS).await;
    }
}
}
