//! Prints the OpenAPI document, or a reference that is generated beside it: for `cargo xtask gen`.
#![expect(clippy::print_stdout, reason = "a chore's output")]

use creel_api::document::{document_text, errors_text, events_schema_text, events_text};

fn main() {
    let text = match std::env::args().nth(1).as_deref() {
        Some("errors") => errors_text(),
        Some("plans") => creel_types::plan::reference(),
        Some("metrics") => creel_types::metric::reference(),
        Some("events") => events_text(),
        Some("events-schema") => events_schema_text(),
        _ => document_text(),
    };
    print!("{text}");
}
