//! Forms: fields with their labels, hints and errors, and the page that shows them.

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::{FromRequest, RawForm, Request, rejection::RawFormRejection},
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

    /// Fields that stand several times, as a group of boxes does, are read into a list.
    async fn from_request(request: Request, state: &S) -> Result<Sent<T>, Refusal> {
        match RawForm::from_request(request, state).await {
            Ok(RawForm(bytes)) => match serde_html_form::from_bytes(&bytes) {
                Ok(value) => Ok(Sent(value)),
                Err(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "This is not a form of this page.")),
            },
            Err(RawFormRejection::BytesRejection(refused)) => Err(Refusal::new(refused.status(), "The form is too large.")),
            Err(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "This is not a form of this page.")),
        }
    }
}

/// A form with nothing but its token.
#[derive(Deserialize)]
pub(crate) struct Signed {
    #[serde(default)]
    pub(crate) form_token: String,
}

/// What somebody may choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, text: impl Into<String>) -> Choice {
        Choice { value: value.into(), text: text.into() }
    }
}

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// An `input` of this type.
    Input(&'static str),
    Lines,
    Select(Vec<Choice>),
    /// Its value is `true` or empty.
    Tick,
}

/// One field of a form, with its label, what helps to fill it in, and what is wrong with it.
#[derive(Clone, Debug, Template)]
#[template(path = "field.html")]
pub(crate) struct Field {
    name: &'static str,
    label: String,
    kind: Kind,
    /// What password managers know it as.
    autocomplete: &'static str,
    value: String,
    hint: String,
    error: String,
    is_required: bool,
    /// Further attributes that help browsers: `min`, `max`, `placeholder`, `list`, …
    attributes: Vec<(&'static str, String)>,
}

impl HtmlSafe for Field {}

impl Field {
    fn new(kind: Kind, name: &'static str, label: impl Into<String>) -> Field {
        Field {
            name,
            label: label.into(),
            kind,
            autocomplete: "off",
            value: String::new(),
            hint: String::new(),
            error: String::new(),
            is_required: false,
            attributes: Vec::new(),
        }
    }

    /// An `input` of a type of HTML: `text`, `url`, `number`, `search`, `datetime-local`, …
    pub(crate) fn input(kind: &'static str, name: &'static str, label: impl Into<String>) -> Field {
        Field::new(Kind::Input(kind), name, label)
    }

    pub(crate) fn lines(name: &'static str, label: impl Into<String>) -> Field {
        Field::new(Kind::Lines, name, label)
    }

    pub(crate) fn select(name: &'static str, label: impl Into<String>, choices: Vec<Choice>) -> Field {
        Field::new(Kind::Select(choices), name, label)
    }

    pub(crate) fn tick(name: &'static str, label: impl Into<String>, is_ticked: bool) -> Field {
        Field::new(Kind::Tick, name, label).holding(if is_ticked { "true" } else { "" })
    }

    pub(crate) fn text(name: &'static str, label: &'static str, autocomplete: &'static str) -> Field {
        Field { autocomplete, is_required: true, ..Field::input("text", name, label) }
    }

    pub(crate) fn email(value: &str) -> Field {
        let field = Field::input("email", "email", "E-mail address").holding(value);
        Field { autocomplete: "username", is_required: true, ..field }
    }

    /// The password of somebody who has one.
    pub(crate) fn password() -> Field {
        Field { autocomplete: "current-password", is_required: true, ..Field::input("password", "password", "Password") }
    }

    pub(crate) fn new_password() -> Field {
        let field = Field::input("password", "password", "Password");
        Field { autocomplete: "new-password", is_required: true, ..field }
            .hinting("At least 12 letters. A few words make a good one.")
    }

    /// What password managers know it as.
    pub(crate) fn completed(self, autocomplete: &'static str) -> Field {
        Field { autocomplete, ..self }
    }

    pub(crate) fn required(self) -> Field {
        Field { is_required: true, ..self }
    }

    pub(crate) fn holding(self, value: impl Into<String>) -> Field {
        Field { value: value.into(), ..self }
    }

    pub(crate) fn labelled(self, label: impl Into<String>) -> Field {
        Field { label: label.into(), ..self }
    }

    pub(crate) fn hinting(self, hint: impl Into<String>) -> Field {
        Field { hint: hint.into(), ..self }
    }

    pub(crate) fn having(mut self, attribute: &'static str, value: impl Into<String>) -> Field {
        self.attributes.push((attribute, value.into()));
        self
    }

    /// With the reason of a refusal, where it belongs to this field or to an item of it (`start_urls[3]`).
    pub(crate) fn refused(mut self, refusal: Option<&Refusal>) -> Field {
        if let Some(refusal) = refusal.filter(|refusal| refusal.is_at(self.name)) {
            self.error = refusal.message.clone();
        }
        self
    }

    fn input_type(&self) -> &'static str {
        if let Kind::Input(kind) = self.kind { kind } else { "" }
    }

    fn choices(&self) -> &[Choice] {
        if let Kind::Select(choices) = &self.kind { choices } else { &[] }
    }

    fn is_lines(&self) -> bool {
        self.kind == Kind::Lines
    }

    pub(crate) fn is_refused(&self) -> bool {
        !self.error.is_empty()
    }

    /// Whether there is something in it; a box to tick has nothing to write.
    pub(crate) fn is_written(&self) -> bool {
        !self.value.is_empty() && !self.is_tick()
    }

    fn is_tick(&self) -> bool {
        self.kind == Kind::Tick
    }

    /// What belongs to the field beside its label, by the ids of the elements.
    fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let error = (!self.error.is_empty()).then(|| format!("{}-error", self.name));
        [error, hint].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// What stands above a form: the whole reason of a refusal; of one that stands at one of these fields, that it does.
pub(crate) fn problem(refusal: Option<&Refusal>, fields: &[&str]) -> String {
    match refusal {
        None => String::new(),
        Some(refusal) if fields.iter().any(|name| refusal.is_at(name)) => {
            "Something is not right yet: see below.".to_owned()
        }
        Some(refusal) => refusal.message.clone(),
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
        let names: Vec<&str> = self.fields.iter().map(|field| field.name).collect();
        self.problem = problem(Some(refusal), &names);
        self.fields = self.fields.into_iter().map(|field| field.refused(Some(refusal))).collect();
        refusal.with(render(&self))
    }
}
