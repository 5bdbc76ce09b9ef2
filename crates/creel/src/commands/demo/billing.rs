//! `creel demo --billing|--stripe-only`: a simulated Stripe on loopback, alone or with a Creel that sells plans through it. With
//! Creel, both live in one time, which goes on by itself and is moved on by hand in the simulator's control room.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use creel_access::NewOwner;
use creel_api::serve::listen;
use creel_billing::{Billing, Secret, set_up::set_up, stripe::StripeClient};
use creel_fetch::{FetchSettings, OperatorClient, OperatorRequest};
use creel_testkit::stripe::{Deliver, Sending, StripeSimulator};
use creel_types::{
    CREDIT_PACK, Clock, PackTerms, Random, hex,
    links::{BILLING_PATH, STRIPE_EVENTS_PATH},
};
use tokio::time::interval;
use url::Url;

use crate::{
    access, billing,
    cli::Common,
    commands::{admin::operator, serve::serve_on},
    exit::{Exit, Failure},
    interrupt,
    open::Opened,
    print,
    settings::Settings,
};

/// The simulator's ids and its key: the same in each demo.
const SEED: u64 = 1;
const OWNER: &str = "owner@demo.example";
/// How often time goes on.
const TICK: Duration = Duration::from_millis(250);

pub async fn demo(common: &Common, address: SocketAddr) -> Result<Exit, Failure> {
    let mut settings = Settings::read(common.config.as_deref())?;
    let clock = Clock::fixed(Clock::system().now());
    let listener = listen(address).map_err(|error| Failure::usage(format!("--listen {address}: {error}")))?;
    let here = format!("http://{}", listener.local_addr()?);
    let (stripe, stripe_url) =
        start("127.0.0.1:0".parse().map_err(|_| Failure::failed("loopback has no address"))?, clock.clone()).await?;
    let webhook = read(&format!("{here}{STRIPE_EVENTS_PATH}"))?;
    let secret = set_up_simulator(&stripe, &stripe_url, settings.pack(), Some(&webhook)).await?;
    "stripe".clone_into(&mut settings.billing_mode);
    settings.stripe_secret_key = stripe.secret_key();
    settings.stripe_webhook_secrets = secret.into_iter().collect();
    settings.stripe_api_url = stripe_url.to_string();
    settings.public_url.clone_from(&here);
    settings.database_url.clear();
    let folder = tempfile::tempdir()?;
    let opened = Opened::open_with(settings, folder.path(), clock).await?;
    let password = hex(&Random::system().bytes()[..8]);
    let new = NewOwner {
        email: OWNER.to_owned(),
        name: Some("Demo Owner".to_owned()),
        organization: "Demo shop".to_owned(),
        password: Some(password.clone()),
        by_provider: false,
        with_key: false,
    };
    access::open(&opened, &here)?.create_owner(&new, &operator()).await?;
    live_in_one_time(&stripe, billing::open(&opened, None)?);
    let living = tokio::spawn(pass_time(stripe));
    print::say("Creel sells plans here through a simulated Stripe: nobody pays anything, and nothing is left behind.\n");
    print::say(&format!("  Billing:        {here}{BILLING_PATH}"));
    print::say(&format!("  Sign in as      {OWNER}   with the password   {password}"));
    print::say(&format!("  Control room:   {stripe_url}   moves time on, refunds, disputes, and makes trouble"));
    print::say(
        "\nSubscribe, pay with a good card or one that declines, buy a pack, go to the next renewal, change the plan, end it.",
    );
    print::say("Whoever moves time on by a month is signed out by that, and signs in again.\n");
    let served = serve_on(opened, listener, false).await;
    living.abort();
    served
}

/// The simulated Stripe alone.
pub async fn serve_stripe(address: SocketAddr, webhook: Option<&Url>) -> Result<Exit, Failure> {
    let (stripe, url) = start(address, Clock::system()).await?;
    let secret = set_up_simulator(&stripe, &url, CREDIT_PACK, webhook).await?;
    print::say(&format!(
        "A simulated Stripe listens on {url} until interrupted. Point a Creel at it with these settings:\n"
    ));
    print::say("billing_mode = \"stripe\"");
    print::say(&format!("stripe_api_url = \"{url}\"\nstripe_secret_key = \"{}\"", stripe.secret_key()));
    match secret {
        Some(secret) => print::say(&format!("stripe_webhook_secrets = [\"{secret}\"]")),
        None => {
            print::say("# stripe_webhook_secrets: `creel billing setup-stripe` makes the webhook and prints its secret.")
        }
    }
    let living = tokio::spawn(pass_time(stripe));
    interrupt::on_signal().cancelled().await;
    living.abort();
    Ok(Exit::Done)
}

/// A simulator that delivers its events.
async fn start(address: SocketAddr, clock: Clock) -> Result<(StripeSimulator, Url), Failure> {
    let stripe = StripeSimulator::new(clock, SEED);
    let client = OperatorClient::new(&FetchSettings::default()).map_err(|error| Failure::failed(error.to_string()))?;
    stripe.deliver_through(Arc::new(Carrier(client)));
    let listener = listen(address).map_err(|error| Failure::usage(format!("--listen {address}: {error}")))?;
    let url = stripe.serve(listener).await?;
    Ok((stripe, url))
}

/// Makes what is sold there, as `creel billing setup-stripe` does; answers the webhook's secret.
async fn set_up_simulator(
    stripe: &StripeSimulator,
    url: &Url,
    pack: PackTerms,
    webhook: Option<&Url>,
) -> Result<Option<String>, Failure> {
    let client = StripeClient::new(Secret::new(stripe.secret_key()), url, Random::system())?;
    let steps = set_up(&client, pack, webhook).await?;
    Ok(steps.into_iter().find_map(|step| step.secret).map(|secret| secret.as_str().to_owned()))
}

/// After each thing that happens at Stripe, Creel comes to know of it before the next one happens.
fn live_in_one_time(stripe: &StripeSimulator, billing: Billing) {
    stripe.on_tick(Arc::new(move |_| {
        let billing = billing.clone();
        Box::pin(async move {
            for passed in [billing.take_events().await, billing.reconcile_customers().await] {
                if let Err(error) = passed {
                    tracing::warn!(%error, "Creel could not follow the simulated Stripe");
                }
            }
        })
    }));
}

/// Time goes on by itself, also between the moves of whoever looks.
async fn pass_time(stripe: StripeSimulator) {
    let mut ticks = interval(TICK);
    let tick_ms = i64::try_from(TICK.as_millis()).unwrap_or_default();
    loop {
        ticks.tick().await;
        stripe.advance_ms(tick_ms).await;
    }
}

fn read(url: &str) -> Result<Url, Failure> {
    Url::parse(url).map_err(|error| Failure::failed(format!("{url}: {error}")))
}

/// Carries the simulator's events.
struct Carrier(OperatorClient);

impl Deliver for Carrier {
    fn send(&self, url: &str, headers: Vec<(String, String)>, body: Bytes) -> Sending<'_> {
        let url = url.to_owned();
        Box::pin(async move {
            let (url, body) = (Url::parse(&url).map_err(drop)?, String::from_utf8(body.into()).map_err(drop)?);
            let own = headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
            let request =
                own.fold(OperatorRequest::new(&url).json(body), |request, (name, value)| request.header(name, value));
            self.0.send(&request).await.map(|answer| answer.status).map_err(drop)
        })
    }
}
