//! `GET /v1/billing/balance` over loopback under an open load: many clients on connections that stay open, requests at instants
//! that were fixed before, latency from the instant at which a request should have been sent, so that a server that stalls
//! cannot hide behind clients that wait for it. Beside it, in turns and through the same server, `GET /healthz`: what
//! HTTP itself costs here. A second, short part proves the limit on requests of an organization.

mod limit;
mod load;
mod server;

use std::{path::PathBuf, time::Duration};

use creel_testkit::postgres::{Cluster, Durability};
use serde_json::json;

use self::{
    load::{Load, Measured},
    server::Server,
};
use super::{Engine, build_creel, build_example, median, round};
use crate::{need, sh};

const PEER: &str = "GET /healthz of the same server";
const CLIENTS: u32 = 500;
const REQUESTS_PER_SECOND: u32 = 2_000;
/// Sixty seconds of load in all, as many for the peer.
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(20);
const QUICK_ROUND: Duration = Duration::from_secs(5);
/// Connections are opened and statements prepared before anything is counted.
const WARM_UP: Duration = Duration::from_secs(1);
/// Entries of the organization's ledger: sums over them would not go unnoticed.
const ENTRIES: &str = "20000";
/// What the answer may take at the 99th percentile.
const P99_MS_MAX: f64 = 20.0;

#[derive(clap::Args)]
pub struct Balance {
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// One round of five seconds each.
    #[arg(long)]
    quick: bool,
    /// One engine only.
    #[arg(long)]
    engine: Option<Engine>,
    /// A PostgreSQL to measure on, where schemas may be made; without it a cluster of its own is started.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

/// Both engines; fails where the aim is missed, an answer is wrong, or the limit does not hold.
pub fn balance(options: &Balance) -> Result<(), String> {
    let bench = Bench {
        seed: build_example("creel-store", "seed_ledger")?,
        creel: build_creel()?,
        rounds: if options.quick { 1 } else { ROUNDS },
        round: if options.quick { QUICK_ROUND } else { ROUND },
    };
    let mut faults = Vec::new();
    let mut cluster = None;
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if options.engine.is_some_and(|only| only != engine) {
            continue;
        }
        let at = match (engine, &options.postgres) {
            (Engine::Sqlite, _) => None,
            (Engine::Postgres, Some(url)) => Some(url.clone()),
            (Engine::Postgres, None) => {
                need::postgres()?;
                let started = Cluster::start(&sh::work_folder("balance-postgres")?, Durability::Durable)?;
                Some(cluster.insert(started).url())
            }
        };
        let figure = bench.figure(engine, at.as_deref())?;
        figure.show(options.json);
        faults.extend(figure.fault());
        let limited = bench.limit(engine, at.as_deref())?;
        limited.show(engine.name(), options.json);
        faults.extend(limited.faults().into_iter().map(|fault| format!("balance.{}.limit: {fault}", engine.name())));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

struct Bench {
    seed: PathBuf,
    creel: PathBuf,
    rounds: usize,
    round: Duration,
}

impl Bench {
    /// The peer, ours, the peer, ours, and so on.
    fn figure(&self, engine: Engine, at: Option<&str>) -> Result<Figure, String> {
        let server = Server::start(self, engine, at, ENTRIES, server::Limit::Off)?;
        let load = |path: &str, lasts: Duration| {
            load::run(&Load {
                address: server.address,
                request: load::request(path, &server.key),
                clients: CLIENTS,
                per_second: REQUESTS_PER_SECOND,
                lasts,
            })
        };
        load("/v1/billing/balance", WARM_UP)?;
        let (mut ours, mut peers) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds {
            peers.push(load("/healthz", self.round)?);
            ours.push(load("/v1/billing/balance", self.round)?);
        }
        Ok(Figure { engine, ours, peers })
    }

    fn limit(&self, engine: Engine, at: Option<&str>) -> Result<limit::Limited, String> {
        let server = Server::start(self, engine, at, "2", server::Limit::Default)?;
        limit::measure(server.address, &load::request("/v1/billing/balance", &server.key))
    }
}

/// One engine's rounds.
struct Figure {
    engine: Engine,
    ours: Vec<Measured>,
    peers: Vec<Measured>,
}

/// The median of the rounds: a machine that others use disturbs single ones.
fn middle(rounds: &[Measured], of: impl Fn(&Measured) -> f64) -> f64 {
    median(rounds.iter().map(of).collect())
}

impl Figure {
    fn errors(&self) -> usize {
        self.ours.iter().map(|round| round.errors).sum()
    }

    fn show(&self, json: bool) {
        let name = format!("balance.{}", self.engine.name());
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| middle(&self.ours, |round| round.percentile_ms(share)));
        let peer_p99 = middle(&self.peers, |round| round.percentile_ms(0.99));
        let answered = middle(&self.ours, Measured::answered_per_second);
        let (ratio, errors) = (peer_p99 / p99, self.errors());
        if json {
            let line = json!({
                "figure": format!("{name}.p99"), "value": round_ms(p99), "unit": "ms", "peer": PEER,
                "peer_value": round_ms(peer_p99), "ratio": round_ms(ratio), "p50_ms": round_ms(p50), "p999_ms": round_ms(p999),
                "clients": CLIENTS, "requests_per_s": REQUESTS_PER_SECOND, "answered_per_s": round(answered),
                "errors": errors,
            });
            println!("{line}");
        } else {
            println!(
                "{name}: {answered:.0} answers/s to {REQUESTS_PER_SECOND} requests/s of {CLIENTS} clients, p50 {p50:.1} ms, p99 \
                 {p99:.1} ms, p99.9 {p999:.1} ms, {errors} errors; {PEER}: p99 {peer_p99:.1} ms; ratio {ratio:.2}"
            );
        }
    }

    fn fault(&self) -> Option<String> {
        let p99 = middle(&self.ours, |round| round.percentile_ms(0.99));
        let name = self.engine.name();
        if self.errors() > 0 {
            return Some(format!("balance.{name}: {} requests were not answered with 200", self.errors()));
        }
        (p99 > P99_MS_MAX).then(|| format!("balance.{name}: p99 is {p99:.1} ms, the aim is {P99_MS_MAX} ms"))
    }
}

fn round_ms(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
