//! One organization, Creel's billing and a simulated Stripe that live in the same time. Whatever is asked and answered is held
//! against Stripe's own document.

use std::sync::Arc;

use creel_billing::{Billing, BillingSettings, Buyer, PurchasedExpire, Secret, set_up, stripe::StripeClient};
use creel_ledger::LotSource;
use creel_store::{
    Concurrency, Database, Store, access::people::NewPerson, database::Engine, ledger::unmetered::BillingMode,
    organizations::Start,
};
use creel_testkit::stripe::{Signed, StripeSimulator};
use creel_types::{Actor, By, CREDIT_PACK, Clock, Email, OrganizationId, Plan, Random, Time, time::HOUR_MS};
use url::Url;
use uuid::Uuid;

pub const GRACE_MS: i64 = 2 * HOUR_MS;

/// Writes a test once for both engines.
macro_rules! on_both {
    ($(#[$meta:meta])* async fn $name:ident($engine:ident) $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "not every test needs everything")]
            use super::*;

            async fn test($engine: creel_store::database::Engine) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                test(creel_store::database::Engine::Sqlite).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                test(creel_store::database::Engine::Postgres).await;
            }
        }
    };
}
pub(crate) use on_both;

/// A database of its own.
pub enum TestDatabase {
    Sqlite(tempfile::TempDir),
    Postgres(String),
}

impl TestDatabase {
    pub async fn new(engine: Engine) -> TestDatabase {
        match engine {
            Engine::Sqlite => TestDatabase::Sqlite(tempfile::tempdir().unwrap()),
            Engine::Postgres => {
                let server = std::env::var("CREEL_POSTGRES").expect("CREEL_POSTGRES is not set: run `cargo xtask test`");
                let schema = format!("test_{}", Random::system().id::<Uuid>(Time(0)).simple());
                let database = Database::open_postgres(&server).await.unwrap();
                database.execute(&format!("CREATE SCHEMA {schema}"), vec![]).await.unwrap();
                database.close().await;
                TestDatabase::Postgres(format!("{server}?options[search_path]={schema}"))
            }
        }
    }

    pub async fn store(&self, clock: Clock, random: Random) -> Store {
        let store = match self {
            TestDatabase::Sqlite(folder) => Store::open(folder.path(), clock, random).await.unwrap(),
            TestDatabase::Postgres(url) => Store::connect(url, clock, random).await.unwrap(),
        };
        Store { concurrency: Concurrency::ByPlan, ..store }
    }
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
    let store = database.store(clock.clone(), Random::seeded(seed)).await;
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
        let store = database.store(clock.clone(), Random::seeded(seed)).await;
        World::in_store(database, store, clock, seed).await
    }

    /// The same without opening the database once more.
    pub async fn in_store(database: Arc<TestDatabase>, store: Store, clock: Clock, seed: u64) -> World {
        // Another world's Stripe and its time are nothing to this one.
        for table in ["stripe_customers", "stripe_events", "stripe_poll"] {
            store.database.execute(&format!("DELETE FROM {table}"), vec![]).await.unwrap();
        }
        let stripe = StripeSimulator::new(clock.clone(), seed);
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
