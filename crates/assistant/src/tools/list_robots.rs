//! Robots: which shops there are, and how each fares.

use creel_types::{Robot, RobotId};
use futures::FutureExt;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Scope, ToolError, ToolSpec, answer, object, read};

pub(super) const TOOL: ToolSpec = ToolSpec {
    name: "list_robots",
    title: "Look at robots",
    description: "The shops that can be crawled (robots), newest first, or one of them with its coverage and last builds.",
    is_draft: false,
    schema: || {
        object(
            json!({
                "id": {"type": "string", "description": "one robot"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50}, "cursor": {"type": "string"},
            }),
            &[],
        )
    },
    call: |scope, asked| list(scope, asked).boxed(),
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    id: Option<RobotId>,
    limit: Option<usize>,
    cursor: Option<RobotId>,
}

async fn list(scope: &Scope, asked: Json) -> Result<Json, ToolError> {
    let asked: Asked = read(asked)?;
    if let Some(id) = asked.id {
        let wrong = |error| ToolError::of(&error, "id");
        let robot = scope.store.get_robot(scope.organization, id).await.map_err(wrong)?;
        let runs = scope.store.list_runs(scope.organization, None, Some(id), None, None, 5).await?;
        return Ok(answer::bounded(
            json!({"robot": row(&robot), "start_urls": robot.default_start_urls, "last_runs": runs}),
        ));
    }
    answer::page(answer::limit(asked.limit)?, None, |limit| async move {
        let rows = i64::try_from(limit).unwrap_or(1) + 1;
        let mut robots = scope.store.list_robots(scope.organization, asked.cursor, rows).await?;
        let more = robots.len() > limit;
        robots.truncate(limit);
        let next = robots.last().filter(|_| more).map(|robot| robot.id.to_string());
        Ok((robots.iter().map(row).collect(), next))
    })
    .await
}

fn row(robot: &Robot) -> Json {
    json!({
        "id": robot.id, "link": format!("/robots/{}", robot.id), "name": robot.name, "host": robot.host.to_string(),
        "country": robot.country_code, "status": robot.status, "platform": robot.platform, "currency": robot.currency,
        "completeness": robot.completeness, "created_at": robot.created_at,
    })
}
