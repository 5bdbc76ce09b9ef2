//! Robot builds, the newest first.

use serde_json::{Map, Value};

use super::{
    answer::{Page, json_of, linked, renamed},
    error::ToolError,
    input::{Text, Whole, input},
    registry::Tool,
    scope::Scope,
};

input! {
    Asked {
        limit: Option<Whole>,
        cursor: Option<Text>,
        fields: Option<Vec<Text>>,
    }
}

pub(super) struct ListRobotBuilds;

impl Tool for ListRobotBuilds {
    const NAME: &'static str = "list_robot_builds";
    const TITLE: &'static str = "List robot builds";
    const DESCRIPTION: &'static str = "Analyses of shops that make robots: status, and why one failed.";
    type Asked = Asked;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Value, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let builds = scope.store.list_robot_builds(scope.organization, page.after()?, page.rows()).await?;
        page.answer(
            Map::new(),
            builds,
            |build| build.id.to_string(),
            |build| Ok(linked(scope.link("robots/builds", build.id), renamed(json_of(&build)?))),
        )
    }
}
