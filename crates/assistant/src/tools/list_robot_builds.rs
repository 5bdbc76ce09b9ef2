//! Robot builds, the newest first.

use creel_store::builds::RobotBuild;

use super::{
    answer::Page,
    error::ToolError,
    input::{Text, Whole, input},
    output::{Linked, Nothing, Renamed, Rows},
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
    type Told = Rows<Linked<Renamed<RobotBuild>>>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let builds = scope.store.list_robot_builds(scope.organization, page.after()?, page.rows()).await?;
        page.answer(
            &Nothing {},
            builds,
            |build| build.id.to_string(),
            |build| Linked { link: scope.link("robots/builds", build.id), thing: Renamed(build) },
        )
    }
}
