//! Full extraction of real product pages beside extruct.

use std::{path::Path, process::Command};

use serde_json::json;

use super::{build_example, median, round};
use crate::{corpus, sh};

const ROUNDS: usize = 5;
const EXTRUCT: &str = "0.18.0";

/// Full extraction of the corpus' product pages, already unpacked, on one core.
pub fn extract(json: bool) -> Result<(), String> {
    let corpus = corpus::folder()?;
    let (pages, bytes) = corpus::unpacked_product_pages(&corpus)?;
    let python = peer_python()?;
    let program = build_example("creel-extract", "throughput")?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(measure(Command::new(&program).arg(&pages))?);
        theirs.push(measure(&mut peer_command(&python, &pages))?);
    }
    let (value, peer_value) = (median(ours), median(theirs));
    if json {
        let line = json!({
            "figure": "extract.full", "value": round(value), "unit": "MB/s/core", "peer": format!("extruct {EXTRUCT}"),
            "peer_value": round(peer_value), "ratio": round(value / peer_value)
        });
        println!("{line}");
    } else {
        println!(
            "extract.full: {value:.1} MB/s a core; extruct {EXTRUCT}: {peer_value:.1} MB/s; ratio {:.1}",
            value / peer_value
        );
        println!("({} MB of product pages, median of {ROUNDS} rounds taken in turns)", bytes / 1_000_000);
    }
    Ok(())
}

fn peer_command(python: &Path, pages: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg(sh::root().join("xtask/bench/extruct_throughput.py")).arg(pages);
    command
}

/// A Python of its own with the pinned peer in it.
fn peer_python() -> Result<std::path::PathBuf, String> {
    let folder = sh::work_folder("extruct")?;
    let python = folder.join("bin/python");
    if !python.exists() {
        sh::output(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let wanted = format!("extruct=={EXTRUCT}");
    sh::output(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &wanted]))?;
    Ok(python)
}

/// Both programs print MB/s as their only line.
fn measure(command: &mut Command) -> Result<f64, String> {
    let text = sh::output(command)?;
    text.trim().parse().map_err(|_| format!("{text:?} is not a number of MB/s"))
}
