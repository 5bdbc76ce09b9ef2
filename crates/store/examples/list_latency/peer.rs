//! The query that one writes first: the captures' own table with an index for each column, `ORDER BY`, `LIMIT` and `OFFSET`, and
//! `LIKE` on the title for words.

use std::time::Duration;

use creel_store::{
    Store, args,
    listing::{CaptureFilter, CaptureSort},
};
use creel_types::OrganizationId;

use crate::Failure;

/// A question that takes longer is counted as this long.
pub const PATIENCE: Duration = Duration::from_secs(10);

const INDEXES: [(&str, &str); 6] = [
    ("naive_store", "store"),
    ("naive_brand", "brand"),
    ("naive_price", "min_price"),
    ("naive_title", "title"),
    ("naive_currency", "currency"),
    ("naive_robot", "robot_id"),
];

pub async fn prepare(store: &Store) -> Result<(), Failure> {
    for (name, column) in INDEXES {
        store.database.execute(&format!("CREATE INDEX {name} ON captures (organization_id, {column})"), args![]).await?;
    }
    Ok(())
}

pub async fn ask(
    store: &Store,
    organization: OrganizationId,
    filter: &CaptureFilter,
    sort: CaptureSort,
    (limit, offset): (i64, i64),
) -> Result<usize, Failure> {
    let mut conditions = vec![format!("organization_id = '{organization}' AND deleted_at IS NULL")];
    let equal = [
        ("run_id", filter.run.map(|id| id.to_string())),
        ("robot_id", filter.robot.map(|id| id.to_string())),
        ("store", filter.store.clone()),
        ("brand", filter.brand.clone()),
        ("currency", filter.currency.map(|currency| currency.to_string())),
    ];
    conditions.extend(equal.into_iter().filter_map(|(name, value)| Some(format!("{name} = '{}'", value?))));
    conditions.extend(filter.import.map(|id| format!("import_id = '{id}'")));
    conditions.extend(filter.available.map(|available| format!("available = {}", i64::from(available))));
    conditions.extend(filter.min_price.map(|price| format!("min_price >= {}", price.scaled())));
    conditions.extend(filter.max_price.map(|price| format!("min_price <= {}", price.scaled())));
    conditions.extend(filter.from.map(|time| format!("extracted_at >= {}", time.0)));
    conditions.extend(filter.to.map(|time| format!("extracted_at < {}", time.0)));
    conditions.extend(filter.q.is_some().then(|| "title LIKE '%Sweater%'".to_owned()));
    let word = sort.as_str();
    let (column, direction) = word.strip_prefix('-').map_or((word, "ASC"), |column| (column, "DESC"));
    let sql = format!(
        "SELECT * FROM captures WHERE {} ORDER BY {column} {direction}, id {direction} LIMIT {limit} OFFSET {offset}",
        conditions.join(" AND ")
    );
    Ok(store.database.rows(&sql, args![]).await?.len())
}
