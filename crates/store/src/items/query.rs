//! A list of items: what is asked for, and the page that answers it, newest first.

use creel_types::{Amount, CaptureId, Currency, EnrichmentId, Item, ItemId, OrganizationId, RunId};

use super::{
    FacetName, ITEMS,
    facets::{attribute_name, fold},
    item,
};
use crate::{Store, StoreError, database::Value};

/// Rows of one page, with the one that says that there are more.
pub const ITEMS_LIST_MAX: usize = 501;

/// What an item must be to be listed: everything that is named. Only the newest item of each capture is listed, except where an
/// enrichment or a capture is named: then all of it are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemFilter {
    pub enrichment: Option<EnrichmentId>,
    pub run: Option<RunId>,
    pub capture: Option<CaptureId>,
    /// Values that it must have, each by its name.
    pub facets: Vec<(FacetName, String)>,
    /// Attributes with a value: `("color", "red")`, and with its unit where it has one: `("weight", "0.5 kg")`.
    pub attributes: Vec<(String, String)>,
    /// The lowest price is at least this.
    pub min_price: Option<Amount>,
    /// The lowest price is at most this.
    pub max_price: Option<Amount>,
    pub currency: Option<Currency>,
    pub available: Option<bool>,
}

#[derive(Clone, Debug)]
pub struct ItemQuery {
    pub filter: ItemFilter,
    /// The last item of the page before.
    pub before: Option<ItemId>,
    /// Rows of the page, 1 to [`ITEMS_LIST_MAX`].
    pub limit: usize,
}

impl Store {
    /// The newest items that the filter names, before the given one.
    pub async fn list_items(&self, organization: OrganizationId, query: &ItemQuery) -> Result<Vec<Item>, StoreError> {
        let mut tx = self.database.begin_read().await?;
        tx.keep_to_indexes().await?;
        let limit = i64::try_from(query.limit.clamp(1, ITEMS_LIST_MAX)).unwrap_or(1);
        let (newest, args) = selected(organization, &query.filter, query.before).newest(limit);
        let sql = format!("{ITEMS} WHERE i.id IN ({newest}) ORDER BY i.id DESC");
        tx.rows(&sql, args).await?.iter().map(item).collect()
    }
}

/// `FROM … WHERE …` of the items `i` that the filter names, with its values: the first value that an item must have leads, by its
/// index and in order of ids; every other one is looked up.
pub(super) fn selected(organization: OrganizationId, filter: &ItemFilter, before: Option<ItemId>) -> Selected {
    let mut asked = Conditions { sql: String::new(), args: vec![organization.into()] };
    // Attributes are told apart by more than shops and languages are, so one of them leads where there is one.
    let attributes = filter.attributes.iter().map(|(name, value)| (attribute_name(name), fold(value)));
    let names = filter.facets.iter().map(|(name, value)| (name.as_str().to_owned(), facet_value(*name, value)));
    let mut values = attributes.chain(names);
    let (from, id) = match values.next() {
        None => ("items i", "i.id"),
        Some((name, value)) => {
            asked.add(
                "l.organization_id = $1 AND l.name = {} AND l.value = {} AND i.id = l.item_id",
                vec![name.into(), value.into()],
            );
            ("item_facets l CROSS JOIN items i", "l.item_id")
        }
    };
    for (name, value) in values {
        asked.add(
            "EXISTS (SELECT 1 FROM item_facets f WHERE f.organization_id = $1 AND f.name = {} AND f.value = {} AND f.item_id = i.id)",
            vec![name.into(), value.into()],
        );
    }
    let shows_all = filter.enrichment.is_some() || filter.capture.is_some();
    asked.add(if shows_all { "i.deleted_at IS NULL" } else { "i.is_current = 1" }, vec![]);
    for (sql, value) in [
        ("i.enrichment_id = {}", filter.enrichment.map(Value::from)),
        ("i.run_id = {}", filter.run.map(Value::from)),
        ("i.capture_id = {}", filter.capture.map(Value::from)),
        ("i.min_price >= {}", filter.min_price.map(|price| price.scaled().into())),
        ("i.min_price <= {}", filter.max_price.map(|price| price.scaled().into())),
        ("i.currency = {}", filter.currency.map(|currency| currency.to_string().into())),
        ("i.available = {}", filter.available.map(Value::from)),
    ] {
        if let Some(value) = value {
            asked.add(sql, vec![value]);
        }
    }
    if let Some(before) = before {
        asked.add(&format!("{id} < {{}}"), vec![before.into()]);
    }
    Selected { from_where: format!("FROM {from} WHERE i.organization_id = $1{}", asked.sql), id, args: asked.args }
}

/// What is put behind `SELECT`.
pub(super) struct Selected {
    pub from_where: String,
    /// The column that orders.
    pub id: &'static str,
    pub args: Vec<Value>,
}

impl Selected {
    /// The ids of the newest so many.
    pub(super) fn newest(mut self, limit: i64) -> (String, Vec<Value>) {
        self.args.push(limit.into());
        let (id, place) = (self.id, self.args.len());
        (format!("SELECT {id} AS id {} ORDER BY {id} DESC LIMIT ${place}", self.from_where), self.args)
    }
}

fn facet_value(name: FacetName, value: &str) -> String {
    if name == FacetName::Brand { fold(value) } else { value.to_owned() }
}

struct Conditions {
    sql: String,
    args: Vec<Value>,
}

impl Conditions {
    /// `{}` in the condition stands for the values, one after the other.
    fn add(&mut self, condition: &str, values: Vec<Value>) {
        let mut sql = condition.to_owned();
        for value in values {
            self.args.push(value);
            sql = sql.replacen("{}", &format!("${}", self.args.len()), 1);
        }
        self.sql += " AND ";
        self.sql += &sql;
    }
}
