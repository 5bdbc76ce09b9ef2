//! For whom a tool works: one organization. A tool has no other way to the store than with this organization's id.

use creel_store::Store;
use creel_types::{By, CaptureId, OrganizationId, Product, RobotId, RunId, ScheduleId};

use super::{error::ToolError, input::Id};

/// Whom a tool answers.
#[derive(Clone, Debug)]
pub struct Scope {
    pub organization: OrganizationId,
    /// Who asks.
    pub by: By,
    pub store: Store,
    /// What stands before the path of every link: the public address of the installation, or nothing for a page of its own.
    pub base_url: String,
}

impl Scope {
    /// Where people see the thing: always a page of this installation.
    pub(super) fn link(&self, folder: &str, id: impl ToString) -> String {
        format!("{}/{folder}/{}", self.base(), id.to_string())
    }

    /// What stands before a path.
    pub(super) fn base(&self) -> &str {
        self.base_url.trim_end_matches('/')
    }

    /// The run that is meant, once it was found to be this organization's.
    pub(super) async fn run(&self, id: Option<&Id<RunId>>) -> Result<Option<RunId>, ToolError> {
        let Some(id) = id else { return Ok(None) };
        let found = self.store.get_run(self.organization, id.get("run_id")?).await;
        found.map(|run| Some(run.id)).map_err(|error| ToolError::from(error).about("run_id"))
    }

    pub(super) async fn robot(&self, id: Option<&Id<RobotId>>) -> Result<Option<RobotId>, ToolError> {
        let Some(id) = id else { return Ok(None) };
        let found = self.store.get_robot(self.organization, id.get("robot_id")?).await;
        found.map(|robot| Some(robot.id)).map_err(|error| ToolError::from(error).about("robot_id"))
    }

    pub(super) async fn schedule(&self, id: Option<&Id<ScheduleId>>) -> Result<Option<ScheduleId>, ToolError> {
        let Some(id) = id else { return Ok(None) };
        let found = self.store.get_schedule(self.organization, id.get("schedule_id")?).await;
        found.map(|schedule| Some(schedule.id)).map_err(|error| ToolError::from(error).about("schedule_id"))
    }

    pub(super) async fn capture(&self, id: &Id<CaptureId>) -> Result<creel_types::Capture, ToolError> {
        let found = self.store.get_capture(self.organization, id.get("capture_id")?).await;
        found.map_err(|error| ToolError::from(error).about("capture_id"))
    }
}

/// The codes of a product that mean it in every shop.
pub(super) fn gtins(product: &Product) -> impl Iterator<Item = &str> {
    product.skus.iter().filter_map(|sku| sku.identifiers.gtin.as_deref())
}
