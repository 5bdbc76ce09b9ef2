//! The ledger's entries, the newest first.

use creel_ledger::EntryKind;
use creel_store::ledger::statement::{About, StatementFilter, StatementRow};
use creel_types::RunId;

use super::{
    answer::Page,
    error::ToolError,
    input::{Id, Text, When, Whole, input},
    output::{Linked, Nothing, Rows},
    registry::Tool,
    scope::Scope,
};

input! {
    Asked {
        kind: Option<EntryKind>,
        run_id: Option<Id<RunId>>,
        from: Option<When>,
        to: Option<When>,
        limit: Option<Whole>,
        cursor: Option<Text>,
        fields: Option<Vec<Text>>,
    }
}

pub(super) struct ListStatement;

impl Tool for ListStatement {
    const NAME: &'static str = "list_statement";
    const TITLE: &'static str = "List the statement";
    const DESCRIPTION: &'static str = "Each change of credits, newest first, with the balance after it.";
    type Asked = Asked;
    type Told = Rows<Linked<StatementRow>>;

    async fn answer(scope: &Scope, asked: Asked) -> Result<Self::Told, ToolError> {
        let page = Page::of(asked.limit, asked.cursor.as_ref(), asked.fields.as_ref())?;
        let filter = StatementFilter {
            before: page.after()?,
            limit: page.rows(),
            kind: asked.kind,
            from: asked.from.map(|when| when.0),
            to: asked.to.map(|when| when.0),
            about: scope.run(asked.run_id.as_ref()).await?.map(About::Run),
        };
        let rows = scope.store.statement(scope.organization, &filter).await?;
        page.answer(
            &Nothing {},
            rows,
            |row| row.sequence.to_string(),
            |row| Linked { link: scope.link("billing/statement", row.sequence), thing: row },
        )
    }
}
