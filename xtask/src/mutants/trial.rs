//! The tests against one mutant: built first, since what does not compile proves nothing, then run.

use std::{collections::BTreeSet, fmt, process::Command};

use super::{mutant::Mutant, tree::Tree};
use crate::{postgres, sh};

/// What nextest answers when tests ran and some failed, as its documentation lists exit codes.
const TESTS_FAILED: i32 = 100;

pub struct Trial<'a> {
    pub tree: &'a Tree,
    pub postgres: String,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// By these tests.
    Caught(Vec<String>),
    Survived,
    /// It could not be tried.
    Invalid(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Caught(tests) => write!(out, "caught by {}", tests.join(", ")),
            Verdict::Survived => out.write_str("SURVIVED: no test noticed"),
            Verdict::Invalid(why) => write!(out, "INVALID: {why}"),
        }
    }
}

impl Trial<'_> {
    /// All tests that the mutants rely on, on the program as it is: they must pass.
    pub fn unchanged(&self, mutants: &[Mutant]) -> Result<(), String> {
        let packages: BTreeSet<&str> = mutants.iter().flat_map(|mutant| &mutant.packages).map(String::as_str).collect();
        let filters: BTreeSet<String> = mutants.iter().map(filter).collect();
        let filter = filters.into_iter().collect::<Vec<_>>().join(" | ");
        sh::run(self.nextest(packages).args(["-E", &filter]))
    }

    pub fn of(&self, mutant: &Mutant) -> Result<Verdict, String> {
        self.tree.with(&mutant.file, |text| mutant.applied_to(text), || self.run(mutant))
    }

    fn run(&self, mutant: &Mutant) -> Result<Verdict, String> {
        let nextest = || self.nextest(mutant.packages.iter().map(String::as_str));
        let (built, errors) = sh::attempt(nextest().arg("--no-run"))?;
        if !built.success() {
            return Ok(Verdict::Invalid(format!("it does not compile\n{errors}")));
        }
        let (status, report) = sh::attempt(nextest().args(["-E", &filter(mutant)]))?;
        Ok(match status.code() {
            Some(0) => Verdict::Survived,
            Some(TESTS_FAILED) => Verdict::Caught(failed_tests(&report)),
            _ => Verdict::Invalid(format!("nextest ended with {status}\n{report}")),
        })
    }

    fn nextest<'a>(&self, packages: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.tree.cargo();
        command.args(["nextest", "run", "--profile", "mutants", "--locked", "--color", "never"]);
        command.args(packages.into_iter().flat_map(|package| ["-p", package]));
        // The first failure is enough: nobody reads the smallest one.
        command.env("CREEL_PROVE_SHRINKS", "0").env("RUST_BACKTRACE", "0").env(postgres::VARIABLE, &self.postgres);
        command
    }
}

/// The tests that must notice, of the mutant's packages alone.
fn filter(mutant: &Mutant) -> String {
    let packages: Vec<String> = mutant.packages.iter().map(|package| format!("package(={package})")).collect();
    format!("(({}) & ({}))", packages.join(" | "), mutant.tests)
}

/// Names out of lines such as `FAIL [   0.012s] (1/3) creel-ledger::it statements::every_statement_holds`; tests that took
/// too long or were ended by a signal stand in lines of the same form.
fn failed_tests(report: &str) -> Vec<String> {
    let lines = report.lines().filter_map(|line| line.trim_start().split_once(" ["));
    let failed = lines.filter(|(word, rest)| {
        let word = word.trim_end();
        rest.contains("s] ") && (["FAIL", "TIMEOUT", "ABORT"].contains(&word) || word.starts_with("SIG"))
    });
    let names = failed.filter_map(|(_, rest)| rest.split_whitespace().last());
    names.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_failed_tests_are_read_from_the_report() {
        let report = "    Starting 3 tests across 2 binaries\n\
            \x20       FAIL [   0.012s] (1/3) creel-ledger::it statements::every_statement_holds\n\
            \x20    TIMEOUT [ 120.000s] (2/3) creel-ledger::it random::agree\n\
            \x20    SIGABRT [   0.100s] (3/3) creel-ledger limit::tests::months\n\
            \x20    Summary [   0.012s] 3 tests run: 0 passed, 3 failed\n\
            \x20       FAIL [   0.012s] (1/3) creel-ledger::it statements::every_statement_holds\n";
        assert_eq!(failed_tests(report), ["limit::tests::months", "random::agree", "statements::every_statement_holds"]);
    }
}
