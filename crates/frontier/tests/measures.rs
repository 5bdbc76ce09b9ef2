//! What is measured rather than decided: the time that hostile files take, and how well the rules do on the corpus of real files
//! and URLs, where it is at hand (`CREEL_CORPUS`). Here and not beside the rules, because measuring needs a clock and files.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "what tests call outside their own functions, and figures")]

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use creel_frontier::{RobotsTxt, looks_like_product, robots_txt::CRAWL_DELAY_MAX};
use url::Url;

/// A file of the corpus, or a clear word that the test is skipped.
fn corpus(file: &str) -> Option<PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus");
    let path = PathBuf::from(std::env::var("CREEL_CORPUS").unwrap_or_else(|_| root.to_owned())).join(file);
    if !path.exists() {
        println!("skipped: no corpus (set CREEL_CORPUS)");
        return None;
    }
    Some(path)
}

#[test]
fn hostile_files_stay_linear() {
    let path = format!("/{}", "a".repeat(2_000));
    let stars = format!("User-agent: *\nDisallow: /{}b", "a*".repeat(240_000));
    let many = format!("User-agent: *\n{}", (0..35_000).map(|n| format!("Disallow: /*{n}x\n")).collect::<String>());
    for file in [stars, many] {
        let robots_txt = RobotsTxt::parse(file.as_bytes());
        let started = Instant::now();
        assert!(robots_txt.allows_path(&path));
        // Exponential or quadratic matching would take minutes; the bound is loose for slow machines.
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    }
}

/// Asks 1,200 real files about shop addresses.
#[test]
fn real_robots_txt_files() {
    let Some(archive) = corpus("robots-txt.tar.gz") else { return };
    let unpacked = std::process::Command::new("gzip").arg("-dc").arg(&archive).output().unwrap();
    let (mut files, mut bytes, mut closed) = (0, 0, 0);
    let (mut parsing, mut asking, mut worst) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for file in files_of_tar(&unpacked.stdout) {
        let started = Instant::now();
        let robots_txt = RobotsTxt::parse(file);
        parsing += started.elapsed();
        for path in ["/p/blue-shirt-1234.html", "/search?q=a&page=2", "/c/shoes?sort=price&color=red", "/%E3%83%84*$"] {
            let started = Instant::now();
            let _ = robots_txt.allows_path(path);
            worst = worst.max(started.elapsed());
            asking += started.elapsed();
        }
        closed += usize::from(!robots_txt.allows_path("/"));
        (files, bytes) = (files + 1, bytes + file.len());
        assert!(robots_txt.crawl_delay().is_none_or(|delay| delay <= CRAWL_DELAY_MAX));
    }
    println!("{files} files, {bytes} bytes, {closed} closed to us: parsed in {parsing:?}");
    println!("a question takes {:?} on average, {worst:?} at worst", asking / (4 * files.max(1)));
    assert!(files > 1_000);
}

/// The contents of the plain files of a tar archive: blocks of 512 bytes, sizes in octal.
fn files_of_tar(archive: &[u8]) -> Vec<&[u8]> {
    let mut files = Vec::new();
    let mut rest = archive;
    while rest.len() >= 512 && rest[0] != 0 {
        let octal = String::from_utf8_lossy(&rest[124..135]);
        let size = usize::from_str_radix(octal.trim_matches(['\0', ' ']), 8).unwrap();
        if matches!(rest[156], b'0' | 0) {
            files.push(&rest[512..512 + size]);
        }
        rest = &rest[512 + size.div_ceil(512) * 512..];
    }
    files
}

/// Compares the likeness with the labels of 2,522 URLs of 156 shops.
#[test]
fn labelled_urls() {
    let Some(path) = corpus("product-urls-labelled.csv") else { return };
    let table = std::fs::read_to_string(path).unwrap();
    let started = Instant::now();
    let (mut both, mut ours, mut theirs, mut right, mut all) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for line in table.lines().skip(1) {
        let Some((row, label)) = line.rsplit_once(',') else { continue };
        let address = row.splitn(3, ',').nth(2).unwrap_or_default().trim_matches('"');
        let Ok(url) = Url::parse(address) else { continue };
        let (found, truth) = (looks_like_product(&url), label.trim() == "1");
        all += 1.0;
        both += f64::from(u8::from(found && truth));
        ours += f64::from(u8::from(found));
        theirs += f64::from(u8::from(truth));
        right += f64::from(u8::from(found == truth));
    }
    let f1 = 2.0 * both / (ours + theirs);
    println!("{all} URLs: accuracy {:.3}, F1 {f1:.3}; {:?} each", right / all, started.elapsed().div_f64(all));
    assert!(f1 >= 0.85, "F1 {f1:.3}");
}
