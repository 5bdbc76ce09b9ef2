//! Runs: made, claimed by one process, stopped, ended. What a stored page changes in its run happens in [`crate::settle`].

use creel_types::{
    ApiKeyId, By, Country, Credits, EndReason, Host, OrganizationId, Robot, RobotId, RobotProgram, RunError, RunErrorCode,
    RunId, RunStatus, ScheduleId, Time,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::{Row, Tx},
    idempotency::{self, IdempotencyKey, Once},
    outbox::{self, Message, MessageKind},
    owner::Judge,
    robots::LIST_ROWS_MAX,
    turns,
};

/// How long a process may be silent before another may take over its run.
pub const LEASE_MS: i64 = 15_000;

/// What a run was asked to do, beside its start URLs and budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSettings {
    pub discover: bool,
    #[serde(default)]
    pub include: Vec<String>,
    #[serde(default)]
    pub exclude: Vec<String>,
    pub max_depth: Option<u32>,
    #[serde(default)]
    pub auto_enrich: bool,
}

impl Default for RunSettings {
    fn default() -> RunSettings {
        RunSettings { discover: true, include: Vec::new(), exclude: Vec::new(), max_depth: None, auto_enrich: false }
    }
}

#[derive(Clone, Debug)]
pub struct NewRun {
    /// Who asked for it.
    pub by: By,
    pub robot: RobotId,
    pub api_key: Option<ApiKeyId>,
    /// The schedule that made it.
    pub schedule: Option<ScheduleId>,
    pub name: Option<String>,
    pub start_urls: Vec<String>,
    pub settings: RunSettings,
    pub budget: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub id: RunId,
    pub organization: OrganizationId,
    pub robot: RobotId,
    pub api_key: Option<ApiKeyId>,
    pub schedule: Option<ScheduleId>,
    pub name: String,
    pub host: Host,
    pub country: Country,
    /// The robot's program as it was when the run was made.
    pub program: RobotProgram,
    pub start_urls: Vec<String>,
    pub settings: RunSettings,
    pub budget: Option<i64>,
    pub status: RunStatus,
    pub end_reason: Option<EndReason>,
    pub error: Option<RunError>,
    pub extracted: i64,
    pub duplicates: i64,
    pub pages_fetched: i64,
    pub pages_failed: i64,
    pub pages_blocked: i64,
    pub credits_spent: Credits,
    pub created_at: Time,
    pub started_at: Option<Time>,
    pub ended_at: Option<Time>,
}

impl Run {
    /// Whether the address is on the robot's host.
    #[must_use]
    pub fn host_holds(&self, url: &url::Url) -> bool {
        self.host.holds(url)
    }
}

/// A run as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunView {
    pub id: RunId,
    pub name: String,
    pub status: RunStatus,
    pub end_reason: Option<EndReason>,
    pub error: Option<RunError>,
    pub robot_id: RobotId,
    /// Null once the robot was deleted.
    pub robot_name: Option<String>,
    pub schedule_id: Option<ScheduleId>,
    pub budget: Option<i64>,
    pub extracted: i64,
    pub duplicates: i64,
    pub in_queue: i64,
    pub pages_fetched: i64,
    pub pages_failed: i64,
    pub pages_blocked: i64,
    pub credits_spent: Credits,
    pub health: Option<String>,
    pub auto_enrich: bool,
    pub created_at: Time,
    pub started_at: Option<Time>,
    pub ended_at: Option<Time>,
    pub progress: Option<f64>,
}

const VIEW: &str = "SELECT u.*, r.name AS robot_name,
    (SELECT COUNT(*) FROM pages p WHERE p.run_id = u.id AND p.state = 'queued')
    + (SELECT COUNT(*) FROM pages p WHERE p.run_id = u.id AND p.state = 'leased') AS in_queue
    FROM runs u LEFT JOIN robots r ON r.id = u.robot_id";

impl Store {
    /// Makes a `pending` run on the robot's program as it stands. With `taker` it is that process's from the first moment, so
    /// that no other one takes it first.
    pub async fn create_run(
        &self,
        organization: OrganizationId,
        new: NewRun,
        taker: Option<Uuid>,
    ) -> Result<RunId, StoreError> {
        let robot = self.get_robot_with_program(organization, new.robot).await?;
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let id: RunId = self.random.id(now);
        let lease = taker.map(|taker| (taker, now.plus_ms(LEASE_MS)));
        self.insert_run(&mut tx, organization, id, &robot, new, lease).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Makes a `pending` run, or answers the one that the same request with the same key has made.
    pub async fn create_run_once(
        &self,
        organization: OrganizationId,
        new: NewRun,
        key: &IdempotencyKey,
    ) -> Result<Once<RunId>, StoreError> {
        let robot = self.get_robot_with_program(organization, new.robot).await?;
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let id: RunId = self.random.id(now);
        if let Some(before) = idempotency::take(&mut tx, organization, key, &id.to_string(), now).await? {
            let id = before.parse().map_err(|error| StoreError::corrupt("answer", error))?;
            return Ok(Once::Before(id));
        }
        self.insert_run(&mut tx, organization, id, &robot, new, None).await?;
        tx.commit().await?;
        Ok(Once::Now(id))
    }

    pub(crate) async fn insert_run(
        &self,
        tx: &mut Tx,
        organization: OrganizationId,
        id: RunId,
        (robot, program): &(Robot, RobotProgram),
        new: NewRun,
        lease: Option<(Uuid, Time)>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let name = new.name.unwrap_or_else(|| format!("{} {}", robot.host, &now.to_string()[..16].replace('T', " ")));
        tx.execute(
            "INSERT INTO runs (id, organization_id, robot_id, api_key_id, name, host, country_code, program, start_urls,
         settings, budget, status, created_at, leased_by, lease_expires_at, schedule_id, waits_since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'pending', $12, $13, $14, $15, $12)",
            args![
                id,
                organization,
                robot.id,
                new.api_key,
                name.as_str(),
                robot.host.as_str(),
                robot.country_code.as_str(),
                text(program)?,
                text(&new.start_urls)?,
                text(&new.settings)?,
                new.budget,
                now,
                lease.map(|(taker, _)| taker),
                lease.map(|(_, until)| until),
                new.schedule
            ],
        )
        .await?;
        let deed = Deed::new(AuditAction::RunCreated, TargetKind::Run, id, name).with(json!({"budget": new.budget}));
        audit::write(tx, self, organization, now, &new.by, deed).await
    }

    /// Gives the run to the process `owner` if nobody else holds it, and opens again what an earlier process had in hand, and
    /// what waited for a hold: it may have ended while the run had, and then nobody woke the page.
    ///
    /// A process that still holds a lease loses it where the judge knows that it died; where nobody can know, the lease's end
    /// decides. A run that has not begun is given only where it is its turn.
    pub async fn claim_run(&self, id: RunId, owner: Uuid, judge: &Judge) -> Result<Option<Run>, StoreError> {
        let mut tx = self.database.begin().await?;
        if !turns::is_its_turn(&mut tx, self, id).await? {
            return Ok(None);
        }
        let now = self.clock.now();
        let sql = format!("SELECT * FROM runs WHERE id = $1 AND ended_at IS NULL{}", tx.lock("runs"));
        let Some(row) = tx.row(&sql, args![id]).await? else {
            return Ok(None);
        };
        let holder: Option<Uuid> = row.opt_parsed("leased_by")?;
        let live = row.opt_time("lease_expires_at")?.is_some_and(|end| end > now);
        if let Some(holder) = holder.filter(|holder| *holder != owner && live)
            && !judge.is_gone(&mut tx, holder).await?
        {
            return Ok(None);
        }
        let mut run = run(&row)?;
        if matches!(run.status, RunStatus::Pending | RunStatus::Restarting) {
            run.status = RunStatus::Starting;
        }
        run.started_at = run.started_at.or(Some(now));
        tx.execute(
            "UPDATE runs SET status = $2, started_at = $3, leased_by = $4, lease_expires_at = $5, claimed_at = $6 WHERE id = $1",
            args![id, run.status.as_str(), run.started_at, owner, now.plus_ms(LEASE_MS), now],
        )
        .await?;
        tx.execute(
            "UPDATE pages SET state = 'queued', leased_by = NULL, lease_expires_at = NULL, not_before = 0
             WHERE run_id = $1 AND state = 'leased'",
            args![id],
        )
        .await?;
        let waiting = "UPDATE pages SET not_before = 0, waits_for_hold = 0 WHERE run_id = $1 AND waits_for_hold = 1";
        tx.execute(waiting, args![id]).await?;
        tx.commit().await?;
        Ok(Some(run))
    }

    /// Says that the process is alive: extends the lease on the run and on the pages in its hands. `false` once the run
    /// has ended or belongs to another.
    pub async fn heartbeat(&self, id: RunId, owner: Uuid) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        let until = self.clock.now().plus_ms(LEASE_MS);
        let touched = tx
            .execute(
                "UPDATE runs SET lease_expires_at = $3 WHERE id = $1 AND leased_by = $2 AND ended_at IS NULL",
                args![id, owner, until],
            )
            .await?;
        if touched > 0 {
            tx.execute(
                "UPDATE pages SET lease_expires_at = $3 WHERE run_id = $1 AND state = 'leased' AND leased_by = $2",
                args![id, owner, until],
            )
            .await?;
        }
        tx.commit().await?;
        Ok(touched > 0)
    }

    /// Gives the run back unfinished, so that another process can go on at once.
    pub async fn release_run(&self, id: RunId, owner: Uuid) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let touched = tx
            .execute(
                "UPDATE runs SET leased_by = NULL, lease_expires_at = NULL WHERE id = $1 AND leased_by = $2",
                args![id, owner],
            )
            .await?;
        if touched > 0 {
            reopen_leased_pages(&mut tx, id).await?;
        }
        tx.commit().await
    }

    /// `starting` becomes `running` when the first page is asked for.
    pub async fn mark_running(&self, id: RunId, owner: Uuid) -> Result<(), StoreError> {
        self.database
            .execute(
                "UPDATE runs SET status = 'running' WHERE id = $1 AND status = 'starting' AND leased_by = $2",
                args![id, owner],
            )
            .await?;
        Ok(())
    }

    /// Ends a run with nothing left to fetch; `false` while something is left, or when it has ended already.
    pub async fn complete_run(&self, id: RunId, owner: Uuid, error: Option<RunError>) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        if !holds_run(&mut tx, id, owner).await? {
            return Ok(false);
        }
        if has_open_pages(&mut tx, id).await? {
            return Ok(false);
        }
        let reason = if error.is_some() { EndReason::Error } else { EndReason::CrawlComplete };
        let ended = end_run(&mut tx, self, id, reason, error.as_ref(), self.clock.now()).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Ends a run that cannot go on, if it is still this process's.
    pub async fn fail_run(&self, id: RunId, owner: Uuid, error: &RunError) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        if !holds_run(&mut tx, id, owner).await? {
            return Ok(false);
        }
        let ended = end_run(&mut tx, self, id, EndReason::Error, Some(error), self.clock.now()).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Stops a run by somebody's wish; what was in hand goes back to the queue, so that a restart finds it.
    pub async fn stop_run(&self, organization: OrganizationId, id: RunId, by: &By) -> Result<bool, StoreError> {
        let mut tx = self.database.begin().await?;
        let sql = "SELECT name FROM runs WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let known = tx.row(sql, args![organization, id]).await?;
        let name = known.ok_or_else(|| StoreError::NotFound { what: "run", id: id.to_string() })?.text("name")?;
        let now = self.clock.now();
        let ended = end_run(&mut tx, self, id, EndReason::StoppedByUser, None, now).await?;
        if ended {
            let deed = Deed::new(AuditAction::RunStopped, TargetKind::Run, id, name);
            audit::write(&mut tx, self, organization, now, by, deed).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }

    /// Takes an ended run up again, for `taker` at once if one is given. `budget` is the new total; without it the old holds.
    pub async fn restart_run(
        &self,
        organization: OrganizationId,
        id: RunId,
        budget: Option<i64>,
        taker: Option<Uuid>,
        by: &By,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        let sql =
            format!("SELECT * FROM runs WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL{}", tx.lock("runs"));
        let row = tx.row(&sql, args![organization, id]).await?;
        let run = run(&row.ok_or_else(|| StoreError::NotFound { what: "run", id: id.to_string() })?)?;
        if !run.status.is_ended() || run.end_reason == Some(EndReason::CrawlComplete) {
            let state = run.end_reason.map_or(run.status.as_str(), EndReason::as_str);
            return Err(StoreError::Conflict(format!("a run that is {state} cannot be restarted")));
        }
        let budget = budget.or(run.budget);
        if budget.is_some_and(|total| total <= run.extracted) {
            return Err(StoreError::Conflict(format!("the run already has {} captures, its whole budget", run.extracted)));
        }
        let now = self.clock.now();
        tx.execute(
            "UPDATE runs SET status = 'restarting', end_reason = NULL, error_code = NULL, error_message = NULL,
             ended_at = NULL, budget = $2, leased_by = $3, lease_expires_at = $4, waits_since = $5 WHERE id = $1",
            args![id, budget, taker, taker.map(|_| now.plus_ms(LEASE_MS)), now],
        )
        .await?;
        let deed = Deed::new(AuditAction::RunRestarted, TargetKind::Run, id, run.name).with(json!({"budget": budget}));
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        tx.commit().await
    }

    /// The newest run with the same robot, start URLs and budget.
    pub async fn find_same_run(&self, organization: OrganizationId, new: &NewRun) -> Result<Option<Run>, StoreError> {
        let row = self
            .database
            .row(
                "SELECT * FROM runs WHERE organization_id = $1 AND robot_id = $2 AND start_urls = $3
                 AND COALESCE(budget, 0) = $4 AND deleted_at IS NULL ORDER BY id DESC LIMIT 1",
                args![organization, new.robot, text(&new.start_urls)?, new.budget.unwrap_or(0)],
            )
            .await?;
        row.as_ref().map(run).transpose()
    }

    pub async fn get_run(&self, organization: OrganizationId, id: RunId) -> Result<Run, StoreError> {
        let row = self
            .database
            .row("SELECT * FROM runs WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL", args![organization, id])
            .await?;
        run(&row.ok_or_else(|| StoreError::NotFound { what: "run", id: id.to_string() })?)
    }

    pub async fn get_run_view(&self, organization: OrganizationId, id: RunId) -> Result<RunView, StoreError> {
        let sql = format!("{VIEW} WHERE u.deleted_at IS NULL AND u.organization_id = $1 AND u.id = $2");
        let row = self.database.row(&sql, args![organization, id]).await?;
        view(&row.ok_or_else(|| StoreError::NotFound { what: "run", id: id.to_string() })?)
    }

    /// Newest first.
    pub async fn list_runs(
        &self,
        organization: OrganizationId,
        status: Option<RunStatus>,
        robot: Option<RobotId>,
        schedule: Option<ScheduleId>,
        before: Option<RunId>,
        limit: i64,
    ) -> Result<Vec<RunView>, StoreError> {
        // What is not asked for does not stand in the question, so that an index answers what is.
        let of = |is_given: bool, column: &str, place: usize| match is_given {
            true => format!("{column} = ${place}"),
            false => format!("${place} IS NULL"),
        };
        let sql = format!(
            "{VIEW} WHERE u.deleted_at IS NULL AND u.organization_id = $1 AND {} AND {} AND {}
             AND ($5 IS NULL OR u.id < $5) ORDER BY u.id DESC LIMIT $6",
            of(status.is_some(), "u.status", 2),
            of(robot.is_some(), "u.robot_id", 3),
            of(schedule.is_some(), "u.schedule_id", 4),
        );
        let args =
            args![organization, status.map(RunStatus::as_str), robot, schedule, before, limit.clamp(1, LIST_ROWS_MAX)];
        self.database.rows(&sql, args).await?.iter().map(view).collect()
    }

    /// The newest run of each robot on a page of the list of robots; robots without runs have none.
    pub async fn list_last_runs(
        &self,
        organization: OrganizationId,
        before: Option<RobotId>,
        limit: i64,
    ) -> Result<Vec<RunView>, StoreError> {
        let sql = format!(
            "{VIEW} WHERE u.organization_id = $1 AND u.id IN (
                 SELECT (SELECT MAX(n.id) FROM runs n WHERE n.organization_id = $1 AND n.robot_id = o.id AND n.deleted_at IS NULL)
                 FROM robots o WHERE o.organization_id = $1 AND ($2 IS NULL OR o.id < $2) ORDER BY o.id DESC LIMIT $3)"
        );
        let args = args![organization, before, limit.clamp(1, LIST_ROWS_MAX)];
        self.database.rows(&sql, args).await?.iter().map(view).collect()
    }
}

/// Whether anything is left to fetch.
async fn has_open_pages(tx: &mut Tx, id: RunId) -> Result<bool, StoreError> {
    let sql = format!("SELECT id FROM runs r WHERE id = $1 AND {HAS_OPEN_PAGES}");
    Ok(tx.row(&sql, args![id]).await?.is_some())
}

/// That the run `r` has pages which are not done: two looks, each at an index of its own.
pub(crate) const HAS_OPEN_PAGES: &str = "(EXISTS (SELECT 1 FROM pages p WHERE p.run_id = r.id AND p.state = 'queued')
    OR EXISTS (SELECT 1 FROM pages p WHERE p.run_id = r.id AND p.state = 'leased'))";

async fn holds_run(tx: &mut Tx, id: RunId, owner: Uuid) -> Result<bool, StoreError> {
    let sql = format!("SELECT id FROM runs WHERE id = $1 AND leased_by = $2{}", tx.lock("runs"));
    let row = tx.row(&sql, args![id, owner]).await?;
    Ok(row.is_some())
}

/// Ends a run once: an ended run keeps its first reason. Pages in hand go back to the queue for a restart. What the run counts must be
/// written before, since its end is told with it.
pub(crate) async fn end_run(
    tx: &mut Tx,
    store: &Store,
    id: RunId,
    reason: EndReason,
    error: Option<&RunError>,
    now: Time,
) -> Result<bool, StoreError> {
    let touched = tx
        .execute(
            "UPDATE runs SET status = $2, end_reason = $3, error_code = $4, error_message = $5, ended_at = $6,
             leased_by = NULL, lease_expires_at = NULL WHERE id = $1 AND ended_at IS NULL",
            args![
                id,
                reason.status().as_str(),
                reason.as_str(),
                error.map(|error| error.code.as_str()),
                error.map(|error| error.message.as_str()),
                now
            ],
        )
        .await?;
    if touched > 0 {
        reopen_leased_pages(tx, id).await?;
        tell_end(tx, store, id, now).await?;
    }
    Ok(touched > 0)
}

/// Tells that a run has completed or failed. That somebody stopped it is no news to anybody.
async fn tell_end(tx: &mut Tx, store: &Store, id: RunId, now: Time) -> Result<(), StoreError> {
    let Some(row) = tx.row("SELECT * FROM runs WHERE id = $1", args![id]).await? else { return Ok(()) };
    let run = run(&row)?;
    let kind = match run.status {
        RunStatus::Completed => MessageKind::RunCompleted,
        RunStatus::Failed => MessageKind::RunFailed,
        _ => return Ok(()),
    };
    let payload = json!({
        "run_id": run.id, "name": run.name, "status": run.status, "end_reason": run.end_reason, "error": run.error,
        "robot_id": run.robot, "schedule_id": run.schedule, "budget": run.budget, "extracted": run.extracted,
        "duplicates": run.duplicates, "pages_fetched": run.pages_fetched, "pages_failed": run.pages_failed,
        "pages_blocked": run.pages_blocked, "credits_spent": run.credits_spent, "created_at": run.created_at,
        "started_at": run.started_at, "ended_at": run.ended_at,
    });
    outbox::insert(tx, store, now, vec![Message { organization: run.organization, kind, payload }]).await
}

pub(crate) async fn reopen_leased_pages(tx: &mut Tx, id: RunId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE pages SET state = 'queued', leased_by = NULL, lease_expires_at = NULL WHERE run_id = $1 AND state = 'leased'",
        args![id],
    )
    .await?;
    Ok(())
}

fn text(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(error.to_string()))
}

pub(crate) fn run(row: &Row) -> Result<Run, StoreError> {
    let error = match row.opt_parsed::<RunErrorCode>("error_code")? {
        None => None,
        Some(code) => Some(RunError { code, message: row.opt_text("error_message")?.unwrap_or_default() }),
    };
    Ok(Run {
        id: row.parsed("id")?,
        organization: row.parsed("organization_id")?,
        robot: row.parsed("robot_id")?,
        api_key: row.opt_parsed("api_key_id")?,
        schedule: row.opt_parsed("schedule_id")?,
        name: row.text("name")?,
        host: Host::from_stored(row.text("host")?),
        country: row.parsed("country_code")?,
        program: row.json("program")?,
        start_urls: row.json("start_urls")?,
        settings: row.json("settings")?,
        budget: row.opt_int("budget")?,
        status: row.parsed("status")?,
        end_reason: row.opt_parsed("end_reason")?,
        error,
        extracted: row.int("extracted")?,
        duplicates: row.int("duplicates")?,
        pages_fetched: row.int("pages_fetched")?,
        pages_failed: row.int("pages_failed")?,
        pages_blocked: row.int("pages_blocked")?,
        credits_spent: Credits(row.int("credits_spent")?),
        created_at: row.time("created_at")?,
        started_at: row.opt_time("started_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}

fn view(row: &Row) -> Result<RunView, StoreError> {
    let run = run(row)?;
    let in_queue = row.int("in_queue")?;
    Ok(RunView {
        id: run.id,
        name: run.name.clone(),
        status: run.status,
        end_reason: run.end_reason,
        robot_id: run.robot,
        robot_name: row.opt_text("robot_name")?,
        schedule_id: run.schedule,
        budget: run.budget,
        extracted: run.extracted,
        duplicates: run.duplicates,
        in_queue: if run.status.is_ended() { 0 } else { in_queue },
        pages_fetched: run.pages_fetched,
        pages_failed: run.pages_failed,
        pages_blocked: run.pages_blocked,
        credits_spent: run.credits_spent,
        health: None,
        auto_enrich: run.settings.auto_enrich,
        created_at: run.created_at,
        started_at: run.started_at,
        ended_at: run.ended_at,
        progress: progress(&run, in_queue),
        error: run.error,
    })
}

/// The larger of the shares of budget and of known pages that are done; null before anything is known.
#[expect(clippy::cast_precision_loss, reason = "a share shown to people, not an amount")]
fn progress(run: &Run, in_queue: i64) -> Option<f64> {
    if run.status == RunStatus::Completed {
        return Some(1.0);
    }
    let pages = (run.pages_fetched + in_queue > 0).then(|| run.pages_fetched as f64 / (run.pages_fetched + in_queue) as f64);
    let budget = run.budget.filter(|budget| *budget > 0).map(|budget| run.extracted as f64 / budget as f64);
    let share = match (pages, budget) {
        (None, None) => return None,
        (a, b) => a.unwrap_or(0.0).max(b.unwrap_or(0.0)),
    };
    Some((share * 1000.0).round() / 1000.0)
}
