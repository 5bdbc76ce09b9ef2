//! What `creel doctor` sees of the language model: whether it answers one small question.

use std::time::Instant;

use creel_model::{Ask, Message, ModelClient, ModelError, Tool, Usage};
use creel_types::Random;
use serde_json::json;

use super::{Findings, State};
use crate::settings::Settings;

/// Enough for models that think before they speak.
const OUTPUT_TOKENS_MAX: u32 = 64;

/// Asks the model, where one is configured.
pub(super) async fn look_at_model(findings: &mut Findings, settings: &Settings) {
    let client = match settings.model() {
        Ok(Some(model)) => ModelClient::new(model, Random::system()).map_err(|error| error.to_string()),
        Ok(None) => {
            findings.add(
                State::Good,
                "model",
                "none is configured: items are made by rules alone, and the assistant does not answer",
            );
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
    let answered = client.ask(&ask).await;
    if answered.is_ok() {
        look_at_stream(findings, &client, ask.clone()).await;
    }
    match answered {
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

/// What the assistant needs beside an answer: that it streams, takes tools, and says what it took.
async fn look_at_stream(findings: &mut Findings, client: &ModelClient, ask: Ask) {
    let parameters = json!({"type": "object", "properties": {}});
    let tool = Tool::new("get_balance".to_owned(), "Credits that are left.".to_owned(), parameters);
    let ask = Ask { tools: vec![tool], ..ask };
    let says = match read(client, &ask).await {
        Err(error) => format!("it does not stream with tools, so the assistant cannot answer: {error}"),
        Ok(None) => {
            "it does not say what a streamed answer took, so messages are debited by what is counted here".to_owned()
        }
        Ok(Some(_)) => {
            return findings.add(State::Good, "assistant", "the model streams, takes tools and says what it took");
        }
    };
    findings.add(State::Odd, "assistant", says);
}

async fn read(client: &ModelClient, ask: &Ask) -> Result<Option<Usage>, ModelError> {
    let mut stream = client.stream(ask).await?;
    while stream.next().await?.is_some() {}
    Ok(stream.so_far().usage)
}
