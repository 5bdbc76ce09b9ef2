//! What pages cost with a million captures: the server's time for each main page, and what it sends over the wire, first and later.
//! Beside each page, in turns and through the same server, `GET /healthz`: what HTTP itself costs here.

mod server;
mod visit;

use std::{path::PathBuf, time::Instant};

use creel_testkit::postgres::{Cluster, Durability};
use serde_json::json;

use self::{
    server::{Maker, Server},
    visit::{Visit, Visitor},
};
use super::{Engine, build_creel, build_example, round};
use crate::{need, sh};

const PEER: &str = "GET /healthz of the same server";
const CAPTURES: usize = 1_000_000;
const QUICK_CAPTURES: usize = 20_000;
/// Runs that made them, of eight shops.
const RUNS: usize = 40;
/// Requests of each page, in turns with the peer's.
const REQUESTS: usize = 200;
/// Before anything is counted.
const WARM_UP: usize = 10;
/// What a page may take at the 95th percentile.
const P95_MS_MAX: f64 = 50.0;
/// What a page with all that it loads may weigh, without pictures of shops, as a browser gets it.
const FIRST_BYTES_MAX: usize = 100 * 1024;
/// What it may weigh once the browser has the files.
const LATER_BYTES_MAX: usize = 20 * 1024;

/// The main pages; what stands in braces is an id of that kind.
const PAGES: [(&str, &str); 20] = [
    ("overview", "/"),
    ("robots", "/robots"),
    ("robot", "/robots/{robot}"),
    ("robot_new", "/robots/new"),
    ("runs", "/runs"),
    ("run", "/runs/{run}"),
    ("run_pages", "/runs/{run}/pages"),
    ("run_new", "/runs/new"),
    ("schedules", "/schedules"),
    ("schedule_new", "/schedules/new"),
    ("captures", "/captures"),
    ("captures_search", "/captures?q=merino&sort=min_price"),
    ("captures_shop", "/captures?store=shop-03.example&max_price=50"),
    ("capture", "/captures/{capture}"),
    ("billing", "/billing"),
    ("usage", "/billing/usage"),
    ("statement", "/billing/statement"),
    ("settings", "/settings"),
    ("api_keys", "/settings/api-keys"),
    ("audit", "/settings/audit"),
];

#[derive(clap::Args)]
pub struct Pages {
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// Twenty thousand captures.
    #[arg(long)]
    quick: bool,
    /// So many captures.
    #[arg(long, value_name = "N")]
    captures: Option<usize>,
    /// One engine only.
    #[arg(long)]
    engine: Option<Engine>,
    /// A folder for SQLite that is kept: what is there is measured, instead of some minutes of writing.
    #[arg(long, value_name = "DIR", conflicts_with = "postgres")]
    data: Option<PathBuf>,
    /// A PostgreSQL to measure on, where schemas may be made; without it a cluster of its own is started.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

/// Both engines; fails where a page is slow, heavy, or does not answer.
pub fn pages(options: &Pages) -> Result<(), String> {
    let captures = options.captures.unwrap_or(if options.quick { QUICK_CAPTURES } else { CAPTURES });
    let maker = Maker { seed: build_example("creel-store", "seed_ledger")?, creel: build_creel()?, captures, runs: RUNS };
    let mut faults = Vec::new();
    let mut cluster = None;
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let only = options.data.as_ref().map(|_| Engine::Sqlite).or(options.engine);
        if only.is_some_and(|only| only != engine) {
            continue;
        }
        let at = match (engine, &options.postgres) {
            (Engine::Sqlite, _) => None,
            (Engine::Postgres, Some(url)) => Some(url.clone()),
            (Engine::Postgres, None) => {
                need::postgres()?;
                let started = Cluster::start(&sh::work_folder("pages-postgres")?, Durability::Durable)?;
                Some(cluster.insert(started).url())
            }
        };
        let server = maker.start(engine, at.as_deref(), options.data.as_deref())?;
        for (name, path) in PAGES {
            let figure = format!("pages.{}.{name}", engine.name());
            match measure(&server, path) {
                Ok(measured) => {
                    measured.show(&figure, options.json);
                    faults.extend(measured.faults(&figure));
                }
                Err(error) => faults.push(format!("{figure}: {error}")),
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// One page's figures.
struct Measured {
    ours_ms: Vec<f64>,
    peers_ms: Vec<f64>,
    first_bytes: usize,
    later_bytes: usize,
}

/// The peer, ours, the peer, ours, and so on, over one connection that stays open.
fn measure(server: &Server, path: &str) -> Result<Measured, String> {
    let path = server.filled(path)?;
    let mut visitor = Visitor::new(server.address, &server.cookie)?;
    let mut once = |path: &str| -> Result<(f64, Visit), String> {
        let began = Instant::now();
        let visit = visitor.get(path)?;
        let took_ms = began.elapsed().as_secs_f64() * 1_000.0;
        if visit.status == 200 { Ok((took_ms, visit)) } else { Err(format!("{path} answered {}", visit.status)) }
    };
    for _ in 0..WARM_UP {
        once(&path)?;
        once("/healthz")?;
    }
    let (mut ours_ms, mut peers_ms) = (Vec::new(), Vec::new());
    let mut later_bytes = 0;
    let mut page = None;
    for _ in 0..REQUESTS {
        peers_ms.push(once("/healthz")?.0);
        let (took_ms, visit) = once(&path)?;
        ours_ms.push(took_ms);
        later_bytes = later_bytes.max(visit.wire_bytes);
        page = Some(visit);
    }
    let files = page.map(|page| page.files()).transpose()?.unwrap_or_default();
    let mut first_bytes = later_bytes;
    for file in &files {
        first_bytes += once(file)?.1.wire_bytes;
    }
    Ok(Measured { ours_ms, peers_ms, first_bytes, later_bytes })
}

fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list of hundreds")]
    let place = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(place).copied().unwrap_or(f64::INFINITY)
}

impl Measured {
    fn show(&self, figure: &str, json: bool) {
        let [p50, p95] = [0.5, 0.95].map(|share| percentile(&self.ours_ms, share));
        let peer_p95 = percentile(&self.peers_ms, 0.95);
        let Measured { first_bytes, later_bytes, .. } = self;
        if json {
            let line = json!({
                "figure": format!("{figure}.p95"), "value": hundredths(p95), "unit": "ms", "p50_ms": hundredths(p50),
                "peer": PEER, "peer_value": hundredths(peer_p95), "ratio": hundredths(peer_p95 / p95),
                "first_bytes": first_bytes, "later_bytes": later_bytes, "requests": self.ours_ms.len(),
            });
            return println!("{line}");
        }
        let kilobytes = |bytes: &usize| round(*bytes as f64 / 1024.0);
        println!(
            "{figure}: p50 {p50:.1} ms, p95 {p95:.1} ms ({PEER}: {peer_p95:.2} ms); {} KB first, {} KB later",
            kilobytes(first_bytes),
            kilobytes(later_bytes)
        );
    }

    fn faults(&self, figure: &str) -> Vec<String> {
        let p95 = percentile(&self.ours_ms, 0.95);
        let mut faults = Vec::new();
        if p95 > P95_MS_MAX {
            faults.push(format!("{figure}: p95 is {p95:.1} ms, more than {P95_MS_MAX}"));
        }
        for (bytes, most, when) in
            [(self.first_bytes, FIRST_BYTES_MAX, "first"), (self.later_bytes, LATER_BYTES_MAX, "later")]
        {
            if bytes > most {
                faults.push(format!("{figure}: {bytes} bytes over the wire {when}, more than {most}"));
            }
        }
        faults
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
