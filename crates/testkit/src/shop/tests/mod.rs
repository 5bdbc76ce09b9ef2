//! What must be true of the shop whatever its words are: its truth, its pages, and its answers over a socket.

mod answers;
mod catalogue;
mod crawl;
mod pages;

use super::{Shop, answer::Answer};

const ORIGIN: &str = "http://127.0.0.1:4000";

fn get(shop: &Shop, target: &str) -> Answer {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    shop.answer(ORIGIN, path, query)
}

/// The text of an answer. One-byte pages are read as ISO-8859-1, which differs from windows-1252 only where no test looks.
fn text(answer: &Answer) -> String {
    match std::str::from_utf8(&answer.body) {
        Ok(text) if answer.content_type.contains("utf-8") => text.to_owned(),
        _ => answer.body.iter().map(|byte| char::from(*byte)).collect(),
    }
}
