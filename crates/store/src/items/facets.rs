//! What items are found by, one row a value: category and every one above it, brand, shop, language, review, signals, attributes.

use std::collections::BTreeSet;

use creel_types::{ItemContent, ItemId, OrganizationId, words};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::{ItemFilter, selected};
use crate::{
    Store, StoreError, args,
    database::{Given, Kind, Tx},
};

/// Items that values are counted among: the newest of those that the filter names.
pub const ITEMS_COUNTED_MAX: i64 = 2_000;
/// Values of one name that are answered, the most frequent first.
const VALUES_MAX: usize = 100;
/// Characters of a value that it is found by.
const VALUE_CHARS_MAX: usize = 120;
/// Values of one item: a hostile page may have very many.
const VALUES_OF_ITEM_MAX: usize = 200;

words! {
    /// What an item can be found by beside its attributes.
    FacetName {
        Category = "category",
        Brand = "brand",
        Store = "store",
        Language = "language",
        Review = "review",
        Signal = "signal",
    }
}

/// A value with how many items have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetCount {
    pub name: String,
    pub value: String,
    pub items: i64,
}

/// The name under which the values of an attribute stand.
pub(super) fn attribute_name(attribute: &str) -> String {
    format!("attribute:{attribute}")
}

/// A value as it is found: case and white space do not count.
pub(super) fn fold(value: &str) -> String {
    let folded = value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    folded.chars().take(VALUE_CHARS_MAX).collect()
}

/// A category with all above it: `aa-1-13` is found by `aa`, `aa-1` and `aa-1-13`.
fn ancestry(category: &str) -> impl Iterator<Item = &str> {
    let ends = category.match_indices('-').map(|(at, _)| at).chain([category.len()]);
    ends.map(|end| &category[..end])
}

/// All that an item is found by; the shop stands in its capture.
fn values(content: &ItemContent) -> BTreeSet<(String, String)> {
    let mut values = BTreeSet::new();
    let mut add = |name: &str, value: String| {
        if !value.is_empty() && values.len() < VALUES_OF_ITEM_MAX {
            values.insert((name.to_owned(), value));
        }
    };
    if let Some(category) = &content.category {
        ancestry(&category.id).for_each(|id| add(FacetName::Category.as_str(), id.to_owned()));
    }
    if let Some(brand) = &content.brand {
        add(FacetName::Brand.as_str(), fold(&brand.name));
    }
    if let Some(language) = &content.language {
        add(FacetName::Language.as_str(), language.clone());
    }
    add(FacetName::Review.as_str(), content.review.state.as_str().to_owned());
    content.signals.iter().for_each(|signal| add(FacetName::Signal.as_str(), signal.as_str().to_owned()));
    for attribute in &content.attributes {
        let value =
            attribute.unit.as_ref().map_or_else(|| attribute.value.clone(), |unit| format!("{} {unit}", attribute.value));
        add(&attribute_name(&attribute.name), fold(&value));
    }
    values
}

/// Writes what new items are found by. They must be stored already.
pub(crate) async fn insert<'a>(
    tx: &mut Tx,
    organization: OrganizationId,
    items: impl Iterator<Item = (ItemId, &'a ItemContent)>,
) -> Result<(), StoreError> {
    let columns = &[("organization_id", Kind::Text), ("name", Kind::Text), ("value", Kind::Text), ("item_id", Kind::Text)];
    let mut given = Given::new(columns);
    let mut ids = Given::new(&[("item_id", Kind::Text)]);
    for (item, content) in items {
        ids.push(args![item]);
        for (name, value) in values(content) {
            given.push(args![organization, name, value, item]);
        }
    }
    tx.insert_given("item_facets", given, "").await?;
    let sql = "INSERT INTO item_facets (organization_id, name, value, item_id)
        SELECT i.organization_id, 'store', c.store, i.id FROM given CROSS JOIN items i CROSS JOIN captures c
        WHERE i.id = given.item_id AND c.id = i.capture_id";
    tx.execute_given(ids, sql).await?;
    Ok(())
}

impl Store {
    /// How often each value occurs among the newest items that the filter names, at most [`ITEMS_COUNTED_MAX`] of them; with how
    /// many those were.
    pub async fn count_item_facets(
        &self,
        organization: OrganizationId,
        filter: &ItemFilter,
    ) -> Result<(Vec<FacetCount>, i64), StoreError> {
        let mut tx = self.database.begin_read().await?;
        let (newest, args) = selected(organization, filter, None).newest(ITEMS_COUNTED_MAX);
        let sql = format!("SELECT COUNT(*) AS items FROM ({newest}) n");
        let among = tx.row(&sql, args.clone()).await?.map_or(Ok(0), |row| row.int("items"))?;
        let sql = format!(
            "SELECT f.name, f.value, COUNT(*) AS items FROM ({newest}) n CROSS JOIN item_facets f WHERE f.item_id = n.id
             GROUP BY f.name, f.value ORDER BY f.name, COUNT(*) DESC, f.value"
        );
        let mut counts: Vec<FacetCount> = Vec::new();
        let mut of_name = 0;
        for row in &tx.rows(&sql, args).await? {
            let count = FacetCount { name: row.text("name")?, value: row.text("value")?, items: row.int("items")? };
            of_name = if counts.last().is_some_and(|last| last.name == count.name) { of_name + 1 } else { 0 };
            // Categories are a tree: all of them are needed to draw it.
            if of_name < VALUES_MAX || count.name == FacetName::Category.as_str() {
                counts.push(count);
            }
        }
        Ok((counts, among))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_found_by_all_above_it() {
        assert_eq!(ancestry("aa-1-13").collect::<Vec<_>>(), ["aa", "aa-1", "aa-1-13"]);
        assert_eq!(ancestry("aa").collect::<Vec<_>>(), ["aa"]);
    }

    #[test]
    fn case_and_white_space_do_not_count() {
        assert_eq!(fold("  Dark\u{a0}Blue "), "dark blue");
    }
}
