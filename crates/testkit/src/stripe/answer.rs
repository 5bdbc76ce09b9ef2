//! How Stripe answers: errors in its shape, pages of lists, expanded references.

use serde_json::{Value, json};

use super::{form::Form, state::State};

/// A page of a list has at most this many.
const LIMIT_MAX: i64 = 100;
const LIMIT_DEFAULT: i64 = 10;
/// Stripe expands four references deep.
const EXPAND_DEPTH_MAX: usize = 4;

/// What Stripe says no with.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub status: u16,
    /// Stripe's `type`.
    pub kind: &'static str,
    pub code: Option<String>,
    pub decline_code: Option<String>,
    pub message: String,
    pub param: Option<String>,
}

impl Refusal {
    pub(super) fn new(status: u16, kind: &'static str, code: Option<&str>, message: &str) -> Refusal {
        let code = code.map(str::to_owned);
        Refusal { status, kind, code, decline_code: None, message: message.to_owned(), param: None }
    }

    fn about(mut self, param: &str) -> Refusal {
        self.param = Some(param.to_owned());
        self
    }

    /// Bad input without a parameter to blame.
    pub(super) fn bad(message: &str) -> Refusal {
        Refusal::new(400, "invalid_request_error", None, message)
    }

    pub(super) fn invalid(param: &str, message: &str) -> Refusal {
        Refusal::bad(message).about(param)
    }

    pub(super) fn missing(param: &str) -> Refusal {
        let message = format!("Missing required param: {param}.");
        Refusal::new(400, "invalid_request_error", Some("parameter_missing"), &message).about(param)
    }

    pub(super) fn unknown_parameter(param: &str) -> Refusal {
        let message = format!("Received unknown parameter: {param}");
        Refusal::new(400, "invalid_request_error", Some("parameter_unknown"), &message).about(param)
    }

    /// An id in the path: 404; in a parameter: 400.
    pub(super) fn no_such(what: &str, id: &str, param: &str) -> Refusal {
        let status = if param == "id" { 404 } else { 400 };
        let message = format!("No such {what}: '{id}'");
        Refusal::new(status, "invalid_request_error", Some("resource_missing"), &message).about(param)
    }

    pub(super) fn unknown_path(method: &str, path: &str) -> Refusal {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        Refusal::new(404, "invalid_request_error", None, &message)
    }

    pub(super) fn declined(decline_code: &str) -> Refusal {
        let mut refusal = Refusal::new(402, "card_error", Some("card_declined"), "Your card was declined.");
        refusal.decline_code = Some(decline_code.to_owned());
        refusal
    }

    #[must_use]
    pub fn body(&self) -> Value {
        let mut error = json!({"type": self.kind, "message": self.message});
        let fields = [("code", &self.code), ("decline_code", &self.decline_code), ("param", &self.param)];
        for (name, value) in fields {
            if let Some(value) = value {
                error[name] = json!(value);
            }
        }
        json!({"error": error})
    }
}

impl State {
    /// A page of `kind`, the newest first, of those that `keep` wants.
    pub(super) fn page(
        &self,
        kind: &str,
        path: &str,
        given: &Form,
        keep: impl Fn(&Value) -> bool,
    ) -> Result<Value, Refusal> {
        let rows = self.newest_first(kind).filter(|object| keep(object)).map(|object| self.shown(object)).collect();
        page_of(rows, path, given)
    }

    /// The answer with what `expand[]` asks for put in place of ids.
    pub(super) fn expanded(&self, mut answer: Value, given: &Form) -> Result<Value, Refusal> {
        for (at, path) in given.list("expand").iter().enumerate() {
            let parts: Vec<&str> = path.split('.').collect();
            if parts.len() > EXPAND_DEPTH_MAX || !self.expand(&mut answer, &parts) {
                return Err(Refusal::invalid(
                    &format!("expand[{at}]"),
                    &format!("This property cannot be expanded ({path})."),
                ));
            }
        }
        Ok(answer)
    }

    /// Whether the path led to something that can be expanded. What is null stays null.
    fn expand(&self, value: &mut Value, parts: &[&str]) -> bool {
        let Some((first, rest)) = parts.split_first() else { return true };
        if let Value::Array(elements) = value {
            return elements.iter_mut().all(|element| self.expand(element, parts));
        }
        if *first == "payments" && value["object"] == "invoice" && value.get("payments").is_none() {
            let invoice = value["id"].clone();
            let data: Vec<Value> =
                self.newest_first("invoice_payment").filter(|row| row["invoice"] == invoice).cloned().collect();
            value["payments"] = json!({"object": "list", "data": data, "has_more": false, "url": "/v1/invoice_payments"});
        }
        if *first == "line_items" && value["object"] == "checkout.session" {
            return true;
        }
        let Some(inner) = value.get_mut(*first) else { return false };
        if let Some(id) = inner.as_str() {
            let Some(object) = self.find(id) else { return false };
            *inner = self.shown(object);
        }
        inner.is_null() || self.expand(inner, rest)
    }
}

/// A page of rows that are already in order, the newest first.
pub(super) fn page_of(rows: Vec<Value>, path: &str, given: &Form) -> Result<Value, Refusal> {
    let limit = given.integer("limit")?.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        let message = format!("Invalid limit: {limit} (must be between 1 and {LIMIT_MAX}).");
        return Err(Refusal::invalid("limit", &message));
    }
    let limit = usize::try_from(limit).unwrap_or(1);
    let position = |param: &str| match given.filled(param) {
        None => Ok(None),
        Some(id) => {
            let at = rows.iter().position(|row| row["id"] == id);
            at.map(Some).ok_or_else(|| Refusal::no_such("object", id, param))
        }
    };
    let (data, has_more) = match (position("starting_after")?, position("ending_before")?) {
        (Some(_), Some(_)) => return Err(Refusal::bad("You may only specify one of: ending_before, starting_after.")),
        // The ones right before it, still the newest first.
        (None, Some(end)) => (&rows[end.saturating_sub(limit)..end], end > limit),
        (after, None) => {
            let rest = &rows[after.map_or(0, |at| at + 1)..];
            (&rest[..rest.len().min(limit)], rest.len() > limit)
        }
    };
    Ok(json!({"object": "list", "data": data, "has_more": has_more, "url": path}))
}

/// Whether a time passes `created=…` or `created[gte]=…` and its like.
pub(super) fn created_fits(given: &Form, object: &Value) -> Result<bool, Refusal> {
    let created = object["created"].as_i64().unwrap_or(0);
    let bound = |key: &str| given.integer(key);
    Ok(bound("created")?.is_none_or(|at| created == at)
        && bound("created[gt]")?.is_none_or(|at| created > at)
        && bound("created[gte]")?.is_none_or(|at| created >= at)
        && bound("created[lt]")?.is_none_or(|at| created < at)
        && bound("created[lte]")?.is_none_or(|at| created <= at))
}

/// What every list takes.
pub(super) const LIST: [&str; 8] =
    ["limit", "starting_after", "ending_before", "created", "created[gt]", "created[gte]", "created[lt]", "created[lte]"];
