//! `list_latency ENGINE AT CAPTURES SAMPLES`: how long lists of captures take on one engine (`sqlite` in the folder AT, `postgres`
//! in the cluster at the address AT) with so many captures: each single filter with each sort, a mix of written questions, a page
//! deep in a list, beside the query that one would write first. Prints one line of JSON for each figure. `cargo xtask bench list`
//! runs it on both engines.

#![allow(clippy::print_stdout, reason = "the lines are the program's result")]
#![allow(clippy::print_stderr, reason = "what takes minutes says how far it is")]

mod generate;
mod measure;
mod peer;
#[allow(dead_code, reason = "the other program connects by itself too")]
#[path = "../settle_throughput/engine.rs"]
mod place;
mod questions;

use std::time::Instant;

use creel_store::Store;
use place::{Engine, Place};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [engine, at, captures, samples] = words.as_slice() else {
        return Err("usage: list_latency sqlite|postgres AT CAPTURES SAMPLES".into());
    };
    let place = Place::make(engine.parse::<Engine>()?, at).await?;
    let result = run(&place, engine, captures.parse()?, samples.parse()?).await;
    // A failed measurement leaves nothing behind either.
    place.drop().await?;
    result
}

async fn run(place: &Place, engine: &str, captures: usize, samples: usize) -> Result<(), Failure> {
    let store = place.open_store().await?;
    let started = Instant::now();
    let data = generate::generate(&store, captures).await?;
    eprintln!("{engine}: {captures} captures stored in {:.0} s", started.elapsed().as_secs_f64());
    let rate = follow(&store, engine).await?;
    measure::figure(&format!("list.{engine}.followed"), rate, "captures/s");
    measure::measure(&store, place, engine, &data, samples).await?;
    store.database.close().await;
    Ok(())
}

/// Lists everything, as a server does behind the crawl; answers captures a second.
async fn follow(store: &Store, engine: &str) -> Result<f64, Failure> {
    let (started, mut listed, mut said) = (Instant::now(), 0, 0);
    loop {
        let followed = store.follow_captures().await?;
        listed += followed.changed;
        if listed >= said + 100_000 {
            said = listed;
            eprintln!("{engine}: {listed} listed after {:.0} s", started.elapsed().as_secs_f64());
        }
        if !followed.more {
            break;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    Ok(listed as f64 / started.elapsed().as_secs_f64())
}
