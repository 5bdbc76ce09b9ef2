//! Prints the OpenAPI document, or with `errors` the reference of error codes: for `cargo xtask gen`.
#![expect(clippy::print_stdout, reason = "a chore's output")]

use creel_api::document::{document_text, errors_text};

fn main() {
    let errors = std::env::args().nth(1).as_deref() == Some("errors");
    print!("{}", if errors { errors_text() } else { document_text() });
}
