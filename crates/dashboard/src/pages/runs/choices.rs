//! The robots that somebody may choose from.

use creel_types::RobotId;

use crate::{Dashboard, form::Choice, member::Member, refusal::Refusal};

/// The newest; whoever has more begins from the robot's own page.
const ROBOTS_MAX: i64 = 500;

/// The organization's robots, the chosen one among them however old it is.
pub(crate) async fn robot_choices(dashboard: &Dashboard, member: &Member, chosen: &str) -> Result<Vec<Choice>, Refusal> {
    let store = dashboard.store();
    let mut robots = store.list_robots(member.organization, None, ROBOTS_MAX).await?;
    if let Ok(id) = chosen.parse::<RobotId>()
        && !robots.iter().any(|robot| robot.id == id)
        && let Ok(robot) = store.get_robot(member.organization, id).await
    {
        robots.push(robot);
    }
    let text = |robot: &creel_types::Robot| {
        if robot.name.contains(robot.host.as_str()) {
            format!("{} ({})", robot.name, robot.country_code.as_str())
        } else {
            format!("{} – {} ({})", robot.name, robot.host.as_str(), robot.country_code.as_str())
        }
    };
    Ok(robots.iter().map(|robot| Choice::new(robot.id.to_string(), text(robot))).collect())
}
