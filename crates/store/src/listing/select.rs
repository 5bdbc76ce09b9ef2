//! The statements that read a list from `listing`, in the way that the plan says. Each is written so that both databases have one
//! way to run it, whatever they know of the tables.

use creel_types::OrganizationId;

use super::{
    facet::{Facet, FacetKind},
    plan::{self, Bounds, Driver, Plan, Shape},
    query::CaptureFilter,
    sort::{CaptureSort, Key, NO_PRICE, Position},
};
use crate::{
    StoreError,
    database::{Engine, Tx, Value},
};

/// What is asked for.
pub(super) struct Asked<'a> {
    pub organization: OrganizationId,
    pub filter: &'a CaptureFilter,
    pub sort: CaptureSort,
    pub after: Option<&'a Position>,
    pub limit: usize,
    pub bounds: Bounds,
}

/// Conditions with their values.
#[derive(Default)]
pub(super) struct Conditions {
    all: Vec<String>,
    args: Vec<Value>,
}

impl Conditions {
    /// The place of a value.
    pub(super) fn value(&mut self, value: impl Into<Value>) -> String {
        self.args.push(value.into());
        format!("${}", self.args.len())
    }

    /// Conditions of a statement's further part, behind the values of its first.
    pub(super) fn with_values_of(first: Conditions) -> Conditions {
        Conditions { all: Vec::new(), args: first.args }
    }

    /// A condition on one value, whose place is the `?`.
    pub(super) fn add(&mut self, condition: &str, value: impl Into<Value>) {
        let place = self.value(value);
        self.all.push(condition.replace('?', &place));
    }

    pub(super) fn all(&mut self, condition: impl Into<String>) {
        self.all.push(condition.into());
    }

    /// Behind the position in the sort's order.
    pub(super) fn position(&mut self, key: &str, id: &str, sort: CaptureSort, after: &Position) {
        let (key_place, id_place) = (self.value(after.key.clone()), self.value(after.capture));
        let is_behind = if sort.descends() { "<" } else { ">" };
        self.all.push(format!("({key}, {id}) {is_behind} ({key_place}, {id_place})"));
    }

    pub(super) fn sql(&self) -> String {
        if self.all.is_empty() { "true".to_owned() } else { self.all.join(" AND ") }
    }

    pub(super) fn into_args(self) -> Vec<Value> {
        self.args
    }
}

/// Where the first of those captures stand that are listed and wanted.
pub(super) async fn listed(tx: &mut Tx, asked: &Asked<'_>, facets: &[Facet]) -> Result<Vec<Position>, StoreError> {
    let Some(narrowest) = plan::narrowest(facets) else { return Ok(Vec::new()) };
    let all = facets.iter().find(|facet| facet.kind == FacetKind::All).map_or(0, |facet| facet.id);
    let facets: Vec<Facet> = facets.iter().copied().filter(|facet| facet.kind != FacetKind::All).collect();
    let list = List { engine: tx.engine(), asked, narrowest, facets: &facets, all };
    let shape = list.shape();
    let plan = match shape.plan_at_once() {
        Some(plan) => plan,
        None => {
            let bound = shape.gather_max(asked.limit) + 1;
            shape.plan(asked.limit, &list.count(tx, &shape.drivers, bound).await?)
        }
    };
    match plan {
        Plan::Read => list.read(tx, None).await,
        Plan::Gather(driver) => list.gather(tx, driver).await,
        Plan::Step(key) => list.step(tx, key).await,
        Plan::Walk => {
            // Another value's order may begin where all of them meet: the unavailable ones in dollars are many, and where the shops
            // with dollars were crawled last year, none of the newest unavailable ones is.
            let mut values = if facets.is_empty() { vec![narrowest] } else { facets.clone() };
            values.sort_by_key(|facet| facet.captures);
            for narrowest in values {
                let walk = List { narrowest, ..list };
                let found = walk.read(tx, Some(asked.bounds.walk_max)).await?;
                if found.len() >= asked.limit || walk.is_short(tx).await? {
                    return Ok(found);
                }
            }
            let counted = list.count(tx, &shape.drivers, asked.bounds.count_max).await?;
            match shape.plan_after_walk(&counted) {
                Plan::Step(key) => list.step(tx, key).await,
                Plan::Gather(driver) => list.gather(tx, driver).await,
                Plan::Read | Plan::Walk => list.gather(tx, Driver::Facet).await,
            }
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct List<'a> {
    pub(super) engine: Engine,
    pub(super) asked: &'a Asked<'a>,
    narrowest: Facet,
    /// All that are named, but not the organization.
    facets: &'a [Facet],
    /// The organization's own.
    pub(super) all: i64,
}

impl List<'_> {
    fn has_range(&self, key: Key) -> bool {
        let filter = self.asked.filter;
        match key {
            Key::ExtractedAt => filter.from.is_some() || filter.to.is_some(),
            Key::MinPrice => filter.min_price.is_some() || filter.max_price.is_some(),
            Key::Title => false,
        }
    }

    fn shape(&self) -> Shape {
        let sorted_by = self.asked.sort.key();
        let ranges = [Key::ExtractedAt, Key::MinPrice].into_iter().filter(|key| *key != sorted_by && self.has_range(*key));
        let mut drivers: Vec<Driver> = ranges.map(Driver::Range).collect();
        if self.asked.filter.q.is_some() {
            drivers.push(Driver::Words);
        }
        let has_more_values = self.facets.iter().any(|facet| facet.kind != self.narrowest.kind);
        Shape { narrowest: self.narrowest, has_more_values, bounds: self.asked.bounds, drivers }
    }

    /// `listing l`, and on SQLite the index that it is read by. PostgreSQL sees by itself that only one serves.
    fn table(&self, key: Key) -> String {
        match self.engine {
            Engine::Sqlite => format!("listing l INDEXED BY listing_{}_{}", self.narrowest.kind, key.column()),
            Engine::Postgres => "listing l".to_owned(),
        }
    }

    /// What a driver is read from.
    fn tables_of(&self, driver: Driver) -> String {
        match (driver, self.engine) {
            (Driver::Facet, Engine::Sqlite) => format!("listing l INDEXED BY {}", self.index_of_facets()),
            (Driver::Facet, Engine::Postgres) => "listing l".to_owned(),
            (Driver::Range(key), _) => self.table(key),
            // A cross join is run in the order in which it is written.
            (Driver::Words, Engine::Sqlite) => "listing_search CROSS JOIN listing l".to_owned(),
            (Driver::Words, Engine::Postgres) => "listing_words w JOIN listing l ON l.number = w.number".to_owned(),
        }
    }

    /// The index that has every value beside the narrowest; those that nearly all captures share have none, and are never the
    /// narrowest of several.
    fn index_of_facets(&self) -> String {
        match self.narrowest.kind {
            kind @ (FacetKind::All | FacetKind::Available) => format!("listing_{kind}_{}", self.asked.sort.key().column()),
            kind => format!("listing_{kind}_facets"),
        }
    }

    fn narrow(&self, conditions: &mut Conditions) {
        conditions.add(&format!("l.{} = ?", self.narrowest.kind.column()), self.narrowest.id);
    }

    pub(super) fn range(&self, conditions: &mut Conditions, key: Key) {
        let filter = self.asked.filter;
        match key {
            Key::ExtractedAt => {
                filter.from.iter().for_each(|from| conditions.add("l.extracted_at >= ?", *from));
                filter.to.iter().for_each(|to| conditions.add("l.extracted_at < ?", *to));
            }
            Key::MinPrice => {
                filter.min_price.iter().for_each(|least| conditions.add("l.min_price >= ?", least.scaled()));
                match filter.max_price {
                    Some(most) => conditions.add("l.min_price <= ?", most.scaled()),
                    None if filter.min_price.is_some() => conditions.all(format!("l.min_price < {NO_PRICE}")),
                    None => {}
                }
            }
            Key::Title => {}
        }
    }

    /// The values beside the narrowest, and the range of another key.
    pub(super) fn others(&self, conditions: &mut Conditions) {
        for facet in self.facets.iter().filter(|facet| facet.kind != self.narrowest.kind) {
            conditions.add(&format!("l.{} = ?", facet.kind.column()), facet.id);
        }
        for key in [Key::ExtractedAt, Key::MinPrice] {
            if key != self.asked.sort.key() {
                self.range(conditions, key);
            }
        }
    }

    /// That a capture has the words: looked up for each one.
    pub(super) fn words_of_row(&self, conditions: &mut Conditions) {
        let Some(search) = &self.asked.filter.q else { return };
        match self.engine {
            Engine::Sqlite => {
                let needles: Vec<String> = search
                    .needles()
                    .map(|needle| {
                        let place = conditions.value(needle);
                        format!("instr(w.words, {place}) > 0")
                    })
                    .collect();
                let all = needles.join(" AND ");
                conditions.all(format!("(SELECT {all} FROM listing_words w WHERE w.number = l.number)"));
            }
            Engine::Postgres => {
                let search = search.for_postgres(self.all);
                conditions.add("(SELECT w.words @@ ?::tsquery FROM listing_words w WHERE w.number = l.number)", search);
            }
        }
    }

    /// The same as what is read: looked up in the index of words.
    fn words_of_index(&self, conditions: &mut Conditions) {
        let Some(search) = &self.asked.filter.q else { return };
        match self.engine {
            Engine::Sqlite => conditions.add("listing_search MATCH ?", search.for_sqlite(self.all)),
            Engine::Postgres => conditions.add("w.words @@ ?::tsquery", search.for_postgres(self.all)),
        }
    }

    pub(super) fn order(&self, key: &str) -> String {
        let direction = if self.asked.sort.descends() { "DESC" } else { "ASC" };
        format!("ORDER BY {key} {direction}, capture_id {direction}")
    }

    pub(super) fn after(&self, conditions: &mut Conditions) {
        if let Some(after) = self.asked.after {
            let key = format!("l.{}", self.asked.sort.key().column());
            conditions.position(&key, "l.capture_id", self.asked.sort, after);
        }
    }

    pub(super) fn limit(&self, conditions: &mut Conditions) -> String {
        conditions.value(i64::try_from(self.asked.limit).unwrap_or(i64::MAX))
    }

    /// Reads the order of the narrowest value, all of it or its first so many.
    async fn read(&self, tx: &mut Tx, at_most: Option<i64>) -> Result<Vec<Position>, StoreError> {
        let (sql, args) = self.read_sql(at_most);
        self.rows(tx, &sql, args).await
    }

    /// Whether a walk comes to the order's end before it is given up: then what it found is all there is.
    async fn is_short(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        let mut conditions = Conditions::default();
        self.narrow(&mut conditions);
        self.range(&mut conditions, self.asked.sort.key());
        self.after(&mut conditions);
        let (from, on_the_way, walk_max) = (self.table(self.asked.sort.key()), conditions.sql(), self.asked.bounds.walk_max);
        let bound = conditions.value(walk_max);
        let sql = format!("SELECT COUNT(*) AS count FROM (SELECT 1 FROM {from} WHERE {on_the_way} LIMIT {bound}) walked");
        let walked = tx.row(&sql, conditions.into_args()).await?.map_or(Ok(0), |row| row.int("count"))?;
        Ok(walked < walk_max)
    }

    fn read_sql(&self, at_most: Option<i64>) -> (String, Vec<Value>) {
        let key = self.asked.sort.key();
        let mut conditions = Conditions::default();
        self.narrow(&mut conditions);
        self.range(&mut conditions, key);
        self.after(&mut conditions);
        let (from, order, on_the_way) = (self.table(key), self.order(&format!("l.{}", key.column())), conditions.sql());
        let column = key.column();
        let sql = match at_most {
            None => {
                let limit = self.limit(&mut conditions);
                format!("SELECT l.capture_id, l.{column} AS key FROM {from} WHERE {on_the_way} {order} LIMIT {limit}")
            }
            Some(at_most) => {
                let mut wanted = Conditions::with_values_of(conditions);
                self.others(&mut wanted);
                self.words_of_row(&mut wanted);
                let is_wanted = wanted.sql();
                let (at_most, limit) = (wanted.value(at_most), self.limit(&mut wanted));
                conditions = wanted;
                // The inner limit keeps the condition out of it and the outer one ends both.
                format!(
                    "SELECT capture_id, key FROM (SELECT l.capture_id, l.{column} AS key, ({is_wanted}) AS is_wanted
                     FROM {from} WHERE {on_the_way} {order} LIMIT {at_most}) walked WHERE is_wanted LIMIT {limit}"
                )
            }
        };
        (sql, conditions.into_args())
    }

    /// Takes everything that the driver names, leaves out what is not wanted, and sorts.
    async fn gather(&self, tx: &mut Tx, driver: Driver) -> Result<Vec<Position>, StoreError> {
        let (sql, args) = self.gather_sql(driver);
        self.rows(tx, &sql, args).await
    }

    fn gather_sql(&self, driver: Driver) -> (String, Vec<Value>) {
        let key = self.asked.sort.key();
        let mut conditions = Conditions::default();
        if driver == Driver::Words {
            self.words_of_index(&mut conditions);
            if self.engine == Engine::Sqlite {
                conditions.all("l.number = listing_search.rowid");
            }
        }
        self.narrow(&mut conditions);
        self.others(&mut conditions);
        self.range(&mut conditions, key);
        self.after(&mut conditions);
        if driver != Driver::Words {
            self.words_of_row(&mut conditions);
        }
        let (from, wanted, order) = (self.tables_of(driver), conditions.sql(), self.order("key"));
        let limit = self.limit(&mut conditions);
        let sql = format!(
            "WITH gathered AS MATERIALIZED (SELECT l.capture_id, l.{} AS key FROM {from} WHERE {wanted})
             SELECT capture_id, key FROM gathered {order} LIMIT {limit}",
            key.column()
        );
        (sql, conditions.into_args())
    }

    /// How many captures each driver names, counted up to a bound. PostgreSQL would read them all before it counted the first; it
    /// is asked what it expects instead, which is as good for choosing a way.
    async fn count(&self, tx: &mut Tx, drivers: &[Driver], bound: i64) -> Result<Vec<(Driver, i64)>, StoreError> {
        let mut counted = Vec::new();
        for driver in drivers {
            let captures = match self.engine {
                Engine::Sqlite => {
                    let (sql, args) = self.count_sql(*driver, bound);
                    tx.row(&sql, args).await?.map_or(Ok(0), |row| row.int("count"))?
                }
                Engine::Postgres => {
                    let (sql, args) = self.driver_sql(*driver, Conditions::default());
                    tx.expected_rows(&sql, args).await?
                }
            };
            counted.push((*driver, captures));
        }
        Ok(counted)
    }

    fn count_sql(&self, driver: Driver, bound: i64) -> (String, Vec<Value>) {
        let mut conditions = Conditions::default();
        let bound = conditions.value(bound);
        let (sql, args) = self.driver_sql(driver, conditions);
        (format!("SELECT COUNT(*) AS count FROM ({sql} LIMIT {bound}) counted"), args)
    }

    /// What a driver names, with nothing else.
    fn driver_sql(&self, driver: Driver, mut conditions: Conditions) -> (String, Vec<Value>) {
        let from = match (driver, self.engine) {
            (Driver::Words, engine) => {
                self.words_of_index(&mut conditions);
                if engine == Engine::Sqlite { "listing_search".to_owned() } else { "listing_words w".to_owned() }
            }
            (Driver::Range(key), _) => {
                self.narrow(&mut conditions);
                self.range(&mut conditions, key);
                self.table(key)
            }
            (Driver::Facet, _) => {
                self.narrow(&mut conditions);
                self.table(self.asked.sort.key())
            }
        };
        (format!("SELECT 1 AS one FROM {from} WHERE {}", conditions.sql()), conditions.into_args())
    }

    pub(super) async fn rows(&self, tx: &mut Tx, sql: &str, args: Vec<Value>) -> Result<Vec<Position>, StoreError> {
        let key = self.asked.sort.key();
        tx.rows(sql, args).await?.iter().map(|row| Position::read(row, key)).collect()
    }
}
