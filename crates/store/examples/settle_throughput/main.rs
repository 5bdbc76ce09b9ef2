//! `settle_throughput DESIGN ENGINE AT SHAPE IN_FLIGHT SECONDS`: exact durable debits a second of one design (`ours` or
//! `naive`) on one engine (`sqlite` in the folder AT, `postgres` in the cluster at the address AT), for one organization
//! (`hot`) or a hundred (`spread`). Prints one line of JSON; fails when a sum is wrong. `cargo xtask bench settle` runs both
//! designs in turns.

#![allow(clippy::print_stdout, reason = "the line is the program's result")]

mod drive;
mod engine;
mod naive;
mod ours;
mod product;

use std::time::Duration;

use drive::Measured;
use engine::{Engine, Place};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What each organization starts with: more than any measurement spends.
const CREDITS: i64 = 10_000_000;
const SPREAD: usize = 100;
/// A capture's JSON, so that nobody measures with tiny ones unnoticed.
const CONTENT_BYTES: std::ops::RangeInclusive<usize> = 3_500..=4_500;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [design, engine, at, shape, in_flight, seconds] = words.as_slice() else {
        return Err("usage: settle_throughput ours|naive sqlite|postgres AT hot|spread IN_FLIGHT SECONDS".into());
    };
    let content = serde_json::to_string(&product::product(1))?.len();
    if !CONTENT_BYTES.contains(&content) {
        return Err(format!("a capture has {content} bytes of content").into());
    }
    let organizations = if shape == "hot" { 1 } else { SPREAD };
    let place = Place::make(engine.parse::<Engine>()?, at).await?;
    let measured =
        measure(design, &place, organizations, in_flight.parse()?, Duration::from_secs_f64(seconds.parse()?)).await;
    // A failed measurement leaves nothing behind either.
    place.drop().await?;
    println!("{}", serde_json::to_string(&measured?)?);
    Ok(())
}

async fn measure(
    design: &str,
    place: &Place,
    organizations: usize,
    in_flight: usize,
    time: Duration,
) -> Result<Measured, Failure> {
    match (design, place) {
        ("ours", _) => drive::measure(ours::Ours::start(place, organizations).await?, in_flight, time).await,
        ("naive", Place::Sqlite(folder)) => {
            let naive = naive::sqlite::Naive::start(&folder.path().join("naive.db"), organizations).await?;
            drive::measure(naive, in_flight, time).await
        }
        ("naive", Place::Postgres { cluster, name }) => {
            let options = engine::postgres_options(cluster, name)?;
            let naive = naive::postgres::Naive::start(&options, organizations, in_flight).await?;
            drive::measure(naive, in_flight, time).await
        }
        _ => Err(format!("{design:?} is neither ours nor naive").into()),
    }
}
