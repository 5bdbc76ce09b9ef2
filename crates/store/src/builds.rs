//! Robot builds: asked for, worked on by one process at a time, ended. Asking never waits for a shop.

use creel_types::{BuildId, Country, Host, OrganizationId, RobotId, RobotProgram, Time, words};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Store, StoreError, args,
    database::{Row, Tx},
    ledger::account::{Named, lock_account},
    robots::{LIST_ROWS_MAX, find_robot_of},
};

/// How long a process may work on a build before another may take it over: longer than all its requests may take.
const BUILD_LEASE_MS: i64 = 5 * 60 * 1000;

words! {
    BuildStatus {
        Pending = "pending",
        Building = "building",
        Completed = "completed",
        Failed = "failed",
    }
}

/// A robot build as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RobotBuild {
    pub id: BuildId,
    pub status: BuildStatus,
    pub url: String,
    pub host: String,
    pub country_code: Country,
    /// Once it is completed.
    pub robot_id: Option<RobotId>,
    /// Why it failed, and what to do.
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

/// A build in the hands of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildInHand {
    pub id: BuildId,
    pub organization: OrganizationId,
    pub url: String,
    pub country: Country,
}

impl Store {
    /// Makes a build that is completed at once, with a program that is known.
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

    /// Asks for a robot: the one that there is, the build that is under way for it, or a new one, which is completed at once
    /// where the installation knows the shop already.
    pub async fn request_robot_build(
        &self,
        organization: OrganizationId,
        url: &str,
        host: &Host,
        country: Country,
    ) -> Result<BuildAnswer, StoreError> {
        let mut tx = self.database.begin().await?;
        // Two who ask at once wait for each other here, and the second finds what the first one made.
        lock_account(&mut tx, organization, Named::default()).await?;
        if let Some(robot) = find_robot_of(&mut tx, organization, host, country).await? {
            return Ok(BuildAnswer::Robot(robot));
        }
        if let Some(build) = find_open_build(&mut tx, organization, host, country).await? {
            return Ok(BuildAnswer::Build(build));
        }
        let now = self.clock.now();
        let robot = match find_program(&mut tx, organization, host, country).await? {
            Some((program, private)) => Some(self.insert_robot(&mut tx, organization, &program, private, now).await?),
            None => None,
        };
        let status = if robot.is_some() { BuildStatus::Completed } else { BuildStatus::Pending };
        let build: BuildId = self.random.id(now);
        tx.execute(
            "INSERT INTO robot_builds (id, organization_id, robot_id, url, host, country_code, status, created_at, ended_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![
                build,
                organization,
                robot,
                url,
                host.as_str(),
                country.as_str(),
                status.as_str(),
                now,
                robot.map(|_| now)
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(BuildAnswer::Build(build))
    }

    /// Takes the oldest build that waits, or whose process has been silent for too long. Of several for one shop and country
    /// one is worked on at a time: the next finds the program made.
    pub async fn claim_robot_build(&self, owner: Uuid) -> Result<Option<BuildInHand>, StoreError> {
        let mut tx = self.database.begin().await?;
        let now = self.clock.now();
        let sql = format!(
            "SELECT * FROM robot_builds WHERE ended_at IS NULL AND (leased_by IS NULL OR lease_expires_at <= $1)
             AND NOT EXISTS (SELECT 1 FROM robot_builds o WHERE o.host = robot_builds.host
                 AND o.country_code = robot_builds.country_code AND o.ended_at IS NULL AND o.lease_expires_at > $1)
             ORDER BY id LIMIT 1{}",
            tx.lock_free()
        );
        let Some(row) = tx.row(&sql, args![now]).await? else { return Ok(None) };
        let build = BuildInHand {
            id: row.parsed("id")?,
            organization: row.parsed("organization_id")?,
            url: row.text("url")?,
            country: row.parsed("country_code")?,
        };
        tx.execute(
            "UPDATE robot_builds SET status = $2, leased_by = $3, lease_expires_at = $4 WHERE id = $1",
            args![build.id, BuildStatus::Building.as_str(), owner, now.plus_ms(BUILD_LEASE_MS)],
        )
        .await?;
        tx.commit().await?;
        Ok(Some(build))
    }

    /// Ends a build with the program that it made; `None` where another process has taken it over.
    pub async fn complete_robot_build(
        &self,
        build: &BuildInHand,
        owner: Uuid,
        program: &RobotProgram,
        private: bool,
    ) -> Result<Option<RobotId>, StoreError> {
        let mut tx = self.database.begin().await?;
        lock_account(&mut tx, build.organization, Named::default()).await?;
        let now = self.clock.now();
        // The address may have led to a shop for which there is a robot.
        let robot = match find_robot_of(&mut tx, build.organization, &program.host, program.country_code).await? {
            Some(robot) => robot,
            None => self.insert_robot(&mut tx, build.organization, program, private, now).await?,
        };
        let touched = tx
            .execute(
                "UPDATE robot_builds SET status = $3, robot_id = $4, host = $5, ended_at = $6, leased_by = NULL,
                 lease_expires_at = NULL WHERE id = $1 AND leased_by = $2 AND ended_at IS NULL",
                args![build.id, owner, BuildStatus::Completed.as_str(), robot, program.host.as_str(), now],
            )
            .await?;
        if touched == 0 {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(robot))
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
}

async fn find_open_build(
    tx: &mut Tx,
    organization: OrganizationId,
    host: &Host,
    country: Country,
) -> Result<Option<BuildId>, StoreError> {
    let row = tx
        .row(
            "SELECT id FROM robot_builds WHERE organization_id = $1 AND host = $2 AND country_code = $3 AND ended_at IS NULL
             ORDER BY id LIMIT 1",
            args![organization, host.as_str(), country.as_str()],
        )
        .await?;
    row.map(|row| row.parsed("id")).transpose()
}

/// What the installation knows about the shop, and whether that is this organization's alone.
async fn find_program(
    tx: &mut Tx,
    organization: OrganizationId,
    host: &Host,
    country: Country,
) -> Result<Option<(RobotProgram, bool)>, StoreError> {
    let row = tx
        .row(
            "SELECT document, owner FROM programs WHERE host = $1 AND country_code = $2 AND (owner = '' OR owner = $3)
             ORDER BY owner LIMIT 1",
            args![host.as_str(), country.as_str(), organization],
        )
        .await?;
    row.map(|row| Ok((row.json("document")?, !row.text("owner")?.is_empty()))).transpose()
}

fn robot_build(row: &Row) -> Result<RobotBuild, StoreError> {
    Ok(RobotBuild {
        id: row.parsed("id")?,
        status: row.parsed("status")?,
        url: row.text("url")?,
        host: row.text("host")?,
        country_code: row.parsed("country_code")?,
        robot_id: row.opt_parsed("robot_id")?,
        reason: row.opt_text("reason")?,
        created_at: row.time("created_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}
