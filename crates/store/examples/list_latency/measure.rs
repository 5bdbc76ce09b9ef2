//! How long each question takes, from the call to the answer in hand, and what that comes to.

use std::time::Instant;

use creel_store::{
    Store,
    listing::{CaptureCursor, CaptureFilter, CapturePage, CaptureQuery, CaptureSort},
};
use serde_json::json;
use tokio::time::timeout;

use crate::{
    Failure,
    generate::{Data, Dice},
    peer,
    place::Place,
    questions::{self, FILTERS},
};

const LIMIT: usize = 50;
const DEEP_PAGE: usize = 10_000;
const PEER: &str = "the captures' own table with an index a column and OFFSET";

pub fn figure(name: &str, value: f64, unit: &str) {
    println!("{}", json!({ "figure": name, "value": round(value), "unit": unit }));
}

fn beside_peer(name: &str, value: f64, peer_value: f64) {
    let ratio = ((peer_value / value) * 10.0).round() / 10.0;
    println!(
        "{}",
        json!({ "figure": name, "value": round(value), "unit": "ms", "peer": PEER, "peer_value": round(peer_value), "ratio": ratio })
    );
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// The value below which such a share of them is.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let at = ((values.len() as f64 * share).ceil() as usize).clamp(1, values.len().max(1));
    values.get(at - 1).copied().unwrap_or_default()
}

async fn ask(store: &Store, data: &Data, query: &CaptureQuery) -> Result<(f64, CapturePage), Failure> {
    let started = Instant::now();
    let page = store.list_captures(data.organization, query).await?;
    Ok((started.elapsed().as_secs_f64() * 1e3, page))
}

async fn ask_peer(store: &Store, data: &Data, query: &CaptureQuery, offset: i64) -> Result<f64, Failure> {
    let started = Instant::now();
    let asked = peer::ask(store, data.organization, &query.filter, query.sort, (i64::try_from(query.limit)?, offset));
    // Who waits so long has been answered nothing.
    if let Ok(answered) = timeout(peer::PATIENCE, asked).await {
        answered?;
    }
    Ok(started.elapsed().as_secs_f64() * 1e3)
}

pub async fn measure(store: &Store, place: &Place, engine: &str, data: &Data, samples: usize) -> Result<(), Failure> {
    first_touch(store, engine, data).await?;
    warm(store, place).await?;
    single(store, engine, data, samples).await?;
    let started = Instant::now();
    peer::prepare(store).await?;
    eprintln!("{engine}: the peer's indexes made in {:.0} s", started.elapsed().as_secs_f64());
    mixed(store, engine, data).await?;
    deep(store, engine, data).await
}

/// The mix on files that nobody has read yet, as far as the system has let go of what was written: what a machine with little
/// memory, or one that was just started, gives.
async fn first_touch(store: &Store, engine: &str, data: &Data) -> Result<(), Failure> {
    let mut times = Vec::new();
    for (filter, sort) in questions::mix(data) {
        times.push(ask(store, data, &CaptureQuery { filter, sort, after: None, limit: LIMIT }).await?.0);
    }
    figure(&format!("list.{engine}.mix_first_touch_p95"), quantile(&mut times, 0.95), "ms");
    figure(&format!("list.{engine}.mix_first_touch_max"), quantile(&mut times, 1.0), "ms");
    Ok(())
}

/// Reads everything once, so that it lies in the system's memory as it does on a server that has been at work for a while.
async fn warm(store: &Store, place: &Place) -> Result<(), Failure> {
    match place {
        Place::Sqlite(folder) => {
            let file = std::fs::File::open(folder.path().join("creel.db"))?;
            std::io::copy(&mut std::io::BufReader::with_capacity(1 << 20, file), &mut std::io::sink())?;
        }
        Place::Postgres { .. } => {
            store.database.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm", vec![]).await?;
            let sql = "SELECT pg_prewarm(oid::regclass, 'read') AS blocks FROM pg_class
                       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')";
            store.database.rows(sql, vec![]).await?;
        }
    }
    Ok(())
}

/// Each filter alone, with each sort.
async fn single(store: &Store, engine: &str, data: &Data, samples: usize) -> Result<(), Failure> {
    let mut worst: f64 = 0.0;
    for name in FILTERS {
        for sort in CaptureSort::ALL {
            let mut dice = Dice::new(5);
            let mut times = Vec::new();
            for _ in 0..samples {
                let mut filter = CaptureFilter::default();
                questions::add(&mut filter, name, &mut dice, data);
                let query = CaptureQuery { filter, sort: *sort, after: None, limit: LIMIT };
                let (time, _) = ask(store, data, &query).await?;
                if time > 40.0 {
                    eprintln!("{engine}: {time:.0} ms for {sort} {:?}", query.filter);
                }
                times.push(time);
            }
            let (p50, p99) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
            worst = worst.max(p99);
            let line = json!({ "figure": format!("list.{engine}.{name}.{sort}"), "value": round(p99), "unit": "ms", "p50_ms": round(p50) });
            println!("{line}");
        }
    }
    figure(&format!("list.{engine}.single_worst_p99"), worst, "ms");
    Ok(())
}

/// The mix, each question to both in turns.
async fn mixed(store: &Store, engine: &str, data: &Data) -> Result<(), Failure> {
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for (filter, sort) in questions::mix(data) {
        let query = CaptureQuery { filter, sort, after: None, limit: LIMIT };
        let (time, page) = ask(store, data, &query).await?;
        if time > 50.0 {
            eprintln!("{engine}: {time:.0} ms, {} rows for {sort} {:?}", page.rows.len(), query.filter);
        }
        ours.push(time);
        peers.push(ask_peer(store, data, &query, 0).await?);
    }
    beside_peer(&format!("list.{engine}.mix_p95"), quantile(&mut ours, 0.95), quantile(&mut peers, 0.95));
    beside_peer(&format!("list.{engine}.mix_max"), quantile(&mut ours, 1.0), quantile(&mut peers, 1.0));
    Ok(())
}

/// The page 10,000, or the last but one where there are fewer, beside the first.
async fn deep(store: &Store, engine: &str, data: &Data) -> Result<(), Failure> {
    let pages = DEEP_PAGE.min(data.captures / LIMIT - 1);
    for sort in [CaptureSort::NewestFirst, CaptureSort::CheapestFirst, CaptureSort::Title] {
        let mut after: Option<CaptureCursor> = None;
        let mut skipped = 0;
        while skipped < pages * LIMIT {
            let limit = (pages * LIMIT - skipped).min(500);
            let query = CaptureQuery { filter: CaptureFilter::default(), sort, after, limit };
            after = ask(store, data, &query).await?.1.next;
            skipped += limit;
        }
        let (mut first, mut last, mut peers) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..15 {
            let page = |after| CaptureQuery { filter: CaptureFilter::default(), sort, after, limit: LIMIT };
            first.push(ask(store, data, &page(None)).await?.0);
            last.push(ask(store, data, &page(after.clone())).await?.0);
            if peers.len() < 3 {
                peers.push(ask_peer(store, data, &page(None), i64::try_from(skipped)?).await?);
            }
        }
        figure(&format!("list.{engine}.page_1.{sort}"), quantile(&mut first, 0.5), "ms");
        beside_peer(&format!("list.{engine}.page_{pages}.{sort}"), quantile(&mut last, 0.5), quantile(&mut peers, 0.5));
    }
    Ok(())
}
