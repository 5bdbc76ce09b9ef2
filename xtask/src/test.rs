//! `cargo xtask test`: every check there is, in the order in which failures are cheapest to learn of.

use crate::{need, oidc, postgres, sh, shop, toolbox};

/// Where the tests find EverShop.
const EVERSHOP_PORT: u16 = 3011;

pub fn test() -> Result<(), String> {
    need::nextest()?;
    need::deny()?;
    sh::run(sh::cargo().args(["fmt", "--all", "--check"]))?;
    // Everything in the lock file, also what only other systems build: the look at licences goes nowhere for it.
    sh::run(sh::cargo().args(["fetch", "--locked"]))?;
    sh::run(sh::cargo().args(["deny", "--offline", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"]))?;
    sh::run(sh::cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
    sh::run(sh::cargo().args(["test", "--workspace", "--doc", "--locked", "--quiet"]))?;
    // The tests of the command line start the binary, so it must be built before them.
    sh::run(sh::cargo().args(["build", "--locked", "-p", "creel"]))?;
    let evershop = shop::start_evershop(EVERSHOP_PORT)?;
    let toolbox = toolbox::set_up()?;
    let provider = oidc::start(&toolbox)?;
    let postgres = postgres::start("postgres")?;
    let mut nextest = sh::cargo();
    nextest.args(["nextest", "run", "--workspace", "--locked"]);
    nextest.envs(toolbox.variables());
    nextest.env(oidc::VARIABLE, &provider.issuer);
    sh::run(nextest.env("CREEL_EVERSHOP", &evershop.address).env(postgres::VARIABLE, postgres.url()))
}
