//! What a page answers where something is refused or fails: the same page with the reason at its field, or a page that says it.

use axum::{
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use creel_access::AccessError;
use creel_billing::BillingError;
use creel_store::StoreError;
use creel_types::links::SIGN_IN_PATH;
use url::form_urlencoded;

/// A reason, with the field that it belongs to where there is one.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) field: Option<String>,
    pub(crate) message: String,
    retry_after_seconds: Option<i64>,
    /// The page that somebody belongs to instead, where it says nothing.
    pub(crate) instead: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Refusal {
        let message = message.into();
        Refusal { status, field: None, message, retry_after_seconds: None, instead: None }
    }

    /// Of what cannot be meant, at its field.
    pub(crate) fn at_field(field: impl Into<String>, message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, message).at(Some(field.into()))
    }

    /// At a field of a form.
    pub(crate) fn at(self, field: Option<String>) -> Refusal {
        Refusal { field, ..self }
    }

    pub(crate) fn after(self, retry_after_seconds: Option<i64>) -> Refusal {
        Refusal { retry_after_seconds, ..self }
    }

    /// Sends the browser to the page that it belongs to.
    pub(crate) fn elsewhere(path: impl Into<String>) -> Refusal {
        Refusal { instead: Some(path.into()), ..Refusal::new(StatusCode::SEE_OTHER, "") }
    }

    /// Sends the browser to sign in, and back then.
    pub(crate) fn sign_in(back: &str) -> Refusal {
        if back == "/" {
            return Refusal::elsewhere(SIGN_IN_PATH);
        }
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", back).finish();
        Refusal::elsewhere(format!("{SIGN_IN_PATH}?{query}"))
    }

    pub(crate) fn not_found() -> Refusal {
        let message = "There is nothing at this address: it was deleted, it belongs to another organization, or the address is \
                       not complete.";
        Refusal::new(StatusCode::NOT_FOUND, message)
    }

    /// For what was refused without a word.
    pub(crate) fn of_status(status: StatusCode) -> Refusal {
        let message = match status {
            StatusCode::NOT_FOUND => return Refusal::not_found(),
            StatusCode::INTERNAL_SERVER_ERROR => return Refusal::internal(),
            StatusCode::METHOD_NOT_ALLOWED => {
                "A form or a program sends something to this address; it is no page to open. Go back, and use the form there."
            }
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
                "Something in the address cannot be read. Go back, and follow the link or fill in the form once more."
            }
            StatusCode::PAYLOAD_TOO_LARGE => "What was sent is larger than this page takes.",
            _ if status.is_server_error() => "This cannot be done now. Try again in a moment.",
            _ => "This address does not take what was sent. Go back, load the page again, and try once more.",
        };
        Refusal::new(status, message)
    }

    pub(crate) fn internal() -> Refusal {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here. It was logged.")
    }

    pub(crate) fn cross_site() -> Refusal {
        let message = "This form was not sent from a page of this site, or the page was too old. Go back, load the page again, \
                       and send it once more.";
        Refusal::new(StatusCode::FORBIDDEN, message)
    }

    /// Whether it belongs to a field, or to an item of it (`start_urls[3]`, `cadence.interval_amount`).
    pub(crate) fn is_at(&self, name: &str) -> bool {
        let Some(field) = &self.field else { return false };
        field.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
    }

    pub(crate) fn title(&self) -> &'static str {
        match self.status {
            StatusCode::NOT_FOUND => "There is nothing here",
            StatusCode::METHOD_NOT_ALLOWED => "This is no page to open",
            StatusCode::CONFLICT => "It has changed meanwhile",
            StatusCode::FORBIDDEN => "This is not allowed",
            StatusCode::SERVICE_UNAVAILABLE => "This cannot be done now",
            StatusCode::TOO_MANY_REQUESTS => "Too many tries",
            _ => "This did not work",
        }
    }

    /// The status, with the headers that belong to the refusal, of a page that shows it.
    pub(crate) fn with(&self, page: impl IntoResponse) -> Response {
        let mut response = (self.status, page).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Refusal {
    /// Its page is written where it is known below which path the pages are ([`crate::page::finish`]).
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        match error {
            StoreError::NotFound { .. } => Refusal::not_found(),
            StoreError::Forbidden(message) => Refusal::new(StatusCode::FORBIDDEN, sentence(&message)),
            StoreError::ChangedMeanwhile(message) => {
                Refusal::new(StatusCode::CONFLICT, sentence(&message)).at(Some("If-Match".to_owned()))
            }
            StoreError::Conflict(message) => Refusal::new(StatusCode::CONFLICT, sentence(&message)),
            other if other.is_transient() => {
                Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "The database is busy. Try again in a moment.")
            }
            other => {
                tracing::error!(error = %other, "a page failed");
                Refusal::internal()
            }
        }
    }
}

impl From<AccessError> for Refusal {
    fn from(error: AccessError) -> Refusal {
        let message = sentence(&error.to_string());
        let status = match error {
            AccessError::Store(error) => return error.into(),
            AccessError::Field { field, message } => {
                // Most say what the field must be or is, without naming it.
                let of_field = ["has ", "is ", "must "].iter().any(|verb| message.starts_with(verb));
                let message = if of_field { format!("It {message}") } else { message };
                return Refusal::at_field(field, sentence(&message));
            }
            AccessError::Throttled { retry_after_seconds } => {
                let refused = Refusal::new(StatusCode::TOO_MANY_REQUESTS, message);
                return Refusal { retry_after_seconds: Some(retry_after_seconds), ..refused };
            }
            AccessError::Settings(_) | AccessError::Internal(_) => {
                tracing::error!(%error, "a page failed");
                return Refusal::internal();
            }
            AccessError::WrongCredentials => StatusCode::UNAUTHORIZED,
            AccessError::NotVerified | AccessError::SignUpClosed | AccessError::OidcUnverified => StatusCode::FORBIDDEN,
            AccessError::LinkVoid | AccessError::NoOidc => StatusCode::NOT_FOUND,
            AccessError::NoMail | AccessError::Busy | AccessError::OidcUnavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            AccessError::OidcRefused(_) => StatusCode::BAD_REQUEST,
        };
        Refusal::new(status, message)
    }
}

impl From<BillingError> for Refusal {
    fn from(error: BillingError) -> Refusal {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        match error {
            BillingError::NotConfigured { setting, message } => {
                tracing::warn!(setting, message, "something could not be bought");
                let message = format!(
                    "Nothing can be bought here at present: whoever operates this installation has to set {setting}."
                );
                Refusal::new(unavailable, message)
            }
            BillingError::Field { message, .. } => Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, sentence(&message)),
            BillingError::NoSubscription => Refusal::new(StatusCode::CONFLICT, "There is no plan yet: subscribe first."),
            BillingError::LiveSubscription { .. } => Refusal::new(
                StatusCode::CONFLICT,
                "There is a plan already. Change it here, instead of buying a second one.",
            ),
            BillingError::Conflict(message) => Refusal::new(StatusCode::CONFLICT, sentence(&message)),
            BillingError::Unavailable { retry_after_seconds } => {
                let message = "Stripe does not answer just now. Try again in a moment: nothing is bought twice.";
                Refusal { retry_after_seconds: Some(retry_after_seconds), ..Refusal::new(unavailable, message) }
            }
            BillingError::Store(error) => error.into(),
            BillingError::Internal(why) => {
                tracing::error!(why, "billing failed");
                Refusal::internal()
            }
        }
    }
}

/// With a capital letter and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}
