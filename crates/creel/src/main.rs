//! The binary: commands, settings, wiring, shutdown. Everything else is a crate beneath it.

mod access;
mod billing;
mod cli;
mod commands;
mod events;
mod exit;
mod interrupt;
mod logs;
mod metrics;
mod open;
mod print;
mod reconcile;
mod settings;

use std::process::ExitCode;

use clap::Parser;

/// A page is read into thousands of small texts; this allocator hands them out in half the time of the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    logs::start(&cli);
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
