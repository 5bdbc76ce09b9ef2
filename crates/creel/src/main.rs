//! The binary: commands, settings, wiring, shutdown. Everything else is a crate beneath it.

mod access;
mod cli;
mod commands;
mod exit;
mod follow;
mod interrupt;
mod open;
mod print;
mod schedule;
mod settings;
mod sweep;

use std::process::ExitCode;

use clap::Parser;

/// A page is read into thousands of small texts; this allocator hands them out in half the time of the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    start_logs();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            print::complain(&format!("the runtime could not be started: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(exit) => exit.into(),
        Err(failure) if failure.is_broken_pipe => ExitCode::SUCCESS,
        Err(failure) => {
            print::complain(&failure.message);
            failure.exit.into()
        }
    }
}

/// Logs go to standard error, so that standard output stays the result. `CREEL_LOG` chooses what is shown.
fn start_logs() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("CREEL_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
