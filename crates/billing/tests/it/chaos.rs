//! Long lives by seed: whatever people, banks and cards do for months, it ends the same whether each event comes at once, or late,
//! twice, out of order, or never.

use std::sync::Arc;

use creel_billing::stripe::StripeClient;
use creel_store::{Store, billing::AlarmKind, database::Engine};
use creel_testkit::stripe::{Card, DisputeEnd, Signed};
use creel_types::{Clock, Plan, Random, time::DAY_MS, time::HOUR_MS};
use serde_json::Value as Json;
use url::Url;

use crate::world::{TestDatabase, World, store_on};

/// Things that happen in one life.
const STEPS: usize = 40;
/// Events come at most so late.
const LATE_MS_MAX: i64 = 2 * DAY_MS;

/// How events come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delivery {
    AtOnce,
    Chaotic,
}

struct Life {
    world: World,
    client: StripeClient,
    /// What happens: the same in both lives of a seed.
    fate: Random,
    /// How it is told: only the chaotic one asks.
    luck: Random,
    delivery: Delivery,
    /// Events on their way, with when they come.
    on_their_way: Vec<(i64, Signed)>,
    disputes: Vec<String>,
    refunds: u32,
}

fn id(object: &Json) -> String {
    object["id"].as_str().unwrap().to_owned()
}

impl Life {
    async fn step(&mut self) {
        let ms = i64::try_from(self.fate.below(6 * u64::try_from(DAY_MS).unwrap())).unwrap();
        self.live_until(self.world.clock.now().0 + ms).await;
        let what = self.fate.below(12);
        let customer = self.world.store.find_stripe_customer(self.world.organization).await.unwrap();
        let live = self.live_subscription();
        match (what, customer, live) {
            (0..=2, _, None) => self.subscribe().await,
            (0, Some(_), Some(live)) => self.upgrade(&live).await,
            (1, Some(_), Some(_)) => self.buy().await,
            (2, Some(_), Some(live)) => drop(self.world.stripe.cancel_at_period_end(&id(&live))),
            (3, Some(_), Some(live)) => drop(self.world.stripe.uncancel(&id(&live))),
            (4, Some(customer), _) => {
                let card = [Card::Good, Card::Good, Card::Declines, Card::RequiresAction][self.fate.below(4) as usize];
                self.world.stripe.set_card(&customer.id, card).unwrap();
            }
            (5, ..) => self.pay_what_is_open(),
            (6, ..) => self.refund(),
            (7, ..) => self.dispute(),
            (8, ..) => self.close_a_dispute(),
            (9, Some(_), Some(live)) if self.fate.below(4) == 0 => drop(self.world.stripe.cancel_now(&id(&live))),
            _ => {}
        }
    }

    fn live_subscription(&self) -> Option<Json> {
        let over = |status: &str| ["canceled", "incomplete_expired"].contains(&status);
        self.world.stripe.all("subscription").into_iter().find(|one| !over(one["status"].as_str().unwrap()))
    }

    async fn subscribe(&self) {
        let World { billing, stripe, organization, .. } = &self.world;
        let (plan, quantity) =
            if self.fate.below(2) == 0 { (Plan::Start, 1) } else { (Plan::Scale, 1 + self.fate.below(10) as i64) };
        let page = billing.checkout(*organization, &self.world.buyer(), plan, quantity, None).await.unwrap();
        stripe.pay_checkout(page.as_str()).unwrap();
    }

    async fn buy(&self) {
        let page =
            self.world.billing.buy_credits(self.world.organization, 1 + self.fate.below(3) as i64, None).await.unwrap();
        let _ = self.world.stripe.pay_checkout(page.url.as_str());
    }

    /// As Creel asks for it, without a look at what came of it.
    async fn upgrade(&self, live: &Json) {
        let price =
            self.world.stripe.all("price").into_iter().find(|price| price["lookup_key"] == "creel_scale_monthly").unwrap();
        let item = &live["items"]["data"][0];
        let present = item["price"]["unit_amount"].as_i64().unwrap() * item["quantity"].as_i64().unwrap();
        let quantity = present / 10_000 + 1 + self.fate.below(2) as i64;
        if quantity <= 10 && live["status"] == "active" {
            let key = format!("{:?}", self.fate.bytes());
            let key = &key[1..60].replace([' ', ','], "-");
            let upgraded = self.client.upgrade_subscription(&id(live), &id(item), &id(&price), quantity, key).await;
            upgraded.unwrap();
        }
    }

    fn pay_what_is_open(&self) {
        for open in self.world.stripe.all("invoice").into_iter().filter(|invoice| invoice["status"] == "open") {
            let _ = self.world.stripe.pay_invoice_with(&id(&open), Card::Good);
        }
    }

    fn paid_invoice(&self) -> Option<Json> {
        let mut paid = self.world.stripe.all("invoice");
        paid.retain(|invoice| invoice["status"] == "paid" && invoice["amount_paid"].as_i64() > Some(0));
        let at = self.fate.below(paid.len() as u64) as usize;
        // The newest ones are those that matter.
        paid.into_iter().rev().nth(at.min(2))
    }

    fn refund(&mut self) {
        if let Some(invoice) = self.paid_invoice() {
            let part = invoice["amount_paid"].as_i64().unwrap() / (2 + self.fate.below(3) as i64);
            self.refunds += u32::from(self.world.stripe.refund(&id(&invoice), Some(part)).is_ok());
        }
    }

    fn dispute(&mut self) {
        if let Some(invoice) = self.paid_invoice() {
            self.disputes.extend(self.world.stripe.dispute(&id(&invoice), self.fate.below(3) == 0));
        }
    }

    fn close_a_dispute(&mut self) {
        if let Some(dispute) = self.disputes.pop() {
            let end = [DisputeEnd::Won, DisputeEnd::Lost][self.fate.below(2) as usize];
            self.world.stripe.close_dispute(&dispute, end).unwrap();
        }
    }

    /// Time goes on; events come on their way, and Creel works whenever one has come.
    async fn live_until(&mut self, until: i64) {
        loop {
            self.send();
            let now = self.world.clock.now().0;
            let due = self.on_their_way.iter().map(|(at, _)| *at).chain(self.world.stripe.next_due().map(|at| at.0)).min();
            let next = due.map_or(until, |due| due.clamp(now, until));
            self.world.stripe.advance(creel_types::Time(next)).await;
            self.send();
            self.receive(next).await;
            if next >= until {
                return;
            }
        }
    }

    fn send(&mut self) {
        let now = self.world.clock.now().0;
        for event in self.world.stripe.take_events() {
            if self.delivery == Delivery::AtOnce {
                self.on_their_way.push((now, event));
                continue;
            }
            // One in eight is lost, one in four comes twice.
            let copies = match self.luck.below(8) {
                0 => 0,
                1 | 2 => 2,
                _ => 1,
            };
            for _ in 0..copies {
                let late = i64::try_from(self.luck.below(LATE_MS_MAX as u64)).unwrap();
                self.on_their_way.push((now + late, event.clone()));
            }
        }
    }

    async fn receive(&mut self, now: i64) {
        let (come, still): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.on_their_way).into_iter().partition(|(at, _)| *at <= now);
        self.on_their_way = still;
        for (_, event) in &come {
            // Stripe signs again whatever it sends again.
            let signature = self.world.stripe.sign(&event.body, self.world.clock.now());
            self.world.billing.receive(&signature, &event.body).await.unwrap();
        }
        if !come.is_empty() {
            self.world.work().await;
        }
    }

    async fn outcome(&self) -> String {
        self.world.check().await;
        let World { store, organization, .. } = &self.world;
        let failing = store.find_stripe_customer(*organization).await.unwrap().and_then(|customer| customer.last_error);
        assert_eq!(failing, None);
        let alarms = store.list_alarms().await.unwrap();
        let mut others: Vec<AlarmKind> =
            alarms.iter().filter(|one| one.organization_id == Some(*organization)).map(|one| one.kind).collect();
        others.retain(|kind| *kind != AlarmKind::TooLate);
        others.sort();
        let balance = store.balance(*organization).await.unwrap();
        let mut lots: Vec<String> = self.world.lots().await.split(' ').map(str::to_owned).collect();
        lots.sort();
        let subscription = store.find_subscription(*organization).await.unwrap();
        format!(
            "{} available, {}, {:?}, lots {lots:?}, {:?}, alarms {others:?}",
            balance.available,
            self.world.plan().await,
            store.concurrent_runs(*organization).await.unwrap(),
            subscription.map(|one| (one.status, one.plan, one.quantity, one.period_ends_at, one.ends_at)),
        )
    }
}

async fn live(database: &Arc<TestDatabase>, store: &Store, seed: u64, delivery: Delivery) -> (String, usize) {
    let clock = Clock::fixed("2026-01-30T09:00:00Z".parse().unwrap());
    let store = Store {
        clock: clock.clone(),
        random: Random::seeded(seed * 2 + u64::from(delivery == Delivery::Chaotic)),
        ..store.clone()
    };
    let own = 1_000 + seed * 2 + u64::from(delivery == Delivery::Chaotic);
    let world = World::in_store(Arc::clone(database), store, clock, own).await.with_days(60);
    let key = creel_billing::Secret::new(world.stripe.secret_key());
    let client = StripeClient::new(key, &Url::parse(&world.stripe.base_url()).unwrap(), Random::seeded(seed)).unwrap();
    let mut life = Life {
        world,
        client,
        fate: Random::seeded(seed),
        luck: Random::seeded(seed + 77),
        delivery,
        on_their_way: Vec::new(),
        disputes: Vec::new(),
        refunds: 0,
    };
    for _ in 0..STEPS {
        life.step().await;
    }
    // Whatever is on its way comes, and what was lost is found.
    let now = life.world.clock.now().0;
    life.live_until(now + LATE_MS_MAX + HOUR_MS).await;
    life.world.billing.poll_events().await.unwrap();
    life.world.work().await;
    let granted = life.world.stripe.all("invoice").iter().filter(|invoice| invoice["status"] == "paid").count();
    (life.outcome().await, granted)
}

async fn compare(engine: Engine, seeds: std::ops::Range<u64>) {
    let database = Arc::new(TestDatabase::new(engine).await);
    let store = store_on(&database, Clock::fixed(creel_types::Time(0)), Random::seeded(0)).await;
    let mut paid = 0;
    for seed in seeds.clone() {
        let (at_once, invoices) = live(&database, &store, seed, Delivery::AtOnce).await;
        let (chaotic, same) = live(&database, &store, seed, Delivery::Chaotic).await;
        assert_eq!(invoices, same, "seed {seed}: the same happened in both");
        assert_eq!(at_once, chaotic, "seed {seed}");
        paid += invoices;
    }
    println!("{} lives twice, {paid} paid invoices", seeds.end - seeds.start);
    assert!(paid > 3 * usize::try_from(seeds.end - seeds.start).unwrap(), "{paid}");
}

#[tokio::test(flavor = "multi_thread")]
async fn long_lives_end_the_same_however_they_are_told_on_sqlite() {
    compare(Engine::Sqlite, 0..12).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_lives_end_the_same_however_they_are_told_on_postgres() {
    compare(Engine::Postgres, 12..16).await;
}
