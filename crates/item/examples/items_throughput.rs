//! `throughput FILE THREADS`: items a second, made of the captures in a file of JSON lines without a model, on so many threads.
//! Prints that number alone. `cargo xtask bench enrich` runs it beside a peer.

#![allow(clippy::print_stdout, reason = "the number is the program's result")]

use std::{fs, hint::black_box, thread, time::Instant};

use creel_types::{Country, Product};

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Times that each thread reads all captures; one more before is not counted, it loads the tables.
const ROUNDS: usize = 12;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let usage = "usage: throughput FILE THREADS";
    let file = std::env::args().nth(1).ok_or(usage)?;
    let threads: usize = std::env::args().nth(2).ok_or(usage)?.parse()?;
    let text = fs::read_to_string(file)?;
    let products: Vec<Product> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let read_all = || {
        for product in &products {
            black_box(creel_item::enrich(product, Some(Country::US)));
        }
    };
    read_all();
    let started = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..ROUNDS).for_each(|_| read_all()));
        }
    });
    let items = products.len() * ROUNDS * threads;
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = items as f64 / started.elapsed().as_secs_f64();
    println!("{rate:.1}");
    Ok(())
}
