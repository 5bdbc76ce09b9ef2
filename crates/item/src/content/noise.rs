//! Words that shops add and that say nothing of the product, from `data/noise.tsv`, and the folded form they are compared in.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;

/// Phrases of one kind of the data file.
fn kind(wanted: &str) -> impl Iterator<Item = &'static str> {
    let wanted = wanted.to_owned();
    include_str!("../../data/noise.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(move |(kind, _)| *kind == wanted)
        .flat_map(|(_, phrases)| phrases.split('|'))
}

fn folded(kind_wanted: &str) -> FxHashSet<String> {
    kind(kind_wanted).map(key).filter(|key| !key.is_empty()).collect()
}

pub static WHOLE: LazyLock<FxHashSet<String>> = LazyLock::new(|| folded("whole"));
pub static BADGE: LazyLock<FxHashSet<String>> = LazyLock::new(|| folded("badge"));
pub static FOR: LazyLock<FxHashSet<String>> = LazyLock::new(|| folded("for"));
pub static BRANDLESS: LazyLock<FxHashSet<String>> = LazyLock::new(|| folded("brandless"));
pub static NAMED: LazyLock<FxHashSet<String>> = LazyLock::new(|| folded("named"));
pub static LEGAL: LazyLock<FxHashSet<String>> = LazyLock::new(|| folded("legal"));
pub static HAS: LazyLock<Vec<&'static str>> = LazyLock::new(|| kind("has").collect());
pub static HEAD: LazyLock<Vec<&'static str>> = LazyLock::new(|| kind("head").collect());
/// The longest first, so that "online kaufen" goes before "kaufen".
pub static TAIL: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut all: Vec<&str> = kind("tail").collect();
    all.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    all
});

/// A brand of `data/brands.tsv`.
pub struct Known {
    pub name: &'static str,
    /// An everyday word, which in a title need not be the brand.
    pub word: bool,
}

/// Known brands by the [`key`] of each spelling.
pub static BRANDS: LazyLock<FxHashMap<String, Known>> = LazyLock::new(|| {
    let mut all = FxHashMap::default();
    for line in include_str!("../../data/brands.tsv").lines().filter(|line| !line.starts_with('#')) {
        let (name, others) = line.split_once('\t').unwrap_or((line, ""));
        let word = name.starts_with('*');
        let name = name.trim_start_matches('*');
        for spelling in std::iter::once(name).chain(others.split('|')).map(key).filter(|key| !key.is_empty()) {
            all.insert(spelling, Known { name, word });
        }
    }
    all
});

/// `text` for comparison: lower case, without accents, signs and spaces. `Dr. Oetker` and `DR.OETKER` are one.
pub fn key(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    }
    let accent = |c: &char| !matches!(c, '\u{300}'..='\u{36f}');
    text.nfd().filter(accent).flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

/// Acronyms and units that stay in capitals where a whole text shouts.
pub fn is_acronym(word: &str) -> bool {
    const ACRONYMS: &[&str] = &[
        "LED", "USB", "HDMI", "UV", "UHD", "OLED", "QLED", "RAM", "ROM", "SSD", "HDD", "NVME", "DDR", "GPS", "NFC", "IPS",
        "LCD", "RGB", "ARGB", "ATX", "PSU", "CPU", "GPU", "PC", "TV", "DVD", "CD", "EVA", "PVC", "PU", "ABS", "EU", "US",
        "UK", "USA", "XL", "XXL", "XXXL", "XS", "SPF", "DIY", "AC", "DC", "AA", "AAA", "HD", "FHD", "SIM", "SUV", "BBQ",
        "BPA", "BMX", "MTB", "ISO", "DIN", "EN", "IP", "II", "III", "IV", "VI", "VII", "VIII", "IX", "EDP", "EDT", "BB",
        "CC", "IPA", "UHT", "OTG", "RFID", "WIFI", "AI", "AR", "VR", "PS", "HP", "LG", "IKEA", "BMW", "IPX", "NBA", "NFL",
        "MLB", "NHL", "FC", "DJ", "OEM", "RJ", "VGA", "PCI", "PCIE", "SATA", "EEG", "OS", "TPU", "MDF", "EAN", "WC", "CBD",
        "BCAA", "MCT", "DHA", "EPA", "GTX", "RTX",
    ];
    ACRONYMS.contains(&word)
}
