//! What a model is asked, and how the protocol writes it.

use serde_json::{Value as Json, json};

use crate::{answer::ToolCall, count::count_tool};

/// One line of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// What the model is to do. Nothing that a page or a person wrote belongs in it.
    System(String),
    User(String),
    Assistant {
        text: String,
        calls: Vec<ToolCall>,
    },
    /// What a tool answered to the call with this id.
    Tool {
        call: String,
        text: String,
    },
}

/// A tool that the model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    name: String,
    description: String,
    parameters: Json,
    tokens: u64,
}

impl Tool {
    /// With the JSON schema of its arguments.
    #[must_use]
    pub fn new(name: String, description: String, parameters: Json) -> Tool {
        let tokens = count_tool(&name, &description, &parameters);
        Tool { name, description, parameters, tokens }
    }

    /// Tokens of its definition, counted once: it goes along with every question.
    pub(crate) fn tokens(&self) -> u64 {
        self.tokens
    }
}

/// The shape that an answer must have.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    pub name: &'static str,
    /// JSON schema; closed (`additionalProperties: false`) with every property required, which strict endpoints insist on.
    pub schema: Json,
}

/// One question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ask {
    pub messages: Vec<Message>,
    pub tools: Vec<Tool>,
    /// An answer in JSON of this shape; a text where there is none.
    pub shape: Option<Shape>,
    /// Tokens that the answer may have.
    pub output_tokens_max: u32,
}

/// How an endpoint is told that an answer must be JSON. Not every one knows every way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `response_format: json_schema`: the endpoint sees to it that the answer fits.
    Schema,
    /// `response_format: json_object`: the schema stands in the instructions.
    Object,
    /// Only the instructions say it.
    Words,
}

impl Dialect {
    /// What is tried where this one is refused.
    pub(crate) const fn simpler(self) -> Option<Dialect> {
        match self {
            Dialect::Schema => Some(Dialect::Object),
            Dialect::Object => Some(Dialect::Words),
            Dialect::Words => None,
        }
    }
}

impl Ask {
    /// The body of the request.
    pub(crate) fn body(&self, model: &str, dialect: Dialect) -> Json {
        let mut messages: Vec<Json> = self.messages.iter().map(message).collect();
        let mut body = json!({
            "model": model, "temperature": 0, "max_tokens": self.output_tokens_max, "stream": false,
        });
        if let Some(shape) = &self.shape {
            match dialect {
                Dialect::Schema => {
                    body["response_format"] = json!({
                        "type": "json_schema",
                        "json_schema": {"name": shape.name, "strict": true, "schema": shape.schema},
                    });
                }
                Dialect::Object => body["response_format"] = json!({"type": "json_object"}),
                Dialect::Words => {}
            }
            if dialect != Dialect::Schema {
                let says =
                    format!("Answer with one JSON object and nothing else. It fits this JSON schema: {}", shape.schema);
                messages.insert(messages.len().min(1), json!({"role": "system", "content": says}));
            }
        }
        if !self.tools.is_empty() {
            body["tools"] = self.tools.iter().map(tool).collect();
        }
        body["messages"] = Json::Array(messages);
        body
    }
}

fn message(message: &Message) -> Json {
    match message {
        Message::System(text) => json!({"role": "system", "content": text}),
        Message::User(text) => json!({"role": "user", "content": text}),
        Message::Assistant { text, calls } if calls.is_empty() => json!({"role": "assistant", "content": text}),
        Message::Assistant { text, calls } => {
            let calls: Vec<Json> = calls
                .iter()
                .map(|call| {
                    let function = json!({"name": call.name, "arguments": call.arguments});
                    json!({"id": call.id, "type": "function", "function": function})
                })
                .collect();
            json!({"role": "assistant", "content": text, "tool_calls": calls})
        }
        Message::Tool { call, text } => json!({"role": "tool", "tool_call_id": call, "content": text}),
    }
}

fn tool(tool: &Tool) -> Json {
    let function = json!({"name": tool.name, "description": tool.description, "parameters": tool.parameters});
    json!({"type": "function", "function": function})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask() -> Ask {
        Ask {
            messages: vec![Message::System("Do so.".into()), Message::User("This.".into())],
            shape: Some(Shape { name: "answer", schema: json!({"type": "object"}) }),
            output_tokens_max: 50,
            ..Ask::default()
        }
    }

    #[test]
    fn a_shape_is_asked_for_in_the_way_that_the_endpoint_knows() {
        let body = ask().body("m", Dialect::Schema);
        assert_eq!((&body["model"], &body["max_tokens"], &body["temperature"]), (&json!("m"), &json!(50), &json!(0)));
        assert_eq!(body["response_format"]["json_schema"]["schema"], json!({"type": "object"}));
        assert_eq!(body["messages"].as_array().unwrap().len(), 2);
        for (dialect, format) in [(Dialect::Object, json!({"type": "json_object"})), (Dialect::Words, Json::Null)] {
            let body = ask().body("m", dialect);
            assert_eq!(body["response_format"], format);
            let said = body["messages"][1]["content"].as_str().unwrap();
            assert!(said.contains(r#"{"type":"object"}"#), "{said}");
            assert_eq!(body["messages"][2]["role"], "user", "what is data comes last");
        }
    }

    #[test]
    fn calls_of_tools_go_back_as_they_came() {
        let call = ToolCall { id: "c1".into(), name: "find".into(), arguments: "{\"q\":1}".into() };
        let ask = Ask {
            messages: vec![
                Message::Assistant { text: String::new(), calls: vec![call] },
                Message::Tool { call: "c1".into(), text: "nothing".into() },
            ],
            tools: vec![Tool::new("find".into(), "Finds.".into(), json!({"type": "object"}))],
            ..Ask::default()
        };
        let body = ask.body("m", Dialect::Schema);
        assert_eq!(body["messages"][0]["tool_calls"][0]["function"]["arguments"], "{\"q\":1}");
        assert_eq!(body["messages"][1]["tool_call_id"], "c1");
        assert_eq!(body["tools"][0]["function"]["name"], "find");
        assert!(body.get("response_format").is_none());
    }
}
