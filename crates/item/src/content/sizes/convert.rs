//! The same size in another system, from `data/sizes.tsv`, which names the standards. Only what the table says; nothing between.

use std::sync::LazyLock;

use creel_types::SizeKind;
use rustc_hash::FxHashMap;

/// For whom a size is made; many tables have one for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wearer {
    Women,
    Men,
    Kids,
}

type Row = Vec<(&'static str, &'static str)>;
/// Rows by kind and wearer; `None` is all.
type Rows = FxHashMap<(SizeKind, Option<Wearer>), Vec<Row>>;

static ROWS: LazyLock<Rows> = LazyLock::new(|| {
    let mut rows = Rows::default();
    for line in include_str!("../../../data/sizes.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let kind = cells.next().and_then(SizeKind::parse);
        let wearer = match cells.next() {
            Some("women") => Some(Wearer::Women),
            Some("men") => Some(Wearer::Men),
            Some("kids") => Some(Wearer::Kids),
            _ => None,
        };
        if let Some(kind) = kind {
            rows.entry((kind, wearer)).or_default().push(cells.filter_map(|cell| cell.split_once('=')).collect());
        }
    }
    rows
});

/// What `value` of the system `from` is in the system `to`, each once; empty where the tables do not say.
#[must_use]
pub fn convert(kind: SizeKind, wearer: Wearer, from: &str, value: &str, to: &str) -> Vec<&'static str> {
    let rows = ROWS.get(&(kind, Some(wearer))).or_else(|| ROWS.get(&(kind, None)));
    let mut found: Vec<&'static str> = Vec::new();
    for row in rows.into_iter().flatten().filter(|row| row.contains(&(from, value))) {
        for (system, other) in row {
            if *system == to && !found.contains(other) {
                found.push(other);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_other_systems() {
        let table: [(_, _, _, _, _, &[&str]); 14] = [
            (SizeKind::Shoes, Wearer::Men, "EU", "42", "US", &["8.5"]),
            (SizeKind::Shoes, Wearer::Men, "US", "9", "UK", &["8"]),
            (SizeKind::Shoes, Wearer::Women, "EU", "39", "US", &["8"]),
            (SizeKind::Shoes, Wearer::Kids, "US", "10C", "EU", &["27"]),
            (SizeKind::Clothing, Wearer::Women, "EU", "36", "UK", &["10"]),
            (SizeKind::Clothing, Wearer::Women, "IT", "42", "EU", &["36"]),
            (SizeKind::Clothing, Wearer::Women, "INT", "M", "EU", &["40", "42"]),
            (SizeKind::Clothing, Wearer::Men, "US", "40", "EU", &["50"]),
            (SizeKind::Kids, Wearer::Kids, "CM", "104", "AGE", &["4Y"]),
            (SizeKind::Ring, Wearer::Women, "EU", "54", "US", &["7"]),
            (SizeKind::Bra, Wearer::Women, "EU", "75B", "US", &["34B"]),
            (SizeKind::Bra, Wearer::Women, "FR", "90C", "EU", &["75C"]),
            (SizeKind::Hat, Wearer::Men, "CM", "58", "US", &["7 1/4"]),
            (SizeKind::Shoes, Wearer::Men, "EU", "42.2", "US", &[]),
        ];
        for (kind, wearer, from, value, to, expected) in table {
            assert_eq!(convert(kind, wearer, from, value, to), expected, "{kind} {from} {value} in {to}");
        }
    }
}
