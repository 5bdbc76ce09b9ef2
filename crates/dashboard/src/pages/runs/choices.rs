//! The robots and runs that somebody may choose from, for what they run, for what is done with it, and for lists of it.

use creel_store::runs::RunView;
use creel_types::{RobotId, RunId};

use crate::{
    Dashboard,
    figures::count,
    form::{Choice, Field},
    member::Member,
    parts::Empty,
    refusal::Refusal,
};

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

/// Instead of a form for which there is no robot.
pub(crate) fn no_robot(base: &str, robots: &[Choice], text: &str) -> Option<Empty> {
    robots.is_empty().then(|| Empty::new("No robot yet", text).with(format!("{base}/robots/new"), "New robot"))
}

/// The same robots where none needs to be chosen.
pub(crate) async fn any_robot_or(dashboard: &Dashboard, member: &Member, chosen: &str) -> Result<Vec<Choice>, Refusal> {
    let mut robots = vec![Choice::new("", "Any robot")];
    robots.extend(robot_choices(dashboard, member, chosen).await?);
    Ok(robots)
}

/// The filters of a list of what robots do: by one of these statuses, and by robot.
pub(crate) async fn by_status_and_robot(
    dashboard: &Dashboard,
    member: &Member,
    statuses: impl Iterator<Item = Choice>,
    (status, robot): (&str, &str),
) -> Result<Vec<Field>, Refusal> {
    let statuses = std::iter::once(Choice::new("", "Any status")).chain(statuses).collect();
    let robots = any_robot_or(dashboard, member, robot).await?;
    Ok(vec![
        Field::select("status", "Status", statuses).holding(status),
        Field::select("robot", "Robot", robots).holding(robot),
    ])
}

/// Runs that somebody may choose from.
const RUNS_MAX: i64 = 100;

/// The organization's newest runs, the chosen one among them however old it is.
pub(crate) async fn run_choices(dashboard: &Dashboard, member: &Member, chosen: &str) -> Result<Vec<Choice>, Refusal> {
    let store = dashboard.store();
    let mut runs = store.list_runs(member.organization, None, None, None, None, RUNS_MAX).await?;
    if let Ok(id) = chosen.parse::<RunId>()
        && !runs.iter().any(|run| run.id == id)
        && let Ok(run) = store.get_run_view(member.organization, id).await
    {
        runs.push(run);
    }
    let text = |run: &RunView| format!("{} ({}, {})", run.name, count(run.extracted, "capture"), run.created_at.day());
    Ok(runs.iter().map(|run| Choice::new(run.id.to_string(), text(run))).collect())
}
