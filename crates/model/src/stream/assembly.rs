//! The pieces of an answer put together: text as it comes, calls of tools by their place, why it ends, what it took. Endpoints
//! differ in what they repeat and leave out.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::{
    Answer, Finish, ModelError, ToolCall, Usage,
    answer::{TOOL_CALLS_MAX, finish_of},
    error::words_of,
};

/// Bytes of an answer's text.
const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of the arguments of one call.
const ARGUMENTS_BYTES_MAX: usize = 64 * 1024;

/// An answer as far as it has come.
#[derive(Debug)]
pub(super) struct Assembly {
    answer: Answer,
    /// Whether a reason of its end was said.
    is_ended: bool,
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Option<Vec<Choice>>,
    #[serde(default)]
    usage: Json,
    #[serde(default)]
    error: Option<Json>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Option<Delta>,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<Called>>,
}

#[derive(Deserialize)]
struct Called {
    /// Its place among the calls; without one it is the last one's.
    #[serde(default)]
    index: Option<usize>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    arguments: Json,
}

impl Assembly {
    pub(super) fn new() -> Assembly {
        let answer = Answer { text: String::new(), calls: Vec::new(), finish: Finish::Other, usage: None };
        Assembly { answer, is_ended: false }
    }

    /// An answer that came in one piece.
    pub(super) fn whole(answer: Answer) -> Assembly {
        Assembly { answer, is_ended: true }
    }

    pub(super) fn answer(&self) -> &Answer {
        &self.answer
    }

    pub(super) fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// Whether anything has come that takes tokens.
    pub(super) fn has_begun(&self) -> bool {
        !self.answer.text.is_empty() || !self.answer.calls.is_empty()
    }

    /// Takes one event and answers the text in it.
    pub(super) fn push(&mut self, event: &str) -> Result<String, ModelError> {
        let malformed = |reason: String| ModelError::Malformed { reason };
        let chunk: Chunk = serde_json::from_str(event).map_err(|error| malformed(format!("an event of it: {error}")))?;
        if chunk.error.is_some() {
            return Err(ModelError::Unavailable { reason: format!("it broke off: {}", words_of(event.as_bytes())) });
        }
        // Some tell it with each piece: the last one holds.
        self.answer.usage = Usage::read(&chunk.usage).or(self.answer.usage);
        let Some(choice) = chunk.choices.into_iter().flatten().next() else { return Ok(String::new()) };
        let delta = choice.delta.unwrap_or_default();
        let text = delta.content.unwrap_or_default();
        if self.answer.text.len() + text.len() > TEXT_BYTES_MAX {
            return Err(malformed(format!("its text has more than {TEXT_BYTES_MAX} bytes")));
        }
        self.answer.text.push_str(&text);
        for called in delta.tool_calls.into_iter().flatten() {
            self.take_call(called)?;
        }
        // Some say an empty one with each piece.
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            self.is_ended = true;
            self.answer.finish = finish_of(Some(&reason), &self.answer.calls);
        }
        Ok(text)
    }

    fn take_call(&mut self, called: Called) -> Result<(), ModelError> {
        let calls = &mut self.answer.calls;
        let function = called.function.unwrap_or(Function { name: None, arguments: Json::Null });
        let arguments = match function.arguments {
            Json::String(text) => text,
            Json::Null => String::new(),
            other => other.to_string(),
        };
        let is_new = |last: Option<&ToolCall>| match (&called.id, last) {
            (_, None) => true,
            (Some(id), Some(last)) => !id.is_empty() && *id != last.id,
            (None, Some(_)) => function.name.as_ref().is_some_and(|name| !name.is_empty()) && !arguments.is_empty(),
        };
        // Some count none of their calls and say 0 of each: another id is another call.
        let is_another = |index: usize| match (&called.id, calls.get(index)) {
            (Some(id), Some(known)) => !id.is_empty() && *id != known.id && known.id != made_up(index),
            _ => false,
        };
        let at = match called.index {
            Some(index) if is_another(index) => calls.len(),
            Some(index) => index,
            None if is_new(calls.last()) => calls.len(),
            None => calls.len() - 1,
        };
        if at >= TOOL_CALLS_MAX {
            return Ok(());
        }
        while calls.len() <= at {
            // What is answered to it must name it, also where the endpoint forgot to.
            let id = made_up(calls.len());
            calls.push(ToolCall { id, name: String::new(), arguments: String::new() });
        }
        let call = &mut calls[at];
        if let Some(id) = called.id.filter(|id| !id.is_empty()) {
            call.id = id;
        }
        if let Some(name) = function.name.filter(|name| !name.is_empty()) {
            call.name = name;
        }
        if call.arguments.len() + arguments.len() > ARGUMENTS_BYTES_MAX {
            let reason = format!("the arguments of a call have more than {ARGUMENTS_BYTES_MAX} bytes");
            return Err(ModelError::Malformed { reason });
        }
        call.arguments.push_str(&arguments);
        Ok(())
    }
}

/// The id of a call that has none.
fn made_up(at: usize) -> String {
    format!("call_{at}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assembled(events: &[&str]) -> (Answer, String) {
        let mut assembly = Assembly::new();
        let text = events.iter().map(|event| assembly.push(event).unwrap()).collect();
        (assembly.answer.clone(), text)
    }

    #[test]
    fn calls_are_put_together_however_an_endpoint_cuts_them() {
        let call = |id: &str, name: &str, arguments: &str| ToolCall {
            id: id.into(),
            name: name.into(),
            arguments: arguments.into(),
        };
        for (events, calls) in [
            (
                vec![
                    r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"find","arguments":""}}]}}]}"#,
                    r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"q\":"}}]}}]}"#,
                    r#"{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"list","arguments":"{}"}}]}}]}"#,
                    r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]},"finish_reason":"tool_calls"}]}"#,
                ],
                vec![call("a", "find", r#"{"q":1}"#), call("b", "list", "{}")],
            ),
            // Without places: each with all of its own, the name and id repeated, or no id at all.
            (
                vec![
                    r#"{"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"find","arguments":{"q":1}}}]}}]}"#,
                    r#"{"choices":[{"delta":{"tool_calls":[{"id":"b","function":{"name":"list","arguments":"{"}}]}}]}"#,
                    r#"{"choices":[{"delta":{"tool_calls":[{"id":"b","function":{"name":"list","arguments":"}"}}]}}]}"#,
                ],
                vec![call("a", "find", r#"{"q":1}"#), call("b", "list", "{}")],
            ),
            (
                vec![
                    r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"find","arguments":"{}"}}]},"finish_reason":""}]}"#,
                    r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"list","arguments":"{}"}}]}}]}"#,
                ],
                vec![call("a", "find", "{}"), call("b", "list", "{}")],
            ),
            (
                vec![
                    r#"{"choices":[{"delta":{"tool_calls":[{"function":{"name":"find","arguments":"{}"}},{"function":{"name":"list","arguments":"{}"}}]}}]}"#,
                ],
                vec![call("call_0", "find", "{}"), call("call_1", "list", "{}")],
            ),
        ] {
            assert_eq!(assembled(&events).0.calls, calls, "{events:?}");
        }
    }

    #[test]
    fn text_usage_and_the_end_are_where_they_are_said_last() {
        let (answer, text) = assembled(&[
            r#"{"choices":[{"delta":{"role":"assistant","content":null}}],"usage":null}"#,
            r#"{"choices":[{"delta":{"content":"It "}}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
            r#"{"choices":[{"delta":{"content":"is."},"finish_reason":"length"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}"#,
            r#"{"choices":null,"usage":{}}"#,
        ]);
        let usage = Some(Usage { prompt_tokens: 12, completion_tokens: 3 });
        assert_eq!((answer.text.as_str(), answer.finish, answer.usage), ("It is.", Finish::Length, usage));
        assert_eq!(text, "It is.");
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_what_came_before_stays() {
        let mut assembly = Assembly::new();
        assembly.push(r#"{"choices":[{"delta":{"content":"It "}}]}"#).unwrap();
        for broken in ["", "{", r#"{"choices":{}}"#, r#"{"choices":[{"delta":{"content":7}}]}"#] {
            assert!(matches!(assembly.push(broken), Err(ModelError::Malformed { .. })), "{broken}");
        }
        let refused = assembly.push(r#"{"error":{"message":"overloaded"}}"#).unwrap_err();
        assert_eq!(refused, ModelError::Unavailable { reason: "it broke off: overloaded".into() });
        let long = "x".repeat(ARGUMENTS_BYTES_MAX + 1);
        let long =
            format!(r#"{{"choices":[{{"delta":{{"tool_calls":[{{"index":0,"function":{{"arguments":"{long}"}}}}]}}}}]}}"#);
        assert!(matches!(assembly.push(&long), Err(ModelError::Malformed { .. })));
        let many = r#"{"choices":[{"delta":{"tool_calls":[{"index":4000000000,"function":{"name":"x"}}]}}]}"#;
        assembly.push(many).unwrap();
        assert!(assembly.answer().calls.len() <= TOOL_CALLS_MAX);
        assert_eq!(assembly.answer().text, "It ");
    }
}
