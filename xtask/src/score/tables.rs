//! Sizes and units as shops write them: the tables that `creel-item` ships, each row with what a person says it means.

use creel_item::tables::{self, Score};

/// One line for both, then every row that came out otherwise.
pub fn score() -> Result<(), String> {
    let (sizes, units) = (tables::sizes(), tables::units());
    println!("sizes {} of {}, units {} of {}", sizes.right, sizes.rows, units.right, units.rows);
    let wrong: usize = [("size", &sizes), ("unit", &units)].into_iter().map(show_wrong).sum();
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} rows are read otherwise")) }
}

fn show_wrong((name, score): (&str, &Score)) -> usize {
    for [shown, expected, got] in &score.wrong {
        println!("  {name} {shown:?}: {expected:?} expected, {got:?} read");
    }
    score.wrong.len()
}
