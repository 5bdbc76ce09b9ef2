//! The command line: every command with its options. What they do is in [`crate::commands`].

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use creel_ledger::LimitPeriod;
use creel_store::{billing::AlarmKind, ledger::limits::LimitSubject};
use creel_types::{Country, LotId, OrganizationId};
use url::Url;

#[derive(Debug, Parser)]
#[command(name = "creel", version, about = "Turns shops into exact, structured product data, billed by result.")]
#[command(propagate_version = true, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// The folder with the database.
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A configuration file; `creel config default` prints one with every setting.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Prints results as JSON.
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Crawls a shop and writes its products: no server needed.
    Run(RunArgs),
    /// Reads one page, or a folder of pages, and prints what it says. No credits, no database.
    Extract(ExtractArgs),
    /// Runs Creel against a built-in shop and shows what happens.
    Demo(DemoArgs),
    /// Serves the API and crawls what it is asked to.
    Serve(ServeArgs),
    /// Looks at the ledger of credits.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Changes credits by hand.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Sets Stripe up for selling plans, and shows how billing fares.
    #[command(subcommand)]
    Billing(BillingCommand),
    /// Brings the database's schema up to date, as every other command does when it starts.
    Migrate,
    /// Looks whether the installation is well and says what to do. Changes nothing.
    Doctor,
    /// Prints or checks the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Prints a completion script for a shell.
    Completions { shell: clap_complete::Shell },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Jsonl,
    Csv,
}

#[derive(Debug, Args)]
pub struct RunArgs {
    /// The shop, or the page of it to start from.
    pub url: String,
    /// The country that the shop is read for.
    #[arg(long, default_value = "US", value_name = "CODE")]
    pub country: Country,
    /// Ends the run after this many captures.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub budget: Option<i64>,
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    pub format: Format,
    /// Writes the captures to a file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Starts afresh even where an earlier run could go on.
    #[arg(long)]
    pub new: bool,
    #[command(flatten)]
    pub organization: OrganizationArg,
    #[command(flatten)]
    pub private: PrivateArg,
}

#[derive(Clone, Debug, Args)]
pub struct OrganizationArg {
    /// The organization, where the folder has several.
    #[arg(long, value_name = "ID")]
    pub organization: Option<OrganizationId>,
}

#[derive(Clone, Debug, Args)]
pub struct PrivateArg {
    /// Allows fetching from loopback and private networks.
    #[arg(long)]
    pub allow_private: bool,
}

#[derive(Debug, Args)]
pub struct ExtractArgs {
    /// An HTML file, a folder of *.html(.gz), an http(s) address, or - for standard input.
    pub source: String,
    /// The page's address, for a file or standard input.
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The pages' addresses, for a folder: lines of file name, tab, URL.
    #[arg(long, value_name = "FILE")]
    pub urls: Option<PathBuf>,
    /// The country that the shop is read for; by default what its address suggests, else US.
    #[arg(long, value_name = "CODE")]
    pub country: Option<Country>,
    #[command(flatten)]
    pub private: PrivateArg,
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Only serves the built-in shop, until interrupted.
    #[arg(long, group = "what")]
    pub shop_only: bool,
    /// Serves Creel against a simulated Stripe, in a time that one moves by hand: plans, packs and renewals by clicking. Leaves
    /// nothing behind.
    #[arg(long, group = "what", conflicts_with = "data")]
    pub billing: bool,
    /// Only serves the simulated Stripe, for another `creel serve`, until interrupted.
    #[arg(long, group = "what")]
    pub stripe_only: bool,
    /// Where the simulated Stripe sends events, with --stripe-only.
    #[arg(long, value_name = "URL", requires = "stripe_only")]
    pub webhook_url: Option<Url>,
    /// Where the shop, with --billing Creel, and with --stripe-only the simulated Stripe listens; any free port of loopback by default.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
}

#[derive(Debug, Args)]
pub struct ServeArgs {
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub private: PrivateArg,
}

#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Recomputes every balance and the chain from zero; fails on any difference, and closes that organization for debits
    /// until it verifies again.
    Verify(OrganizationArg),
    /// Shows the balance and the newest entries.
    Show(ShowArgs),
    /// Prints every entry as a line of JSON, oldest first.
    Export(OrganizationArg),
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The balance as it was at a past day or instant.
    #[arg(long, value_name = "DATE", conflicts_with = "entry")]
    pub at: Option<String>,
    /// One entry by its sequence, with the capture, run, robot and key behind it.
    #[arg(long, value_name = "SEQUENCE", value_parser = clap::value_parser!(i64).range(1..))]
    pub entry: Option<i64>,
    #[command(flatten)]
    pub organization: OrganizationArg,
}

/// Credits that one command moves at most.
const CREDITS_MAX: i64 = 1_000_000_000_000_000;

#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Gives an organization credits.
    Grant {
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=CREDITS_MAX))]
        credits: i64,
        /// The day or instant from which they are gone, for example 2027-01-31.
        #[arg(long, value_name = "DATE")]
        expires: Option<String>,
        #[command(flatten)]
        why: WhyArgs,
    },
    /// Corrects an organization's credits up or down.
    Adjust {
        /// Signed, for example +100 or -50.
        #[arg(long, value_name = "±N", allow_hyphen_values = true, value_parser = clap::value_parser!(i64).range(-CREDITS_MAX..=CREDITS_MAX))]
        credits: i64,
        #[command(flatten)]
        why: WhyArgs,
    },
    /// Takes back what is unspent of one lot; `creel ledger show` lists the lots.
    Revoke {
        #[arg(long, value_name = "ID")]
        lot: LotId,
        #[command(flatten)]
        why: WhyArgs,
    },
    /// Makes an owner of an organization, which is made too where there is none of this name. An organization that is the only
    /// one and has no owner yet, as after a first crawl without a server, is given this name and owner instead. The password
    /// comes from the environment variable CREEL_OWNER_PASSWORD; without it, a link that sets one is printed: it leads to
    /// `public_url`.
    CreateOwner {
        #[arg(long, value_name = "ADDRESS")]
        email: String,
        /// The organization's name.
        #[arg(long, value_name = "NAME")]
        organization: String,
        /// The person's name; by default the address up to its @.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Makes an API key of the organization and prints it, this once.
        #[arg(long)]
        with_key: bool,
        /// They sign in through the provider of OpenID Connect only: no link is printed.
        #[arg(long)]
        by_provider: bool,
    },
    /// Prints a link by which somebody sets a new password; it is good for an hour and works once.
    PasswordLink {
        #[arg(long, value_name = "ADDRESS")]
        email: String,
    },
    /// Limits what may be spent through a key, robot or schedule; without --credits the limit is taken away.
    Limit {
        /// What the limit is on: api_key, robot or schedule.
        #[arg(long, value_name = "KIND")]
        on: LimitSubject,
        /// Its id.
        #[arg(long, value_name = "ID")]
        id: String,
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=CREDITS_MAX))]
        credits: Option<i64>,
        /// After what the limit begins anew: cycle, month or run.
        #[arg(long, value_name = "PERIOD", default_value = "month")]
        period: LimitPeriod,
        #[command(flatten)]
        organization: OrganizationArg,
    },
}

#[derive(Debug, Subcommand)]
pub enum BillingCommand {
    /// Makes at Stripe what is sold: products, prices, the portal's configuration, the webhook. What is there already is mended where
    /// it differs; a second run changes nothing. Needs stripe_secret_key.
    SetupStripe {
        /// Where Stripe is to send events; by default public_url + /webhooks/stripe, and without that no webhook is made.
        #[arg(long, value_name = "URL")]
        webhook_url: Option<Url>,
    },
    /// Shows customers, subscriptions, what waits to be looked at, and alarms.
    Status,
    /// Clears an alarm that somebody has dealt with; `creel billing status` lists them.
    ClearAlarm {
        /// Its kind, for example unknown_price.
        #[arg(value_name = "KIND")]
        kind: AlarmKind,
        /// What it is about at Stripe, for example in_1A2B.
        #[arg(value_name = "SUBJECT")]
        subject: String,
    },
}

#[derive(Debug, Args)]
pub struct WhyArgs {
    /// Why; it stands in the ledger.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who decided it; it stands in the ledger. By default the user at this machine.
    #[arg(long, value_name = "NAME")]
    pub actor: Option<String>,
    #[command(flatten)]
    pub organization: OrganizationArg,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Prints the default configuration with its comments.
    Default,
    /// Checks the file given with --config.
    Check,
}
