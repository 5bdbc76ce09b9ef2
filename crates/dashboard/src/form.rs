//! Forms: fields with their labels, hints and errors, and the page that shows them.

use askama::Template;
use axum::{
    extract::{FromRequest, Request, rejection::FormRejection},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    page::{Link, render},
    refusal::Refusal,
};

/// The token in the address of a link.
#[derive(Deserialize)]
pub(crate) struct LinkQuery {
    #[serde(default)]
    pub(crate) token: String,
}

/// A form that was sent. What is missing is empty, and refused at its field.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Sent<T>, Refusal> {
        match axum::Form::<T>::from_request(request, state).await {
            Ok(axum::Form(value)) => Ok(Sent(value)),
            Err(FormRejection::BytesRejection(refused)) => Err(Refusal::new(refused.status(), "The form is too large.")),
            Err(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "This is not a form of this page.")),
        }
    }
}

/// One field of a form.
pub(crate) struct Field {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    /// What password managers know it as.
    autocomplete: &'static str,
    value: String,
    hint: &'static str,
    error: String,
}

impl Field {
    fn new(kind: &'static str, name: &'static str, label: &'static str, autocomplete: &'static str) -> Field {
        Field { name, label, kind, autocomplete, value: String::new(), hint: "", error: String::new() }
    }

    pub(crate) fn text(name: &'static str, label: &'static str, autocomplete: &'static str) -> Field {
        Field::new("text", name, label, autocomplete)
    }

    pub(crate) fn email(value: &str) -> Field {
        Field::new("email", "email", "E-mail address", "username").holding(value)
    }

    /// The password of somebody who has one.
    pub(crate) fn password() -> Field {
        Field::new("password", "password", "Password", "current-password")
    }

    pub(crate) fn new_password() -> Field {
        let hint = "At least 12 letters. A few words make a good one.";
        Field { hint, ..Field::new("password", "password", "Password", "new-password") }
    }

    pub(crate) fn holding(self, value: &str) -> Field {
        Field { value: value.to_owned(), ..self }
    }

    pub(crate) fn labelled(self, label: &'static str) -> Field {
        Field { label, ..self }
    }

    pub(crate) fn hinting(self, hint: &'static str) -> Field {
        Field { hint, ..self }
    }

    /// What belongs to the field beside its label, by the ids of the elements.
    fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let error = (!self.error.is_empty()).then(|| format!("{}-error", self.name));
        [error, hint].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// A page with one form.
#[derive(Template)]
#[template(path = "form.html")]
pub(crate) struct FormPage {
    base: String,
    title: String,
    /// What stands above the form.
    intro: Vec<String>,
    /// What went well before.
    notice: String,
    /// What is wrong with the whole of it.
    problem: String,
    action: &'static str,
    hidden: Vec<(&'static str, String)>,
    fields: Vec<Field>,
    button: String,
    /// The provider's button.
    provider: Option<Link>,
    links: Vec<Link>,
}

impl FormPage {
    pub(crate) fn new(base: String, title: impl Into<String>, action: &'static str, button: impl Into<String>) -> FormPage {
        FormPage {
            base,
            title: title.into(),
            intro: Vec::new(),
            notice: String::new(),
            problem: String::new(),
            action,
            hidden: Vec::new(),
            fields: Vec::new(),
            button: button.into(),
            provider: None,
            links: Vec::new(),
        }
    }

    pub(crate) fn saying(mut self, text: impl Into<String>) -> FormPage {
        self.intro.push(text.into());
        self
    }

    pub(crate) fn noticing(self, notice: &str) -> FormPage {
        FormPage { notice: notice.to_owned(), ..self }
    }

    pub(crate) fn hiding(mut self, name: &'static str, value: impl Into<String>) -> FormPage {
        self.hidden.push((name, value.into()));
        self
    }

    pub(crate) fn with(mut self, field: Field) -> FormPage {
        self.fields.push(field);
        self
    }

    pub(crate) fn with_provider(mut self, path: &str, text: String) -> FormPage {
        self.provider = Some(Link::new(format!("{}{path}", self.base), text));
        self
    }

    pub(crate) fn with_link(mut self, path: &str, text: &str) -> FormPage {
        self.links.push(Link::new(format!("{}{path}", self.base), text));
        self
    }

    pub(crate) fn show(&self) -> Response {
        render(self)
    }

    /// The same page with what is wrong: at its field, or above the form.
    pub(crate) fn refuse(mut self, refusal: &Refusal) -> Response {
        match self.fields.iter_mut().find(|field| Some(field.name) == refusal.field) {
            Some(field) => {
                field.error = refusal.message.clone();
                self.problem = "Something is not right yet: see below.".to_owned();
            }
            None => self.problem = refusal.message.clone(),
        }
        refusal.with(render(&self))
    }
}
