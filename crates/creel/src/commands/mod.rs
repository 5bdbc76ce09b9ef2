//! One command a file.

mod admin;
mod billing;
mod config;
mod create_owner;
mod demo;
mod doctor;
mod extract;
mod ledger;
mod migrate;
mod report;
mod run;
mod serve;
mod write;

use clap::CommandFactory;

use crate::{
    cli::{Cli, Command},
    exit::{Exit, Failure},
};

pub async fn run(cli: Cli) -> Result<Exit, Failure> {
    let common = &cli.common;
    match cli.command {
        Command::Run(args) => run::run(common, args).await,
        Command::Extract(args) => extract::extract(common, args).await,
        Command::Demo(args) => demo::demo(common, args).await,
        Command::Serve(args) => serve::serve(common, args).await,
        Command::Ledger(command) => ledger::ledger(common, command).await,
        Command::Admin(command) => admin::admin(common, command).await,
        Command::Billing(command) => billing::billing(common, command).await,
        Command::Migrate => migrate::migrate(common).await,
        Command::Doctor => doctor::doctor(common).await,
        Command::Config(command) => config::config(common, &command),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "creel", &mut std::io::stdout());
            Ok(Exit::Done)
        }
    }
}
