//! `cargo xtask prove --mutants`: known defects are put into a copy of the workspace, one at a time, and the tests must notice.
//! A defect that no test notices is a hole in the tests, and the chore fails. `xtask/mutants/README.md` says how one is written.

mod mutant;
mod tree;
mod trial;

use std::time::Instant;

use mutant::Mutant;
use tree::Tree;
use trial::{Trial, Verdict};

use crate::{postgres, sh};

/// What became of one mutant.
struct Row {
    name: String,
    verdict: Verdict,
    seconds: f64,
}

/// Tries all mutants, or those named.
pub fn prove(names: &[String]) -> Result<(), String> {
    let mutants = chosen(mutant::read_all(&sh::root().join("xtask/mutants"))?, names)?;
    let postgres = postgres::start("mutants")?;
    let tree = Tree::copy(&sh::root(), &sh::work_folder("mutants")?)?;
    let trial = Trial { tree: &tree, postgres: postgres.url() };
    println!("the tests without any mutant first: {} mutants rely on them", mutants.len());
    trial.unchanged(&mutants)?;
    let mut rows = Vec::new();
    for mutant in &mutants {
        println!("{}: {}", mutant.name, mutant.defect);
        let begin = Instant::now();
        let verdict = trial.of(mutant)?;
        println!("  {verdict}");
        rows.push(Row { name: mutant.name.clone(), verdict, seconds: begin.elapsed().as_secs_f64() });
    }
    summary(&rows)
}

fn chosen(all: Vec<Mutant>, names: &[String]) -> Result<Vec<Mutant>, String> {
    if let Some(name) = names.iter().find(|name| !all.iter().any(|mutant| mutant.name == **name)) {
        let known: Vec<&str> = all.iter().map(|mutant| mutant.name.as_str()).collect();
        return Err(format!("there is no mutant {name}; there are {}", known.join(", ")));
    }
    if all.is_empty() {
        return Err("xtask/mutants has no mutant".to_owned());
    }
    Ok(all.into_iter().filter(|mutant| names.is_empty() || names.contains(&mutant.name)).collect())
}

fn summary(rows: &[Row]) -> Result<(), String> {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
    println!("\n{:width$}  seconds  verdict", "mutant");
    for Row { name, verdict, seconds } in rows {
        // Why one is invalid was shown when it was tried; here its first line is enough.
        let verdict = verdict.to_string();
        println!("{name:width$}  {seconds:>7.1}  {}", verdict.lines().next().unwrap_or_default());
    }
    let caught = rows.iter().filter(|row| matches!(row.verdict, Verdict::Caught(_))).count();
    println!("{caught} of {} caught", rows.len());
    if caught == rows.len() { Ok(()) } else { Err("a mutant was not caught".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So that whoever changes the code changes the mutant too, and not the one who runs all of them next month.
    #[test]
    fn every_mutant_fits_the_code_as_it_is() {
        let root = sh::root();
        for mutant in mutant::read_all(&root.join("xtask/mutants")).unwrap() {
            let text = std::fs::read_to_string(root.join(&mutant.file)).unwrap();
            mutant.applied_to(&text).unwrap_or_else(|error| panic!("{}: {error}", mutant.name));
        }
    }
}
