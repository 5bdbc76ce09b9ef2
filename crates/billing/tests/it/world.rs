//! One organization, Creel's billing and a simulated Stripe that live in the same time. Whatever is asked and answered is held
//! against Stripe's own document.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use creel_billing::{Billing, BillingSettings, Buyer, PurchasedExpire, Secret, set_up, stripe::StripeClient};
use creel_ledger::LotSource;
use creel_store::{
    Concurrency, Store, access::people::NewPerson, database::Engine, ledger::unmetered::BillingMode, organizations::Start,
};
use creel_testkit::stripe::{OPENAPI_VARIABLE, Oracle, Signed, StripeSimulator};
use creel_types::{Actor, By, CREDIT_PACK, Clock, Email, OrganizationId, Plan, Random, Time, time::HOUR_MS};
use url::Url;

pub const GRACE_MS: i64 = 2 * HOUR_MS;

pub use crate::both_engines::TestDatabase;
pub(crate) use crate::both_engines::on_both;

/// A store on the database, where plans decide how many runs go on at once.
pub async fn store_on(database: &TestDatabase, clock: Clock, random: Random) -> Store {
    Store { concurrency: Concurrency::ByPlan, ..database.store(clock, random).await }
}

pub fn operator() -> By {
    By { actor: Actor::CommandLine, name: "operator".to_owned(), address: None }
}

pub struct World {
    pub database: Arc<TestDatabase>,
    pub stripe: StripeSimulator,
    pub clock: Clock,
    pub store: Store,
    pub billing: Billing,
    pub organization: OrganizationId,
}

/// A store as another process would have it, in the same time.
pub async fn billing_on(database: &TestDatabase, stripe: &StripeSimulator, clock: &Clock, seed: u64) -> Billing {
    let store = store_on(database, clock.clone(), Random::seeded(seed)).await;
    billing(store, stripe)
}

pub fn billing(store: Store, stripe: &StripeSimulator) -> Billing {
    billing_with(store, stripe, PurchasedExpire::CycleEnd)
}

fn billing_with(store: Store, stripe: &StripeSimulator, purchased_expire: PurchasedExpire) -> Billing {
    let settings = BillingSettings {
        mode: BillingMode::Stripe,
        public_url: Url::parse("https://creel.example/").unwrap(),
        secret_key: Secret::new(stripe.secret_key()),
        webhook_secrets: vec![Secret::new(stripe.webhook_secret())],
        api_url: Url::parse(&stripe.base_url()).unwrap(),
        grace_ms: GRACE_MS,
        purchased_expire,
        pack: CREDIT_PACK,
    };
    Billing::new(store, settings).unwrap()
}

impl World {
    pub async fn new(engine: Engine, begins: &str, seed: u64) -> World {
        World::on(Arc::new(TestDatabase::new(engine).await), begins, seed).await
    }

    /// Another world on the same database: another Stripe, another time, another organization.
    pub async fn on(database: Arc<TestDatabase>, begins: &str, seed: u64) -> World {
        let clock = Clock::fixed(begins.parse().unwrap());
        let store = store_on(&database, clock.clone(), Random::seeded(seed)).await;
        World::in_store(database, store, clock, seed).await
    }

    /// The same without opening the database once more.
    pub async fn in_store(database: Arc<TestDatabase>, store: Store, clock: Clock, seed: u64) -> World {
        // Another world's Stripe and its time are nothing to this one.
        for table in ["stripe_customers", "stripe_events", "stripe_poll"] {
            store.database.execute(&format!("DELETE FROM {table}"), vec![]).await.unwrap();
        }
        let stripe = StripeSimulator::new(clock.clone(), seed);
        stripe.watch(oracle());
        stripe.serve(tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap()).await.unwrap();
        let key = Secret::new(stripe.secret_key());
        let client = StripeClient::new(key, &Url::parse(&stripe.base_url()).unwrap(), Random::seeded(seed)).unwrap();
        let hook = Url::parse("https://creel.example/webhooks/stripe").unwrap();
        set_up::set_up(&client, CREDIT_PACK, Some(&hook)).await.unwrap();
        drop(stripe.take_events());
        let billing = billing(store.clone(), &stripe);
        let email: Email = format!("owner-{seed}@shop.example").parse().unwrap();
        let new = NewPerson { email, name: "Owner".into(), password: None };
        let (_, owned) = store.create_owner(&new, &format!("Shop {seed}"), Start::Trial, &operator()).await.unwrap();
        World { database, stripe, clock, store, billing, organization: owned.id }
    }

    /// Credits that are bought end so many days later.
    pub fn with_days(self, days: i64) -> World {
        World { billing: billing_with(self.store.clone(), &self.stripe, PurchasedExpire::Days(days)), ..self }
    }

    pub fn buyer(&self) -> Buyer {
        Buyer { email: Some("owner@shop.example".into()), name: Some("Owner".into()), by: operator() }
    }

    /// Events as Stripe sends them, taken in.
    pub async fn deliver(&self, events: &[Signed]) {
        for event in events {
            self.billing.receive(&event.signature, &event.body).await.unwrap();
        }
    }

    /// All that waits in the inbox and the queue of customers.
    pub async fn work(&self) {
        work(&self.billing).await;
    }

    /// Whatever Stripe has sent, and what follows from it.
    pub async fn settle(&self) {
        self.deliver(&self.stripe.take_events()).await;
        self.work().await;
    }

    pub async fn customer(&self) -> String {
        self.store.find_stripe_customer(self.organization).await.unwrap().unwrap().id
    }

    /// The subscription of the customer that goes on, or went on last.
    pub async fn subscription(&self) -> String {
        self.store.find_subscription(self.organization).await.unwrap().unwrap().id
    }

    /// Lots with something left, as `source:left@end`.
    pub async fn lots(&self) -> String {
        let balance = self.store.balance(self.organization).await.unwrap();
        let shown = balance.lots.iter().map(|lot| {
            let end = lot.expires_at.map_or("never".to_owned(), short);
            format!("{}:{}@{end}", lot.source, lot.remaining)
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    pub async fn plan(&self) -> String {
        match self.store.plan_in_force(self.organization).await.unwrap() {
            None => "none".to_owned(),
            Some(plan) if plan.plan == Plan::Scale => format!("scale-{}", plan.quantity),
            Some(plan) => plan.plan.to_string(),
        }
    }

    /// What must be true at any time: the ledger verifies, nothing of what Stripe was asked or answered is fiction.
    pub async fn check(&self) {
        self.store.verify_ledger(self.organization).await.unwrap().unwrap();
        assert_eq!(self.stripe.violations(), Vec::<String>::new());
        let balance = self.store.balance(self.organization).await.unwrap();
        let cycles = balance.lots.iter().filter(|lot| lot.source == LotSource::Cycle).count();
        assert!(cycles <= 3, "{balance:?}");
    }
}

/// Stripe's own document, read once for all worlds of a test.
fn oracle() -> Arc<Oracle> {
    static ORACLE: OnceLock<Arc<Oracle>> = OnceLock::new();
    let read = || {
        let path = std::env::var(OPENAPI_VARIABLE).expect("CREEL_STRIPE_OPENAPI is not set: run `cargo xtask test`");
        Arc::new(Oracle::read(Path::new(&path)).unwrap())
    };
    Arc::clone(ORACLE.get_or_init(read))
}

/// Until nothing waits any more.
pub async fn work(billing: &Billing) {
    for _ in 0..1_000 {
        let taken = billing.take_events().await.unwrap().changed;
        let looked = billing.reconcile_customers().await.unwrap().changed;
        if taken + looked == 0 {
            return;
        }
    }
    panic!("it does not come to rest");
}

/// `02-28T11:00`
pub fn short(at: Time) -> String {
    at.to_string()[5..16].to_owned()
}
