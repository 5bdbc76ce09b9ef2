//! `/crawler`: for whoever runs a shop and met the crawler: who it is, how it behaves, how to be left alone. Public.

use askama::Template;
use axum::{extract::State, response::Response};

use crate::{Dashboard, page::render};

#[derive(Template)]
#[template(path = "crawler.html")]
struct CrawlerPage {
    base: String,
    user_agent: String,
    contact: String,
    /// Where a click on the contact leads; empty where it is no address.
    link: String,
}

pub(crate) async fn show(State(dashboard): State<Dashboard>) -> Response {
    let contact = dashboard.contact.to_string();
    let link = match contact.as_str() {
        url if url.starts_with("https://") || url.starts_with("http://") => contact.clone(),
        mail if mail.contains('@') => format!("mailto:{mail}"),
        _ => String::new(),
    };
    render(&CrawlerPage { base: dashboard.base(), user_agent: dashboard.user_agent.to_string(), contact, link })
}
