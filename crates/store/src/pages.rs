//! The frontier of a run and the record of its pages, which are one table: queued, leased, then done with an outcome.

use creel_types::{CaptureId, OrganizationId, PageKind, PageOutcome, RunErrorCode, RunId, Time};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Store, StoreError, args,
    database::{Given, Kind, Row},
    robots::LIST_ROWS_MAX,
    runs::LEASE_MS,
};

/// Pages that one statement queues.
const QUEUE_ROWS_MAX: usize = 500;

/// Kinds of outcome that one summary tells apart.
const OUTCOMES_MAX: i64 = 200;

/// What is fetched, and how it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageRole {
    Page,
    Sitemap,
}

impl PageRole {
    const fn as_str(self) -> &'static str {
        match self {
            PageRole::Page => "page",
            PageRole::Sitemap => "sitemap",
        }
    }
}

#[derive(Clone, Debug)]
pub struct NewPage {
    pub url: String,
    pub role: PageRole,
    /// Higher goes first.
    pub priority: i64,
    pub depth: u32,
    /// Addresses of one shape share a bound, so that a calendar cannot fill the queue.
    pub shape: String,
}

#[derive(Clone, Debug)]
pub struct LeasedPage {
    pub url: String,
    pub role: PageRole,
    pub depth: u32,
    /// How often it was tried before.
    pub attempts: u32,
}

/// A row of a run's pages, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageRow {
    pub url: String,
    pub kind: Option<PageKind>,
    pub outcome: PageOutcome,
    pub reason: Option<String>,
    pub status_code: Option<i64>,
    pub credits: i64,
    pub capture_id: Option<CaptureId>,
    pub at: Time,
}

/// How many pages of a run ended one way for one reason.
#[derive(Clone, Debug)]
pub struct OutcomeCount {
    pub outcome: PageOutcome,
    pub reason: Option<String>,
    pub error_code: Option<RunErrorCode>,
    pub count: i64,
    pub example: String,
}

/// How many pages of a run met one kind of trouble.
#[derive(Clone, Debug)]
pub struct ErrorCount {
    pub error_code: Option<RunErrorCode>,
    pub count: i64,
    pub example: String,
    pub reason: Option<String>,
}

/// Runs that are looked through for a page, the newest.
pub const RUNS_OF_PAGE_MAX: i64 = 100;

/// What one run made of an address.
#[derive(Clone, Debug)]
pub struct FoundPage {
    pub run: RunId,
    pub run_name: String,
    pub url: String,
    /// None while it waits, or is being fetched.
    pub done: Option<PageRow>,
}

impl Store {
    /// What the newest runs of an organization made of an address, the newest run first.
    pub async fn find_page(&self, organization: OrganizationId, url: &str) -> Result<Vec<FoundPage>, StoreError> {
        let sql = "WITH past AS (SELECT id, name FROM runs WHERE organization_id = $1 AND deleted_at IS NULL
                ORDER BY id DESC LIMIT $2)
            SELECT past.id AS of_run, past.name AS run_name, p.* FROM past CROSS JOIN pages p
            WHERE p.run_id = past.id AND p.url = $3 AND p.role = 'page' ORDER BY past.id DESC";
        let rows = self.database.rows(sql, args![organization, RUNS_OF_PAGE_MAX, url]).await?;
        rows.iter()
            .map(|row| {
                let is_done = row.text("state")? == "done";
                let (run, run_name, url) = (row.parsed("of_run")?, row.text("run_name")?, row.text("url")?);
                Ok(FoundPage { run, run_name, url, done: is_done.then(|| page_row(row)).transpose()? })
            })
            .collect()
    }

    /// Adds what is not there yet and answers how many that were. Doing it twice changes nothing.
    pub async fn queue_pages(&self, run: RunId, pages: &[NewPage]) -> Result<u64, StoreError> {
        if pages.is_empty() {
            return Ok(0);
        }
        // Within one priority the order of discovery holds; 2^20 pages fit between two milliseconds.
        let first = self.clock.now().0 << 20;
        let mut positioned: Vec<(i64, &NewPage)> = (first..).zip(pages).collect();
        // In one order whoever queues, so that two who queue the same pages never wait for each other in a circle.
        positioned.sort_by(|(_, one), (_, other)| one.url.cmp(&other.url));
        let mut tx = self.database.begin().await?;
        let mut added = 0;
        for chunk in positioned.chunks(QUEUE_ROWS_MAX) {
            let mut given = Given::new(&[
                ("run_id", Kind::Text),
                ("url", Kind::Text),
                ("role", Kind::Text),
                ("state", Kind::Text),
                ("priority", Kind::Int),
                ("position", Kind::Int),
                ("depth", Kind::Int),
                ("shape", Kind::Text),
            ]);
            for (position, page) in chunk {
                given.push(args![
                    run,
                    page.url.as_str(),
                    page.role.as_str(),
                    "queued",
                    page.priority,
                    *position,
                    i64::from(page.depth),
                    page.shape.as_str()
                ]);
            }
            added += tx.insert_given("pages", given, "ON CONFLICT (run_id, url) DO NOTHING").await?;
        }
        tx.commit().await?;
        Ok(added)
    }

    /// Hands out up to `limit` pages to the process that holds the run, best first.
    pub async fn lease_pages(&self, run: RunId, owner: Uuid, limit: i64) -> Result<Vec<LeasedPage>, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let sql = format!(
            "WITH next AS (SELECT url FROM pages WHERE run_id = $1 AND state = 'queued' AND not_before <= $4
                AND EXISTS (SELECT 1 FROM runs WHERE id = $1 AND leased_by = $2 AND ended_at IS NULL)
                ORDER BY priority DESC, position LIMIT $5{})
             UPDATE pages SET state = 'leased', leased_by = $2, lease_expires_at = $3, waits_for_hold = 0
             FROM next WHERE pages.run_id = $1 AND pages.url = next.url
             RETURNING pages.url, role, depth, attempts, priority, position",
            tx.lock_free()
        );
        let rows = tx.rows(&sql, args![run, owner, now.plus_ms(LEASE_MS), now, limit]).await?;
        tx.commit().await?;
        let mut pages = rows
            .iter()
            .map(|row| Ok(((-row.int("priority")?, row.int("position")?), leased_page(row)?)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        pages.sort_by_key(|(order, _)| *order);
        Ok(pages.into_iter().map(|(_, page)| page).collect())
    }

    /// Puts a page back to be tried again from `not_before` on.
    pub async fn retry_page(&self, run: RunId, owner: Uuid, url: &str, not_before: Time) -> Result<(), StoreError> {
        self.database
            .execute(
                "UPDATE pages SET state = 'queued', leased_by = NULL, lease_expires_at = NULL, attempts = attempts + 1,
                 not_before = $4 WHERE run_id = $1 AND url = $2 AND state = 'leased' AND leased_by = $3",
                args![run, url, owner, not_before],
            )
            .await?;
        Ok(())
    }

    /// What waits: how many pages, and from when the first of them may be fetched.
    pub async fn queue_state(&self, run: RunId) -> Result<(i64, Option<Time>), StoreError> {
        let row = self
            .database
            .row(
                "SELECT COUNT(*) AS waiting, MIN(not_before) AS next FROM pages WHERE run_id = $1 AND state = 'queued'",
                args![run],
            )
            .await?
            .ok_or_else(|| StoreError::corrupt("pages", "no count"))?;
        Ok((row.int("waiting")?, row.opt_time("next")?))
    }

    /// Every address that the run knows.
    pub async fn known_urls(&self, run: RunId) -> Result<Vec<String>, StoreError> {
        let rows = self.database.rows("SELECT url FROM pages WHERE run_id = $1", args![run]).await?;
        rows.iter().map(|row| row.text("url")).collect()
    }

    /// How many pages of each shape the run knows, for the bounds against traps.
    pub async fn shape_counts(&self, run: RunId) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = self
            .database
            .rows("SELECT shape, COUNT(*) AS count FROM pages WHERE run_id = $1 AND shape <> '' GROUP BY shape", args![run])
            .await?;
        rows.iter().map(|row| Ok((row.text("shape")?, row.int("count")?))).collect()
    }

    /// How many pages failed for each code, with one example each; without a code, how many could be read.
    pub async fn error_counts(&self, run: RunId) -> Result<Vec<ErrorCount>, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT error_code, COUNT(*) AS count, MIN(url) AS example, MIN(reason) AS reason FROM pages
                 WHERE run_id = $1 AND state = 'done' AND role = 'page'
                   AND (error_code IS NOT NULL OR outcome IN ('captured', 'duplicate', 'gate_failed', 'discovery'))
                 GROUP BY error_code",
                args![run],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(ErrorCount {
                    error_code: row.opt_parsed("error_code")?,
                    count: row.int("count")?,
                    example: row.text("example")?,
                    reason: row.opt_text("reason")?,
                })
            })
            .collect()
    }

    /// Outcomes with their reasons, most frequent first.
    pub async fn outcome_counts(&self, run: RunId) -> Result<Vec<OutcomeCount>, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT outcome, reason, error_code, COUNT(*) AS count, MIN(url) AS example FROM pages
                 WHERE run_id = $1 AND state = 'done' AND role = 'page'
                 GROUP BY outcome, reason, error_code ORDER BY count DESC, example LIMIT $2",
                args![run, OUTCOMES_MAX],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(OutcomeCount {
                    outcome: row.parsed("outcome")?,
                    reason: row.opt_text("reason")?,
                    error_code: row.opt_parsed("error_code")?,
                    count: row.int("count")?,
                    example: row.text("example")?,
                })
            })
            .collect()
    }

    /// The run's pages that are done, in the order in which they were; all, or those with one outcome.
    pub async fn list_pages(
        &self,
        run: RunId,
        outcome: Option<PageOutcome>,
        after: Option<(Time, String)>,
        limit: i64,
    ) -> Result<Vec<PageRow>, StoreError> {
        let (at, url) = after.unwrap_or((Time(i64::MIN), String::new()));
        let rows = self
            .database
            .rows(
                "SELECT * FROM pages WHERE run_id = $1 AND state = 'done' AND role = 'page' AND (done_at, url) > ($2, $3)
                   AND ($5 IS NULL OR outcome = $5) ORDER BY done_at, url LIMIT $4",
                args![run, at, url, limit.clamp(1, LIST_ROWS_MAX), outcome.map(PageOutcome::as_str)],
            )
            .await?;
        rows.iter().map(page_row).collect()
    }
}

fn leased_page(row: &Row) -> Result<LeasedPage, StoreError> {
    let role = if row.text("role")? == PageRole::Sitemap.as_str() { PageRole::Sitemap } else { PageRole::Page };
    Ok(LeasedPage {
        url: row.text("url")?,
        role,
        depth: u32::try_from(row.int("depth")?).unwrap_or(u32::MAX),
        attempts: u32::try_from(row.int("attempts")?).unwrap_or(u32::MAX),
    })
}

fn page_row(row: &Row) -> Result<PageRow, StoreError> {
    let outcome: PageOutcome = row.parsed("outcome")?;
    Ok(PageRow {
        url: row.text("url")?,
        kind: row.opt_parsed("kind")?,
        outcome,
        reason: row.opt_text("reason")?,
        status_code: row.opt_int("status_code")?,
        credits: if outcome == PageOutcome::Captured { creel_types::Action::Extract.price().0 } else { 0 },
        capture_id: row.opt_parsed("capture_id")?,
        at: row.time("done_at")?,
    })
}
