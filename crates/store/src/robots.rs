//! Programs (shared), robots (an organization's rows on them) and robot builds.

use creel_types::{BuildId, By, Country, Host, OrganizationId, Robot, RobotId, RobotProgram, RobotStatus, Time};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::{Row, Tx},
    ledger::account::{Named, lock_account},
};

/// Rows of one page of a list, and the one more that tells whether there is a next page.
pub const LIST_ROWS_MAX: i64 = 501;

const ROBOT_COLUMNS: &str = "r.id, r.name, r.created_at, r.updated_at, p.version, p.document";

/// A robot build as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RobotBuild {
    pub id: BuildId,
    pub status: String,
    pub url: String,
    pub host: String,
    pub country_code: Country,
    pub robot_id: Option<RobotId>,
    pub reason: Option<String>,
    pub created_at: Time,
    pub ended_at: Option<Time>,
}

/// What asking for a build leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildAnswer {
    /// The organization has a robot for that host and country already.
    Robot(RobotId),
    Build(BuildId),
}

impl Store {
    /// Makes a build. Until builds analyse shops, it is completed at once with the general program of the host.
    pub async fn create_robot_build(
        &self,
        organization: OrganizationId,
        url: &str,
        program: &RobotProgram,
        private: bool,
    ) -> Result<BuildAnswer, StoreError> {
        let mut tx = self.database.begin().await?;
        // Two who ask at once wait for each other here, and the second finds the first one's robot.
        lock_account(&mut tx, organization, Named::default()).await?;
        if let Some(robot) = find_robot_of(&mut tx, organization, &program.host, program.country_code).await? {
            return Ok(BuildAnswer::Robot(robot));
        }
        let now = self.clock.now();
        let robot = self.insert_robot(&mut tx, organization, program, private, now).await?;
        let build: BuildId = self.random.id(now);
        tx.execute(
            "INSERT INTO robot_builds (id, organization_id, robot_id, url, host, country_code, status, created_at, ended_at)
             VALUES ($1, $2, $3, $4, $5, $6, 'completed', $7, $7)",
            args![build, organization, robot, url, program.host.as_str(), program.country_code.as_str(), now],
        )
        .await?;
        tx.commit().await?;
        Ok(BuildAnswer::Build(build))
    }

    async fn insert_robot(
        &self,
        tx: &mut Tx,
        organization: OrganizationId,
        program: &RobotProgram,
        private: bool,
        now: Time,
    ) -> Result<RobotId, StoreError> {
        // A program of a private network is nobody else's: the same address is another shop in another network.
        let owner = if private { organization.to_string() } else { String::new() };
        let document = serde_json::to_string(program).map_err(|error| StoreError::corrupt("document", error))?;
        tx.execute(
            "INSERT INTO programs (id, host, country_code, owner, version, document, created_at, updated_at)
             VALUES ($1, $2, $3, $4, 1, $5, $6, $6) ON CONFLICT (host, country_code, owner) DO NOTHING",
            args![
                self.random.id::<Uuid>(now),
                program.host.as_str(),
                program.country_code.as_str(),
                owner.as_str(),
                document,
                now
            ],
        )
        .await?;
        let robot: RobotId = self.random.id(now);
        tx.execute(
            "INSERT INTO robots (id, organization_id, program_id, name, created_at, updated_at)
             SELECT $1, $2, id, $3, $4, $4 FROM programs WHERE host = $5 AND country_code = $6 AND owner = $7",
            args![
                robot,
                organization,
                program.host.as_str(),
                now,
                program.host.as_str(),
                program.country_code.as_str(),
                owner
            ],
        )
        .await?;
        Ok(robot)
    }

    pub async fn get_robot_build(&self, organization: OrganizationId, id: BuildId) -> Result<RobotBuild, StoreError> {
        let row = self
            .database
            .row("SELECT * FROM robot_builds WHERE organization_id = $1 AND id = $2", args![organization, id])
            .await?;
        robot_build(&row.ok_or_else(|| StoreError::NotFound { what: "robot build", id: id.to_string() })?)
    }

    /// Newest first.
    pub async fn list_robot_builds(
        &self,
        organization: OrganizationId,
        before: Option<BuildId>,
        limit: i64,
    ) -> Result<Vec<RobotBuild>, StoreError> {
        let rows = self
            .database
            .rows(
                "SELECT * FROM robot_builds WHERE organization_id = $1 AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
                args![organization, before, limit.clamp(1, LIST_ROWS_MAX)],
            )
            .await?;
        rows.iter().map(robot_build).collect()
    }

    pub async fn get_robot(&self, organization: OrganizationId, id: RobotId) -> Result<Robot, StoreError> {
        self.get_robot_with_program(organization, id).await.map(|(robot, _)| robot)
    }

    pub async fn get_robot_with_program(
        &self,
        organization: OrganizationId,
        id: RobotId,
    ) -> Result<(Robot, RobotProgram), StoreError> {
        let sql = format!(
            "SELECT {ROBOT_COLUMNS} FROM robots r JOIN programs p ON p.id = r.program_id
             WHERE r.organization_id = $1 AND r.id = $2"
        );
        let row = self.database.row(&sql, args![organization, id]).await?;
        robot(&row.ok_or_else(|| StoreError::NotFound { what: "robot", id: id.to_string() })?)
    }

    pub async fn rename_robot(
        &self,
        organization: OrganizationId,
        id: RobotId,
        name: &str,
        by: &By,
    ) -> Result<Robot, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let touched = tx
            .execute(
                "UPDATE robots SET name = $3, updated_at = $4 WHERE organization_id = $1 AND id = $2",
                args![organization, id, name, now],
            )
            .await?;
        if touched == 0 {
            return Err(StoreError::NotFound { what: "robot", id: id.to_string() });
        }
        let deed = Deed::new(AuditAction::RobotRenamed, TargetKind::Robot, id, name);
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        tx.commit().await?;
        self.get_robot(organization, id).await
    }

    /// Removes the organization's row; the program stays, and so do runs and captures. Refused while schedules or runs need it.
    pub async fn delete_robot(&self, organization: OrganizationId, id: RobotId, by: &By) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        // Whoever makes a schedule holds this row too.
        lock_account(&mut tx, organization, Named::default()).await?;
        let known =
            tx.row("SELECT name FROM robots WHERE organization_id = $1 AND id = $2", args![organization, id]).await?;
        let name = known.ok_or_else(|| StoreError::NotFound { what: "robot", id: id.to_string() })?.text("name")?;
        for (what, sql) in [
            (
                "schedules; delete them first",
                "SELECT 1 AS one FROM schedules WHERE organization_id = $1 AND robot_id = $2 LIMIT 1",
            ),
            (
                "runs that have not ended; stop them first",
                "SELECT 1 AS one FROM runs WHERE organization_id = $1 AND robot_id = $2 AND ended_at IS NULL LIMIT 1",
            ),
        ] {
            if tx.row(sql, args![organization, id]).await?.is_some() {
                return Err(StoreError::Conflict(format!("the robot has {what}")));
            }
        }
        tx.execute(
            "DELETE FROM credit_limits WHERE organization_id = $1 AND subject = 'robot' AND subject_id = $2",
            args![organization, id],
        )
        .await?;
        tx.execute("UPDATE robot_builds SET robot_id = NULL WHERE robot_id = $1", args![id]).await?;
        tx.execute("DELETE FROM robots WHERE organization_id = $1 AND id = $2", args![organization, id]).await?;
        let deed = Deed::new(AuditAction::RobotDeleted, TargetKind::Robot, id, name);
        audit::write(&mut tx, self, organization, self.clock.now(), by, deed).await?;
        tx.commit().await
    }

    pub async fn find_robot(
        &self,
        organization: OrganizationId,
        host: &Host,
        country: Country,
    ) -> Result<Option<RobotId>, StoreError> {
        let mut tx = self.database.begin_read().await?;
        find_robot_of(&mut tx, organization, host, country).await
    }

    /// Newest first.
    pub async fn list_robots(
        &self,
        organization: OrganizationId,
        before: Option<RobotId>,
        limit: i64,
    ) -> Result<Vec<Robot>, StoreError> {
        let sql = format!(
            "SELECT {ROBOT_COLUMNS} FROM robots r JOIN programs p ON p.id = r.program_id
             WHERE r.organization_id = $1 AND ($2 IS NULL OR r.id < $2) ORDER BY r.id DESC LIMIT $3"
        );
        let rows = self.database.rows(&sql, args![organization, before, limit.clamp(1, LIST_ROWS_MAX)]).await?;
        rows.iter().map(|row| robot(row).map(|(robot, _)| robot)).collect()
    }
}

async fn find_robot_of(
    tx: &mut Tx,
    organization: OrganizationId,
    host: &Host,
    country: Country,
) -> Result<Option<RobotId>, StoreError> {
    let row = tx
        .row(
            "SELECT r.id FROM robots r JOIN programs p ON p.id = r.program_id
             WHERE r.organization_id = $1 AND p.host = $2 AND p.country_code = $3",
            args![organization, host.as_str(), country.as_str()],
        )
        .await?;
    row.map(|row| row.parsed("id")).transpose()
}

fn robot(row: &Row) -> Result<(Robot, RobotProgram), StoreError> {
    let program: RobotProgram = row.json("document")?;
    let robot = Robot {
        id: row.parsed("id")?,
        name: row.text("name")?,
        host: program.host.clone(),
        country_code: program.country_code,
        language: program.language.clone(),
        currency: program.currency,
        platform: program.platform.clone(),
        status: RobotStatus::Ready,
        needs_rendering: program.needs_rendering,
        completeness: None,
        default_start_urls: program.default_start_urls.clone(),
        version: row.int("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    };
    Ok((robot, program))
}

fn robot_build(row: &Row) -> Result<RobotBuild, StoreError> {
    Ok(RobotBuild {
        id: row.parsed("id")?,
        status: row.text("status")?,
        url: row.text("url")?,
        host: row.text("host")?,
        country_code: row.parsed("country_code")?,
        robot_id: row.opt_parsed("robot_id")?,
        reason: row.opt_text("reason")?,
        created_at: row.time("created_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}
