//! Prints the OpenAPI document, or with `errors` the reference of error codes: for `cargo xtask gen`.
#![expect(clippy::print_stdout, reason = "a chore's output")]

use creel_api::{ErrorCode, document::document};

fn main() {
    if std::env::args().nth(1).as_deref() == Some("errors") {
        print!("{}", errors());
    } else {
        println!("{:#}", document());
    }
}

fn errors() -> String {
    let mut page = include_str!("errors.md").to_owned();
    for code in ErrorCode::ALL {
        let status = code.status();
        page += &format!("| {} | `{code}` | {} | {} |\n", status.as_u16(), code.meaning(), code.remedy());
    }
    page
}
