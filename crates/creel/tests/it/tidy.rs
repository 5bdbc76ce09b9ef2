//! The house rules that a machine can check.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Rows of the design: a crate imports only crates of a smaller row.
const ROWS: [(&str, u32); 22] = [
    ("creel-types", 0),
    ("creel-ledger", 1),
    ("creel-frontier", 1),
    ("creel-extract", 1),
    ("creel-item", 1),
    ("creel-fetch", 2),
    ("creel-store", 2),
    ("creel-model", 3),
    ("creel-crawl", 4),
    ("creel-enrich", 4),
    ("creel-assistant", 4),
    ("creel-access", 4),
    ("creel-notify", 4),
    ("creel-billing", 4),
    ("creel-transfer", 4),
    ("creel-media", 4),
    ("creel-api", 5),
    ("creel-dashboard", 5),
    ("creel", 6),
    // For tests and the demo: imports only types.
    ("creel-testkit", 1),
    ("xtask", 6),
    ("creel-fuzz", 6),
];

/// Crates without I/O, clocks, randomness or an async runtime.
const PURE: [&str; 4] = ["creel-ledger", "creel-frontier", "creel-extract", "creel-item"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_rust_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "xtask"] {
        rust_files(&root().join(folder), &mut found);
    }
    found.sort();
    found
}

#[test]
fn crates_import_downward_only() {
    let metadata = cargo_metadata::MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap();
    let row = |name: &str| ROWS.iter().find(|(known, _)| *known == name).map(|(_, row)| *row);
    for package in &metadata.packages {
        let own = row(&package.name).unwrap_or_else(|| panic!("{} has no row", package.name));
        let normal =
            package.dependencies.iter().filter(|dependency| dependency.kind == cargo_metadata::DependencyKind::Normal);
        for dependency in normal.filter(|dependency| dependency.path.is_some()) {
            let below = row(&dependency.name).unwrap_or_else(|| panic!("{} has no row", dependency.name));
            assert!(below < own, "{} (row {own}) imports {} (row {below})", package.name, dependency.name);
        }
    }
}

#[test]
fn pure_crates_stay_pure() {
    let metadata = cargo_metadata::MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap();
    for package in metadata.packages.iter().filter(|package| PURE.contains(&package.name.as_str())) {
        let normal =
            package.dependencies.iter().filter(|dependency| dependency.kind == cargo_metadata::DependencyKind::Normal);
        for dependency in normal {
            let impure = ["tokio", "reqwest", "sqlx", "rand", "getrandom", "axum", "futures"];
            assert!(!impure.contains(&dependency.name.as_str()), "{} depends on {}", package.name, dependency.name);
        }
    }
    for path in all_rust_files() {
        let in_pure = ["ledger/src", "frontier/src", "extract/src", "item/src"]
            .iter()
            .any(|pure| path.to_string_lossy().contains(pure));
        if !in_pure || path.to_string_lossy().contains("tests") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for word in ["std::fs", "std::net", "SystemTime::now", "Instant::now", "std::env"] {
            assert!(!text.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn only_the_store_knows_sql_and_only_fetch_builds_a_client() {
    for path in all_rust_files() {
        let shown = path.to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let is_test = shown.contains("/tests/");
        assert!(shown.contains("crates/store/") || is_test || !text.contains("sqlx::"), "{shown} knows SQL");
        assert!(shown.contains("crates/fetch/") || is_test || !text.contains("reqwest::"), "{shown} builds a client");
    }
}

#[test]
fn every_file_says_what_it_owns() {
    for path in all_rust_files() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not start with //!", path.display());
    }
}

#[test]
fn no_room_without_a_name() {
    for path in all_rust_files() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let nameless = ["utils", "util", "helpers", "helper", "common", "misc", "manager"];
        assert!(!nameless.contains(&name.as_str()), "{} has a name that says nothing", path.display());
    }
}

/// Shows the largest files, so that the worst is seen; the bound stops only what nobody could defend.
#[test]
fn file_sizes_are_seen() {
    let mut sizes: Vec<(usize, PathBuf)> =
        all_rust_files().into_iter().map(|path| (fs::read_to_string(&path).unwrap().lines().count(), path)).collect();
    sizes.sort();
    for (lines, path) in sizes.iter().rev().take(10) {
        println!("{lines:>6} {}", path.display());
    }
    let (lines, path) = sizes.last().unwrap();
    assert!(*lines <= 900, "{} has {lines} lines", path.display());
}

#[test]
fn every_path_that_the_architecture_names_exists() {
    for document in ["ARCHITECTURE.md", "README.md", "crates/README.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let folder = root().join(document);
        let folder = folder.parent().unwrap();
        let named =
            text.split('`').skip(1).step_by(2).filter(|code| code.contains('/') && !code.contains(char::is_whitespace));
        for path in named.filter(|path| {
            let ends = [".rs", ".md", ".sql", ".toml", "/"];
            !path.starts_with('/')
                && !path.contains("://")
                && !path.starts_with("..")
                && ends.iter().any(|end| path.ends_with(end))
        }) {
            assert!(
                root().join(path).exists() || folder.join(path).exists(),
                "{document} names {path}, which does not exist"
            );
        }
    }
}
