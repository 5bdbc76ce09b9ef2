//! `throughput FOLDER`: MB/s of full extraction over a folder of HTML pages, on one core. Prints that number alone.
//! `cargo xtask bench extract` runs it beside a peer.

#![allow(clippy::print_stdout, reason = "the number is the program's result")]

use std::{fs, hint::black_box, path::Path, time::Instant};

use creel_extract::{Extractor, PageInput, tape::decode};
use creel_types::Country;
use url::Url;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Times that all pages are read; the first is not counted, it grows the buffers.
const ROUNDS: usize = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: throughput FOLDER")?;
    let mut pages = Vec::new();
    for entry in fs::read_dir(Path::new(&folder))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "html") {
            pages.push(fs::read(path)?);
        }
    }
    let url = Url::parse("https://shop.example/p/1")?;
    let mut extractor = Extractor::new();
    let mut read_all = || {
        for page in &pages {
            let text = decode(page, None).text;
            let input = PageInput { url: &url, html: &text, country: Country::US, program: None, status: 200 };
            black_box(extractor.read(&input));
        }
    };
    read_all();
    let started = Instant::now();
    for _ in 1..ROUNDS {
        read_all();
    }
    let bytes: usize = pages.iter().map(Vec::len).sum();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = (bytes * (ROUNDS - 1)) as f64 / 1e6 / started.elapsed().as_secs_f64();
    println!("{rate:.1}");
    Ok(())
}
