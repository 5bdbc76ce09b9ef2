//! `cargo xtask gen`: writes what is generated from the code. A test says when it was forgotten.

use std::fs;

use crate::sh;

/// Which argument of the example `document` gives which file.
const FILES: [(&str, &str); 4] = [
    ("document", "docs/reference/openapi.json"),
    ("errors", "docs/reference/errors.md"),
    ("events", "docs/reference/events.md"),
    ("events-schema", "docs/reference/events.schema.json"),
];

pub fn generate() -> Result<(), String> {
    for (what, file) in FILES {
        let text = sh::output(sh::cargo().args(["run", "--quiet", "-p", "creel-api", "--example", "document", "--", what]))?;
        fs::write(sh::root().join(file), text).map_err(|error| format!("{file}: {error}"))?;
        println!("wrote {file}");
    }
    Ok(())
}
