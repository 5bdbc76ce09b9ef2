//! Prints the OpenAPI document, or with `errors` or `metrics` a page of the reference: for `cargo xtask gen`.
#![expect(clippy::print_stdout, reason = "a chore's output")]

use creel_api::document::{document_text, errors_text};

fn main() {
    let text = match std::env::args().nth(1).as_deref() {
        Some("errors") => errors_text(),
        Some("metrics") => creel_types::metric::reference(),
        _ => document_text(),
    };
    print!("{text}");
}
