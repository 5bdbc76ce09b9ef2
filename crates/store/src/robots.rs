//! Programs (shared) and robots: an organization's rows on them.

use creel_types::{By, Country, Host, OrganizationId, Robot, RobotId, RobotProgram, RobotStatus, Time};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    access::audit::{self, AuditAction, Deed, TargetKind},
    args,
    database::{Row, Tx},
    edition::{self, Edition, Target},
    ledger::account::{Named, lock_account},
};

/// Rows of one page of a list, and the one more that tells whether there is a next page.
pub const LIST_ROWS_MAX: i64 = 501;

const ROBOT_COLUMNS: &str = "r.id, r.name, r.created_at, r.updated_at, p.version, p.document";

impl Store {
    pub(crate) async fn insert_robot(
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

    pub async fn get_robot(&self, organization: OrganizationId, id: RobotId) -> Result<Robot, StoreError> {
        self.get_robot_with_program(organization, id).await.map(|(robot, _)| robot)
    }

    pub async fn get_robot_with_program(
        &self,
        organization: OrganizationId,
        id: RobotId,
    ) -> Result<(Robot, RobotProgram), StoreError> {
        let row = self.database.row(&one_robot(), args![organization, id]).await?;
        robot(&row.ok_or_else(|| StoreError::NotFound { what: "robot", id: id.to_string() })?)
    }

    /// Renames it; with `expected` only while it is the edition that somebody saw.
    pub async fn rename_robot(
        &self,
        organization: OrganizationId,
        id: RobotId,
        name: &str,
        expected: Option<&Edition>,
        by: &By,
    ) -> Result<Robot, StoreError> {
        let mut tx = self.database.begin().await?;
        lock_account(&mut tx, organization, Named::default()).await?;
        let now = self.clock.now();
        let before =
            tx.row("SELECT name FROM robots WHERE organization_id = $1 AND id = $2", args![organization, id]).await?;
        let before = before.ok_or_else(|| StoreError::NotFound { what: "robot", id: id.to_string() })?.text("name")?;
        let target = Target { organization, kind: TargetKind::Robot, id: id.to_string(), action: AuditAction::RobotRenamed };
        edition::refuse_other(&mut tx, expected, &edition_of(id, &before), &target).await?;
        tx.execute(
            "UPDATE robots SET name = $3, updated_at = $4 WHERE organization_id = $1 AND id = $2",
            args![organization, id, name, now],
        )
        .await?;
        let deed = Deed::new(AuditAction::RobotRenamed, TargetKind::Robot, id, name);
        audit::write(&mut tx, self, organization, now, by, deed).await?;
        tx.commit().await?;
        self.get_robot(organization, id).await
    }

    /// Removes the organization's row, and its schedules where that is wished; the program stays, and so do runs and captures.
    /// Refused while schedules or runs need it.
    pub async fn delete_robot(
        &self,
        organization: OrganizationId,
        id: RobotId,
        with_schedules: bool,
        by: &By,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        // Whoever makes a schedule holds this row too.
        lock_account(&mut tx, organization, Named::default()).await?;
        let known =
            tx.row("SELECT name FROM robots WHERE organization_id = $1 AND id = $2", args![organization, id]).await?;
        let name = known.ok_or_else(|| StoreError::NotFound { what: "robot", id: id.to_string() })?.text("name")?;
        let sql = "SELECT 1 AS one FROM runs WHERE organization_id = $1 AND robot_id = $2 AND ended_at IS NULL LIMIT 1";
        if tx.row(sql, args![organization, id]).await?.is_some() {
            return Err(StoreError::Conflict("the robot has runs that have not ended; stop them first".to_owned()));
        }
        if with_schedules {
            self.delete_schedules_of(&mut tx, organization, id, by).await?;
        } else {
            refuse_with_schedules(&mut tx, organization, id).await?;
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

/// What can be changed about a robot is its name.
#[must_use]
pub fn edition(robot: &Robot) -> Edition {
    edition_of(robot.id, &robot.name)
}

fn edition_of(id: RobotId, name: &str) -> Edition {
    Edition::of(&(id, name))
}

async fn refuse_with_schedules(tx: &mut Tx, organization: OrganizationId, id: RobotId) -> Result<(), StoreError> {
    let sql = "SELECT COUNT(*) AS schedules FROM schedules WHERE organization_id = $1 AND robot_id = $2";
    let row = tx.row(sql, args![organization, id]).await?;
    match row.map_or(Ok(0), |row| row.int("schedules"))? {
        0 => Ok(()),
        schedules => {
            let has = if schedules == 1 { "a schedule".to_owned() } else { format!("{schedules} schedules") };
            Err(StoreError::Conflict(format!("the robot has {has}; delete it with them by ?schedules=delete")))
        }
    }
}

/// A robot as a transaction sees it, where the robot may be gone.
pub(crate) async fn find_robot_with_program(
    tx: &mut Tx,
    organization: OrganizationId,
    id: RobotId,
) -> Result<Option<(Robot, RobotProgram)>, StoreError> {
    let row = tx.row(&one_robot(), args![organization, id]).await?;
    row.as_ref().map(robot).transpose()
}

fn one_robot() -> String {
    format!(
        "SELECT {ROBOT_COLUMNS} FROM robots r JOIN programs p ON p.id = r.program_id
         WHERE r.organization_id = $1 AND r.id = $2"
    )
}

pub(crate) async fn find_robot_of(
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
