//! `cargo xtask gen`: writes what is generated from the code. A test says when it was forgotten.

use std::fs;

use creel_item::attributes::vocabulary;

use crate::sh;

/// Which argument of the example `document` gives which file.
const FILES: [(&str, &str); 6] = [
    ("document", "docs/reference/openapi.json"),
    ("errors", "docs/reference/errors.md"),
    ("metrics", "docs/reference/metrics.md"),
    ("plans", "docs/reference/plans.md"),
    ("events", "docs/reference/events.md"),
    ("events-schema", "docs/reference/events.schema.json"),
];
const ATTRIBUTES: &str = "docs/reference/attributes.md";
const SETTINGS: &str = "crates/creel/default.toml";
const SETTINGS_REFERENCE: &str = "docs/reference/configuration.md";
const SETTINGS_HEAD: &str = "# Configuration

Every setting, as `creel config default` prints it. `--config FILE` names a file that changes what it names; unknown keys are refused, and
`creel config check --config FILE` tells. An environment variable goes over the file: texts as they stand, numbers and lists as in the file
(`CREEL_TRUSTED_PROXIES='[\"10.0.0.0/8\"]'`). Passwords belong there rather than into a file.
";

pub fn generate() -> Result<(), String> {
    for (what, file) in FILES {
        let text = sh::output(sh::cargo().args(["run", "--quiet", "-p", "creel-api", "--example", "document", "--", what]))?;
        fs::write(sh::root().join(file), text).map_err(|error| format!("{file}: {error}"))?;
        println!("wrote {file}");
    }
    let written = fs::write(sh::root().join(ATTRIBUTES), vocabulary::reference());
    written.map_err(|error| format!("{ATTRIBUTES}: {error}"))?;
    println!("wrote {ATTRIBUTES}");
    let settings = fs::read_to_string(sh::root().join(SETTINGS)).map_err(|error| format!("{SETTINGS}: {error}"))?;
    let written = fs::write(sh::root().join(SETTINGS_REFERENCE), settings_reference(&settings));
    written.map_err(|error| format!("{SETTINGS_REFERENCE}: {error}"))?;
    println!("wrote {SETTINGS_REFERENCE}");
    Ok(())
}

/// The commented default file as a page: settings that stand together share the comment above them.
fn settings_reference(file: &str) -> String {
    let mut page = String::from(SETTINGS_HEAD);
    // The first piece says what the file is.
    for piece in file.split("\n\n").skip(1) {
        let comment: Vec<&str> = piece.lines().filter_map(|line| line.strip_prefix('#')).map(str::trim).collect();
        let settings: Vec<(&str, &str)> = piece.lines().filter(|line| !line.starts_with('#')).filter_map(named).collect();
        let names: Vec<String> = settings.iter().map(|(name, _)| format!("`{name}`")).collect();
        page += &format!(
            "\n## {}\n\n{}\n\n| setting | default | environment |\n| --- | --- | --- |\n",
            names.join(", "),
            comment.join("\n")
        );
        for (name, default) in settings {
            page += &format!("| `{name}` | `{default}` | `CREEL_{}` |\n", name.to_uppercase());
        }
    }
    page
}

fn named(line: &str) -> Option<(&str, &str)> {
    let (name, default) = line.split_once('=')?;
    Some((name.trim(), default.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_of_settings_is_what_the_default_file_says() {
        let read = |file: &str| fs::read_to_string(sh::root().join(file)).unwrap_or_default();
        let page = settings_reference(&read(SETTINGS));
        assert!(page.contains("| `rate_limit_burst` | `30` | `CREEL_RATE_LIMIT_BURST` |"), "{page}");
        assert!(read(SETTINGS_REFERENCE) == page, "{SETTINGS_REFERENCE} is out of date: run `cargo xtask gen`");
    }

    #[test]
    fn the_reference_of_attributes_is_what_the_vocabulary_says() {
        let page = fs::read_to_string(sh::root().join(ATTRIBUTES)).unwrap_or_default();
        assert!(page.contains("| `weight` | number, `kg` |"), "{page}");
        assert!(page == vocabulary::reference(), "{ATTRIBUTES} is out of date: run `cargo xtask gen`");
    }
}
