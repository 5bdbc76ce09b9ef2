//! Captures that are stored and not listed yet: the few of the last second, read from their own table and held against the same
//! filter.

use creel_types::{Amount, Time};

use super::{
    facet::{brand_key, value_key},
    select::{Asked, Conditions},
    sort::{Key, KeyValue, NO_PRICE, Position, title_key},
};
use crate::{StoreError, database::Tx};

/// Where those stand that the answer may have to show. Conditions are written so that no other index than the newest captures'
/// can serve them: it is the one that begins at the watermark.
pub(super) async fn unlisted(tx: &mut Tx, asked: &Asked<'_>, through_at: Option<Time>) -> Result<Vec<Position>, StoreError> {
    let filter = asked.filter;
    let mut conditions = Conditions::default();
    conditions.add("c.organization_id = ?", asked.organization);
    conditions.add("c.extracted_at >= ?", through_at.into_iter().chain(filter.from).max().unwrap_or(Time(i64::MIN)));
    if let Some(to) = filter.to {
        conditions.add("c.extracted_at < ?", to);
    }
    conditions.all("c.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM listing l WHERE l.capture_id = c.id)");
    let texts = [
        ("c.run_id", filter.run.map(|id| id.to_string())),
        ("c.robot_id", filter.robot.map(|id| id.to_string())),
        ("c.import_id", filter.import.map(|id| id.to_string())),
        ("c.store", filter.store.as_deref().map(value_key)),
        ("c.currency", filter.currency.map(|currency| currency.to_string())),
    ];
    for (column, value) in texts {
        if let Some(value) = value {
            conditions.add(&format!("COALESCE({column}, '') = ?"), value);
        }
    }
    if let Some(available) = filter.available {
        conditions.add("c.available = ?", available);
    }
    let price = format!("COALESCE(c.min_price, {NO_PRICE})");
    if let Some(least) = filter.min_price {
        conditions.add(&format!("{price} < {NO_PRICE} AND {price} >= ?"), least.scaled());
    }
    if let Some(most) = filter.max_price {
        conditions.add(&format!("{price} <= ?"), most.scaled());
    }
    let brand = filter.brand.as_deref().map(|brand| brand_key(brand).unwrap_or_default());
    // Whoever asks for the newest is answered by the first rows; a brand is compared here and not there.
    let order = match (asked.sort.key(), &brand) {
        (Key::ExtractedAt, None) => {
            let direction = if asked.sort.descends() { "DESC" } else { "ASC" };
            if let Some(after) = asked.after {
                conditions.position("c.extracted_at", "c.id", asked.sort, after);
            }
            let limit = conditions.value(i64::try_from(asked.limit).unwrap_or(i64::MAX));
            format!("ORDER BY c.extracted_at {direction}, c.id {direction} LIMIT {limit}")
        }
        _ => String::new(),
    };
    let sql = format!(
        "SELECT c.id AS capture_id, c.extracted_at, c.min_price, c.title, c.brand FROM captures c WHERE {} {order}",
        conditions.sql()
    );
    let mut found = Vec::new();
    for row in &tx.rows(&sql, conditions.into_args()).await? {
        if let Some(brand) = &brand
            && row.opt_text("brand")?.as_deref().and_then(brand_key).as_ref() != Some(brand)
        {
            continue;
        }
        let key = match asked.sort.key() {
            Key::ExtractedAt => KeyValue::Int(row.int("extracted_at")?),
            Key::MinPrice => KeyValue::Int(price_key(row.opt_int("min_price")?)),
            Key::Title => KeyValue::Text(title_key(&row.text("title")?)),
        };
        let position = Position { key, capture: row.parsed("capture_id")? };
        if asked.after.is_none_or(|after| asked.sort.compare(&position, after).is_gt()) {
            found.push(position);
        }
    }
    Ok(found)
}

/// What a capture is sorted by where prices are.
pub(super) fn price_key(scaled: Option<i64>) -> i64 {
    scaled.map_or(NO_PRICE, |scaled| Amount::from_scaled(scaled).scaled())
}
