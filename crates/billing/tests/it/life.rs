//! The life of a subscription, step by step, as `life.txt` tells it: after every step plan, balance, lots, concurrency and schedule.

use std::sync::Arc;

use creel_billing::PlanChangeOutcome;
use creel_ledger::{NewHold, Reference, ReferenceType};
use creel_store::{builds::BuildAnswer, schedules::NewSchedule};
use creel_testkit::stripe::{Card, DisputeEnd};
use creel_types::{Cadence, Country, Credits, HoldId, Host, IntervalUnit, Plan, RobotProgram, ScheduleId, Time};
use url::Url;

use crate::world::{World, on_both, operator, work};

const TABLE: &str = include_str!("life.txt");

struct Life {
    world: World,
    schedule: ScheduleId,
    dispute: Option<String>,
}

on_both! {
async fn the_life_of_a_subscription(engine) {
    let world = World::new(engine, "2026-01-24T09:00:00Z", 1).await;
    // Creel works after each thing that happens at Stripe, as it does where a webhook comes at once.
    let (billing, stripe) = (world.billing.clone(), world.stripe.clone());
    world.stripe.on_tick(Arc::new(move |_| {
        let (billing, stripe) = (billing.clone(), stripe.clone());
        Box::pin(async move {
            for event in stripe.take_events() {
                billing.receive(&event.signature, &event.body).await.unwrap();
            }
            work(&billing).await;
        })
    }));
    let schedule = schedule(&world).await;
    let mut life = Life { world, schedule, dispute: None };
    let mut faults = Vec::new();
    let mut steps = 0;
    for line in TABLE.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [at, action, expected @ ..] = &cells[..] else { panic!("{line}") };
        life.world.stripe.advance(format!("2026-{at}:00Z").parse().unwrap()).await;
        life.step(action).await;
        life.world.settle().await;
        life.world.check().await;
        let found = life.state().await;
        if found != expected {
            faults.push(format!("{at} {action}\n  expected {}\n  found    {}", expected.join(" | "), found.join(" | ")));
        }
        steps += 1;
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(steps > 30, "{steps}");
    let alarms = life.world.store.list_alarms().await.unwrap();
    assert_eq!(alarms, [], "an ordinary life raises none");
}
}

/// A schedule, to see when it sleeps.
async fn schedule(world: &World) -> ScheduleId {
    let url = Url::parse("https://shop.example/").unwrap();
    let program = RobotProgram::general(Host::of(&url).unwrap(), Country::US, url.to_string());
    let made = world.store.create_robot_build(world.organization, url.as_str(), &program, false).await.unwrap();
    let robot = match made {
        BuildAnswer::Robot(robot) => robot,
        BuildAnswer::Build(build) => world.store.get_robot_build(world.organization, build).await.unwrap().robot_id.unwrap(),
    };
    let cadence = Cadence { interval_amount: 1, interval_unit: IntervalUnit::Day };
    world.store.create_schedule(world.organization, NewSchedule::every(robot, cadence), &operator()).await.unwrap().id
}

impl Life {
    async fn step(&mut self, action: &str) {
        let words: Vec<&str> = action.split_whitespace().collect();
        match words[..] {
            ["sign", "up"] | ["look"] => {}
            ["spend", credits] => self.spend(credits.parse().unwrap()).await,
            ["subscribe", plan, quantity] => self.subscribe(plan.parse().unwrap(), quantity.parse().unwrap()).await,
            ["buy", packs, "packs"] => self.buy(packs.parse().unwrap()).await,
            ["card", "declines"] => self.world.stripe.set_card(&self.world.customer().await, Card::Declines).unwrap(),
            ["pay", "with", "a", "good", "card"] => self.pay().await,
            ["upgrade", plan, quantity] => self.upgrade(plan.parse().unwrap(), quantity.parse().unwrap()).await,
            ["downgrade", plan, quantity] => self.downgrade(plan.parse().unwrap(), quantity.parse().unwrap()).await,
            ["cancel"] => {
                self.world.stripe.cancel_at_period_end(&self.world.subscription().await).unwrap();
            }
            ["go", "on", "after", "all"] => {
                self.world.stripe.uncancel(&self.world.subscription().await).unwrap();
            }
            ["refund", "half"] => {
                let invoice = self.latest_plan_invoice();
                let half = invoice["amount_paid"].as_i64().unwrap() / 2;
                self.world.stripe.refund(invoice["id"].as_str().unwrap(), Some(half)).unwrap();
            }
            ["dispute"] => {
                let invoice = self.latest_plan_invoice();
                self.dispute = Some(self.world.stripe.dispute(invoice["id"].as_str().unwrap(), false).unwrap());
            }
            ["win", "the", "dispute"] => self.close_dispute(DisputeEnd::Won),
            ["lose", "the", "dispute"] => self.close_dispute(DisputeEnd::Lost),
            _ => panic!("nobody knows how to {action}"),
        }
    }

    async fn spend(&self, credits: i64) {
        let World { store, organization, .. } = &self.world;
        let hold: HoldId = store.random.id(store.clock.now());
        let new = NewHold {
            hold,
            amount: Credits(credits),
            live_ms: 1_000,
            reference: Reference::new(ReferenceType::Message, hold),
            description: "work".into(),
        };
        store.place_hold(*organization, new).await.unwrap();
        store.settle_hold(*organization, hold, Credits(credits), "work".into()).await.unwrap();
    }

    async fn subscribe(&self, plan: Plan, quantity: i64) {
        let World { billing, stripe, organization, .. } = &self.world;
        let url = billing.checkout(*organization, &self.world.buyer(), plan, quantity, None).await.unwrap();
        let again = billing.checkout(*organization, &self.world.buyer(), plan, quantity, None).await.unwrap();
        assert_eq!(url, again, "one page for one thing");
        stripe.pay_checkout(url.as_str()).unwrap();
    }

    async fn buy(&self, packs: i64) {
        let World { billing, stripe, organization, .. } = &self.world;
        let page = billing.buy_credits(*organization, packs, None).await.unwrap();
        assert_eq!(page.credits, Credits(packs * 10_000));
        stripe.pay_checkout(page.url.as_str()).unwrap();
    }

    async fn pay(&self) {
        let World { stripe, .. } = &self.world;
        let known = self.world.store.find_subscription(self.world.organization).await.unwrap().unwrap();
        assert_eq!(known.status, "past_due");
        let page = known.pay_url.expect("where it is paid is said");
        let open = stripe.all("invoice").into_iter().find(|invoice| invoice["status"] == "open").unwrap();
        assert_eq!(open["hosted_invoice_url"], page.as_str());
        stripe.pay_invoice_with(open["id"].as_str().unwrap(), Card::Good).unwrap();
    }

    async fn upgrade(&self, plan: Plan, quantity: i64) {
        let World { billing, organization, .. } = &self.world;
        let change = billing.change_plan(*organization, &operator(), plan, quantity).await.unwrap();
        assert_eq!(change.outcome, PlanChangeOutcome::Applied);
    }

    async fn downgrade(&self, plan: Plan, quantity: i64) {
        let World { billing, stripe, organization, .. } = &self.world;
        let change = billing.change_plan(*organization, &operator(), plan, quantity).await.unwrap();
        assert_eq!(change.outcome, PlanChangeOutcome::ConfirmInPortal);
        let price = stripe.all("price").into_iter().find(|price| price["metadata"]["creel_plan"] == plan.as_str()).unwrap();
        let subscription = self.world.subscription().await;
        stripe.schedule_downgrade(&subscription, price["id"].as_str().unwrap(), quantity).unwrap();
        self.world.settle().await;
        let next = self.world.store.find_subscription(*organization).await.unwrap().unwrap().next.unwrap();
        assert_eq!((next.plan, next.quantity), (plan, quantity));
    }

    fn latest_plan_invoice(&self) -> serde_json::Value {
        let of_plan = |invoice: &serde_json::Value| invoice["status"] == "paid" && invoice["billing_reason"] != "manual";
        self.world.stripe.all("invoice").into_iter().rfind(of_plan).unwrap()
    }

    fn close_dispute(&self, end: DisputeEnd) {
        self.world.stripe.close_dispute(self.dispute.as_deref().unwrap(), end).unwrap();
    }

    async fn state(&self) -> Vec<String> {
        let World { store, organization, .. } = &self.world;
        let available = store.balance(*organization).await.unwrap().available;
        let lots = self.world.lots().await;
        let runs = store.concurrent_runs(*organization).await.unwrap();
        let schedule = store.get_schedule(*organization, self.schedule).await.unwrap();
        vec![
            self.world.plan().await,
            available.to_string(),
            if lots.is_empty() { "-".to_owned() } else { lots },
            runs.map_or("any".to_owned(), |runs| runs.to_string()),
            schedule.status.to_string(),
        ]
    }
}

/// So that a wrong instant in the table is found as one.
#[test]
fn the_table_tells_of_instants_in_order() {
    let lines = TABLE.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let times: Vec<Time> =
        lines.map(|line| format!("2026-{}:00Z", line.split_once(" |").unwrap().0).parse().unwrap()).collect();
    assert!(times.is_sorted());
}
