//! `creel doctor`: looks whether an installation is well, changes nothing, and says what to do. Ends with 1 where something is
//! broken.

mod billing;
mod model;

use std::{io::Write, path::Path};

use creel_store::{
    Database, Store,
    reconcile::{Backlog, QueueName, ReconcilerName, ReconcilerRow},
};
use creel_types::{Clock, Random, words};
use serde::Serialize;

use crate::{
    access,
    cli::Common,
    exit::{Exit, Failure},
    open, print,
    settings::Settings,
};

/// Room that a database needs to go on for a while, and to go on at all.
const ROOM_LOW_BYTES: u64 = 5 << 30;
const ROOM_OUT_BYTES: u64 = 200 << 20;
/// Clocks of machines may differ by so much before anybody notices.
const CLOCKS_APART_MS_MAX: i64 = 2_000;
/// A reconciler that was not heard of for so much longer than its timer does not run.
const SILENT_MS_MAX: i64 = 3 * 60 * 1000;

words! {
    /// How a thing is.
    State { Good = "good", Odd = "odd", Broken = "broken" }
}

#[derive(Serialize)]
struct Finding {
    state: State,
    what: String,
    says: String,
}

#[derive(Default, Serialize)]
struct Findings {
    findings: Vec<Finding>,
    reconcilers: Vec<ReconcilerRow>,
    queues: Vec<Backlog>,
}

impl Findings {
    fn add(&mut self, state: State, what: impl Into<String>, says: impl Into<String>) {
        self.findings.push(Finding { state, what: what.into(), says: says.into() });
    }

    fn good_or(&mut self, what: &str, good: &str, odd: Option<String>) {
        match odd {
            None => self.add(State::Good, what, good),
            Some(says) => self.add(State::Odd, what, says),
        }
    }
}

pub async fn doctor(common: &Common) -> Result<Exit, Failure> {
    let mut findings = Findings::default();
    match Settings::read(common.config.as_deref()) {
        Ok(settings) => look(&mut findings, &settings, &open::folder(common)).await?,
        Err(failure) => findings.add(State::Broken, "configuration", failure.message),
    }
    show(common, &findings)?;
    let is_broken = findings.findings.iter().any(|finding| finding.state == State::Broken);
    Ok(if is_broken { Exit::Failed } else { Exit::Done })
}

async fn look(findings: &mut Findings, settings: &Settings, folder: &Path) -> Result<(), Failure> {
    look_at_settings(findings, settings).await;
    let database = match settings.database_url.as_str() {
        "" => {
            let file = folder.join("creel.db");
            if !file.exists() {
                let says = format!("nothing is at {} yet: the first `creel serve` or `creel run` makes it", file.display());
                findings.add(State::Odd, "database", says);
                return Ok(());
            }
            look_at_room(findings, folder);
            Database::open_sqlite(&file).await
        }
        url => Database::open_postgres(url).await,
    };
    let database = match database {
        Ok(database) => database,
        Err(error) => {
            findings.add(State::Broken, "database", error.to_string());
            return Ok(());
        }
    };
    let (at, known) = creel_store::migrate::version(&database).await?;
    if at == known {
        findings.add(State::Good, "database", format!("answers, schema version {at}"));
        let store = Store::on(database.clone(), Clock::system(), Random::system()).await?;
        look_at_store(findings, settings, &store).await?;
    } else if at < known {
        let says =
            format!("schema version {at}, this program's is {known}: `creel migrate`, or any start, brings it up to date");
        findings.add(State::Odd, "database", says);
    } else {
        let says = format!("schema version {at}, and this program knows only {known}: use a newer creel");
        findings.add(State::Broken, "database", says);
    }
    database.close().await;
    Ok(())
}

async fn look_at_settings(findings: &mut Findings, settings: &Settings) {
    findings.add(State::Good, "configuration", "can be read");
    let odd = |is_empty: bool, says: &str| is_empty.then(|| says.to_owned());
    let says = "empty, so shops cannot tell who crawls them";
    findings.good_or("contact", &settings.contact, odd(settings.contact.is_empty(), says));
    let says = "empty, so links lead to the address that `serve` listens on";
    findings.good_or("public_url", &settings.public_url, odd(settings.public_url.is_empty(), says));
    match access::test_mail(settings).await {
        None => findings.add(State::Odd, "mail", "smtp_url is empty: addresses are not verified and nobody is told by mail"),
        Some(Ok(())) => findings.add(State::Good, "mail", "the mail server answers"),
        Some(Err(error)) => findings.add(State::Broken, "mail", error.to_string()),
    }
    billing::look_at_stripe(findings, settings).await;
    model::look_at_model(findings, settings).await;
}

fn look_at_room(findings: &mut Findings, folder: &Path) {
    match rustix::fs::statvfs(folder) {
        Ok(volume) => {
            let free = volume.f_bavail.saturating_mul(volume.f_frsize);
            let state = match free {
                free if free < ROOM_OUT_BYTES => State::Broken,
                free if free < ROOM_LOW_BYTES => State::Odd,
                _ => State::Good,
            };
            findings.add(state, "room", format!("{} MB are free where the database is", free >> 20));
        }
        Err(error) => findings.add(State::Odd, "room", format!("{}: {error}", folder.display())),
    }
}

async fn look_at_store(findings: &mut Findings, settings: &Settings, store: &Store) -> Result<(), Failure> {
    let now = store.clock.now();
    if let Some(theirs) = store.database_time().await? {
        let apart = theirs.ms_since(now).abs();
        let odd = (apart > CLOCKS_APART_MS_MAX).then(|| format!("{apart} ms from the database server's: keep both by NTP"));
        findings.good_or("clock", "agrees with the database server's", odd);
    }
    let odd = (!store.has_person().await?)
        .then(|| "nobody can sign in yet: `creel serve` prints a link, or use `creel admin create-owner`".to_owned());
    findings.good_or("people", "somebody can sign in", odd);
    let frozen = store.frozen_ledgers().await?;
    if frozen.is_empty() {
        findings.add(State::Good, "ledgers", "none is closed");
    }
    for ledger in frozen {
        let says = format!("of {} is closed for debits: {}. See `creel ledger verify`", ledger.name, ledger.fault);
        findings.add(State::Broken, "ledger", says);
    }
    findings.reconcilers = store.list_reconcilers().await?;
    for name in ReconcilerName::ALL.iter().filter(|name| recurs(**name, settings)) {
        let row = findings.reconcilers.iter().find(|row| row.name == *name);
        let (state, says) = fares(*name, row, now);
        findings.add(state, format!("reconciler {name}"), says);
    }
    findings.queues = store.backlogs().await?;
    let waiting: Vec<(String, String)> = findings.queues.iter().filter_map(|queue| late(queue, now)).collect();
    for (what, says) in waiting {
        findings.add(State::Odd, what, says);
    }
    billing::look_at_alarms(findings, store).await
}

/// Whether servers with these settings have it to do.
fn recurs(name: ReconcilerName, settings: &Settings) -> bool {
    match name {
        ReconcilerName::Mail => !settings.smtp_url.is_empty(),
        ReconcilerName::StripeEvents | ReconcilerName::StripeCustomers | ReconcilerName::StripePoll => {
            billing::sells(settings)
        }
        _ => true,
    }
}

/// How a reconciler fares, by what the servers wrote down.
fn fares(name: ReconcilerName, row: Option<&ReconcilerRow>, now: creel_types::Time) -> (State, String) {
    let Some(row) = row else {
        return (State::Odd, "never ran: no server has been at work on this database".to_owned());
    };
    if row.is_failing() {
        return (State::Broken, row.error.clone().unwrap_or_default());
    }
    let every_ms = i64::try_from(name.every().as_millis()).unwrap_or(i64::MAX);
    let silent_ms = row.passed_at.map_or(i64::MAX, |at| now.ms_since(at));
    if silent_ms > every_ms.saturating_add(SILENT_MS_MAX) {
        return (State::Odd, format!("last passed {}: no server is at work", print::ago(silent_ms)));
    }
    (State::Good, format!("passed {}, changed {} rows so far", print::ago(silent_ms), print::number(row.changed)))
}

/// A queue whose first has waited longer than it should.
fn late(backlog: &Backlog, now: creel_types::Time) -> Option<(String, String)> {
    let waited_ms = now.ms_since(backlog.oldest_at?);
    if waited_ms <= patience_ms(backlog.queue) {
        return None;
    }
    let says = format!("{} waiting, the first since {}", print::number(backlog.waiting), print::ago(waited_ms));
    Some((format!("queue {}", backlog.queue), says))
}

/// How long the first of a queue may wait.
const fn patience_ms(queue: QueueName) -> i64 {
    const MINUTE: i64 = 60_000;
    match queue {
        QueueName::CreditsEnded
        | QueueName::CapturesUnlisted
        | QueueName::SchedulesDue
        | QueueName::EventsWaiting
        | QueueName::MessagesAbandoned => MINUTE,
        QueueName::RunsPending
        | QueueName::BuildsPending
        | QueueName::MailsDue
        | QueueName::WebhooksDue
        | QueueName::StripeEventsWaiting
        | QueueName::StripeCustomersDue => 10 * MINUTE,
        QueueName::RunsStuck => 0,
        QueueName::LedgersUnchecked => 24 * 60 * MINUTE,
    }
}

fn show(common: &Common, findings: &Findings) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    if common.json {
        writeln!(out, "{}", print::to_json(findings)?)?;
        return Ok(());
    }
    for Finding { state, what, says } in &findings.findings {
        writeln!(out, "{}  {}  {says}", print::column(state.as_str(), 6), print::column(what, 26))?;
    }
    Ok(())
}
