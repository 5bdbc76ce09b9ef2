//! Items of real captures, without a model, beside a library that does a part of it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::{build_creel, build_example, median, round};
use crate::{corpus, sh};

const ROUNDS: usize = 5;
const THREADS: &str = "2";
const QUANTULUM: &str = "0.9.2";

/// Items of the corpus' product pages on two cores; the peer reads the same titles and descriptions for quantities alone, on one.
pub fn enrich(json: bool) -> Result<(), String> {
    let (file, captures) = captures()?;
    let python = peer_python()?;
    let program = build_example("creel-item", "items_throughput")?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(measure(Command::new(&program).arg(&file).arg(THREADS))?);
        theirs.push(measure(&mut peer_command(&python, &file))?);
    }
    let (value, peer_value) = (median(ours), median(theirs));
    if json {
        let peer = format!("quantulum3 {QUANTULUM}, quantities alone, one core");
        let line = json!({
            "figure": "enrich.items", "value": round(value), "unit": "items/s", "peer": peer,
            "peer_value": round(peer_value), "ratio": round(value / peer_value)
        });
        println!("{line}");
    } else {
        println!("enrich.items: {value:.0} items/s on {THREADS} cores, without a model");
        println!(
            "quantulum3 {QUANTULUM}, which reads quantities alone, on one core: {peer_value:.0}; ratio {:.1}",
            value / peer_value
        );
        println!("({captures} captures of the corpus' product pages, median of {ROUNDS} rounds taken in turns)");
    }
    Ok(())
}

/// What the product pages of the corpus say, one product a line; with how many there are.
fn captures() -> Result<(PathBuf, usize), String> {
    let pages = corpus::folder()?.join("product-pages");
    let mut command = Command::new(build_creel()?);
    command.arg("extract").arg(pages.join("html")).arg("--urls").arg(pages.join("urls.tsv"));
    let lines = sh::output(&mut command)?;
    let mut products = Vec::new();
    for line in lines.lines() {
        let page: Value = serde_json::from_str(line).map_err(|error| format!("creel extract: {error}"))?;
        // A page that misses something for a capture has a draft, which says as much for an item.
        let product = if page["capture"].is_null() { &page["draft"] } else { &page["capture"] };
        if !product.is_null() {
            products.push(product.to_string());
        }
    }
    let file = sh::work_folder("enrich")?.join("products.jsonl");
    fs::write(&file, products.join("\n")).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok((file, products.len()))
}

fn peer_command(python: &Path, file: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg(sh::root().join("xtask/bench/quantulum_throughput.py")).arg(file);
    command
}

/// A Python of its own with the pinned peer in it.
fn peer_python() -> Result<PathBuf, String> {
    let folder = sh::work_folder("quantulum")?;
    let python = folder.join("bin/python");
    if !python.exists() {
        sh::output(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let wanted = format!("quantulum3=={QUANTULUM}");
    sh::output(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &wanted]))?;
    Ok(python)
}

/// Both programs print a rate as their only line.
fn measure(command: &mut Command) -> Result<f64, String> {
    let text = sh::output(command)?;
    text.trim().parse().map_err(|_| format!("{text:?} is not a number of items a second"))
}
