//! What pages are made of, and what every answer of a page says to the browser.

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{
        HeaderName, HeaderValue, Method, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE,
            X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use crate::{Dashboard, member::is_own_path, refusal::Refusal};

/// Nothing runs but the one script file, and nothing comes from elsewhere or goes there.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'",
);

/// The same for a page whose forms lead on to pages of Stripe: browsers hold a form's redirect against its page's policy.
pub(crate) fn with_forms_to(response: Response, sources: &str) -> Response {
    let mut response = response;
    let policy = POLICY.to_str().unwrap_or_default().replace("form-action 'self'", &format!("form-action 'self' {sources}"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Writes the page of a refusal that no page shows itself, and the headers of every answer.
pub(crate) async fn finish(State(dashboard): State<Dashboard>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let mut response = next.run(request).await;
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>().or_else(|| wordless(&response)) {
        response = asked.answer(&dashboard, &refusal);
    }
    finished(response)
}

/// With the headers of every answer.
pub(crate) fn finished(response: Response) -> Response {
    let mut response = response;
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(POLICY);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // Addresses of pages hold tokens, which must not reach other sites. `no-referrer` would keep them even from this one, and
    // with them the `Origin` by which a form shows over plain HTTP where it comes from.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// What a framework refused without a page: a method that a path does not take, an address that cannot be read.
fn wordless(response: &Response) -> Option<Refusal> {
    let status = response.status();
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("text/plain");
    let is_bare = (status.is_client_error() || status.is_server_error()) && kind.starts_with("text/plain");
    is_bare.then(|| Refusal::of_status(status))
}

/// What the page of a refusal wants to know of its request.
pub(crate) struct Asked {
    by_script: bool,
    /// Where the same can be tried again; nothing for a form, which was sent to an address and not opened there.
    again: Option<String>,
    /// By which whoever operates this finds it in the log.
    request_id: String,
}

impl Asked {
    pub(crate) fn of(request: &Request) -> Asked {
        let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok());
        let path = request.uri().path_and_query().map(|path| path.as_str().to_owned());
        Asked {
            by_script: request.headers().contains_key("hx-request"),
            again: path.filter(|path| request.method() == Method::GET && is_own_path(path)),
            request_id: id.unwrap_or_default().to_owned(),
        }
    }

    /// The refusal as a page, or the way to the page that it names.
    pub(crate) fn answer(&self, dashboard: &Dashboard, refusal: &Refusal) -> Response {
        match &refusal.instead {
            Some(path) if self.by_script => whole(&format!("{}{path}", dashboard.base())),
            Some(path) => go(&format!("{}{path}", dashboard.base()), &[]),
            None => refusal.with(self.page(dashboard, refusal)),
        }
    }

    fn page(&self, dashboard: &Dashboard, refusal: &Refusal) -> Message {
        let mut page = Message::new(dashboard, refusal.title(), &refusal.message);
        if refusal.status.is_server_error() {
            let whom = if dashboard.contact.is_empty() { "whoever operates this installation" } else { &dashboard.contact };
            if refusal.status == StatusCode::INTERNAL_SERVER_ERROR {
                page.also = format!("If it happens again, tell {whom} the number of this request: {}", self.request_id);
            }
            if let Some(again) = &self.again {
                page = page.with_link(again, "Try again");
            }
        }
        page.with_link("/", "To the start page")
    }
}

/// Sends the whole page on where a script asked for a part of it.
fn whole(to: &str) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Ok(location) = HeaderValue::from_str(to) {
        response.headers_mut().insert(HeaderName::from_static("hx-redirect"), location);
    }
    response
}

/// A template as an answer.
pub(crate) fn render(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            (StatusCode::INTERNAL_SERVER_ERROR, "This page could not be written. It was logged.").into_response()
        }
    }
}

/// Sends the browser on, with the cookies that it is to keep or forget.
pub(crate) fn go(to: &str, cookies: &[String]) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let Ok(location) = HeaderValue::from_str(to) else { return Refusal::internal().into_response() };
    response.headers_mut().insert(LOCATION, location);
    keep(&mut response, cookies);
    response
}

pub(crate) fn keep(response: &mut Response, cookies: &[String]) {
    for cookie in cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// A way to another page.
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) text: String,
}

impl Link {
    pub(crate) fn new(href: impl Into<String>, text: impl Into<String>) -> Link {
        Link { href: href.into(), text: text.into() }
    }
}

/// A page that says one thing.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct Message {
    base: String,
    title: String,
    text: String,
    /// What else helps; empty mostly.
    also: String,
    links: Vec<Link>,
}

impl Message {
    pub(crate) fn new(dashboard: &Dashboard, title: &str, text: &str) -> Message {
        Message {
            base: dashboard.base(),
            title: title.to_owned(),
            text: text.to_owned(),
            also: String::new(),
            links: Vec::new(),
        }
    }

    pub(crate) fn with_link(mut self, path: &str, text: &str) -> Message {
        self.links.push(Link::new(format!("{}{path}", self.base), text));
        self
    }
}

impl IntoResponse for Message {
    fn into_response(self) -> Response {
        render(&self)
    }
}
