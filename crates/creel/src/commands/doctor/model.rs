//! What `creel doctor` sees of the language model: whether it answers one small question.

use std::time::Instant;

use creel_model::{Ask, Message, ModelClient};
use creel_types::Random;

use super::{Findings, State};
use crate::settings::Settings;

/// Enough for models that think before they speak.
const OUTPUT_TOKENS_MAX: u32 = 64;

/// Asks the model, where one is configured.
pub(super) async fn look_at_model(findings: &mut Findings, settings: &Settings) {
    let client = match settings.model() {
        Ok(Some(model)) => ModelClient::new(model, Random::system()).map_err(|error| error.to_string()),
        Ok(None) => {
            findings.add(State::Good, "model", "none is configured: items are made by rules alone");
            return;
        }
        Err(failure) => Err(failure.message),
    };
    let client = match client {
        Ok(client) => client,
        Err(says) => return findings.add(State::Broken, "model", says),
    };
    let ask = Ask {
        messages: vec![Message::User("Answer with the one word yes.".to_owned())],
        output_tokens_max: OUTPUT_TOKENS_MAX,
        ..Ask::default()
    };
    let begun = Instant::now();
    match client.ask(&ask).await {
        Ok(answer) if answer.usage.is_none() => {
            let says = format!("{} answers, and does not say how many tokens it took", client.name());
            findings.add(State::Odd, "model", says);
        }
        Ok(_) => {
            let says = format!("{} answers after {} ms", client.name(), begun.elapsed().as_millis());
            findings.add(State::Good, "model", says);
        }
        Err(error) => findings.add(State::Broken, "model", error.to_string()),
    }
}
