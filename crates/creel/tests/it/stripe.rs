//! A server that sells plans through a simulated Stripe, whose events this test carries.

use std::time::{Duration, Instant};

use creel_testkit::stripe::{Signed, StripeSimulator};
use creel_types::Clock;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use url::Url;

use crate::{
    command::Creel,
    server::{Server, client},
};

pub struct Shop {
    pub stripe: StripeSimulator,
    pub server: Server,
    /// Serves the simulator.
    _runtime: Runtime,
}

/// The simulator on a socket, with what serves it.
pub fn simulator() -> (Runtime, StripeSimulator, Url) {
    let runtime = Runtime::new().unwrap();
    let stripe = StripeSimulator::new(Clock::system(), 7);
    let url = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        stripe.serve(listener).await.unwrap()
    });
    (runtime, stripe, url)
}

/// Settings of everything but the webhook.
pub fn settings(stripe: &StripeSimulator, url: &Url) -> String {
    let key = stripe.secret_key();
    format!(
        "rate_limit_per_minute = 0\nbilling_mode = \"stripe\"\nstripe_secret_key = \"{key}\"\nstripe_api_url = \"{url}\"\n\
         public_url = \"http://127.0.0.1:8080\"\n"
    )
}

/// Runs `creel billing setup-stripe`.
pub fn set_up(creel: &Creel, settings: &str, more: &[&str]) -> Vec<Value> {
    std::fs::write(creel.folder().join("creel.toml"), settings).unwrap();
    let config = creel.folder().join("creel.toml").display().to_string();
    let done = creel.run(&[&["billing", "setup-stripe", "--json", "--config", &config], more].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    done.lines().remove(0).as_array().unwrap().clone()
}

impl Shop {
    pub fn open() -> Shop {
        Shop::open_with(Creel::new())
    }

    pub fn open_with(creel: Creel) -> Shop {
        Shop::configured(creel, "")
    }

    /// With settings beside those of Stripe.
    pub fn configured(creel: Creel, more: &str) -> Shop {
        let (runtime, stripe, url) = simulator();
        let settings = settings(&stripe, &url);
        let steps = set_up(&creel, &settings, &[]);
        let secret = steps.iter().find_map(|step| step["secret"].as_str()).unwrap();
        // What happened before there was a webhook is told to nobody.
        drop(stripe.take_events());
        let settings = format!("{settings}stripe_webhook_secrets = [\"{secret}\"]\n{more}");
        let server = Server::start_with_settings(creel, &settings);
        Shop { stripe, server, _runtime: runtime }
    }

    /// Hands every event that waits to the server, as Stripe does.
    pub fn deliver(&self) -> usize {
        let events = self.stripe.take_events();
        for Signed { body, signature, .. } in &events {
            let request = client().post(format!("{}/webhooks/stripe", self.server.address));
            let answer = request.header("stripe-signature", signature).body(body.clone()).send().unwrap();
            let status = answer.status();
            assert_eq!(status, 200, "{}", answer.text().unwrap());
        }
        events.len()
    }

    /// Pays on a page of Stripe and tells the server.
    pub fn pay(&self, url: &str) {
        self.stripe.pay_checkout(url).unwrap();
        self.deliver();
    }

    /// Waits until so many credits are there.
    pub fn wait_for_credits(&self, available: i64) {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let balance = self.server.get("/v1/billing/balance").body;
            if balance["available"] == available {
                return;
            }
            assert!(Instant::now() < until, "{available} credits do not come: {balance}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    pub fn subscribe(&self, plan: &Value) -> String {
        let page = self.server.post("/v1/billing/checkout", plan);
        assert_eq!(page.status, 200, "{}", page.body);
        page.body["url"].as_str().unwrap().to_owned()
    }

    /// A shop with Start, bought on top of the trial.
    pub fn with_start() -> Shop {
        let shop = Shop::open();
        shop.pay(&shop.subscribe(&json!({"plan": "start"})));
        shop.wait_for_credits(15_000);
        shop
    }
}
