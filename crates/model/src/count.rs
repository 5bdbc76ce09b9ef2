//! Counting tokens here, for what is held before a question and for endpoints that do not say what an answer took.
//!
//! Counted as models of the kind of GPT-4o do (the vocabulary `o200k_base`); for another model it is an estimate of the same texts.

use serde_json::Value as Json;

use crate::{Answer, Ask, Message, Tool, ToolCall};

/// What a message takes beside its text.
const AROUND_A_MESSAGE: u64 = 4;
/// What makes the model speak.
const BEFORE_AN_ANSWER: u64 = 3;

/// Tokens of a text.
#[must_use]
pub fn count_tokens(text: &str) -> u64 {
    bpe_openai::o200k_base().count(text) as u64
}

/// Tokens of a question with everything that is sent along.
#[must_use]
pub fn count_ask(ask: &Ask) -> u64 {
    let messages: u64 = ask.messages.iter().map(|message| AROUND_A_MESSAGE + count_message(message)).sum();
    let tools: u64 = ask.tools.iter().map(Tool::tokens).sum();
    let shape = ask.shape.as_ref().map_or(0, |shape| count_tokens(&shape.schema.to_string()));
    messages + tools + shape + BEFORE_AN_ANSWER
}

/// Tokens of an answer, as far as it has come.
#[must_use]
pub fn count_answer(answer: &Answer) -> u64 {
    count_tokens(&answer.text) + count_calls(&answer.calls)
}

fn count_message(message: &Message) -> u64 {
    match message {
        Message::System(text) | Message::User(text) => count_tokens(text),
        Message::Assistant { text, calls } => count_tokens(text) + count_calls(calls),
        Message::Tool { call, text } => count_tokens(call) + count_tokens(text),
    }
}

fn count_calls(calls: &[ToolCall]) -> u64 {
    let count = |call: &ToolCall| AROUND_A_MESSAGE + count_tokens(&call.name) + count_tokens(&call.arguments);
    calls.iter().map(count).sum()
}

pub(crate) fn count_tool(name: &str, description: &str, parameters: &Json) -> u64 {
    let texts = [name, description, &parameters.to_string()];
    AROUND_A_MESSAGE + texts.into_iter().map(count_tokens).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Finish;

    #[test]
    fn texts_count_as_the_vocabulary_has_them() {
        // By OpenAI's own tokenizer.
        for (text, tokens) in
            [("", 0), ("hello world", 2), ("Running shoes, 41.97 USD", 8), ("schöne Grüße", 3), ("日本語", 2), ("\n\n\n", 1)]
        {
            assert_eq!(count_tokens(text), tokens, "{text}");
        }
    }

    #[test]
    fn everything_that_is_sent_counts() {
        let mut ask = Ask { messages: vec![Message::User("hello world".into())], ..Ask::default() };
        assert_eq!(count_ask(&ask), 9);
        ask.tools = vec![Tool::new("find".into(), "Finds.".into(), json!({"type": "object"}))];
        assert!(count_ask(&ask) > 9 + 8);
        let call = ToolCall { id: "a".into(), name: "find".into(), arguments: "{\"q\":1}".into() };
        let answer = Answer { text: "hello world".into(), calls: vec![call], finish: Finish::Tools, usage: None };
        assert!(count_answer(&answer) > 2 + 4);
    }

    #[test]
    fn long_texts_of_one_kind_are_counted_in_time_that_grows_with_them() {
        for text in ["a".repeat(1 << 20), " ".repeat(1 << 20), "\u{1f600}".repeat(1 << 18), "\n \t".repeat(1 << 18)] {
            assert!(count_tokens(&text) > 0);
        }
    }
}
