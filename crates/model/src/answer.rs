//! What a model answered. Endpoints differ in what they leave out, so everything but the message itself may be missing.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::ModelError;

/// Calls of tools in one answer; what is beyond is not done.
pub const TOOL_CALLS_MAX: usize = 16;

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub text: String,
    pub calls: Vec<ToolCall>,
    pub finish: Finish,
    /// Null where the endpoint says nothing of it.
    pub usage: Option<Usage>,
}

/// A tool that the model wants called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    /// JSON as the model wrote it, which need not be JSON.
    pub arguments: String,
}

/// Why the answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    Whole,
    /// The limit of tokens cut it off.
    Length,
    Tools,
    /// The endpoint's own filter.
    Filtered,
    Other,
}

/// Tokens as the endpoint counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
}

/// Tokens of one call that are believed; no model takes so many.
const TOKENS_BELIEVED: f64 = 10_000_000.0;

impl Usage {
    /// What an endpoint says, where it says both in numbers that can be: a question of no tokens was never asked.
    pub(crate) fn read(told: &Json) -> Option<Usage> {
        let number = |name: &str| {
            let number = told[name].as_f64().filter(|number| (0.0..=TOKENS_BELIEVED).contains(number))?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is small and not below zero")]
            Some(number as u64)
        };
        let usage = Usage { prompt_tokens: number("prompt_tokens")?, completion_tokens: number("completion_tokens")? };
        (usage.prompt_tokens > 0).then_some(usage)
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Usage) {
        self.prompt_tokens = self.prompt_tokens.saturating_add(other.prompt_tokens);
        self.completion_tokens = self.completion_tokens.saturating_add(other.completion_tokens);
    }
}

#[derive(Deserialize)]
struct Body {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Json,
}

#[derive(Deserialize)]
struct Choice {
    message: Said,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<Called>>,
}

#[derive(Deserialize)]
struct Called {
    #[serde(default)]
    id: Option<String>,
    function: Function,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    /// A text by the protocol; some endpoints send the object itself.
    #[serde(default)]
    arguments: Json,
}

/// Why an answer ends, by the endpoint's word for it.
pub(crate) fn finish_of(reason: Option<&str>, calls: &[ToolCall]) -> Finish {
    match reason {
        Some("length") => Finish::Length,
        Some("tool_calls" | "function_call") => Finish::Tools,
        Some("content_filter") => Finish::Filtered,
        _ if !calls.is_empty() => Finish::Tools,
        Some("stop") | None => Finish::Whole,
        Some(_) => Finish::Other,
    }
}

impl Answer {
    pub(crate) fn read(body: &[u8]) -> Result<Answer, ModelError> {
        let body: Body =
            serde_json::from_slice(body).map_err(|error| ModelError::Malformed { reason: error.to_string() })?;
        let choice = body.choices.into_iter().next();
        let choice = choice.ok_or_else(|| ModelError::Malformed { reason: "there is no choice in it".to_owned() })?;
        let calls: Vec<ToolCall> = (0..)
            .zip(choice.message.tool_calls.unwrap_or_default())
            .take(TOOL_CALLS_MAX)
            .map(|(at, called): (usize, Called)| called.read(at))
            .collect();
        let finish = finish_of(choice.finish_reason.as_deref(), &calls);
        Ok(Answer { text: choice.message.content.unwrap_or_default(), calls, finish, usage: Usage::read(&body.usage) })
    }

    /// The object of an answer that was asked for in a shape: bare, or within a fence as some models write it.
    pub fn object(&self) -> Result<Json, ModelError> {
        let text = self.text.trim();
        let fenced = text.strip_prefix("```json").or_else(|| text.strip_prefix("```"));
        let text = fenced.and_then(|rest| rest.rsplit_once("```")).map_or(text, |(inside, _)| inside.trim());
        let wrong = |reason: String| ModelError::Malformed { reason };
        if self.finish == Finish::Length {
            return Err(wrong("it was cut off by the limit of tokens".to_owned()));
        }
        match serde_json::from_str(text) {
            Ok(Json::Object(object)) => Ok(Json::Object(object)),
            Ok(_) => Err(wrong("it is JSON and no object".to_owned())),
            Err(error) => Err(wrong(format!("it is not JSON: {error}"))),
        }
    }
}

impl Called {
    fn read(self, at: usize) -> ToolCall {
        let arguments = match self.function.arguments {
            Json::String(text) => text,
            Json::Null => "{}".to_owned(),
            other => other.to_string(),
        };
        // What is answered to it must name it, also where the endpoint forgot to.
        let id = self.id.filter(|id| !id.is_empty()).unwrap_or_else(|| format!("call_{at}"));
        ToolCall { id, name: self.function.name, arguments }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_endpoints_leave_out_is_missing_and_nothing_more() {
        let read = |text: &str| Answer::read(text.as_bytes());
        let whole = read(
            r#"{"choices":[{"message":{"role":"assistant","content":"Yes."},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}"#,
        );
        let usage = Some(Usage { prompt_tokens: 12, completion_tokens: 3 });
        let expected = Answer { text: "Yes.".into(), calls: vec![], finish: Finish::Whole, usage };
        assert_eq!(whole.unwrap(), expected);
        let bare = read(r#"{"choices":[{"message":{"content":null}}]}"#).unwrap();
        assert_eq!((bare.text.as_str(), bare.finish, bare.usage), ("", Finish::Whole, None));
        let calls = read(
            r#"{"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"find","arguments":"{\"q\":1}"}},
            {"function":{"name":"list","arguments":{"limit":2}}},{"function":{"name":"now"}}]}}]}"#,
        );
        let calls = calls.unwrap();
        assert_eq!(calls.finish, Finish::Tools);
        let said: Vec<(&str, &str)> = calls.calls.iter().map(|call| (call.id.as_str(), call.arguments.as_str())).collect();
        assert_eq!(said, [("a", r#"{"q":1}"#), ("call_1", r#"{"limit":2}"#), ("call_2", "{}")]);
        for broken in ["", "null", "{}", r#"{"choices":[]}"#, r#"{"choices":[{}]}"#, "<html>"] {
            assert!(matches!(read(broken), Err(ModelError::Malformed { .. })), "{broken}");
        }
    }

    #[test]
    fn what_a_call_took_is_believed_where_it_can_be() {
        let read = |told: Json| Usage::read(&told).map(|usage| (usage.prompt_tokens, usage.completion_tokens));
        for (told, usage) in [
            (serde_json::json!({"prompt_tokens": 12, "completion_tokens": 3}), Some((12, 3))),
            (serde_json::json!({"prompt_tokens": 12.0, "completion_tokens": 0}), Some((12, 0))),
            (serde_json::json!({"prompt_tokens": 0, "completion_tokens": 3}), None),
            (serde_json::json!({"prompt_tokens": 12}), None),
            (serde_json::json!({"prompt_tokens": null, "completion_tokens": 3}), None),
            (serde_json::json!({"prompt_tokens": 12, "completion_tokens": u64::MAX}), None),
            (serde_json::json!({"prompt_tokens": -1, "completion_tokens": 3}), None),
            (serde_json::json!({"total_tokens": 15}), None),
            (serde_json::json!({}), None),
            (Json::Null, None),
            (serde_json::json!("many"), None),
        ] {
            assert_eq!(read(told.clone()), usage, "{told}");
        }
    }

    #[test]
    fn an_object_is_read_bare_or_fenced_and_never_cut_off() {
        let answer = |text: &str, finish| Answer { text: text.into(), calls: vec![], finish, usage: None };
        for text in [r#"{"a":1}"#, " {\"a\":1}\n", "```json\n{\"a\":1}\n```", "```\n{\"a\":1}\n``` "] {
            assert_eq!(answer(text, Finish::Whole).object().unwrap(), serde_json::json!({"a": 1}), "{text}");
        }
        for text in ["", "[]", "I cannot do that.", "{\"a\":", "```json\n{\"a\":1"] {
            assert!(answer(text, Finish::Whole).object().is_err(), "{text}");
        }
        assert!(answer(r#"{"a":1}"#, Finish::Length).object().is_err());
    }
}
