//! Robots, the newest first.

use serde_json::{Map, Value};

use super::{
    answer::{Page, json_of, linked},
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

pub(super) struct ListRobots;

impl Tool for ListRobots {
    const NAME: &'static str = "list_robots";
    const TITLE: &'static str = "List robots";
    const DESCRIPTION: &'static str = "Robots: the shops (host and country) that can be crawled.";
    type Asked = Asked;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Value, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let robots = scope.store.list_robots(scope.organization, page.after()?, page.rows()).await?;
        page.answer(
            Map::new(),
            robots,
            |robot| robot.id.to_string(),
            |robot| Ok(linked(scope.link("robots", robot.id), json_of(&robot)?)),
        )
    }
}
