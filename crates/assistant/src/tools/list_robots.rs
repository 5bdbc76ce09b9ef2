//! Robots, the newest first.

use creel_types::Robot;

use super::{
    answer::Page,
    error::ToolError,
    input::{Text, Whole, input},
    output::{Linked, Nothing, Rows},
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

pub(super) struct ListRobots;

impl Tool for ListRobots {
    const NAME: &'static str = "list_robots";
    const TITLE: &'static str = "List robots";
    const DESCRIPTION: &'static str = "Robots: the shops (host and country) that can be crawled.";
    type Asked = Asked;
    type Told = Rows<Linked<Robot>>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let robots = scope.store.list_robots(scope.organization, page.after()?, page.rows()).await?;
        page.answer(
            &Nothing {},
            robots,
            |robot| robot.id.to_string(),
            |robot| Linked { link: scope.link("robots", robot.id), thing: robot },
        )
    }
}
