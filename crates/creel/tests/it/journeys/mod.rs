//! Whole stories in a real browser, from the first page to the last, as somebody lives them who has read nothing.

mod assistant;
mod credits;
mod first_run;
mod keyboard;
mod mistakes;
mod secrets;
mod team;
mod without_scripts;

use crate::{
    chromium::{Chromium, Tab},
    people::{PASSWORD, with_owner},
    server::Server,
};

/// A server, a browser, and its owner signed in and at the overview.
fn ann_at_work() -> (Server, Chromium, Tab) {
    let (server, ann) = with_owner("");
    let chromium = Chromium::start();
    let tab = chromium.signed_in(&server, &ann);
    (server, chromium, tab)
}

/// Signs in at the page that somebody was sent to.
fn sign_in(tab: &Tab, email: &str) {
    tab.fill("E-mail address", email);
    tab.fill("Password", PASSWORD);
    tab.press("Sign in");
}

/// The path of a link whose host is the public address, which is not where the test's server listens.
fn path(link: &str) -> &str {
    &link[link.match_indices('/').nth(2).unwrap().0..]
}
