//! Exact durable debits a second beside the one-by-one transaction that a good engineer writes first: both designs in turns
//! on the same engine and disk, with the disk's own flush time between them, without which no figure can be read.

use std::{
    fs::File,
    io::{Seek, Write},
    path::Path,
    process::Command,
    time::Instant,
};

use creel_testkit::postgres::{Cluster, Durability};
use serde_json::{Value, json};

use super::{Engine, build_example, median, round};
use crate::{need, sh};

const PEER: &str = "naive one-by-one transaction";
const IN_FLIGHT: [usize; 4] = [1, 16, 64, 256];
const QUICK_IN_FLIGHT: [usize; 1] = [64];
const ROUNDS: usize = 3;
const SECONDS: &str = "2";
const FLUSHES: usize = 21;
const FLUSH_BYTES: usize = 8 * 1024;

#[derive(clap::Args)]
pub struct Settle {
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// One round, and only with 64 captures in flight.
    #[arg(long)]
    quick: bool,
    /// One engine only.
    #[arg(long)]
    engine: Option<Engine>,
    /// A PostgreSQL to measure on, where databases may be made; without it a cluster of its own is started.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

/// Both engines, one organization and a hundred, few and many captures in flight.
pub fn settle(options: &Settle) -> Result<(), String> {
    let folder = sh::work_folder("settle")?;
    let program = build_example("creel-store", "settle_throughput")?;
    let in_flight: &[usize] = if options.quick { &QUICK_IN_FLIGHT } else { &IN_FLIGHT };
    let bench = Bench { program: &program, folder: &folder, rounds: if options.quick { 1 } else { ROUNDS } };
    let mut flushes = Vec::new();
    let places = Places::prepare(options.engine, options.postgres.as_deref(), &folder)?;
    for (engine, at) in places.of_engines {
        for shape in ["hot", "spread"] {
            for in_flight in in_flight {
                let figure = bench.figure(engine, &at, shape, *in_flight)?;
                flushes.push(figure.flush_ms);
                figure.show(options.json);
            }
        }
    }
    let flush = median(flushes);
    if options.json {
        println!("{}", json!({ "figure": "settle.flush", "value": round_ms(flush), "unit": "ms" }));
    } else {
        println!("settle.flush: {flush:.2} ms for {} KB written and flushed", FLUSH_BYTES / 1024);
    }
    Ok(())
}

/// The engines asked for, each with where its databases are made.
pub(super) struct Places {
    pub(super) of_engines: Vec<(&'static str, String)>,
    /// Runs as long as it is measured on.
    _cluster: Option<Cluster>,
}

impl Places {
    pub(super) fn prepare(only: Option<Engine>, postgres: Option<&str>, folder: &Path) -> Result<Places, String> {
        let wanted = |engine| only.is_none_or(|only| only == engine);
        let mut places = Places { of_engines: Vec::new(), _cluster: None };
        if wanted(Engine::Sqlite) {
            places.of_engines.push((Engine::Sqlite.name(), folder.display().to_string()));
        }
        if wanted(Engine::Postgres) {
            let url = match postgres {
                Some(url) => url.to_owned(),
                None => {
                    need::postgres()?;
                    let cluster = Cluster::start(&folder.join("postgres"), Durability::Durable)?;
                    let url = cluster.url();
                    places._cluster = Some(cluster);
                    url
                }
            };
            places.of_engines.push((Engine::Postgres.name(), url));
        }
        Ok(places)
    }
}

struct Bench<'a> {
    program: &'a Path,
    folder: &'a Path,
    rounds: usize,
}

struct Figure {
    name: String,
    value: f64,
    peer_value: f64,
    p50_ms: f64,
    p99_ms: f64,
    flush_ms: f64,
}

impl Bench<'_> {
    /// Ours, the peer, ours, the peer, and so on; a flush before, between and after.
    fn figure(&self, engine: &str, at: &str, shape: &str, in_flight: usize) -> Result<Figure, String> {
        let (mut ours, mut peers) = (Vec::new(), Vec::new());
        let mut flushes = vec![flush_ms(self.folder)?];
        for _ in 0..self.rounds {
            ours.push(self.measure("ours", engine, at, shape, in_flight)?);
            peers.push(self.measure("naive", engine, at, shape, in_flight)?);
            flushes.push(flush_ms(self.folder)?);
        }
        let middle = |lines: &[Value], key: &str| {
            lines.iter().map(|line| number(line, key)).collect::<Result<Vec<f64>, String>>().map(median)
        };
        Ok(Figure {
            name: format!("settle.{engine}.{shape}_{in_flight}"),
            value: middle(&ours, "debits_per_s")?,
            peer_value: middle(&peers, "debits_per_s")?,
            p50_ms: middle(&ours, "p50_ms")?,
            p99_ms: middle(&ours, "p99_ms")?,
            flush_ms: median(flushes),
        })
    }

    fn measure(&self, design: &str, engine: &str, at: &str, shape: &str, in_flight: usize) -> Result<Value, String> {
        let mut command = Command::new(self.program);
        command.args([design, engine, at, shape, &in_flight.to_string(), SECONDS]);
        let text = sh::output(&mut command)?;
        serde_json::from_str(&text).map_err(|error| format!("{text:?} is not what was measured: {error}"))
    }
}

impl Figure {
    fn show(&self, json: bool) {
        let Figure { name, value, peer_value, p50_ms, p99_ms, flush_ms } = self;
        let ratio = value / peer_value;
        if json {
            let line = json!({
                "figure": name, "value": value.round(), "unit": "debits/s", "peer": PEER, "peer_value": peer_value.round(),
                "ratio": round(ratio), "p50_ms": round_ms(*p50_ms), "p99_ms": round_ms(*p99_ms),
                "flush_ms": round_ms(*flush_ms)
            });
            println!("{line}");
        } else {
            println!(
                "{name}: {value:.0} debits/s, p50 {p50_ms:.1} ms, p99 {p99_ms:.1} ms; {PEER}: {peer_value:.0}/s; ratio \
                 {ratio:.1}; a flush {flush_ms:.2} ms"
            );
        }
    }
}

/// The median of what the disk takes to make a small write durable, on the folder that the databases are in.
fn flush_ms(folder: &Path) -> Result<f64, String> {
    let path = folder.join("flush");
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = File::create(&path).map_err(failed)?;
    let mut times = Vec::new();
    for _ in 0..FLUSHES {
        file.rewind().map_err(failed)?;
        let started = Instant::now();
        file.write_all(&[b'f'; FLUSH_BYTES]).and_then(|()| file.sync_data()).map_err(failed)?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(times))
}

fn number(line: &Value, key: &str) -> Result<f64, String> {
    line[key].as_f64().ok_or_else(|| format!("{line} has no number {key}"))
}

fn round_ms(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
