//! Benchmarks beside named peers: both measured in turns in the same run, because machines are shared and noisy; what
//! counts is the ratio of the medians.

mod balance;
mod enrich;
mod extract;
mod list;
mod pages;
mod settle;

use std::path::PathBuf;

use clap::ValueEnum;

pub use balance::{Balance, balance};
pub use enrich::enrich;
pub use extract::extract;
pub use list::{List, list};
pub use pages::{Pages, pages};
pub use settle::{Settle, settle};

use crate::sh;

/// Which database is measured on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        }
    }
}

/// Builds an example in release and answers where it is.
fn build_example(package: &str, name: &str) -> Result<PathBuf, String> {
    sh::output(sh::cargo().args(["build", "--release", "-q", "-p", package, "--example", name]))?;
    Ok(sh::target_folder().join("release/examples").join(name))
}

/// Builds the program in release and answers where it is.
fn build_creel() -> Result<PathBuf, String> {
    sh::output(sh::cargo().args(["build", "--release", "-q", "-p", "creel"]))?;
    Ok(sh::target_folder().join("release/creel"))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
