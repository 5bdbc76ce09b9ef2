//! The project's own chores: everything that is more than one cargo command.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore speaks to the person who runs it")]

mod bench;
mod corpus;
mod generate;
mod mutants;
mod need;
mod oidc;
mod postgres;
mod prove;
mod score;
mod screenshots;
mod sh;
mod shop;
mod test;
mod toolbox;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of the Creel workspace")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Sets up what is needed and runs every check: format, lints, licences, all tests.
    Test,
    /// Writes what is generated from the code: the OpenAPI document and the reference of errors.
    Gen,
    /// Runs the proofs of the ledger in their long form, or the mutants that the tests must notice.
    Prove(prove::Prove),
    /// Installs, seeds and serves a shop that nobody here wrote, on loopback, until interrupted.
    Shop {
        #[command(subcommand)]
        shop: Shop,
    },
    /// Runs a private PostgreSQL on loopback until interrupted and prints its address, for running tests by hand.
    Postgres {
        /// A free one where none is given.
        #[arg(long)]
        port: Option<u16>,
    },
    /// Sets up the programs of other makers that tests run and prints what names them, for running tests by hand.
    Toolbox,
    /// Runs a provider of OpenID Connect on loopback until interrupted, for running tests by hand.
    Oidc,
    /// Takes pictures of every page, wide and narrow, light and dark, and looks for what is wrong with them.
    Screenshots,
    /// Scores extraction on the corpus, one table.
    Score,
    /// Measures something beside a named peer, interleaved in the same run.
    Bench {
        #[command(subcommand)]
        bench: Bench,
    },
}

#[derive(Subcommand)]
enum Shop {
    /// EverShop from npm with PostgreSQL from Debian.
    Evershop {
        #[arg(long, default_value_t = 3010)]
        port: u16,
    },
}

#[derive(Subcommand)]
enum Bench {
    /// Full extraction of real product pages, MB/s on one core, beside extruct.
    Extract {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// The balance over HTTP under a load of 2,000 requests a second, and the limit on requests.
    Balance(bench::Balance),
    /// Exact durable debits a second, beside the one-by-one transaction that one would write first.
    Settle(bench::Settle),
    /// How long lists of a million captures take.
    List(bench::List),
    /// How long pages take and what they weigh with a million captures, both engines.
    Pages(bench::Pages),
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Test => test::test(),
        Chore::Prove(wanted) => prove::prove(&wanted),
        Chore::Shop { shop: Shop::Evershop { port } } => shop::serve_evershop(port),
        Chore::Gen => generate::generate(),
        Chore::Oidc => toolbox::set_up().and_then(|toolbox| oidc::serve(&toolbox)),
        Chore::Postgres { port } => postgres::serve(port),
        Chore::Toolbox => toolbox::show(),
        Chore::Score => score::score(),
        Chore::Screenshots => screenshots::take(),
        Chore::Bench { bench: Bench::Extract { json } } => bench::extract(json),
        Chore::Bench { bench: Bench::Balance(options) } => bench::balance(&options),
        Chore::Bench { bench: Bench::Settle(options) } => bench::settle(&options),
        Chore::Bench { bench: Bench::List(options) } => bench::list(&options),
        Chore::Bench { bench: Bench::Pages(options) } => bench::pages(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
