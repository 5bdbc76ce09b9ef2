//! What `creel doctor` sees of billing: whether Stripe answers and has what is sold, and alarms that nobody has dealt with.

use creel_billing::catalogue::find_current_prices;
use creel_store::{Store, ledger::unmetered::BillingMode};

use super::{Findings, State};
use crate::{commands::billing::client, exit::Failure, settings::Settings};

pub(super) fn sells(settings: &Settings) -> bool {
    settings.billing_mode().is_ok_and(|mode| mode == BillingMode::Stripe)
}

/// Asks Stripe for the prices.
pub(super) async fn look_at_stripe(findings: &mut Findings, settings: &Settings) {
    if !sells(settings) {
        return;
    }
    if let Err(failure) = settings.refuse_without_stripe() {
        findings.add(State::Broken, "Stripe", failure.message);
        return;
    }
    let found = match client(settings) {
        Ok(client) => find_current_prices(&client, settings.pack()).await.map(drop).map_err(|error| error.to_string()),
        Err(failure) => Err(failure.message),
    };
    match found {
        Ok(()) => findings.add(State::Good, "Stripe", "answers, and has what is sold here"),
        Err(says) => findings.add(State::Broken, "Stripe", says),
    }
}

pub(super) async fn look_at_alarms(findings: &mut Findings, store: &Store) -> Result<(), Failure> {
    for alarm in store.list_alarms().await? {
        let message = alarm.message.trim_end_matches('.');
        let says = format!("{message}. Then: creel billing clear-alarm {} {}", alarm.kind, alarm.subject);
        findings.add(State::Odd, format!("alarm {}", alarm.kind), says);
    }
    Ok(())
}
