//! `creel billing setup-stripe|status|clear-alarm`: for whoever operates an installation that sells plans.

use std::io::Write;

use creel_billing::{
    Secret,
    set_up::{Outcome, Step, set_up},
    stripe::{StripeClient, StripeError},
};
use creel_store::{
    billing::{AlarmKind, AlarmRow, subscription::SubscriptionCount},
    reconcile::{Backlog, QueueName},
};
use creel_types::{Random, links::STRIPE_EVENTS_PATH};
use serde::Serialize;
use serde_json::json;
use url::Url;

use crate::{
    access,
    cli::{BillingCommand, Common},
    exit::{Exit, Failure},
    open::Opened,
    print::{self, column, count, number, to_json},
    settings::Settings,
};

pub async fn billing(common: &Common, command: BillingCommand) -> Result<Exit, Failure> {
    match command {
        BillingCommand::SetupStripe { webhook_url } => set_up_stripe(common, webhook_url).await,
        BillingCommand::Status => status(common).await,
        BillingCommand::ClearAlarm { kind, subject } => clear_alarm(common, kind, &subject).await,
    }
}

async fn set_up_stripe(common: &Common, webhook_url: Option<Url>) -> Result<Exit, Failure> {
    let settings = Settings::read(common.config.as_deref())?;
    let client = client(&settings)?;
    let webhook_url = match webhook_url {
        None if settings.public_url.is_empty() => None,
        None => Some(address(&format!("{}{STRIPE_EVENTS_PATH}", access::public_url(&settings, None)))?),
        given => given,
    };
    let steps = set_up(&client, settings.pack(), webhook_url.as_ref()).await?;
    let mut out = std::io::stdout().lock();
    if common.json {
        writeln!(out, "{}", to_json(&steps.iter().map(with_secret).collect::<Vec<_>>())?)?;
        return Ok(Exit::Done);
    }
    for Step { what, outcome, id, note, .. } in &steps {
        let note = note.as_ref().map(|note| format!("  {note}")).unwrap_or_default();
        writeln!(out, "{outcome:<9}  {}  {id}{note}", column(what, 34))?;
    }
    let done = steps.iter().filter(|step| step.outcome != Outcome::Unchanged).count();
    writeln!(out, "{}", if done == 0 { "Stripe was set up already; nothing was changed." } else { "Stripe is set up." })?;
    if webhook_url.is_none() {
        writeln!(
            out,
            "No webhook was made: set public_url, or give --webhook-url. Without one Creel learns of payments minutes later."
        )?;
    }
    for secret in steps.iter().filter_map(|step| step.secret.as_ref()).map(Secret::as_str) {
        writeln!(out, "The webhook's secret, shown this once: {secret}")?;
        writeln!(out, "Set it: CREEL_STRIPE_WEBHOOK_SECRETS='[\"{secret}\"]'")?;
    }
    Ok(Exit::Done)
}

/// The secret is told only now, so it stands in what a program reads as well.
fn with_secret(step: &Step) -> serde_json::Value {
    let secret = step.secret.as_ref().map(Secret::as_str);
    json!({"what": step.what, "outcome": step.outcome, "id": step.id, "note": step.note, "secret": secret})
}

/// Stripe as the settings say, whatever the mode: it is set up before plans are sold.
pub fn client(settings: &Settings) -> Result<StripeClient, Failure> {
    if settings.stripe_secret_key.is_empty() {
        return Err(Failure::usage("--config: stripe_secret_key (or CREEL_STRIPE_SECRET_KEY) is not set"));
    }
    let key = Secret::new(&settings.stripe_secret_key);
    Ok(StripeClient::new(key, &address(&settings.stripe_api_url)?, Random::system())?)
}

fn address(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|error| Failure::usage(format!("{text:?} is no address: {error}")))
}

#[derive(Serialize)]
struct Status {
    mode: String,
    customers: i64,
    /// Of whom Stripe could not be asked the last time.
    customers_failing: i64,
    subscriptions: Vec<SubscriptionCount>,
    queues: Vec<Backlog>,
    alarms: Vec<AlarmRow>,
}

async fn status(common: &Common) -> Result<Exit, Failure> {
    let opened = Opened::open(common).await?;
    let store = &opened.store;
    let (customers, customers_failing) = store.count_stripe_customers().await?;
    let mut queues = store.backlogs().await?;
    queues.retain(|queue| matches!(queue.queue, QueueName::StripeEventsWaiting | QueueName::StripeCustomersDue));
    let status = Status {
        mode: opened.settings.billing_mode.clone(),
        customers,
        customers_failing,
        subscriptions: store.count_subscriptions().await?,
        queues,
        alarms: store.list_alarms().await?,
    };
    let mut out = std::io::stdout().lock();
    if common.json {
        writeln!(out, "{}", to_json(&status)?)?;
    } else {
        show(&mut out, &status, store.clock.now())?;
    }
    Ok(Exit::Done)
}

fn show(out: &mut impl Write, status: &Status, now: creel_types::Time) -> Result<(), Failure> {
    writeln!(out, "Billing mode: {}", status.mode)?;
    let failing = match status.customers_failing {
        0 => String::new(),
        failing => format!(", {} of whom Stripe could not be asked", number(failing)),
    };
    writeln!(out, "{} at Stripe{failing}", count(status.customers, "customer"))?;
    for SubscriptionCount { status, plan, subscriptions } in &status.subscriptions {
        let plan = plan.map_or("something that is not sold here", |plan| plan.terms().name);
        writeln!(out, "  {} {status}: {plan}", column(&number(*subscriptions), 6))?;
    }
    for Backlog { queue, waiting, oldest_at } in &status.queues {
        let since = oldest_at.map(|at| format!(", the first since {}", print::ago(now.ms_since(at)))).unwrap_or_default();
        writeln!(out, "{queue}: {}{since}", number(*waiting))?;
    }
    if status.alarms.is_empty() {
        writeln!(out, "No alarms.")?;
    }
    for AlarmRow { kind, subject, organization_id, message, raised_at } in &status.alarms {
        let whose = organization_id.map(|id| format!(", organization {id}")).unwrap_or_default();
        writeln!(out, "ALARM {kind} {subject} ({raised_at}{whose}): {message}")?;
    }
    Ok(())
}

async fn clear_alarm(common: &Common, kind: AlarmKind, subject: &str) -> Result<Exit, Failure> {
    let opened = Opened::open(common).await?;
    if !opened.store.clear_alarm(kind, subject).await? {
        return Err(Failure::failed(format!("there is no alarm {kind} about {subject}; `creel billing status` lists them")));
    }
    let mut out = std::io::stdout().lock();
    if common.json {
        writeln!(out, "{}", json!({"kind": kind, "subject": subject, "cleared": true}))?;
    } else {
        writeln!(out, "The alarm is cleared.")?;
    }
    Ok(Exit::Done)
}

impl From<StripeError> for Failure {
    fn from(error: StripeError) -> Failure {
        match error {
            StripeError::Setup { .. } => Failure::usage(error.to_string()),
            error => Failure::failed(error.to_string()),
        }
    }
}
