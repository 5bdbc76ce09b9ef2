//! What every page has: the frame, the stylesheet, escaped text, money and time as people write them.

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::Response,
};
use jiff::Timestamp;
use serde_json::Value;

const STYLE: &str = include_str!("style.css");

/// Text that is safe between tags and in attributes.
pub(super) fn esc(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// A text of an object, escaped; a dash where there is none.
pub(super) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| "–".to_owned(), esc)
}

/// Cents as dollars.
pub(super) fn money(cents: &Value) -> String {
    let cents = cents.as_i64().unwrap_or(0);
    let sign = if cents < 0 { "−" } else { "" };
    format!("{sign}${}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// Seconds since 1970 as a day and an hour in UTC.
pub(super) fn instant(seconds: &Value) -> String {
    let stamp = seconds.as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok());
    stamp.map_or_else(|| "–".to_owned(), |stamp| stamp.strftime("%-d %B %Y, %H:%M UTC").to_string())
}

pub(super) fn day(seconds: &Value) -> String {
    let stamp = seconds.as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok());
    stamp.map_or_else(|| "–".to_owned(), |stamp| stamp.strftime("%-d %B %Y").to_string())
}

/// A whole page. `width` is `narrow` for one thing to do, empty for tables.
pub(super) fn page(status: StatusCode, title: &str, now: i64, width: &str, body: &str) -> Response {
    let now = instant(&now.into());
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\">\n<title>{title} · simulated Stripe</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header><span>Simulated \
         Stripe: no money moves here. <a href=\"/\">Control room</a></span><span>{now}</span></header>\n<main class=\"{width}\">\n\
         <h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    );
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, "text/html; charset=utf-8");
    response.body(Body::from(html)).unwrap_or_else(|_| Response::new(Body::empty()))
}

pub(super) fn not_found(now: i64) -> Response {
    page(StatusCode::NOT_FOUND, "Not found", now, "narrow", "<section><p>There is nothing at this address.</p></section>")
}

/// After a form: on to the next page.
pub(super) fn see_other(to: &str) -> Response {
    let response = Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, to);
    response.body(Body::empty()).unwrap_or_else(|_| Response::new(Body::empty()))
}

/// A form that is one button.
pub(super) fn button(action: &str, fields: &[(&str, &str)], label: &str) -> String {
    let hidden = |(name, value): &(&str, &str)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", esc(value));
    let hidden: String = fields.iter().map(hidden).collect();
    format!("<form method=\"post\" action=\"{action}\">{hidden}<button>{label}</button></form>")
}

/// The cards to choose from.
pub(super) fn card_choice(with_none: bool) -> String {
    let none = if with_none { "<label><input type=\"radio\" name=\"card\" value=\"none\"> No card</label>" } else { "" };
    format!(
        "<fieldset><legend>Card</legend><label><input type=\"radio\" name=\"card\" value=\"good\" checked> •••• 4242, pays</label>\
         <label><input type=\"radio\" name=\"card\" value=\"declines\"> •••• 0002, is declined</label>\
         <label><input type=\"radio\" name=\"card\" value=\"requires_action\"> •••• 3155, has to be confirmed by its owner</label>{none}</fieldset>"
    )
}
