//! Lists captures behind the commit that stored them: the reconciler. It takes no input, may run in several processes at once
//! and be killed at any place, and doing it twice changes nothing.

use std::collections::BTreeMap;

use creel_types::{OrganizationId, Time};

use super::{
    facet::{self, Facet, FacetKind, available_key, brand_key, value_key},
    sort::{price_block, time_block, title_block, title_key},
    tail::price_key,
    words::{Content, words_of},
};
use crate::{
    Store, StoreError, args,
    database::{Engine, Given, Kind, Row, Tx},
    reconcile::Pass,
};

/// Captures that one transaction lists. On SQLite nobody else writes meanwhile.
const BATCH_MAX: i64 = 500;
/// Batches of one call, so that whoever calls can be stopped.
const BATCHES_MAX: usize = 40;

impl Store {
    /// Lists what was stored and is not listed yet, and goes on erasing the runs that were deleted.
    pub async fn follow_captures(&self) -> Result<Pass, StoreError> {
        let mut pass = Pass::default();
        let mut batches = 0;
        for organization in self.organizations_behind().await? {
            loop {
                if batches == BATCHES_MAX {
                    return Ok(Pass { more: true, ..pass });
                }
                batches += 1;
                let listed = list_batch(self, organization).await?;
                pass.changed += listed;
                if listed < BATCH_MAX.unsigned_abs() {
                    break;
                }
            }
        }
        pass.more = self.go_on_erasing(BATCHES_MAX - batches).await?;
        Ok(pass)
    }

    /// Organizations with captures that are not listed.
    async fn organizations_behind(&self) -> Result<Vec<OrganizationId>, StoreError> {
        let sql = format!(
            "SELECT o.id FROM organizations o LEFT JOIN listing_progress p ON p.organization_id = o.id
             WHERE EXISTS (SELECT 1 FROM captures c WHERE c.organization_id = o.id
                AND c.extracted_at >= COALESCE(p.through_at, {}) AND {NOT_LISTED})",
            i64::MIN + 1
        );
        self.database.rows(&sql, args![]).await?.iter().map(|row| row.parsed("id")).collect()
    }
}

pub(crate) const NOT_LISTED: &str =
    "c.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM listing l WHERE l.capture_id = c.id)";

/// Takes the organization's progress until the end of the transaction; none where another process has it. Deletions wait for it
/// too, so that nothing is listed that is being deleted.
async fn take_progress(tx: &mut Tx, organization: OrganizationId) -> Result<Option<Time>, StoreError> {
    make_progress(tx, organization).await?;
    let sql = format!("SELECT through_at FROM listing_progress WHERE organization_id = $1{}", tx.lock_free());
    tx.row(&sql, args![organization]).await?.map(|row| row.time("through_at")).transpose()
}

/// The same, waiting for whoever has it.
pub(super) async fn wait_for_progress(tx: &mut Tx, organization: OrganizationId) -> Result<(), StoreError> {
    make_progress(tx, organization).await?;
    let sql = format!("SELECT through_at FROM listing_progress WHERE organization_id = $1{}", tx.lock("listing_progress"));
    tx.row(&sql, args![organization]).await?;
    Ok(())
}

async fn make_progress(tx: &mut Tx, organization: OrganizationId) -> Result<(), StoreError> {
    let known = tx.row("SELECT 1 AS one FROM listing_progress WHERE organization_id = $1", args![organization]).await?;
    if known.is_none() {
        tx.execute(
            "INSERT INTO listing_progress (organization_id, through_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            args![organization, i64::MIN + 1],
        )
        .await?;
    }
    Ok(())
}

/// Lists the oldest captures that are not, in one transaction, and answers how many.
async fn list_batch(store: &Store, organization: OrganizationId) -> Result<u64, StoreError> {
    let mut tx = store.database.begin().await?;
    let Some(through_at) = take_progress(&mut tx, organization).await? else { return Ok(0) };
    // From the watermark on, itself included: more may have been stored within its millisecond. Nothing is stored before it,
    // because an organization's captures are stored under its lock and never earlier than its last entry.
    let sql = format!(
        "SELECT c.id, c.run_id, c.robot_id, c.import_id, c.store, c.brand, c.currency, c.available, c.extracted_at,
         c.min_price, c.title, c.content FROM captures c WHERE c.organization_id = $1 AND c.extracted_at >= $2
         AND {NOT_LISTED} ORDER BY c.extracted_at, c.id LIMIT $3"
    );
    let rows = tx.rows(&sql, args![organization, through_at, BATCH_MAX]).await?;
    let unlisted: Vec<Unlisted> = rows.iter().map(Unlisted::read).collect::<Result<_, _>>()?;
    let Some(last) = unlisted.last() else { return Ok(0) };
    let reached = last.extracted_at.max(through_at);
    let mut counts: BTreeMap<(FacetKind, String), i64> = BTreeMap::new();
    for key in unlisted.iter().flat_map(|capture| &capture.facets) {
        *counts.entry(key.clone()).or_default() += 1;
    }
    let facets = facet::count(&mut tx, organization, &counts).await?;
    insert(&mut tx, &unlisted, &facets).await?;
    insert_words(&mut tx, &unlisted, &facets).await?;
    tx.execute("UPDATE listing_progress SET through_at = $2 WHERE organization_id = $1", args![organization, reached])
        .await?;
    tx.commit().await?;
    Ok(unlisted.len() as u64)
}

/// A capture as it is going to be listed.
struct Unlisted {
    id: String,
    facets: Vec<(FacetKind, String)>,
    extracted_at: Time,
    min_price: i64,
    title: String,
    words: Vec<String>,
}

impl Unlisted {
    fn read(row: &Row) -> Result<Unlisted, StoreError> {
        let (title, brand) = (row.text("title")?, row.opt_text("brand")?);
        let id = row.text("id")?;
        // What cannot be read is not searched in; nobody behind it has to wait for that.
        let content: Content = row.json("content").unwrap_or_else(|error| {
            tracing::error!(capture = id, %error, "a capture's content cannot be read");
            Content::default()
        });
        let facets = [
            (FacetKind::All, Some(String::new())),
            (FacetKind::Run, row.opt_text("run_id")?),
            (FacetKind::Robot, row.opt_text("robot_id")?),
            (FacetKind::Import, row.opt_text("import_id")?),
            (FacetKind::Store, Some(value_key(&row.text("store")?))),
            (FacetKind::Brand, brand.as_deref().and_then(brand_key)),
            (FacetKind::Currency, row.opt_text("currency")?),
            (FacetKind::Available, Some(available_key(row.flag("available")?))),
        ];
        Ok(Unlisted {
            id,
            facets: facets.into_iter().filter_map(|(kind, value)| Some((kind, value?))).collect(),
            extracted_at: row.time("extracted_at")?,
            min_price: price_key(row.opt_int("min_price")?),
            title: title_key(&title),
            words: words_of(&title, brand.as_deref(), &content).into_iter().collect(),
        })
    }

    fn facet(&self, kind: FacetKind, facets: &BTreeMap<(FacetKind, String), Facet>) -> Option<i64> {
        let key = self.facets.iter().find(|(own, _)| *own == kind)?;
        facets.get(key).map(|facet| facet.id)
    }
}

async fn insert(
    tx: &mut Tx,
    unlisted: &[Unlisted],
    facets: &BTreeMap<(FacetKind, String), Facet>,
) -> Result<(), StoreError> {
    let mut given = Given::new(&[
        ("capture_id", Kind::Text),
        ("of_all", Kind::Int),
        ("of_run", Kind::Int),
        ("of_robot", Kind::Int),
        ("of_import", Kind::Int),
        ("of_store", Kind::Int),
        ("of_brand", Kind::Int),
        ("of_currency", Kind::Int),
        ("of_available", Kind::Int),
        ("extracted_at", Kind::Int),
        ("min_price", Kind::Int),
        ("title", Kind::Text),
        ("time_block", Kind::Int),
        ("price_block", Kind::Int),
        ("title_block", Kind::Text),
    ]);
    for capture in unlisted {
        let of = |kind| capture.facet(kind, facets);
        given.push(args![
            capture.id.as_str(),
            of(FacetKind::All),
            of(FacetKind::Run),
            of(FacetKind::Robot),
            of(FacetKind::Import),
            of(FacetKind::Store),
            of(FacetKind::Brand),
            of(FacetKind::Currency),
            of(FacetKind::Available),
            capture.extracted_at,
            capture.min_price,
            capture.title.as_str(),
            time_block(capture.extracted_at.0),
            price_block(capture.min_price),
            title_block(&capture.title),
        ]);
    }
    let inserted = tx.insert_given("listing", given, "").await?;
    if inserted == unlisted.len() as u64 { Ok(()) } else { Err(StoreError::corrupt("captures listed", inserted)) }
}

async fn insert_words(
    tx: &mut Tx,
    unlisted: &[Unlisted],
    facets: &BTreeMap<(FacetKind, String), Facet>,
) -> Result<(), StoreError> {
    let columns = &[("capture_id", Kind::Text), ("words", Kind::Text)];
    let (mut plain, mut of_organization) = (Given::new(columns), Given::new(columns));
    for capture in unlisted {
        let all = capture.facet(FacetKind::All, facets).unwrap_or_default();
        let words: Vec<String> = capture.words.iter().map(|word| format!("{all}:{word}")).collect();
        of_organization.push(args![capture.id.as_str(), words.join(" ")]);
        plain.push(args![capture.id.as_str(), format!(" {} ", capture.words.join(" "))]);
    }
    let into = |what: &str, words: &str| {
        format!(
            "INSERT INTO {what} SELECT l.number, {words} FROM given CROSS JOIN listing l WHERE l.capture_id = given.capture_id"
        )
    };
    match tx.engine() {
        Engine::Sqlite => {
            tx.execute_given(plain, &into("listing_words (number, words)", "given.words")).await?;
            tx.execute_given(of_organization, &into("listing_search (rowid, words)", "given.words")).await?;
        }
        Engine::Postgres => {
            let words = "array_to_tsvector(string_to_array(given.words, ' '))";
            tx.execute_given(of_organization, &into("listing_words (number, words)", words)).await?;
        }
    }
    Ok(())
}
